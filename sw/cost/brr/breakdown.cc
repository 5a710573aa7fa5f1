#include <algorithm>

#include "brr/model.h"
#include "fusesim/cost/widths.h"

namespace fusesim {

void BrrModel::fill_breakdown(const Group& group, BufferBreakdown& breakdown) {
  breakdown.illegal_reason = tiled_.prepare(group);
  if (!breakdown.illegal_reason.empty()) {
    breakdown.f_beta_bytes = kNeverFits;
    return;
  }
  BreakdownParts parts(breakdown);
  LeastVariant& variant = breakdown.variant.emplace();
  const int64_t tiles_bytes = tiled_.f_beta_bytes();
  if (has_passes(group)) {
    const auto [least, g] = least_passes(graph().op(group.front()));
    if (least.footprint_bytes < tiles_bytes) {
      variant.mode = GroupMode::brr_passes;
      variant.slice_channels = g;
      add_passes(group.front(), least, g, parts);
      return parts.finish();
    }
  }
  add_tiles(tiles_bytes, variant, parts);
  parts.finish();
}

void BrrModel::add_passes(OpId id, const WeightPasses& passes, int64_t g, BreakdownParts& parts) const {
  const Op& op = graph().op(id);
  const Datatypes& types = params().datatypes;
  parts.add_weight_block(id, passes.weight_bytes);
  const int64_t in_row_bytes =
      passes.ring_channels * piece_bytes(graph().tensor(op.inputs.front()), graph().in_shape(op).w, types);
  parts.add_rows(op.inputs.front(), passes.ring_rows, in_row_bytes, passes.ring_channels,
                 passes.ring_rows * in_row_bytes);
  const int64_t block = std::min(g, graph().out_shape(op).c);
  const int64_t out_row_bytes =
      block * piece_bytes(graph().tensor(op.output()), graph().out_shape(op).w, types);
  parts.add_rows(op.output(), 1, out_row_bytes, block, out_row_bytes);
}

void BrrModel::add_tiles(int64_t least_bytes, LeastVariant& variant, BreakdownParts& parts) {
  for (size_t i = 0; i < tiled_.variants(); ++i) {
    for (const int64_t g : params().slice_channels) {
      const BrrResidency& residency = tiled_.variant(i).residency;
      if (tiled_.storage_bytes(residency, g) + tiled_.least_weight_bytes(g) != least_bytes) continue;
      variant.start = tiled_.variant(i).start;
      variant.join = tiled_.variant(i).join;
      variant.slice_channels = g;
      add_tile_weights(g, parts);
      add_storage(residency, g, parts);
      return;
    }
  }
}

void BrrModel::add_tile_weights(int64_t g, BreakdownParts& parts) const {
  const Datatypes& types = params().datatypes;
  const int64_t largest = tiled_.largest_sub_group_bytes(g);
  const int64_t streamed = tiled_.streamed_weight_bytes(g);
  const bool all = tiled_.weight_bytes() <= streamed;
  for (const LocalOp& op : tiled_.view().ops) {
    if (all) {
      if (op.brings) parts.add_weights(op.id, weight_bytes(*op.op, types));
    } else if (weight_sub_group_bytes(graph(), *op.op, types, params().pe_rows, g) == largest) {
      parts.add_weight_block(op.id, streamed);
      return;
    }
  }
}

/// How many rows of a tensor have room of their own, and the bytes of each. `table_row_bytes` of an external
/// tensor in slices are those of two.
std::pair<int64_t, int64_t> BrrModel::owned_rows(const BrrResidency& residency, size_t tensor,
                                                 int64_t table_row_bytes) {
  const BrrTiling& tiling = tiled_.tiling();
  const int64_t longest = tiling.longest()[tensor];
  const bool external = tensor < static_cast<size_t>(tiled_.view().externals);
  if (!external || tiled_.double_buffer() != DoubleBuffer::all) return {longest, table_row_bytes};
  if (residency.slice(tensor)) return {2 * longest, table_row_bytes / 2};
  return {longest + tiling.added()[tensor], table_row_bytes};
}

void BrrModel::add_storage(const BrrResidency& residency, int64_t g, BreakdownParts& parts) {
  const std::vector<int64_t>& longest = tiled_.tiling().longest();
  const GroupView& view = tiled_.view();
  BrrStorageTable table;
  residency.tabulate(g, tiled_.double_buffer(), table);
  for (size_t t = 0; t < view.tensors.size(); ++t) {
    const TensorId id = view.tensors[t].id;
    const int64_t partial = residency.partial_sum_row_bytes(t, g);
    const auto [rows, own] = owned_rows(residency, t, table.row_bytes[t] - partial);
    parts.add_rows(id, rows, own, residency.channels(t, g), rows * own);
    parts.add_sums(BufferUse::partial_sums, id, longest[t], partial);
    parts.add_sums(BufferUse::accumulators, id, 1, residency.accumulator_bytes(t));
  }
  for (const BrrStorageTable::InPlace& p : table.in_place) {
    const auto t = static_cast<size_t>(p.tensor);
    const int64_t bytes = p.bytes(longest);
    parts.add_rows(view.tensors[t].id, p.row_bytes == 0 ? 0 : bytes / p.row_bytes, p.row_bytes,
                   residency.channels(t, g), bytes);
  }
}

}  // namespace fusesim
