#include "brr/model.h"

#include <algorithm>

#include "fusesim/base/checked.h"
#include "fusesim/base/error.h"
#include "op_traffic.h"
#include "time/group_time.h"

namespace fusesim {
std::string BrrModel::fused_illegal_reason(const Group& group) { return tiled_.prepare(group); }

std::pair<WeightPasses, int64_t> BrrModel::least_passes(const Op& op) const {
  std::pair<WeightPasses, int64_t> least;
  least.first.footprint_bytes = kNeverFits;
  for (const int64_t g : params().slice_channels) {
    const int64_t k = std::min(g, graph().out_shape(op).c);
    const WeightPasses passes = weight_passes(graph(), op, params().datatypes, k, tiled_.double_buffer());
    if (passes.footprint_bytes < least.first.footprint_bytes) least = {passes, g};
  }
  return least;
}

int64_t BrrModel::fused_f_beta_bytes(const Group& group) {
  if (!tiled_.prepare(group).empty()) return kNeverFits;
  const int64_t tiles = tiled_.f_beta_bytes();
  if (!has_passes(group)) return tiles;
  return std::min(tiles, least_passes(graph().op(group.front())).first.footprint_bytes);
}

/// Where one pass has all of them, they stay from image to image.
int64_t BrrModel::passes_weight_bytes(const Op& op, const WeightPasses& passes) const {
  return weight_bytes(op, params().datatypes) * (passes.passes > 1 ? graph().batch : 1);
}

void BrrModel::find_passes(const Op& op, int64_t buffer_bytes, BrrChoices& choices) {
  const int64_t channels = graph().out_shape(op).c;
  const Traffic once = single_transfers(graph(), op, params().datatypes);
  for (const int64_t g : params().slice_channels) {
    for (int64_t k = g; k - g < channels; k += g) {
      BrrChoice c;
      c.g = g;
      c.block_channels = std::min(k, channels);
      const WeightPasses passes =
          weight_passes(graph(), op, params().datatypes, c.block_channels, tiled_.double_buffer());
      if (passes.footprint_bytes >= buffer_bytes) continue;
      c.tiles = passes.passes;
      c.buffer_bytes = passes.footprint_bytes;
      c.ifmap_bytes =
          checked_mul(once.ifmap_bytes / graph().in_shape(op).c, passes.ifmap_channels, kInputBytes);
      c.resident = true;
      c.bytes = checked_add(c.ifmap_bytes, once.ofmap_bytes + passes_weight_bytes(op, passes), kMovedBytes);
      if (!choices.may_keep(c.bytes)) continue;
      const bool played = choices.keep() == BrrChoices::Keep::front;
      const PredictedTime time = predicted_time(
          params().machine, times_.passes(op, passes, c.block_channels, tiled_.double_buffer(), played));
      c.cycles = time.cycles;
      c.energy_pj = time.energy_pj;
      choices.add(c);
    }
  }
}

bool BrrModel::find(const Group& group, int64_t buffer_bytes, BrrChoices& choices) {
  if (fused_f_beta_bytes(group) >= buffer_bytes) return false;
  if (has_passes(group)) find_passes(graph().op(group.front()), buffer_bytes, choices);
  tiled_.find(buffer_bytes, times_, choices);
  return !choices.kept().empty();
}

/// Of the group that was priced last.
GroupCost BrrModel::group_cost_of(const BrrChoice& choice) const {
  GroupCost cost;
  const int64_t times = choice.block_channels > 0 && choice.tiles > 1 ? graph().batch : 1;
  cost.traffic.weight_bytes = choice.resident ? tiled_.weight_bytes() * times
                                              : tiled_.used_weight_bytes() * choice.tiles * graph().batch;
  cost.traffic.ifmap_bytes = choice.ifmap_bytes;
  cost.traffic.ofmap_bytes = choice.bytes - choice.ifmap_bytes - cost.traffic.weight_bytes;
  cost.buffer_bytes = choice.buffer_bytes;
  cost.cycles = choice.cycles;
  cost.energy_pj = choice.energy_pj;
  return cost;
}

BrrCost BrrModel::cost_of(const BrrChoice& choice) {
  const GroupCost cost = group_cost_of(choice);
  BrrCost result;
  result.traffic = cost.traffic;
  result.buffer_bytes = cost.buffer_bytes;
  result.cycles = cost.cycles;
  result.energy_pj = cost.energy_pj;
  result.schedule.slice_channels = choice.g;
  result.schedule.tiles = choice.tiles;
  result.schedule.weights_resident = choice.resident;
  result.schedule.double_buffer = tiled_.double_buffer();
  if (choice.block_channels > 0) {
    result.mode = GroupMode::brr_passes;
    result.schedule.block_channels = choice.block_channels;
    result.schedule.passes = choice.tiles;
    return result;
  }
  result.mode = GroupMode::brr_tiles;
  const TiledGroup::Variant& variant = tiled_.variant(choice.residency);
  result.schedule.start = variant.start;
  result.schedule.join = variant.join;
  result.schedule.tile_rows = choice.tile_rows;
  result.schedule.residency = residency_of(variant.residency);
  return result;
}

std::vector<TensorResidency> BrrModel::residency_of(const BrrResidency& residency) const {
  const GroupView& v = tiled_.view();
  std::vector<TensorResidency> list;
  for (size_t t = 0; t < v.tensors.size(); ++t)
    list.push_back({v.tensors[t].id, residency.slice(t) ? Residency::slice : Residency::full});
  std::sort(list.begin(), list.end(),
            [](const TensorResidency& a, const TensorResidency& b) { return a.tensor < b.tensor; });
  return list;
}

void BrrModel::complete(GroupSchedule& group) {
  BrrSchedule& s = group.brr;
  if (group.mode != GroupMode::brr_tiles || (!s.residency.empty() && s.tiles > 0)) return;
  const std::string reason = tiled_.prepare(group.ops);
  if (!reason.empty()) throw Error("cannot run under BRR: " + reason);
  if (s.residency.empty()) s.residency = residency_of(tiled_.variant(tiled_.find(s.start, s.join)).residency);
  if (s.tiles == 0) s.tiles = tiled_.tiling().tiles(s.tile_rows);
}

std::optional<BrrCost> BrrModel::best(const Group& group, int64_t buffer_bytes) {
  BrrChoices choices(BrrChoices::Keep::least_traffic);
  if (!find(group, buffer_bytes, choices)) return std::nullopt;
  return cost_of(choices.kept().front());
}

std::vector<BrrCost> BrrModel::ties(const Group& group, int64_t buffer_bytes) {
  BrrChoices choices(BrrChoices::Keep::ties);
  find(group, buffer_bytes, choices);
  std::vector<BrrCost> costs;
  for (const BrrChoice& choice : choices.kept()) costs.push_back(cost_of(choice));
  return costs;
}

std::optional<GroupCost> BrrModel::fused_cost(const Group& group, int64_t buffer_bytes,
                                              std::optional<int64_t>) {
  BrrChoices choices(BrrChoices::Keep::least_traffic);
  if (!find(group, buffer_bytes, choices)) return std::nullopt;
  return group_cost_of(choices.kept().front());
}

std::vector<GroupCost> BrrModel::fused_front(const Group& group, int64_t buffer_bytes,
                                             std::optional<int64_t>) {
  BrrChoices choices(BrrChoices::Keep::front);
  find(group, buffer_bytes, choices);
  std::vector<GroupCost> front;
  for (const BrrChoice& choice : choices.kept()) front.push_back(group_cost_of(choice));
  return front;
}

bool BrrModel::fill_schedule(int64_t buffer_bytes, const CostRank& rank, GroupSchedule& group) {
  BrrChoices choices(rank.needs_time() ? BrrChoices::Keep::front : BrrChoices::Keep::least_traffic);
  if (!find(group.ops, buffer_bytes, choices)) return false;
  size_t chosen = 0;
  if (rank.needs_time()) {
    std::vector<GroupCost> front;
    for (const BrrChoice& choice : choices.kept()) front.push_back(group_cost_of(choice));
    chosen = rank.pick(front);
  }
  BrrCost cost = cost_of(choices.kept()[chosen]);
  group.mode = cost.mode;
  group.brr = std::move(cost.schedule);
  return true;
}

}  // namespace fusesim
