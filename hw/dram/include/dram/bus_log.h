#pragma once

#include <cstdint>
#include <vector>

namespace fusesim::hw {

/// DRAM clock cycles [begin, end).
struct BusRange {
  int64_t begin = 0;
  int64_t end = 0;
};

/// When the data bus of one channel moved data, and when it could not: because it turned around between reads
/// and writes, or because a refresh stopped its banks.
class BusLog {
 public:
  void reset() { *this = BusLog(); }
  /// The data of a burst take the last `data` cycles before `end`. `turn_cycles`: the least that the bus lies
  /// still between the burst before and this one if they go in different directions.
  void burst(int64_t end, int64_t data, bool write, int64_t turn_cycles);
  /// Banks are refreshed.
  void refresh(const BusRange& range) { stops_.push_back(range); }
  /// Forgets what ended at or before this cycle.
  void forget_until(int64_t cycle);

  /// Ascending and disjoint.
  const std::vector<BusRange>& moved() const { return moved_; }
  /// In the order in which they were seen.
  const std::vector<BusRange>& stops() const { return stops_; }

 private:
  std::vector<BusRange> moved_, stops_;
  int64_t last_end_ = -1;
  bool last_write_ = false;
};

/// Cycles in which at least one of the channels could not move data and none did; ascending and disjoint.
std::vector<BusRange> stopped(const std::vector<const BusLog*>& channels);

}  // namespace fusesim::hw
