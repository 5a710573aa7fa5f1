#pragma once

#include <cstdint>
#include <systemc>

#include "dram/cycle_clock.h"

namespace fusesim::hw {

/// The accelerator clock. Modules count whole cycles; sc_time appears only where a thread waits, because a
/// period (1.5 GHz) need not be a whole number of picoseconds.
class MachineClock {
 public:
  explicit MachineClock(int64_t khz) : clock_(khz) { restart(); }

  /// Cycle 0 is now.
  void restart();
  /// Cycles since restart(), a started cycle counted as whole.
  int64_t now() const { return cycles(now_ps() - epoch_ps_); }
  /// Start of a cycle, ps since restart().
  int64_t ps_at(int64_t cycle) const { return clock_.ps_at(cycle); }
  /// The first cycle that starts at or after this moment, ps of the kernel's time.
  int64_t cycle_of(int64_t ps) const { return ps <= epoch_ps_ ? 0 : cycles(ps - epoch_ps_); }
  /// A duration in cycles, a started cycle counted as whole.
  int64_t cycles(int64_t ps) const;
  /// Blocks the calling SC_THREAD until `cycles` cycles after now(). Throws RangeError where that lies
  /// behind 2^62 ps of the kernel's time.
  void wait_cycles(int64_t cycles) const;
  /// Blocks the calling SC_THREAD to the next whole millisecond, which is a cycle boundary of every clock in
  /// kHz.
  static void align();

 private:
  static int64_t now_ps();

  CycleClock clock_;
  int64_t epoch_ps_ = 0;
  int64_t last_cycle_ = 0;
};

}  // namespace fusesim::hw
