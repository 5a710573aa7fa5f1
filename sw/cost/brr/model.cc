#include "brr/model.h"

#include <algorithm>
#include <tuple>

#include "op_traffic.h"

namespace fusesim {
namespace {

/// Least traffic, then fewer tiles (or passes), then less buffer.
auto rank(const BrrCost& c) {
  return std::make_tuple(c.traffic.total_bytes(), c.schedule.tiles, c.buffer_bytes);
}

}  // namespace

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

std::optional<BrrCost> BrrModel::best_passes(const Op& op, int64_t buffer_bytes) const {
  const int64_t channels = graph().out_shape(op).c;
  const Traffic once = single_transfers(graph(), op, params().datatypes);
  std::optional<BrrCost> best;
  for (const int64_t g : params().slice_channels) {
    for (int64_t k = g; k - g < channels; k += g) {
      const int64_t block = std::min(k, channels);
      const WeightPasses passes =
          weight_passes(graph(), op, params().datatypes, block, tiled_.double_buffer());
      if (passes.footprint_bytes >= buffer_bytes) continue;
      BrrCost cost;
      cost.traffic = once;
      cost.traffic.ifmap_bytes = once.ifmap_bytes / graph().in_shape(op).c * passes.ifmap_channels;
      cost.buffer_bytes = passes.footprint_bytes;
      cost.mode = GroupMode::brr_passes;
      cost.schedule.slice_channels = g;
      cost.schedule.block_channels = block;
      cost.schedule.passes = passes.passes;
      cost.schedule.tiles = passes.passes;
      cost.schedule.weights_resident = true;
      cost.schedule.double_buffer = tiled_.double_buffer();
      if (!best || rank(cost) < rank(*best)) best = cost;
    }
  }
  return best;
}

BrrCost BrrModel::cost_of(const TiledGroup::Choice& choice) {
  const TiledGroup::Variant& variant = tiled_.variant(choice.residency);
  BrrCost result;
  result.mode = GroupMode::brr_tiles;
  result.buffer_bytes = choice.buffer_bytes;
  result.traffic.weight_bytes = tiled_.weight_bytes() * (choice.resident ? 1 : choice.tiles);
  result.schedule.start = variant.start;
  result.schedule.join = variant.join;
  result.schedule.slice_channels = choice.g;
  result.schedule.tile_rows = choice.tile_rows;
  result.schedule.tiles = choice.tiles;
  result.schedule.weights_resident = choice.resident;
  result.schedule.double_buffer = tiled_.double_buffer();
  const GroupView& v = tiled_.view();
  for (size_t t = 0; t < v.tensors.size(); ++t) {
    const LocalTensor& tensor = v.tensors[t];
    result.schedule.residency.push_back(
        {tensor.id, variant.residency.slice(t) ? Residency::slice : Residency::full});
    if (tensor.outgoing) result.traffic.ofmap_bytes += tensor.rows * row_bytes(tensor.id);
  }
  std::sort(result.schedule.residency.begin(), result.schedule.residency.end(),
            [](const TensorResidency& a, const TensorResidency& b) { return a.tensor < b.tensor; });
  result.traffic.ifmap_bytes = choice.bytes - result.traffic.ofmap_bytes - result.traffic.weight_bytes;
  return result;
}

std::optional<BrrCost> BrrModel::best(const Group& group, int64_t buffer_bytes) {
  if (fused_f_beta_bytes(group) >= buffer_bytes) return std::nullopt;
  std::optional<BrrCost> passes;
  if (has_passes(group)) passes = best_passes(graph().op(group.front()), buffer_bytes);
  const TiledGroup::Choice choice = tiled_.best(buffer_bytes);
  if (!choice.found) return passes;
  BrrCost tiles = cost_of(choice);
  return passes && rank(*passes) < rank(tiles) ? *passes : tiles;
}

std::optional<GroupCost> BrrModel::fused_cost(const Group& group, int64_t buffer_bytes,
                                              std::optional<int64_t>) {
  const std::optional<BrrCost> chosen = best(group, buffer_bytes);
  if (!chosen) return std::nullopt;
  return GroupCost{chosen->traffic, chosen->buffer_bytes};
}

bool BrrModel::fill_schedule(int64_t buffer_bytes, GroupSchedule& group) {
  std::optional<BrrCost> chosen = best(group.ops, buffer_bytes);
  if (!chosen) return false;
  group.mode = chosen->mode;
  group.brr = std::move(chosen->schedule);
  return true;
}

}  // namespace fusesim
