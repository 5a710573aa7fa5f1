#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// What the cost models need of a configuration.
struct CostParams {
  Datatypes datatypes;
  int64_t pe_rows = 32;
  std::vector<int64_t> slice_channels = {32, 16, 8};
  int64_t prefetch_rows = 0;
  bool double_buffer = false;
};
CostParams cost_params(const Config& config);

/// F_beta of a group that no buffer can hold (illegal under BRR).
inline constexpr int64_t kNeverFits = std::numeric_limits<int64_t>::max();

/// Cost of a group under line-buffer depth-first fusion; independent of the buffer size.
struct LbdfCost {
  int64_t f_beta_bytes = 0;
  Traffic traffic;
  std::vector<Ring> rings;  ///< ascending tensor id; tensors that work in place are absent
};

/// F_beta and F_D without the list of rings.
struct LbdfFigures {
  int64_t f_beta_bytes = 0;
  Traffic traffic;
};

/// Cost of a group under BRR at one buffer size: the chosen schedule.
struct BrrCost {
  Traffic traffic;
  int64_t buffer_bytes = 0;  ///< footprint of the chosen schedule
  GroupMode mode = GroupMode::brr_tiles;
  BrrSchedule schedule;
};

/// Pure functions of (graph, group, params); one object per thread, because it keeps scratch memory.
/// Groups must be legal (illegal_reason(graph, group) empty).
class CostModel {
 public:
  CostModel(const Graph& graph, const CostParams& params);
  ~CostModel();
  CostModel(CostModel&&) noexcept;
  CostModel& operator=(CostModel&&) noexcept;

  /// F_beta, F_D and ring sizes. Opaque ops: ring-less, footprint 0.
  LbdfCost lbdf(const Group& group) const;
  LbdfFigures lbdf_figures(const Group& group) const;
  int64_t lbdf_f_beta(const Group& group) const;
  /// F_D under LBDF (needs no ring sizes).
  Traffic lbdf_traffic(const Group& group) const;

  /// Least buffer that any BRR schedule of the group needs; kNeverFits if illegal under BRR.
  int64_t brr_f_beta(const Group& group) const;
  /// Best BRR schedule at this capacity, or nothing if not valid.
  std::optional<BrrCost> brr(const Group& group, int64_t buffer_bytes) const;
  /// Why BRR cannot run the group at any size; empty if it can.
  std::string brr_illegal_reason(const Group& group) const;

  /// A lower bound of F_beta of every group that contains these ops: LBDF weights and biases only.
  int64_t lbdf_f_beta_bound(const Group& group) const;
  /// A lower bound of brr_f_beta of every legal group that contains these ops (0 if nothing is known).
  int64_t brr_f_beta_bound(const Group& group) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Fills in the schedule of every group of a legal plan. LBDF plans: a single op with F_beta >= beta becomes
/// a BRR group. Throws Error for a group that does not fit, naming it and the bytes it needs and has.
Schedule make_schedule(const Graph& graph, const Plan& plan, Scheme scheme, const Config& config);
/// Prediction of a schedule as it stands (also one written by hand): traffic and footprint of exactly the
/// scheduled rings, variant and tile size. Throws Error if a parameter is impossible.
Prediction predict(const Schedule& schedule, const Config& config);

}  // namespace fusesim
