#include "tile_plan.h"

#include <string>

#include "fusesim/hw/simulation_error.h"
#include "ops/element_bytes.h"
#include "ops/labels.h"

namespace fusesim::hw {

BrrTilePlan::BrrTilePlan(const Graph& graph, const Datatypes& types, int64_t pe_rows,
                         const GroupSchedule& schedule, Fault fault)
    : group_(view_tiled_group(graph, schedule)),
      geometry_(group_, schedule.brr.tile_rows),
      storage_(plan_brr_storage(group_, geometry_, types, pe_rows, schedule.brr.double_buffer)),
      units_(brr_units(group_)),
      steps_(brr_steps(group_, units_, pe_rows, fault)),
      fault_(fault),
      pe_rows_(pe_rows),
      weights_resident_(schedule.brr.weights_resident),
      double_buffer_(schedule.brr.double_buffer),
      last_unit_(group_.tensors.size(), -1) {
  for (const BrrTensor& t : group_.tensors) {
    channel_row_bytes_.push_back(hw::channel_row_bytes(graph.tensor(t.id), t.shape.w, types));
    channel_row_sum_bytes_.push_back(hw::channel_row_sum_bytes(graph.tensor(t.id), t.shape.w, types));
  }
  if (geometry_.tiles() != schedule.brr.tiles) {
    throw SimulationError(SimulationError::Guard::bad_schedule,
                          op_label(graph, schedule.ops.front()) + ": expected " +
                              std::to_string(geometry_.tiles()) + " tiles of height " +
                              std::to_string(schedule.brr.tile_rows) + ", got " +
                              std::to_string(schedule.brr.tiles));
  }
  for (size_t u = 0; u < units_.size(); ++u) {
    for (const int o : units_[u].ops) {
      last_unit_[static_cast<size_t>(op(o).output)] = static_cast<int>(u);
      for (const int t : op(o).inputs) last_unit_[static_cast<size_t>(t)] = static_cast<int>(u);
    }
  }
}

RowRange BrrTilePlan::made_rows(int t, int64_t tile) const {
  RowRange made = geometry_.rows(t, tile);
  if (fault_ != Fault::tile_halo_short || tile + 1 == geometry_.tiles()) return made;
  const RowRange next = geometry_.rows(t, tile + 1);
  if (!made.empty() && !next.empty() && next.first < made.last) --made.last;
  return made;
}

}  // namespace fusesim::hw
