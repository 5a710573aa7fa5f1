#pragma once

#include <string>
#include <vector>

#include "fusesim/sweep/directory.h"
#include "fusesim/sweep/point_result.h"
#include "fusesim/sweep/sweep.h"

namespace fusesim {

/// Two points that differ in buffer size alone, at proven optima, where the larger buffer moves more bytes.
struct NotMonotone {
  size_t smaller = 0;  ///< index of the point with the smaller buffer
  size_t larger = 0;
  int64_t smaller_bytes = 0;  ///< predicted traffic of the whole network
  int64_t larger_bytes = 0;
};

/// A sweep with the result of every point.
struct SweepResults {
  const Sweep& sweep;
  std::vector<PointResult> points;  ///< in the order of sweep.points
  std::vector<NotMonotone> not_monotone;

  size_t count(PointStatus status) const;
  /// Every point ok, and no more traffic at a larger buffer.
  bool good() const;
};

/// Reads every point of the sweep. One that is not there counts as failed, with a reason that says so.
SweepResults collect(const Sweep& sweep, const SweepDirectory& directory);
/// The least traffic can only fall as the buffer grows: looks at neighbouring sizes with `optimal` results.
std::vector<NotMonotone> check_monotone(const Sweep& sweep, const std::vector<PointResult>& points);

/// One line for each point; columns in sw/sweep/README.md.
std::string sweep_csv(const SweepResults& results);
/// JSON `fusesim.sweep/1`, without times.
std::string sweep_json(const SweepResults& results);
/// For people: one line for each point, then what is wrong.
std::string sweep_table(const SweepResults& results);
/// What is wrong with the results, one line each.
std::vector<std::string> complaints(const SweepResults& results);

}  // namespace fusesim
