#pragma once

#include <cstdint>
#include <set>
#include <systemc>
#include <utility>

#include "blocks/cycle_log.h"
#include "blocks/machine_clock.h"

namespace fusesim::hw {

/// Cycles in which at least one of several units is busy, and what becomes of all others.
class Activity {
 public:
  explicit Activity(const MachineClock& clock) : clock_(clock) {}
  void begin();
  void end();
  int64_t busy_cycles() const { return busy_cycles_; }
  void reset() { active_ = 0, busy_cycles_ = 0; }

  /// What was waited for is there now.
  void waited(Cause cause) { log_.waited(clock_.now(), cause); }
  CycleLog& log() { return log_; }

 private:
  const MachineClock& clock_;
  int64_t active_ = 0;
  int64_t since_ = 0;
  int64_t busy_cycles_ = 0;
  CycleLog log_;
};

/// What one block asks of a unit, in cycles.
struct UnitWork {
  int64_t compute_cycles = 0;
  int64_t port_cycles = 0;   ///< of the ports to the on-chip buffer, beside the computing
  int64_t start_cycles = 0;  ///< more, if the unit stood still when the block begins
};

/// Cycles of a block: the pipeline fills in [begin, computes), it is computed in [computes, waits), its bytes
/// take longer than that in [waits, end).
struct UnitSpan {
  int64_t begin = 0, computes = 0, waits = 0, end = 0;
};

/// A unit that one stage at a time may use. Requests are served in order of (request time, id).
class SharedUnit {
 public:
  /// `unit`: Cause::array or Cause::vector_unit, what its computing is in the log of `compute`.
  SharedUnit(const MachineClock& clock, Activity& compute, Cause unit = Cause::array)
      : clock_(clock), compute_(compute), unit_(unit) {}
  SharedUnit(const SharedUnit&) = delete;
  SharedUnit& operator=(const SharedUnit&) = delete;

  /// Blocks the calling SC_THREAD until the unit has worked for it: the longer of computing and ports, and
  /// the start unless the block before ended in the cycle in which this one begins. Nothing happens if
  /// neither takes a cycle. Returns when it did what. `id` orders requests of the same time; stages use their
  /// op id.
  UnitSpan occupy(int64_t id, const UnitWork& work);
  int64_t busy_cycles() const { return busy_cycles_; }
  /// Of those, cycles that blocks waited for a port: what they took beyond start and computing.
  int64_t port_bound_cycles() const { return port_bound_cycles_; }
  /// Call only when idle.
  void reset();

 private:
  void log(int64_t id, const UnitSpan& span);

  const MachineClock& clock_;
  Activity& compute_;
  Cause unit_;
  std::set<std::pair<int64_t, int64_t>> queue_;  // (time, id)
  sc_core::sc_event freed_;
  bool busy_ = false;
  int64_t last_end_ = -1;  // cycle in which the last block ended
  int64_t busy_cycles_ = 0;
  int64_t port_bound_cycles_ = 0;
};

}  // namespace fusesim::hw
