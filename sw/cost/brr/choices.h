#pragma once

#include <cstdint>
#include <vector>

#include "time/group_time.h"

namespace fusesim {

/// A schedule of a group under BRR that fits: in tiles, or, block_channels > 0, in weight passes.
struct BrrChoice {
  int64_t bytes = 0;  ///< F_D
  int64_t cycles = 0;
  int64_t energy_pj = 0;
  int64_t tiles = 0;  ///< or passes
  int64_t buffer_bytes = 0;
  int64_t ifmap_bytes = 0;
  int64_t g = 0;
  size_t residency = 0;  ///< tiles only, like the next two
  int64_t tile_rows = 0;
  bool resident = false;
  int64_t block_channels = 0;
};

/// Keeps of the schedules of a group those that may be wanted.
class BrrChoices {
 public:
  enum class Keep : uint8_t {
    least_traffic,  ///< one: ties to less time and energy by averages, fewer tiles, less buffer
    ties,           ///< all of least traffic, with averages
    front,          ///< all that no other one beats in traffic, time and energy
  };
  explicit BrrChoices(Keep keep) : keep_(keep) {}
  Keep keep() const { return keep_; }

  /// Whether a schedule with at least so much traffic could be kept.
  bool may_keep(int64_t bytes) const {
    return keep_ == Keep::front || kept_.empty() || bytes <= kept_.front().bytes;
  }
  /// Whether one whose figures are so by averages may be on the front when it is worked out step by step: of
  /// the others of no more traffic, time and energy none takes less time by more than averages are off.
  /// Notes it.
  bool worth_playing(const BrrChoice& averages);
  void add(const BrrChoice& choice);
  /// Ascending traffic.
  const std::vector<BrrChoice>& kept() const { return kept_; }

 private:
  Keep keep_;
  std::vector<BrrChoice> kept_;
  std::vector<BrrChoice> averages_;
};

}  // namespace fusesim
