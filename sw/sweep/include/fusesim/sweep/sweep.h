#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fusesim/sweep/build.h"

namespace fusesim {

/// One quantity that varies, with its values as they were written; a list is "[a, b]".
struct Axis {
  std::string name;  ///< model, fusion, buffer, search, ..., or a key of the configuration
  std::vector<std::string> values;
};

/// How points become a Slurm job array. Empty texts: the cluster's own default.
struct SlurmSettings {
  std::string partition;
  std::string account;
  std::string time_limit;          ///< of one array task, as sbatch writes it
  std::vector<std::string> flags;  ///< further arguments of sbatch
  int64_t throttle = 0;            ///< array tasks that run at once; 0: no limit
  int64_t points_per_task = 0;     ///< 0: as few as an array of 1000 tasks allows
  int64_t jobs = 1;                ///< points at a time in one task, which asks for as many CPUs
};

/// One run of run_sim.
struct Point {
  std::string id;                      ///< name of its directory; follows from all that decides its result
  std::vector<std::string> values;     ///< one for each axis
  std::vector<std::string> arguments;  ///< of run_sim in the point's directory, without --threads
  std::string model_sha256;
  std::string config_yaml;  ///< resolved configuration
  uint64_t seed = 0;
  std::string family;  ///< equal for points that differ in buffer size alone
  int64_t buffer_bytes = 0;
  bool threaded = false;  ///< its search takes --threads
};

/// A sweep file with every point worked out, in running order: the last axis varies fastest, zipped axes
/// advance together in the place of their first.
struct Sweep {
  std::string path;
  std::string name;
  std::string config;  ///< accelerator file as written; empty: built-in defaults
  std::vector<Axis> axes;
  std::vector<std::vector<std::string>> zip;
  std::vector<std::pair<std::string, std::string>> fixed;
  SlurmSettings slurm;
  std::vector<Point> points;
  Build build;
};

inline constexpr size_t kMostPoints = 100'000;

/// Reads a sweep file (configs/sweeps/README.md), resolves every point's configuration and options, and reads
/// every model file. Throws Error that lists every fault, one line each: "file:line:column: key: expected X,
/// got Y".
Sweep load_sweep(const std::string& path, const Build& build);

/// "model=resnet18 fusion=brr"
std::string describe(const Sweep& sweep, const Point& point);

}  // namespace fusesim
