#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fusesim {

/// What the steps of a sweep that are left may gain at most in so much storage: a fractional knapsack.
class KnapsackGain {
 public:
  struct Item {
    size_t position = 0;
    int64_t gain = 0;
    int64_t bytes = 0;
  };

  void clear() { gains_.clear(); }
  void run(size_t positions, std::vector<Item> items, int64_t buffer_bytes);
  /// After a position, with so much storage in use; any gain if nothing was run.
  int64_t most(size_t position, int64_t used_bytes) const;

 private:
  std::vector<std::vector<int64_t>> gains_;
  double steps_per_byte_ = 0.0;
  int64_t buffer_bytes_ = 1;
};

}  // namespace fusesim
