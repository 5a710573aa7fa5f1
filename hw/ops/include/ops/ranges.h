#pragma once

#include <algorithm>
#include <cstdint>

namespace fusesim::hw {

/// Rows [first, last) of a tensor; empty if first == last.
struct RowRange {
  int64_t first = 0;
  int64_t last = 0;

  bool empty() const { return first >= last; }
  int64_t size() const { return std::max<int64_t>(0, last - first); }
  bool operator==(const RowRange& o) const { return first == o.first && last == o.last; }
};

/// Channels [first, last) of a tensor.
struct ChannelRange {
  int64_t first = 0;
  int64_t last = 0;

  bool empty() const { return first >= last; }
  int64_t size() const { return std::max<int64_t>(0, last - first); }
  bool operator==(const ChannelRange& o) const { return first == o.first && last == o.last; }
};

inline int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }
inline int64_t ceil_div(int64_t a, int64_t b) { return -floor_div(-a, b); }

}  // namespace fusesim::hw
