#include "blocks/machine_clock.h"

#include <string>

#include "fusesim/base/checked.h"

namespace fusesim::hw {
namespace {

constexpr int64_t kPsPerMs = 1'000'000'000;
/// 53 days. What transfers take beyond, and the next whole millisecond, still lie within 2^63 ps.
constexpr int64_t kLastPs = int64_t{1} << 62;

void wait_ps(int64_t ps) {
  if (ps > 0) sc_core::wait(sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(ps)));
}

}  // namespace

// The kernel's default resolution is one picosecond; simulate() does not change it.
int64_t MachineClock::now_ps() { return static_cast<int64_t>(sc_core::sc_time_stamp().value()); }

int64_t MachineClock::cycles(int64_t ps) const {
  const int64_t started = clock_.cycle_at(ps);
  return clock_.ps_at(started) < ps ? started + 1 : started;
}

void MachineClock::restart() {
  epoch_ps_ = now_ps();
  last_cycle_ = clock_.cycle_at(kLastPs - epoch_ps_);
}

void MachineClock::wait_cycles(int64_t cycles) const {
  const int64_t now = this->now();
  if (cycles > last_cycle_ - now)
    throw RangeError("simulated time: expected at most " + std::to_string(last_cycle_) +
                     " cycles (2^62 ps), got more");
  wait_ps(epoch_ps_ + clock_.ps_at(now + cycles) - now_ps());
}

void MachineClock::align() { wait_ps((kPsPerMs - now_ps() % kPsPerMs) % kPsPerMs); }

}  // namespace fusesim::hw
