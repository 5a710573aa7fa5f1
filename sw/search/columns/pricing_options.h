#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim {

struct PricingOptions {
  int64_t buckets = 16;  ///< of storage: more are sharper and slower
  size_t many_labels =
      std::numeric_limits<size_t>::max();  ///< of a step: buckets are wider if there are more
  size_t most_labels = 1;                  ///< kept at a step
  int64_t slack = 0;                       ///< groups returned may have so much more than the reduced value 0
  /// Labels are left out that gain only with groups that gain by themselves, or with tensors that several
  /// parts read from outside: few groups are missed, and nothing is proven.
  bool hasty = false;
  size_t keep = 1;                  ///< groups returned per last op
  int64_t most_sweep_labels = 1;    ///< of all steps: the sweep ends there
  std::function<bool()> stop = {};  ///< asked between steps
};

struct PricedSet {
  Group group;
  int64_t value = 0;  ///< at least, in this way, if it fits
  size_t way = 0;     ///< that it was found in
};

/// What a sweep found under some duals.
struct Priced {
  /// Per op: no group of two or more ops that is last in the sweep's order at this op has a reduced value
  /// below it; 0 at most.
  std::vector<int64_t> least_reduced;
  bool complete = false;          ///< least_reduced holds: no label was left out
  std::vector<PricedSet> groups;  ///< of negative reduced value, best first at each op
  int64_t labels = 0;             ///< looked at
};

}  // namespace fusesim
