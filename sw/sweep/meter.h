#pragma once

#include <chrono>

#include "fusesim/sweep/local_engine.h"
#include "fusesim/tools/progress.h"

namespace fusesim {

/// Shows how far a sweep is on standard error: one line that is written over on a terminal, else a line now
/// and then.
class Meter {
 public:
  Meter();
  void show(const SweepProgress& progress);
  void clear() { line_.clear(); }

 private:
  bool terminal_;
  std::chrono::steady_clock::time_point started_, shown_;
  TerminalProgress line_;
};

}  // namespace fusesim
