#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fusesim/report/comparison.h"

namespace fusesim {

/// The figures of one fusion group that a regression looks at.
struct GroupFigures {
  std::string ops;                             ///< indices, "0-3,7"
  std::string name;                            ///< "first .. last"; not stored in baseline files
  std::vector<nlohmann::ordered_json> values;  ///< as group_quantities()
};

/// The figures of one point.
struct PointFigures {
  nlohmann::ordered_json axes;  ///< name -> value
  std::string status;
  std::vector<nlohmann::ordered_json> totals;  ///< as total_quantities(); empty: no result
  std::vector<GroupFigures> groups;
  Settings settings = {};  ///< what was asked for; empty: no result, or a file that does not hold it
};

/// What a sweep came to, without what may change from run to run.
struct SweepFigures {
  std::string name, version, commit;
  std::vector<PointFigures> points;
};

/// Names of the figures of a whole network and of a group.
const std::vector<std::string>& total_quantities();
const std::vector<std::string>& group_quantities();

/// Reads a sweep's directory (sweep.json and points/) or a file that to_text made. Throws Error.
SweepFigures read_figures(const std::string& path);
/// JSON `fusesim.sweep_baseline/1`, one line for each group.
std::string to_text(const SweepFigures& figures);

/// Relative tolerances; bytes, plans and counts have none.
struct Tolerances {
  double cycles = 0.0;
  double energy = 0.0;
};

/// One figure that moved.
struct Moved {
  std::string point;  ///< "model=resnet18 fusion=brr"
  std::string group;  ///< empty: the whole network
  std::string quantity;
  std::string before;
  std::string after;
};
/// "point: group: quantity: before -> after"
std::string describe(const Moved& moved);

/// Compares points with equal axes, groups with equal ops. A point that is only in `before` has moved, one
/// that is only in `after` is new and has not. Throws Error if the two have no point in common.
std::vector<Moved> compare(const SweepFigures& before, const SweepFigures& after,
                           const Tolerances& tolerances);

/// For people: version, commit and settings that differ, with the number of points that they differ in.
std::vector<std::string> configuration_lines(const SweepFigures& before, const SweepFigures& after);
/// For people: one line for each point of `moved`, which compare() found: by how much bytes, cycles and
/// energy moved, and what else did.
std::vector<std::string> point_lines(const SweepFigures& before, const SweepFigures& after,
                                     const std::vector<Moved>& moved);

}  // namespace fusesim
