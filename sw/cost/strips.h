#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "fusesim/cost/group_model.h"
#include "fusesim/cost/scheme.h"
#include "rows/row_read.h"

namespace fusesim {

/// Which columns of each tensor of a group belong to which of its strips (doc/design.md, section 6.9).
class StripColumns {
 public:
  StripColumns(const Graph& graph, const Group& group, int64_t strips);

  int64_t strips() const { return strips_; }
  /// External inputs and results of the group.
  const std::vector<TensorId>& tensors() const { return tensors_; }
  /// Columns, in the order of tensors().
  const std::vector<Rows>& of(int64_t strip) const { return columns_[static_cast<size_t>(strip)]; }
  /// The most columns that each tensor has in any strip.
  std::vector<int64_t> widest() const;
  /// Columns of a tensor in a strip.
  int64_t count(TensorId tensor, int64_t strip) const;
  /// Every tensor has columns in every strip.
  bool complete() const;

 private:
  std::vector<Rows> columns_of(const Graph& graph, const Group& group, int64_t strip) const;
  size_t place(TensorId tensor) const;
  void fetch_all(const Graph& graph, TensorId external);

  int64_t strips_;
  std::vector<TensorId> tensors_;  ///< ascending
  std::vector<TensorId> outgoing_;
  std::vector<std::vector<Rows>> columns_;
};

/// A graph in which the maps of one group are as wide as one strip of it.
class StripGraph {
 public:
  explicit StripGraph(const Graph& whole) : whole_(whole), graph_(whole) { graph_.batch = 1; }
  /// One image.
  const Graph& graph() const { return graph_; }
  const Graph& whole() const { return whole_; }

  void set(const Group& group, const StripColumns& columns, int64_t strip);
  /// Every map as wide as its widest strip.
  void set_widest(const Group& group, const StripColumns& columns);

 private:
  void reset(const Group& group, const StripColumns& columns);
  void set_width(TensorId tensor, int64_t width);

  const Graph& whole_;
  Graph graph_;
};

/// A group in strips, as it runs.
struct StripPlan {
  GroupSchedule schedule;
  GroupPrediction prediction;

  GroupCost cost() const;
};

/// Groups that run strip by strip under one scheme: each strip is the group on narrower maps.
class StripModel {
 public:
  StripModel(const Graph& graph, const FusionScheme& scheme, const CostParams& params, int64_t buffer_bytes);

  /// In as many strips as move least, of those with which the group fits: from the fewest, two or more, to
  /// so many that everything moves once in each strip, at most four times the fewest. Ties to fewer. Nothing
  /// if the group fits in no way.
  std::optional<StripPlan> plan(const Group& group);
  /// F_beta of the most strips that the group can be cut into; kNeverFits if it cannot be cut.
  int64_t least_bytes(const Group& group);
  /// Of exactly what is scheduled. Throws Error "member: expected X, got Y" if a parameter is impossible.
  GroupPrediction predict(const GroupSchedule& group);

 private:
  int64_t most_strips(const Group& group) const;
  void store_own_columns(const GroupSchedule& group, int64_t strip, GroupPrediction& prediction) const;
  bool moves_once(const StripPlan& plan) const;
  std::optional<StripPlan> plan_with(const Group& group, int64_t strips);
  int64_t widest_bytes(const Group& group, int64_t strips);
  GroupPrediction predict_images(const GroupSchedule& group);
  /// `weights_here`: what stays, from the image before.
  GroupPrediction predict_image(const GroupSchedule& group, const StripColumns& columns, bool weights_here);

  Datatypes datatypes_;
  int64_t buffer_bytes_;
  StripGraph strips_;
  std::unique_ptr<GroupModel> first_;  ///< strips that fetch their weights
  std::unique_ptr<GroupModel> later_;  ///< strips that find weights on chip that stay
};

}  // namespace fusesim
