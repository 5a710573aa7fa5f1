#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fusesim/cost/breakdown.h"
#include "fusesim/cost/group_cost.h"
#include "fusesim/cost/params.h"
#include "fusesim/graph/graph.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// The groups of one graph under one fusion scheme: pure functions of (group, parameters, buffer size). It
/// keeps scratch memory, so use one per thread. Groups are legal (illegal_reason(graph, group) is empty). An
/// opaque op is the same under every scheme: it moves its inputs, parameters and outputs once and needs no
/// buffer; implementations are never asked about it.
///
/// Bytes, cycles and picojoules of a group are below 2^61 over the number of ops, so that those of a plan's
/// groups add up within 64 bits. Where they are not, functions throw Error naming the group and what it is
/// too much of.
class GroupModel {
 public:
  virtual ~GroupModel() = default;

  /// F_beta: least buffer that some schedule of the group occupies; kNeverFits if it has none at any size.
  int64_t f_beta_bytes(const Group& group);
  /// Cost of the schedule of least traffic at this buffer size, ties to less time and less energy, or
  /// nothing if the group is not valid (F_beta is not below it). `f_beta_bytes`, if the caller knows it,
  /// saves working it out again. With kNeverFits as buffer size: what the group moves if the buffer were
  /// without limit.
  std::optional<GroupCost> cost(const Group& group, int64_t buffer_bytes,
                                std::optional<int64_t> f_beta_bytes = {});
  /// Costs of all schedules that are worth a thought: none is as good as another in traffic, cycles and
  /// energy alike. Ascending traffic; empty if the group is not valid.
  std::vector<GroupCost> front(const Group& group, int64_t buffer_bytes,
                               std::optional<int64_t> f_beta_bytes = {});
  /// The schedule that is wanted, or nothing if the group is not valid.
  std::optional<GroupSchedule> schedule(const Group& group, int64_t buffer_bytes,
                                        const CostRank& rank = least_traffic());
  /// Why the group can run at no size; empty if it can.
  std::string illegal_reason(const Group& group);
  /// F_beta taken apart.
  BufferBreakdown breakdown(const Group& group);
  /// Traffic, row by row, and footprint of exactly what is scheduled, which may be written by hand. The group
  /// has one of the scheme's own modes, or is opaque. Throws Error "member: expected X, got Y" if a parameter
  /// is impossible.
  GroupPrediction predict(const GroupSchedule& group);

 protected:
  /// Throws Error naming an op whose sizes give products that 64 bits might not hold.
  GroupModel(const Graph& graph, const CostParams& params);
  const Graph& graph() const { return graph_; }
  const CostParams& params() const { return params_; }
  /// Of one row of a tensor in every image.
  int64_t row_bytes(TensorId tensor) const;

 private:
  PredictedTime opaque_time_of(const Op& op) const;
  GroupPrediction predict_unchecked(const GroupSchedule& group);
  virtual int64_t fused_f_beta_bytes(const Group& group) = 0;
  virtual std::optional<GroupCost> fused_cost(const Group& group, int64_t buffer_bytes,
                                              std::optional<int64_t> f_beta_bytes) = 0;
  virtual std::vector<GroupCost> fused_front(const Group& group, int64_t buffer_bytes,
                                             std::optional<int64_t> f_beta_bytes) = 0;
  /// Fills mode and parameters; ops and outgoing tensors are there already. False if the group is not valid.
  virtual bool fill_schedule(int64_t buffer_bytes, const CostRank& rank, GroupSchedule& group) = 0;
  virtual std::string fused_illegal_reason(const Group& group) = 0;
  /// Fills all but the scheme.
  virtual void fill_breakdown(const Group& group, BufferBreakdown& breakdown) = 0;
  /// `prediction` comes with one transfer of every row of the external inputs and outgoing tensors; totals of
  /// ifmaps and ofmaps are summed afterwards. Time is among what is to be filled in.
  virtual void fill_prediction(const GroupSchedule& group, GroupPrediction& prediction) = 0;

  const Graph& graph_;
  CostParams params_;
};

}  // namespace fusesim
