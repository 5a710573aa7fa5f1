#include <algorithm>

#include "brr.h"

namespace fusesim {
namespace {

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace

void BrrResidency::run(const GroupView& view, int64_t pe_rows, BrrStart start, BrrJoin join) {
  view_ = &view;
  slice_.assign(view.tensors.size(), 0);
  accumulates_.assign(view.tensors.size(), 0);
  find_residency(start, join);
  find_storage(pe_rows);
}

void BrrResidency::find_residency(BrrStart start, BrrJoin join) {
  for (const LocalOp& op : view_->ops) {
    bool has_internal = false;
    bool internal_all_slice = true;
    for (int k = op.edges_begin; k < op.edges_end; ++k) {
      const auto t = static_cast<size_t>(view_->edges[static_cast<size_t>(k)].tensor);
      if (view_->tensors[t].producer < 0) continue;
      has_internal = true;
      internal_all_slice = internal_all_slice && slice_[t] != 0;
    }
    bool any = false;
    bool all = true;
    for (int k = op.edges_begin; k < op.edges_end; ++k) {
      const auto t = static_cast<size_t>(view_->edges[static_cast<size_t>(k)].tensor);
      const LocalTensor& tensor = view_->tensors[t];
      if (tensor.producer < 0) {
        const bool shared = tensor.readers_end - tensor.readers_begin > 1;
        const bool starts = shared || op.reduction || !has_internal;
        slice_[t] = starts ? start == BrrStart::slice : internal_all_slice;
      }
      any = any || slice_[t] != 0;
      all = all && slice_[t] != 0;
    }
    const auto out = static_cast<size_t>(op.output);
    const LocalTensor& output = view_->tensors[out];
    const bool several_readers = output.readers_end - output.readers_begin > 1;
    accumulates_[out] = op.reduction && any;
    const bool slice = op.reduction ? !any : (join == BrrJoin::any ? any : all);
    slice_[out] = slice && !several_readers && op.op->kind != OpKind::global_avg_pool;
  }
}

int64_t BrrResidency::channels(size_t tensor, int64_t g) const {
  const int64_t c = view_->tensors[tensor].channels;
  return slice_[tensor] != 0 ? std::min(g, c) : c;
}

/// Channel-local ops whose output rows can take the place of the input rows that they free: one data input,
/// every output row no longer than an input row and never ahead of it.
bool BrrResidency::may_overwrite(const LocalOp& op) const {
  if (op.op->inputs.size() != 1) return false;
  const LocalTensor& in =
      view_->tensors[static_cast<size_t>(view_->edges[static_cast<size_t>(op.edges_begin)].tensor)];
  const LocalTensor& out = view_->tensors[static_cast<size_t>(op.output)];
  switch (op.op->kind) {
    case OpKind::concat:
    case OpKind::conv_transpose:
      return false;
    case OpKind::conv:
      return out.channels == in.channels && out.width <= in.width;
    case OpKind::resize:
      return out.rows <= in.rows && out.width <= in.width;
    default:
      return out.width <= in.width;
  }
}

void BrrResidency::find_storage(int64_t pe_rows) {
  stores_.assign(view_->tensors.size(), Store{});
  for (const LocalOp& op : view_->ops) {
    Store& store = stores_[static_cast<size_t>(op.output)];
    if (op.op->kind == OpKind::global_avg_pool) {
      store.own = Own::vector;
      continue;
    }
    if (op.reduction) {
      const auto in = static_cast<size_t>(view_->edges[static_cast<size_t>(op.edges_begin)].tensor);
      const bool several = view_->tensors[in].channels / op.op->groups > pe_rows;
      const bool accumulates = accumulates_[static_cast<size_t>(op.output)] != 0;
      store.partial = accumulates ? Partial::whole : (several ? Partial::sub_group : Partial::none);
      continue;
    }
    if (!may_overwrite(op)) continue;
    const Edge& e = view_->edges[static_cast<size_t>(op.edges_begin)];
    const auto in = static_cast<size_t>(e.tensor);
    if (!view_->tensors[in].private_to_reader || slice_[in] != slice_[static_cast<size_t>(op.output)])
      continue;
    store.own = Own::in_place;
    store.input = e.tensor;
    store.window_rows = op.op->window.kernel_h > 1 ? op.op->window.pad_top + 1 : 0;
  }
  for (const LocalOp& op : view_->ops) {
    if (op.op->kind != OpKind::concat) continue;
    const auto out = static_cast<size_t>(op.output);
    for (int k = op.edges_begin; k < op.edges_end; ++k) {
      const auto in = static_cast<size_t>(view_->edges[static_cast<size_t>(k)].tensor);
      if (!view_->tensors[in].private_to_reader || stores_[in].partial != Partial::none) continue;
      if (slice_[in] != slice_[out] && slice_[out] != 0) continue;
      if (stores_[in].own == Own::vector) continue;
      stores_[in].own = Own::nothing;
    }
  }
}

int64_t BrrResidency::partial_sum_row_bytes(size_t tensor, const Datatypes& types, int64_t g) const {
  const Store& store = stores_[tensor];
  if (store.partial == Partial::none) return 0;
  const LocalTensor& t = view_->tensors[tensor];
  const int64_t c = store.partial == Partial::whole ? channels(tensor, g) : std::min(g, t.channels);
  return c * t.width * (types.partial_sum_bytes - types.activation_bytes);
}

int64_t BrrResidency::accumulator_bytes(size_t tensor, const Datatypes& types) const {
  if (stores_[tensor].own != Own::vector) return 0;
  return view_->tensors[tensor].channels * types.partial_sum_bytes;
}

void BrrResidency::tabulate(const Datatypes& types, int64_t g, BrrStorageTable& table) const {
  const auto row_bytes = [&](size_t t) {
    return channels(t, g) * view_->tensors[t].width * types.activation_bytes;
  };
  table.constant_bytes = 0;
  table.row_bytes.assign(stores_.size(), 0);
  table.in_place.clear();
  for (size_t t = 0; t < stores_.size(); ++t) {
    const Store& store = stores_[t];
    switch (store.own) {
      case Own::tile:
        table.row_bytes[t] = row_bytes(t);
        break;
      case Own::vector:
        table.constant_bytes += accumulator_bytes(t, types);
        break;
      case Own::in_place:
        table.in_place.push_back({static_cast<int>(t), store.input, row_bytes(t),
                                  row_bytes(static_cast<size_t>(store.input)),
                                  store.window_rows * row_bytes(t)});
        break;
      case Own::nothing:
        break;
    }
    table.row_bytes[t] += partial_sum_row_bytes(t, types, g);
  }
}

int64_t BrrResidency::storage_bytes(const Datatypes& types, int64_t g,
                                    const std::vector<int64_t>& longest) const {
  BrrStorageTable table;
  tabulate(types, g, table);
  return table.bytes(longest);
}

int64_t weight_sub_group_bytes(const Graph& graph, const Op& op, const Datatypes& types, int64_t pe_rows,
                               int64_t g) {
  if (op.weights == 0 && op.biases == 0) return 0;
  const int64_t outputs = std::min(g, graph.out_shape(op).c);
  const bool convolution = op.kind == OpKind::conv || op.kind == OpKind::conv_transpose;
  const int64_t inputs = convolution ? std::min(pe_rows, graph.in_shape(op).c / op.groups) : 1;
  const int64_t weights = op.weights == 0 ? 0 : outputs * inputs * op.window.kernel_h * op.window.kernel_w;
  return weights * types.weight_bytes + (op.biases == 0 ? 0 : outputs * types.bias_bytes);
}

bool has_weight_passes(const Op& op) { return op.kind == OpKind::conv || op.kind == OpKind::conv_transpose; }

WeightPasses weight_passes(const Graph& graph, const Op& op, const Datatypes& types, int64_t block_channels) {
  const Shape& in = graph.in_shape(op);
  const Shape& out = graph.out_shape(op);
  WeightPasses result;
  result.passes = ceil_div(out.c, block_channels);
  const int64_t extent = (op.window.kernel_h - 1) * op.window.dilation_h + 1;
  result.ring_channels = in.c;
  result.ifmap_channels = in.c * result.passes;
  if (is_depthwise(graph, op)) {
    const int64_t multiplier = out.c / in.c;
    result.ring_channels = result.ifmap_channels = 0;
    for (int64_t first = 0; first < out.c; first += block_channels) {
      const int64_t end = std::min(first + block_channels, out.c);
      const int64_t channels = ceil_div(end, multiplier) - first / multiplier;
      result.ring_channels = std::max(result.ring_channels, channels);
      result.ifmap_channels += channels;
    }
  }
  const int64_t per_output =
      op.weights / out.c * types.weight_bytes + (op.biases == 0 ? 0 : types.bias_bytes);
  result.weight_bytes = block_channels * per_output;
  result.ring_rows = std::min(extent, in.h);
  result.footprint_bytes = result.weight_bytes +
                           result.ring_rows * result.ring_channels * in.w * types.activation_bytes +
                           block_channels * out.w * types.activation_bytes;
  return result;
}

}  // namespace fusesim
