#include "machine_clock.h"

namespace fusesim::hw {
namespace {

constexpr int64_t kPsPerMs = 1'000'000'000;  // a clock of k kHz has exactly k cycles per millisecond

int64_t cycles_to_ps(int64_t cycles, int64_t khz) {
  return cycles / khz * kPsPerMs + cycles % khz * kPsPerMs / khz;
}

int64_t ps_to_cycles_up(int64_t ps, int64_t khz) {
  return ps / kPsPerMs * khz + (ps % kPsPerMs * khz + kPsPerMs - 1) / kPsPerMs;
}

void wait_ps(int64_t ps) {
  if (ps > 0) sc_core::wait(sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(ps)));
}

}  // namespace

// The kernel's default resolution is one picosecond; simulate() does not change it.
int64_t MachineClock::now_ps() { return static_cast<int64_t>(sc_core::sc_time_stamp().value()); }

int64_t MachineClock::now() const { return ps_to_cycles_up(now_ps() - epoch_ps_, khz_); }

void MachineClock::wait_cycles(int64_t cycles) const {
  wait_ps(epoch_ps_ + cycles_to_ps(now() + cycles, khz_) - now_ps());
}

void MachineClock::align() { wait_ps((kPsPerMs - now_ps() % kPsPerMs) % kPsPerMs); }

}  // namespace fusesim::hw
