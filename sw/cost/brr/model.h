#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "breakdown_parts.h"
#include "brr/choices.h"
#include "brr/tile_times.h"
#include "brr/tiled_group.h"
#include "brr/weights.h"
#include "fusesim/cost/group_model.h"

namespace fusesim {

/// The chosen schedule of a group at one buffer size.
struct BrrCost {
  Traffic traffic;
  int64_t buffer_bytes = 0;  ///< footprint
  int64_t cycles = 0;
  int64_t energy_pj = 0;
  GroupMode mode = GroupMode::brr_tiles;
  BrrSchedule schedule;
};

/// Buffer requirement reduction (doc/design.md, section 6).
class BrrModel : public GroupModel {
 public:
  BrrModel(const Graph& graph, const CostParams& params)
      : GroupModel(graph, params), tiled_(graph, this->params()), times_(graph, this->params()) {}
  BrrModel(const BrrModel&) = delete;
  BrrModel& operator=(const BrrModel&) = delete;

  /// The schedule of least traffic of a group that is not opaque at this buffer size, or nothing if it is not
  /// valid.
  std::optional<BrrCost> best(const Group& group, int64_t buffer_bytes);
  /// All that move as little, that one among them: what ties are decided among.
  std::vector<BrrCost> ties(const Group& group, int64_t buffer_bytes);
  /// Residency and tiles that are left out (HandWritten). Throws Error for a group that is illegal under BRR.
  void complete(GroupSchedule& group);

 private:
  int64_t fused_f_beta_bytes(const Group& group) override;
  std::optional<GroupCost> fused_cost(const Group& group, int64_t buffer_bytes,
                                      std::optional<int64_t> f_beta_bytes) override;
  std::vector<GroupCost> fused_front(const Group& group, int64_t buffer_bytes,
                                     std::optional<int64_t> f_beta_bytes) override;
  bool fill_schedule(int64_t buffer_bytes, const CostRank& rank, GroupSchedule& group) override;
  std::string fused_illegal_reason(const Group& group) override;
  void fill_breakdown(const Group& group, BufferBreakdown& breakdown) override;
  void fill_prediction(const GroupSchedule& group, GroupPrediction& prediction) override;

  bool has_passes(const Group& group) const {
    return group.size() == 1 && has_weight_passes(graph().op(group.front()));
  }
  /// Weight passes of least footprint, and their g.
  std::pair<WeightPasses, int64_t> least_passes(const Op& op) const;
  /// False if the group is not valid.
  bool find(const Group& group, int64_t buffer_bytes, BrrChoices& choices);
  int64_t passes_weight_bytes(const Op& op, const WeightPasses& passes) const;
  void find_passes(const Op& op, int64_t buffer_bytes, BrrChoices& choices);
  BrrCost cost_of(const BrrChoice& choice);
  /// Of the group that was prepared last; ascending tensors.
  std::vector<TensorResidency> residency_of(const BrrResidency& residency) const;
  GroupCost group_cost_of(const BrrChoice& choice) const;

  // breakdown.cc
  void add_passes(OpId id, const WeightPasses& passes, int64_t g, BreakdownParts& parts) const;
  void add_tiles(int64_t least_bytes, LeastVariant& variant, BreakdownParts& parts);
  void add_tile_weights(int64_t g, BreakdownParts& parts) const;
  void add_storage(const BrrResidency& residency, int64_t g, BreakdownParts& parts);
  std::pair<int64_t, int64_t> owned_rows(const BrrResidency& residency, size_t tensor,
                                         int64_t table_row_bytes);

  // predict.cc
  void predict_tiles(const GroupSchedule& group, GroupPrediction& prediction);
  void predict_passes(const GroupSchedule& group, GroupPrediction& prediction);
  void check_slice_channels(const BrrSchedule& schedule) const;
  void check_residency(const BrrSchedule& schedule, const BrrResidency& expected) const;
  void add_streamed(const BrrSchedule& schedule, const BrrResidency& residency, TensorTraffic& traffic);

  TiledGroup tiled_;
  BrrTimes times_;
};

}  // namespace fusesim
