#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fusesim/cost/fit_bound.h"
#include "fusesim/cost/group_model.h"
#include "fusesim/cost/storage_floor.h"
#include "fusesim/cost/traffic_floor.h"
#include "fusesim/cost/work_floor.h"

namespace fusesim {

/// A way to run several ops as one group. Everything outside the schemes' own folders (lbdf/, brr/) asks one
/// of these objects instead of which scheme it is. Immutable, shared by all threads.
class FusionScheme {
 public:
  virtual ~FusionScheme() = default;

  virtual Scheme id() const = 0;
  /// As in options and files.
  const char* name() const { return to_string(id()); }
  /// In sentences: "LBDF".
  virtual const char* title() const = 0;
  /// A few words on how it runs a group, for --help.
  virtual const char* summary() const = 0;
  /// Under which scheme an op runs alone that fits no group of this one; nullptr: under none, every op is
  /// fusable here.
  virtual const FusionScheme* fallback() const { return nullptr; }
  /// Whether F_D of a group depends on the buffer size, so that a group that fits may move more than its
  /// parts.
  virtual bool traffic_depends_on_buffer() const = 0;

  virtual std::unique_ptr<GroupModel> model(const Graph& graph, const CostParams& params) const = 0;
  virtual std::unique_ptr<FitBound> fit_bound(const Graph& graph, const CostParams& params,
                                              int64_t buffer_bytes) const = 0;
  /// One for each way in which groups run. Sharp where groups are below that buffer size.
  virtual std::vector<StorageFloor> storage_floors(const Graph& graph, const CostParams& params,
                                                   int64_t buffer_bytes) const = 0;
  virtual TrafficFloor traffic_floor(const Graph& graph, const Datatypes& datatypes) const = 0;
  virtual WorkFloor work_floor(const Graph& graph, const CostParams& params, int64_t buffer_bytes) const = 0;
};

/// All schemes, in the order in which they are listed to users.
const std::vector<const FusionScheme*>& fusion_schemes();
const FusionScheme& fusion_scheme(Scheme id);
/// Under which scheme groups of this mode run in a plan of `scheme`: itself, its fallback, ... (opaque ops:
/// itself).
const FusionScheme& running_scheme(GroupMode mode, const FusionScheme& scheme);

struct StripPlan;
class StripModel;

/// Prices groups as a plan runs them: under a scheme, or, one op that does not fit there, under its
/// fallback, or, one that fits nowhere, in strips under the first of these where it does. Scratch memory
/// inside: one per thread.
class PlanGroupModel {
 public:
  PlanGroupModel(const Graph& graph, const FusionScheme& scheme, const CostParams& params,
                 int64_t buffer_bytes);
  PlanGroupModel(PlanGroupModel&&) noexcept;
  ~PlanGroupModel();

  /// Nothing if the group is not valid.
  std::optional<GroupCost> cost(const Group& group);
  /// GroupModel::front(); empty if the group is not valid.
  std::vector<GroupCost> front(const Group& group);
  /// Throws Error for a group that does not fit, naming it and the bytes that it needs and has.
  GroupSchedule schedule(const Group& group, const CostRank& rank = least_traffic());
  /// Whether the group runs under the scheme itself; opaque ops do where the scheme has no fallback.
  bool is_fusable(const Group& group);
  /// Whether an op runs in strips under the scheme itself.
  bool runs_in_strips(OpId op);
  /// The smallest buffer that runs one op; kNeverFits if none does.
  int64_t needed_bytes(OpId op);
  /// Ops that run alone in no way at this buffer size.
  std::vector<OpId> misfits();
  /// Throws Error if there are misfits: a line for each, "op 'conv1': needs 100 bytes, buffer has 50", and
  /// one with the least buffer of the whole network.
  void require_fit();
  GroupModel& fused() { return *models_.front(); }

 private:
  /// An op that fits in no other way, in strips; nothing for other groups.
  const StripPlan* strip_plan(const Group& group);
  StripModel& strips(size_t scheme);
  std::optional<GroupCost> cost_on_whole_maps(const Group& group);
  const Graph& graph_;
  CostParams params_;
  int64_t buffer_bytes_;
  std::vector<const FusionScheme*> schemes_;         ///< the scheme, its fallback, the fallback's ...
  std::vector<std::unique_ptr<GroupModel>> models_;  ///< of each
  std::vector<std::unique_ptr<StripModel>> strips_;  ///< of each, made where a group asks for it
  std::map<OpId, std::unique_ptr<StripPlan>> known_strips_;
};

/// Fills in the schedule of every group of a legal plan. An op that does not fit alone runs under the
/// fallback of the scheme. Throws Error for a group that does not fit, naming it and the bytes it needs and
/// has.
Schedule make_schedule(const Graph& graph, const Plan& plan, Scheme scheme, const Config& config,
                       const CostRank& rank = least_traffic());
/// Prediction of a schedule as it stands (also one written by hand): traffic and footprint of exactly the
/// scheduled rings, variant and tile size. Throws Error if a parameter is impossible.
Prediction predict(const Schedule& schedule, const Config& config);

}  // namespace fusesim
