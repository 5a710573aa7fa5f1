#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/cost/group_model.h"
#include "lbdf/rings.h"
#include "lbdf/stage_times.h"
#include "lbdf/timeline.h"
#include "rows/group_view.h"
#include "time/dram_time.h"
#include "time/group_time.h"

namespace fusesim {

/// Line-buffer depth-first fusion (doc/design.md, section 5). F_D does not depend on the buffer size.
class LbdfModel : public GroupModel {
 public:
  LbdfModel(const Graph& graph, const CostParams& params);
  LbdfModel(const LbdfModel&) = delete;
  LbdfModel& operator=(const LbdfModel&) = delete;

  /// Ring sizes of a group, ascending tensor id; tensors that work in place are absent. None if opaque.
  std::vector<Ring> rings(const Group& group);
  /// F_D without F_beta.
  Traffic traffic(const Group& group);
  /// Rings and prefetch rows that are left out (HandWritten).
  void complete(GroupSchedule& group);

 private:
  int64_t fused_f_beta_bytes(const Group& group) override;
  std::optional<GroupCost> fused_cost(const Group& group, int64_t buffer_bytes,
                                      std::optional<int64_t> f_beta_bytes) override;
  std::vector<GroupCost> fused_front(const Group& group, int64_t buffer_bytes,
                                     std::optional<int64_t> f_beta_bytes) override;
  bool fill_schedule(int64_t buffer_bytes, const CostRank& rank, GroupSchedule& group) override;
  std::string fused_illegal_reason(const Group&) override { return ""; }
  void fill_breakdown(const Group& group, BufferBreakdown& breakdown) override;
  void fill_prediction(const GroupSchedule& group, GroupPrediction& prediction) override;
  std::vector<Ring> rings_of_last() const;
  /// Of the group that the view shows.
  Traffic view_traffic() const;
  /// With these rings, by local tensor.
  PredictedTime view_time(const std::vector<int64_t>& slots);
  GroupTime image_time(const std::vector<int64_t>& slots, bool weights_here);

  GroupView view_;
  LbdfRings rings_;
  DramTime dram_time_;
  DramPlaces places_;
  LbdfStageTimes stage_times_;
  LbdfTimeline timeline_;
};

}  // namespace fusesim
