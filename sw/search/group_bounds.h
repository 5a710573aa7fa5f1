#pragma once

#include <memory>

#include "fusesim/cost/scheme.h"
#include "fusesim/search/objective.h"
#include "group_tracker.h"

namespace fusesim {

/// What is known of whole groups before any evaluation, at one scheme and buffer size: the bounds of exact
/// search, for ops that come as one group.
class GroupBounds {
 public:
  GroupBounds(const Graph& graph, const FusionScheme& scheme, const CostParams& params, int64_t buffer_bytes);

  /// Proven that neither a legal group of two or more ops nor any group around it fits. Looks no further than
  /// the ops that show it.
  bool cannot_fit(const Group& group);
  /// Of the least bytes of external inputs, outgoing tensors and weights, and the work of the ops: no plan of
  /// them, as one group or in parts, comes to less.
  CostFloor floor(const Group& group);
  /// The same of every plan of them in two or more groups. There are at least two ops, and they hang
  /// together.
  CostFloor parted_floor(const Group& group);

 private:
  /// Least bytes that are moved more than once the ops inside are not one group: some tensor between them is
  /// fetched, and stored if it was not to be.
  int64_t least_cut_bytes(const Group& group) const;
  int64_t floor_bytes(const Group& group);
  OpWork work(const Group& group) const;

  const Graph& graph_;
  TrafficFloor floor_;
  WorkFloor work_;
  GroupTracker tracker_;
  std::unique_ptr<FitBound> fit_;
};

}  // namespace fusesim
