#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/sweep/directory.h"
#include "fusesim/sweep/sweep.h"

namespace fusesim {

struct LocalSettings {
  std::string program;                    ///< path of run_sim
  size_t jobs = 1;                        ///< points at a time
  std::optional<double> timeout_seconds;  ///< for one point
};

/// How far a sweep is.
struct SweepProgress {
  size_t done = 0;    ///< points of this call that are finished
  size_t total = 0;   ///< points of this call
  size_t failed = 0;  ///< of those done: failed or mismatched
};

/// Runs points, each in a process of its own, and stores them. A point that fails is stored with its reason;
/// a disk that refuses throws Error. Returns 0, or the signal that asked to stop; begun points are then
/// dropped.
int run_points(const Sweep& sweep, const std::vector<size_t>& points, SweepDirectory& directory,
               const LocalSettings& settings, const std::function<void(const SweepProgress&)>& progress);

}  // namespace fusesim
