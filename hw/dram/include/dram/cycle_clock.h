#pragma once

#include <cstdint>
#include <numeric>

namespace fusesim::hw {

/// Converts between cycles of a clock and picoseconds without drift: cycle k starts at ceil(k * 1e9 / khz)
/// ps, also where a period is not a whole number of ps (1.2 GHz).
class CycleClock {
 public:
  explicit CycleClock(int64_t khz)
      : ps_(1'000'000'000 / std::gcd<int64_t>(1'000'000'000, khz)),
        cycles_(khz / std::gcd<int64_t>(1'000'000'000, khz)) {}

  /// Start of a cycle, ps.
  int64_t ps_at(int64_t cycle) const {
    return static_cast<int64_t>((Wide{cycle} * ps_ + cycles_ - 1) / cycles_);
  }
  /// The cycle that has started last at `ps`.
  int64_t cycle_at(int64_t ps) const { return static_cast<int64_t>(Wide{ps} * cycles_ / ps_); }

 private:
  __extension__ using Wide = __int128;

  int64_t ps_;  // ps per cycles_ cycles
  int64_t cycles_;
};

}  // namespace fusesim::hw
