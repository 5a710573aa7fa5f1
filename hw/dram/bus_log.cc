#include "dram/bus_log.h"

#include <algorithm>
#include <iterator>

namespace fusesim::hw {
namespace {

void append(const BusRange& range, std::vector<BusRange>& ranges) {
  if (range.begin >= range.end) return;
  if (!ranges.empty() && range.begin <= ranges.back().end) {
    ranges.back().end = std::max(ranges.back().end, range.end);
  } else {
    ranges.push_back(range);
  }
}

/// Ascending and disjoint.
std::vector<BusRange> united(std::vector<BusRange> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const BusRange& a, const BusRange& b) { return a.begin < b.begin; });
  std::vector<BusRange> all;
  for (const BusRange& range : ranges) append(range, all);
  return all;
}

std::vector<BusRange> without(const std::vector<BusRange>& ranges, const std::vector<BusRange>& others) {
  std::vector<BusRange> left;
  auto other = others.begin();
  for (BusRange range : ranges) {
    while (other != others.end() && other->end <= range.begin) ++other;
    for (auto o = other; o != others.end() && o->begin < range.end; ++o) {
      append({range.begin, o->begin}, left);
      range.begin = o->end;
    }
    append(range, left);
  }
  return left;
}

}  // namespace

void BusLog::burst(int64_t end, int64_t data, bool write, int64_t turn_cycles) {
  const int64_t begin = end - data;
  if (last_end_ >= 0 && write != last_write_)
    append({last_end_, std::min(begin, last_end_ + turn_cycles)}, stops_);
  append({begin, end}, moved_);
  last_end_ = end;
  last_write_ = write;
}

void BusLog::forget_until(int64_t cycle) {
  for (std::vector<BusRange>* ranges : {&moved_, &stops_}) {
    const auto over = [cycle](const BusRange& range) { return range.end <= cycle; };
    ranges->erase(std::remove_if(ranges->begin(), ranges->end(), over), ranges->end());
  }
}

std::vector<BusRange> stopped(const std::vector<const BusLog*>& channels) {
  std::vector<BusRange> stops, moved;
  for (const BusLog* log : channels) {
    std::copy(log->stops().begin(), log->stops().end(), std::back_inserter(stops));
    std::copy(log->moved().begin(), log->moved().end(), std::back_inserter(moved));
  }
  return without(united(std::move(stops)), united(std::move(moved)));
}

}  // namespace fusesim::hw
