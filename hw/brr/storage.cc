#include "storage.h"

#include <algorithm>

#include "ops/provenance.h"
#include "ops/weight_bytes.h"
#include "weight_order.h"

namespace fusesim::hw {
namespace {

class StoragePlanner {
 public:
  StoragePlanner(const BrrGroup& group, const BrrGeometry& geometry, const Datatypes& types, int64_t pe_rows,
                 DoubleBuffer double_buffer)
      : group_(group), geometry_(geometry), types_(types), pe_rows_(pe_rows), double_buffer_(double_buffer) {}

  BrrStorage plan() {
    const int count = static_cast<int>(group_.tensors.size());
    plan_.tensors.resize(group_.tensors.size());
    plan_.pool_bytes.assign(group_.tensors.size(), 0);
    for (int t = 0; t < count; ++t) set_partial_sums(t);
    for (int t = 0; t < count; ++t) set_sharing(t);
    for (int t = 0; t < count; ++t) {
      BrrTensorStorage& mine = storage(t);
      mine.own_bytes = own_bytes(t);
      mine.pool = pool_of(t);
      plan_.pool_bytes[static_cast<size_t>(mine.pool)] += mine.own_bytes;
      plan_.tensor_bytes += mine.own_bytes;
    }
    int64_t subgroup_bytes = 0;
    int64_t used_bytes = 0;
    const std::vector<int> first = first_readers(group_);
    for (size_t i = 0; i < group_.ops.size(); ++i) {
      const int64_t bytes = op_weight_bytes(*group_.ops[i].op, types_);
      used_bytes += bytes;
      if (first[i] == static_cast<int>(i)) plan_.weight_bytes += bytes;
      subgroup_bytes = std::max(subgroup_bytes, largest_subgroup(group_.ops[i]));
    }
    plan_.streamed_bytes = streamed_weight_bytes(subgroup_bytes, used_bytes, double_buffer_);
    return plan_;
  }

 private:
  BrrTensorStorage& storage(int t) { return plan_.tensors[static_cast<size_t>(t)]; }

  bool is_pooled_vector(int t) const {
    const BrrTensor& tensor = group_.tensor(t);
    return !tensor.external() && group_.op(tensor.producer).facts.pools_map();
  }

  int64_t held_channels(int t) const {
    const BrrTensor& tensor = group_.tensor(t);
    return tensor.sliced() ? std::min(group_.slice_channels, tensor.shape.c) : tensor.shape.c;
  }

  int64_t row_bytes(int t) const {
    const BrrTensor& tensor = group_.tensor(t);
    return channel_row_bytes(group_.graph->tensor(tensor.id), tensor.shape.w, types_);
  }
  int64_t row_sum_bytes(int t) const {
    const BrrTensor& tensor = group_.tensor(t);
    return channel_row_sum_bytes(group_.graph->tensor(tensor.id), tensor.shape.w, types_);
  }
  /// Of the longest tile of t, of `channels` channels.
  int64_t tile_bytes(int t, int64_t channels) const {
    return channels * geometry_.longest_rows(t) * row_bytes(t);
  }

  void set_partial_sums(int t) {
    const BrrTensor& tensor = group_.tensor(t);
    if (tensor.external() || !group_.op(tensor.producer).reduction) return;
    const BrrOp& maker = group_.op(tensor.producer);
    const int64_t wider_bytes = row_sum_bytes(t) - row_bytes(t);
    const bool over_slices = group_.accumulates(tensor.producer);
    if (!over_slices && inputs_per_group(*group_.graph, *maker.op) <= pe_rows_) return;
    const int64_t channels = over_slices ? held_channels(t) : std::min(group_.slice_channels, tensor.shape.c);
    storage(t).has_partial_sums = true;
    storage(t).partial_sum_bytes = channels * geometry_.longest_rows(t) * wider_bytes;
  }

  /// A concatenated operand is written where the result will lie; the result of another channel-local op with
  /// one operand is written over it.
  void set_sharing(int t) {
    const BrrTensor& tensor = group_.tensor(t);
    if (group_.is_private(t)) {
      const BrrOp& reader = group_.op(tensor.readers[0]);
      const BrrTensor& result = group_.tensor(reader.output);
      const bool alike = row_bytes(t) == row_bytes(reader.output);
      const bool fits = alike && (!result.sliced() || tensor.sliced());
      storage(t).zero_copy = reader.op->kind == OpKind::concat && fits && !storage(t).has_partial_sums;
    }
    if (!tensor.external() && !storage(t).zero_copy) storage(t).in_place = works_in_place(t);
  }

  bool works_in_place(int t) const {
    const BrrOp& maker = group_.op(group_.tensor(t).producer);
    if (maker.reduction || maker.facts.in_place == InPlace::never) return false;
    if (maker.inputs.size() != 1 || !group_.is_private(maker.inputs[0])) return false;
    if (!follows_input_rows(maker)) return false;
    if (channel_multiplier(group_, group_.tensor(t).producer) != 1) return false;
    const int input = maker.inputs[0];
    if (group_.tensor(input).residency != group_.tensor(t).residency) return false;
    return tile_bytes(t, held_channels(t)) <= tile_bytes(input, held_channels(input));
  }

  /// Row by row, the result takes no more room than the input rows that it no longer needs.
  bool follows_input_rows(const BrrOp& op) const {
    const Shape& in = group_.tensor(op.inputs[0]).shape;
    const Shape& out = group_.tensor(op.output).shape;
    return row_bytes(op.output) <= row_bytes(op.inputs[0]) &&
           (op.op->kind != OpKind::resize || out.h <= in.h);
  }

  int64_t own_bytes(int t) {
    const BrrTensor& tensor = group_.tensor(t);
    const BrrTensorStorage& mine = storage(t);
    if (is_pooled_vector(t)) return tensor.shape.c * row_sum_bytes(t);
    if (mine.zero_copy) return 0;
    if (mine.in_place) {
      const Window& window = group_.op(tensor.producer).op->window;
      if (window.kernel_h == 1) return 0;
      return held_channels(t) * (window.pad_top + 1) * row_bytes(t);
    }
    return tile_bytes(t, held_channels(t)) + bytes_ahead(t) + mine.partial_sum_bytes;
  }

  /// Of an external tensor: what may come while the tile or slice before it is worked on.
  int64_t bytes_ahead(int t) const {
    const BrrTensor& tensor = group_.tensor(t);
    if (!tensor.external() || double_buffer_ != DoubleBuffer::all) return 0;
    if (tensor.sliced()) return tile_bytes(t, held_channels(t));
    return tensor.shape.c * geometry_.most_added_rows(t) * row_bytes(t);
  }

  int pool_of(int t) {
    while (true) {
      const BrrTensor& tensor = group_.tensor(t);
      if (storage(t).zero_copy) {
        t = group_.op(tensor.readers[0]).output;
      } else if (storage(t).in_place) {
        t = group_.op(tensor.producer).inputs[0];
      } else {
        return t;
      }
    }
  }

  int64_t largest_subgroup(const BrrOp& op) const {
    if (op.op->weights + op.op->biases == 0) return 0;
    if (op.facts.mixes_channels()) return op_weight_bytes(*op.op, types_);
    const int64_t outputs = std::min(group_.slice_channels, group_.tensor(op.output).shape.c);
    const int64_t inputs = std::min(pe_rows_, inputs_per_group(*group_.graph, *op.op));
    return subgroup_bytes(*group_.graph, *op.op, types_, {0, outputs}, {0, inputs}, true);
  }

  const BrrGroup& group_;
  const BrrGeometry& geometry_;
  const Datatypes& types_;
  int64_t pe_rows_;
  DoubleBuffer double_buffer_;
  BrrStorage plan_;
};

/// Elements of a list of `total` that belong to [first, last) of `count` equal parts; a list shorter than the
/// parts goes with the first of them.
/// How many of `total` elements come before part `end` of `count` equal ones.
int64_t before(int64_t total, int64_t count, int64_t end) { return ceil_div(end * total, count); }

int64_t share(int64_t total, int64_t count, const ChannelRange& part) {
  return before(total, count, part.last) - before(total, count, part.first);
}

}  // namespace

BrrStorage plan_brr_storage(const BrrGroup& group, const BrrGeometry& geometry, const Datatypes& types,
                            int64_t pe_rows, DoubleBuffer double_buffer) {
  return StoragePlanner(group, geometry, types, pe_rows, double_buffer).plan();
}

int64_t streamed_weight_bytes(int64_t piece_bytes, int64_t weight_bytes, DoubleBuffer double_buffer) {
  switch (double_buffer) {
    case DoubleBuffer::none:
      return std::min(piece_bytes, weight_bytes);
    case DoubleBuffer::weights:
    case DoubleBuffer::all:
      break;
  }
  return std::min(2 * piece_bytes, weight_bytes);
}

int64_t subgroup_bytes(const Graph& graph, const Op& op, const Datatypes& types, ChannelRange outputs,
                       ChannelRange inputs, bool with_bias) {
  const int64_t channels = graph.out_shape(op).c;
  const int64_t depth = inputs_per_group(graph, op);
  int64_t bytes = 0;
  if (op.weight_rows == channels) {
    const int64_t row = op.weights / channels;
    bytes = outputs.size() * (weight_row_bytes(op, before(row, depth, inputs.last), types) -
                              weight_row_bytes(op, before(row, depth, inputs.first), types));
  } else {
    bytes = weight_row_bytes(op, before(op.weights, channels, outputs.last), types) -
            weight_row_bytes(op, before(op.weights, channels, outputs.first), types);
  }
  if (with_bias) bytes += op_bias_bytes(op, share(op.biases, channels, outputs), types);
  return bytes;
}

}  // namespace fusesim::hw
