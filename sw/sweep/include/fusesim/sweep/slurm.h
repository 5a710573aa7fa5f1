#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fusesim/sweep/directory.h"
#include "fusesim/sweep/local_engine.h"
#include "fusesim/sweep/options.h"
#include "fusesim/sweep/sweep.h"

namespace fusesim {

/// A batch script and the arguments of sbatch that run it as an array.
struct SlurmBatch {
  std::vector<std::string> arguments;
  std::string script;
};

/// Array tasks are shards of the sweep: those that hold one of the `missing` points (ascending indices).
SlurmBatch slurm_batch(const Sweep& sweep, const std::vector<size_t>& missing,
                       const SweepDirectory& directory, const SweepOptions& options);

/// What came of the job array.
struct SlurmOutcome {
  int signal = 0;        ///< that asked to stop; the job is then cancelled
  bool finished = true;  ///< no: submitted or still running, and not waited for
  std::string job;       ///< empty: there was nothing to run
};

/// Submits what is missing and waits for it with squeue; an array of an earlier call that is still there is
/// waited for first. Throws Error with what sbatch or squeue says.
SlurmOutcome run_slurm(const Sweep& sweep, const SweepDirectory& directory, const SweepOptions& options,
                       const std::function<std::vector<size_t>()>& missing,
                       const std::function<void(const SweepProgress&)>& progress);

}  // namespace fusesim
