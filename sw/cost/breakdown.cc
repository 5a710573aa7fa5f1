#include "fusesim/cost/breakdown.h"

#include <algorithm>
#include <utility>

#include "cost_model_impl.h"

namespace fusesim {
namespace {

class Breakdown {
 public:
  Breakdown(const Graph& graph, const CostParams& params) : graph_(graph), params_(params) {}

  BufferBreakdown lbdf(const Group& group) {
    out_.scheme = Scheme::lbdf;
    GroupView view(graph_);
    view.build(group);
    LbdfRings rings;
    rings.run(view);
    for (const OpId op : group) add_weights(op);
    for (size_t t = 0; t < view.tensors.size(); ++t) {
      const LocalTensor& tensor = view.tensors[t];
      const bool external = static_cast<int>(t) < view.externals;
      const int64_t rows = rings.rows()[t] + (external ? params_.prefetch_rows : 0);
      const int64_t row_bytes = ring_row_bytes(view, static_cast<int>(t), params_.datatypes);
      add_rows(tensor.id, rows, row_bytes, tensor.channels, rows * row_bytes);
    }
    return finished();
  }

  BufferBreakdown brr(const Group& group) {
    out_.scheme = Scheme::brr;
    BrrGroup brr(graph_, params_);
    out_.illegal_reason = brr.prepare(group);
    if (!out_.illegal_reason.empty()) {
      out_.f_beta_bytes = kNeverFits;
      return out_;
    }
    const int64_t tiles_bytes = brr.f_beta_bytes();
    const Op& first = graph_.op(group.front());
    if (group.size() == 1 && has_weight_passes(first)) {
      const auto [least, g] = least_passes(first);
      if (least.footprint_bytes < tiles_bytes) {
        add_passes(group.front(), least, g);
        return finished();
      }
    }
    add_tiles(brr, tiles_bytes);
    return finished();
  }

 private:
  void add(BufferPart part) {
    if (part.bytes != 0) out_.parts.push_back(part);
  }

  void add_weights(OpId op) {
    BufferPart part;
    part.use = BufferUse::weights;
    part.op = op;
    part.bytes = weight_bytes(graph_.op(op), params_.datatypes);
    add(part);
  }

  void add_weight_block(OpId op, int64_t bytes) {
    BufferPart part;
    part.use = BufferUse::weight_block;
    part.op = op;
    part.bytes = bytes;
    add(part);
  }

  void add_rows(TensorId tensor, int64_t rows, int64_t row_bytes, int64_t channels, int64_t bytes) {
    BufferPart part;
    part.tensor = tensor;
    part.rows = rows;
    part.row_bytes = row_bytes;
    part.channels = channels;
    part.bytes = bytes;
    add(part);
  }

  void add_sums(BufferUse use, TensorId tensor, int64_t rows, int64_t row_bytes) {
    BufferPart part;
    part.use = use;
    part.tensor = tensor;
    part.rows = rows;
    part.row_bytes = row_bytes;
    part.bytes = rows * row_bytes;
    add(part);
  }

  /// The least footprint of weight passes, and its g.
  std::pair<WeightPasses, int64_t> least_passes(const Op& op) const {
    std::pair<WeightPasses, int64_t> least;
    least.first.footprint_bytes = kNeverFits;
    for (const int64_t g : params_.slice_channels) {
      const int64_t k = std::min(g, graph_.out_shape(op).c);
      const WeightPasses passes = weight_passes(graph_, op, params_.datatypes, k);
      if (passes.footprint_bytes < least.first.footprint_bytes) least = {passes, g};
    }
    return least;
  }

  void add_passes(OpId id, const WeightPasses& passes, int64_t g) {
    const Op& op = graph_.op(id);
    const int64_t e_a = params_.datatypes.activation_bytes;
    out_.passes = true;
    out_.slice_channels = g;
    add_weight_block(id, passes.weight_bytes);
    const int64_t in_row_bytes = passes.ring_channels * graph_.in_shape(op).w * e_a;
    add_rows(op.inputs.front(), passes.ring_rows, in_row_bytes, passes.ring_channels,
             passes.ring_rows * in_row_bytes);
    const int64_t block = std::min(g, graph_.out_shape(op).c);
    const int64_t out_row_bytes = block * graph_.out_shape(op).w * e_a;
    add_rows(op.output(), 1, out_row_bytes, block, out_row_bytes);
  }

  void add_tiles(BrrGroup& brr, int64_t least_bytes) {
    for (size_t i = 0; i < brr.variants(); ++i) {
      for (const int64_t g : params_.slice_channels) {
        const int64_t weights = std::min(brr.largest_sub_group_bytes(g), brr.weight_bytes());
        const int64_t storage =
            brr.variant(i).residency.storage_bytes(params_.datatypes, g, brr.tiling().longest());
        if (storage + weights != least_bytes) continue;
        out_.start = brr.variant(i).start;
        out_.join = brr.variant(i).join;
        out_.slice_channels = g;
        add_tile_weights(brr, g);
        add_storage(brr, brr.variant(i).residency, g);
        return;
      }
    }
  }

  void add_tile_weights(const BrrGroup& brr, int64_t g) {
    const int64_t largest = brr.largest_sub_group_bytes(g);
    const bool all = brr.weight_bytes() <= largest;
    for (const LocalOp& op : brr.view().ops) {
      if (all) {
        add_weights(op.id);
        continue;
      }
      if (weight_sub_group_bytes(graph_, *op.op, params_.datatypes, params_.pe_rows, g) != largest) continue;
      add_weight_block(op.id, largest);
      return;
    }
  }

  void add_storage(BrrGroup& brr, const BrrResidency& residency, int64_t g) {
    const Datatypes& types = params_.datatypes;
    const std::vector<int64_t>& longest = brr.tiling().longest();
    const GroupView& view = brr.view();
    BrrStorageTable table;
    residency.tabulate(types, g, table);
    for (size_t t = 0; t < view.tensors.size(); ++t) {
      const TensorId id = view.tensors[t].id;
      const int64_t partial = residency.partial_sum_row_bytes(t, types, g);
      const int64_t own = table.row_bytes[t] - partial;
      add_rows(id, longest[t], own, residency.channels(t, g), longest[t] * own);
      add_sums(BufferUse::partial_sums, id, longest[t], partial);
      add_sums(BufferUse::accumulators, id, 1, residency.accumulator_bytes(t, types));
    }
    for (const BrrStorageTable::InPlace& p : table.in_place) {
      const auto t = static_cast<size_t>(p.tensor);
      const int64_t bytes = p.bytes(longest);
      add_rows(view.tensors[t].id, p.row_bytes == 0 ? 0 : bytes / p.row_bytes, p.row_bytes,
               residency.channels(t, g), bytes);
    }
  }

  BufferBreakdown finished() {
    std::stable_sort(out_.parts.begin(), out_.parts.end(),
                     [](const BufferPart& a, const BufferPart& b) { return a.bytes > b.bytes; });
    for (const BufferPart& part : out_.parts) out_.f_beta_bytes += part.bytes;
    return std::move(out_);
  }

  const Graph& graph_;
  const CostParams& params_;
  BufferBreakdown out_;
};

}  // namespace

BufferBreakdown buffer_breakdown(const Graph& graph, const Group& group, Scheme scheme,
                                 const CostParams& params) {
  if (graph.op(group.front()).kind == OpKind::opaque) {
    BufferBreakdown none;
    none.scheme = scheme;
    return none;
  }
  Breakdown breakdown(graph, params);
  return scheme == Scheme::lbdf ? breakdown.lbdf(group) : breakdown.brr(group);
}

}  // namespace fusesim
