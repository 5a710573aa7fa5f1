#pragma once

#include <string>
#include <vector>

#include "fusesim/sweep/directory.h"
#include "fusesim/sweep/point_result.h"
#include "fusesim/sweep/sweep.h"

namespace fusesim {

/// Two points that differ in buffer size alone, at proven optima, where the larger buffer is worse.
struct NotMonotone {
  size_t smaller = 0;  ///< index of the point with the smaller buffer
  size_t larger = 0;
  std::string objective;       ///< as --objective names it
  double smaller_value = 0.0;  ///< predicted for the whole network: bytes, cycles, pJ or pJ x cycles
  double larger_value = 0.0;
};

/// How many neighbouring sizes were compared.
struct ComparedOptima {
  std::string objective;
  int64_t pairs = 0;
  /// Left out, since more buffer may well be worse: the energy of a byte in the buffer is worked out from
  /// its size.
  int64_t pairs_of_auto_energy = 0;
  /// Left out, likewise: an op that is too large for the scheme in the smaller buffer, and so runs under its
  /// fallback there, fits in the larger, where it may not. It moves no more bytes, but may take longer.
  int64_t pairs_of_other_schemes = 0;
};

struct MonotoneCheck {
  std::vector<ComparedOptima> compared;  ///< one for each objective
  std::vector<NotMonotone> found;
};

/// Of points that differ in buffer size alone, the best ones by figures of the simulated runs; the smaller
/// buffer among equals.
struct BestBuffer {
  struct Choice {
    size_t point = 0;
    double value = 0.0;
    bool at_edge = false;  ///< the smallest or the largest size that was run
  };
  size_t sizes = 0;
  Choice by_edp;       ///< mJ x ms
  Choice by_edp_area;  ///< mJ x ms x mm2
};

/// A sweep with the result of every point.
struct SweepResults {
  const Sweep& sweep;
  std::vector<PointResult> points;  ///< in the order of sweep.points
  MonotoneCheck monotone;

  size_t count(PointStatus status) const;
  /// Every point ok, and no larger buffer worse.
  bool good() const;
};

/// Reads every point of the sweep. One that is not there counts as failed, with a reason that says so.
SweepResults collect(const Sweep& sweep, const SweepDirectory& directory);
/// The least traffic can only fall as the buffer grows, and so can the least time, energy and EDP where
/// every plan of a smaller buffer is one of the larger, at the same energy per byte: looks at neighbouring
/// sizes with proven optima, of the plan that ran or of one that its report compares it with.
MonotoneCheck check_monotone(const Sweep& sweep, const std::vector<PointResult>& points);
/// One for each set of two or more buffer sizes whose points differ in nothing else.
std::vector<BestBuffer> best_buffers(const Sweep& sweep, const std::vector<PointResult>& points);

/// One line for each point; columns in sw/sweep/README.md.
std::string sweep_csv(const SweepResults& results);
/// JSON `fusesim.sweep/1`, without times.
std::string sweep_json(const SweepResults& results);
/// For people: one line for each point, then what is wrong.
std::string sweep_table(const SweepResults& results);
/// For people: best_buffers(), one line each; empty if there are none.
std::string best_buffer_table(const SweepResults& results);
/// What is wrong with the results, one line each.
std::vector<std::string> complaints(const SweepResults& results);

}  // namespace fusesim
