#include "blocks/cycle_log.h"

#include <algorithm>
#include <string>

#include "fusesim/base/error.h"

namespace fusesim::hw {

void CycleLog::clear() {
  array_.clear();
  vector_.clear();
  arrivals_.clear();
}

void CycleLog::occupied(Cause unit, const UnitPhase& phase) {
  if (phase.begin == phase.end) return;
  std::vector<UnitPhase>& phases = unit == Cause::array ? array_ : vector_;
  if (!phases.empty() && phases.back().end == phase.begin && phases.back().cause == phase.cause &&
      phases.back().op == phase.op) {
    phases.back().end = phase.end;
  } else {
    phases.push_back(phase);
  }
}

void CycleLog::waited(int64_t cycle, Cause cause) {
  // Of several at one moment the first is what the cycles before it went to.
  if (!arrivals_.empty() && arrivals_.back().cycle == cycle) return;
  arrivals_.push_back({cycle, cause});
}

/// One walk through all that a log holds, in the order of time.
class CauseSweep {
 public:
  CauseSweep(const CycleLog& log, const std::vector<CycleRange>& stops)
      : array_(log.array_), vector_(log.vector_), arrivals_(log.arrivals_), stops_(stops) {}

  std::map<int64_t, CauseCycles> run(int64_t begin, int64_t end) {
    while (begin < end) begin = step(begin, end);
    return std::move(by_op_);
  }

 private:
  /// The phases of a unit, the one that has not ended first.
  struct Cursor {
    explicit Cursor(const std::vector<UnitPhase>& phases) : next(phases.begin()), last(phases.end()) {}
    void skip_to(int64_t cycle) {
      while (next != last && next->end <= cycle) ++next;
    }
    bool holds(int64_t cycle) const { return next != last && next->begin <= cycle; }
    /// The next cycle after `cycle` in which something changes.
    int64_t boundary(int64_t cycle, int64_t end) const {
      if (next == last) return end;
      return std::min(end, next->begin <= cycle ? next->end : next->begin);
    }

    std::vector<UnitPhase>::const_iterator next, last;
  };

  int64_t step(int64_t cycle, int64_t end) {
    array_.skip_to(cycle);
    vector_.skip_to(cycle);
    const int64_t until = std::min(array_.boundary(cycle, end), vector_.boundary(cycle, end));
    const bool arrays = array_.holds(cycle);
    const bool vectors = vector_.holds(cycle);
    if (!arrays && !vectors) {
      idle(cycle, until);
      return until;
    }
    const bool take_array = arrays && (!vectors || array_.next->cause <= vector_.next->cause);
    const UnitPhase& phase = take_array ? *array_.next : *vector_.next;
    by_op_[phase.op][phase.cause] += until - cycle;
    last_op_ = phase.op;
    return until;
  }

  int64_t next_op() const {
    const bool arrays = array_.next != array_.last;
    const bool vectors = vector_.next != vector_.last;
    if (!arrays && !vectors) return last_op_;
    if (arrays && vectors) return (vector_.next->begin < array_.next->begin ? vector_ : array_).next->op;
    return (arrays ? array_ : vector_).next->op;
  }

  void idle(int64_t cycle, int64_t until) {
    CauseCycles& cycles = by_op_[next_op()];
    while (cycle < until) {
      while (arrival_ < arrivals_.size() && arrivals_[arrival_].cycle <= cycle) ++arrival_;
      if (arrival_ == arrivals_.size() || arrivals_[arrival_].cycle > until) {
        throw Error("cycles " + std::to_string(cycle) + " to " + std::to_string(until) +
                    ": no unit works, and nobody waits for what ends it");
      }
      const int64_t here = arrivals_[arrival_].cycle;
      const int64_t stopped = stopped_cycles(cycle, here);
      cycles[Cause::dram_overhead] += stopped;
      cycles[arrivals_[arrival_].cause] += here - cycle - stopped;
      cycle = here;
    }
  }

  int64_t stopped_cycles(int64_t cycle, int64_t until) {
    while (stop_ < stops_.size() && stops_[stop_].end <= cycle) ++stop_;
    int64_t cycles = 0;
    for (size_t i = stop_; i < stops_.size() && stops_[i].begin < until; ++i)
      cycles += std::min(stops_[i].end, until) - std::max(stops_[i].begin, cycle);
    return cycles;
  }

  Cursor array_, vector_;
  const std::vector<CycleLog::Arrival>& arrivals_;
  const std::vector<CycleRange>& stops_;
  size_t arrival_ = 0;
  size_t stop_ = 0;
  int64_t last_op_ = -1;
  std::map<int64_t, CauseCycles> by_op_;
};

std::map<int64_t, CauseCycles> CycleLog::causes(int64_t begin, int64_t end,
                                                const std::vector<CycleRange>& stops) const {
  return CauseSweep(*this, stops).run(begin, end);
}

}  // namespace fusesim::hw
