#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// A stored schedule from which what follows from the rest may be left out. Of a file that says all it is the
/// schedule of schedule_from_json().
struct HandWritten {
  StoredSchedule stored;
  std::vector<size_t> open_groups;  ///< have ops and outgoing tensors alone; ascending
  /// Some group lacks rings (empty), prefetch rows (kLeftOut), residency (empty) or tiles (0).
  bool left_out = false;

  bool complete() const { return open_groups.empty() && !left_out; }
};

/// prefetch_rows of a group that does not say them.
inline constexpr int64_t kLeftOut = -1;

/// Like schedule_from_json(), but a group may leave out `outgoing` and `passes`, which are filled in, and
/// what HandWritten says, which sw/cost works out (complete_schedule); an op may stand as its index alone.
/// Of what is not complete() the plan is checked and every value by itself; invalid_reason() is asked once it
/// is completed.
HandWritten hand_written_from_json(const std::string& text, const std::string& path,
                                   std::shared_ptr<const Graph> graph, const std::string& model_sha256);

}  // namespace fusesim
