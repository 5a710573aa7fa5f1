#pragma once

#include <cstdint>

namespace fusesim {

/// Channels [first, end).
struct ChannelSpan {
  int64_t first = 0, end = 0;
  int64_t size() const { return end - first; }
  bool empty() const { return first >= end; }
};

}  // namespace fusesim
