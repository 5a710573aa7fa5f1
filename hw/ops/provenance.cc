#include "ops/provenance.h"

#include <algorithm>
#include <numeric>

#include "fusesim/graph/op_facts.h"
#include "mixing.h"
#include "ops/row_window.h"

namespace fusesim::hw {
namespace {

void transposed_tap_sums(const Graph& graph, const Op& op, int64_t y, RowSource& in, int64_t c0, int64_t c1,
                         uint64_t* x) {
  const Window& w = op.window;
  const int64_t in_h = graph.in_shape(op).h;
  for (int64_t k = 0; k < w.kernel_h; ++k) {
    const int64_t scaled = y + w.pad_top - k * w.dilation_h;
    if (scaled < 0 || scaled % w.stride_h != 0 || scaled / w.stride_h >= in_h) continue;
    add_row(static_cast<uint64_t>(k + 1), in.channels(scaled / w.stride_h, c0, c1), c1 - c0, x);
  }
}

void eltwise_sums(const Graph& graph, const Op& op, int64_t y, const std::vector<RowSource*>& inputs,
                  int64_t co0, int64_t co1, uint64_t* acc) {
  const int64_t out_c = graph.out_shape(op).c;
  for (size_t j = 0; j < op.inputs.size(); ++j) {
    const int64_t row = is_row_broadcast(graph, op, j) ? 0 : y;
    const bool one_channel = graph.in_shape(op, j).c == 1 && out_c > 1;
    if (!one_channel) {
      add_row(j + 1, inputs[j]->channels(row, co0, co1), co1 - co0, acc);
      continue;
    }
    const uint64_t term = hash2(static_cast<uint64_t>(j + 1), *inputs[j]->channels(row, 0, 1));
    for (int64_t c = 0; c < co1 - co0; ++c) acc[c] += term;
  }
}

void concat_sums(const Graph& graph, const Op& op, int64_t y, const std::vector<RowSource*>& inputs,
                 int64_t co0, int64_t co1, uint64_t* acc) {
  int64_t begin = 0;
  for (size_t j = 0; j < op.inputs.size(); ++j) {
    const int64_t end = begin + graph.in_shape(op, j).c;
    const int64_t from = std::max(co0, begin);
    const int64_t to = std::min(co1, end);
    if (from < to)
      add_row(1, inputs[j]->channels(y, from - begin, to - begin), to - from, acc + (from - co0));
    begin = end;
  }
}

void resize_sums(const Graph& graph, const Op& op, int64_t y, RowSource& in, int64_t co0, int64_t co1,
                 uint64_t* acc) {
  const RowRange rows = rows_read(graph, op, 0, y);
  for (int64_t r = rows.first; r < rows.last; ++r) {
    add_row(static_cast<uint64_t>(r - rows.first + 1), in.channels(r, co0, co1), co1 - co0, acc);
  }
}

void apply_channel_weights(const WeightTile& tile, int64_t co0, int64_t co1, uint64_t* acc) {
  for (int64_t co = co0; co < co1; ++co) {
    const auto i = static_cast<size_t>(co - tile.co0);
    uint64_t& sum = acc[co - co0];
    if (!tile.a.empty()) sum *= tile.a[i] + tile.b[i];
    if (!tile.bias.empty()) sum += tile.bias[i];
  }
}

void own_row_sums(const Graph& graph, const Op& op, int64_t y, const std::vector<RowSource*>& inputs,
                  int64_t co0, int64_t co1, const WeightTile* weights, uint64_t* acc) {
  switch (op_facts(op).channels) {
    case ChannelUse::own:
      add_row(1, inputs[0]->channels(y, co0, co1), co1 - co0, acc);
      if (weights != nullptr) apply_channel_weights(*weights, co0, co1, acc);
      return;
    case ChannelUse::broadcast:
      return eltwise_sums(graph, op, y, inputs, co0, co1, acc);
    case ChannelUse::stacked:
      return concat_sums(graph, op, y, inputs, co0, co1, acc);
    case ChannelUse::shifted: {
      const int64_t begin = op.channel_begin;
      return add_row(1, inputs[0]->channels(y, begin + co0, begin + co1), co1 - co0, acc);
    }
    case ChannelUse::shuffled:
    case ChannelUse::normed:
    case ChannelUse::summed:
    case ChannelUse::multiplied:
    case ChannelUse::paired:
      mixed_sums(graph, op, y, inputs, co0, co1, acc);
      if (weights != nullptr) apply_channel_weights(*weights, co0, co1, acc);
      return;
    case ChannelUse::blocked:
    case ChannelUse::reducing:
    case ChannelUse::all:
      break;  // no op of these is made of its own row alone
  }
}

}  // namespace

int64_t weight_groups(const Graph& graph, const Op& op) {
  return op_facts(op).unit == Unit::pe_array ? op.groups : graph.out_shape(op).c;
}

int64_t inputs_per_group(const Graph& graph, const Op& op) {
  return graph.in_shape(op).c / weight_groups(graph, op);
}

int64_t outputs_per_group(const Graph& graph, const Op& op) {
  return graph.out_shape(op).c / weight_groups(graph, op);
}

WeightTile load_weights(const Graph& graph, OpId op_id, int64_t co0, int64_t co1, int64_t ci0, int64_t ci1,
                        bool with_bias) {
  const Op& op = graph.op(op_id);
  const OpId owner = parameter_owner(graph, op_id);
  WeightTile tile;
  tile.op = op_id;
  tile.co0 = co0;
  tile.co1 = co1;
  tile.ci0 = ci0;
  tile.ci1 = ci1;
  tile.with_bias = with_bias;
  tile.group_outputs = outputs_per_group(graph, op);
  tile.group_inputs = inputs_per_group(graph, op);
  if (op.weights > 0) {
    tile.a.reserve(static_cast<size_t>(co1 - co0));
    const uint64_t out_key = hash2(HashTag::w_out, owner);
    const uint64_t in_key = hash2(HashTag::w_in, owner);
    for (int64_t co = co0; co < co1; ++co) tile.a.push_back(hash2(out_key, co));
    const int64_t per_group = tile.group_outputs;
    const int64_t width = tile.group_inputs;
    for (int64_t g = co0 / per_group; g <= (co1 - 1) / per_group; ++g) {
      for (int64_t ci = ci0; ci < ci1; ++ci) tile.b.push_back(hash2(in_key, g * width + ci));
    }
  }
  if (with_bias && op.biases > 0) {
    for (int64_t co = co0; co < co1; ++co) tile.bias.push_back(hash2(hash2(HashTag::bias, owner), co));
  }
  return tile;
}

WeightTile load_all_weights(const Graph& graph, OpId op) {
  return load_weights(graph, op, 0, graph.out_shape(graph.op(op)).c, 0, inputs_per_group(graph, graph.op(op)),
                      true);
}

void tap_sums(const Graph& graph, OpId op_id, int64_t y, RowSource& in, int64_t c0, int64_t c1, uint64_t* x) {
  const Op& op = graph.op(op_id);
  std::fill(x, x + (c1 - c0), 0);
  if (op_facts(op).rows == RowUse::transposed) return transposed_tap_sums(graph, op, y, in, c0, c1, x);
  const Window& w = op.window;
  const int64_t in_h = graph.in_shape(op).h;
  for (int64_t k = 0; k < w.kernel_h; ++k) {
    const int64_t row = y * w.stride_h - w.pad_top + k * w.dilation_h;
    if (row < 0 || row >= in_h) continue;
    add_row(static_cast<uint64_t>(k + 1), in.channels(row, c0, c1), c1 - c0, x);
  }
}

void accumulate(const WeightTile& tile, const uint64_t* x, int64_t x_c0, int64_t x_c1, uint64_t* psum) {
  const int64_t per_group = tile.group_outputs;
  const int64_t width = tile.group_inputs;
  const int64_t first_group = tile.co0 / per_group;
  for (int64_t g = first_group; g <= (tile.co1 - 1) / per_group; ++g) {
    const uint64_t* b = tile.b.data() + (g - first_group) * (tile.ci1 - tile.ci0);
    const int64_t from = std::max(g * width + tile.ci0, x_c0);
    const int64_t to = std::min(g * width + tile.ci1, x_c1);
    uint64_t sum = 0;
    uint64_t weighted = 0;
    for (int64_t ci = from; ci < to; ++ci) {
      sum += x[ci - x_c0];
      weighted += b[ci - g * width - tile.ci0] * x[ci - x_c0];
    }
    const int64_t co_end = std::min(tile.co1, (g + 1) * per_group);
    for (int64_t co = std::max(tile.co0, g * per_group); co < co_end; ++co) {
      psum[co - tile.co0] += tile.a[static_cast<size_t>(co - tile.co0)] * sum + weighted;
    }
  }
  for (size_t i = 0; i < tile.bias.size(); ++i) psum[i] += tile.bias[i];
}

void local_sums(const Graph& graph, OpId op_id, int64_t y, const std::vector<RowSource*>& inputs, int64_t co0,
                int64_t co1, const WeightTile* weights, uint64_t* acc) {
  const Op& op = graph.op(op_id);
  std::fill(acc, acc + (co1 - co0), 0);
  if (op_facts(op).channels == ChannelUse::blocked)
    return block_sums(graph, op, y, *inputs[0], co0, co1, acc);
  switch (op_facts(op).rows) {
    case RowUse::own:
      return own_row_sums(graph, op, y, inputs, co0, co1, weights, acc);
    case RowUse::window:
      return tap_sums(graph, op_id, y, *inputs[0], co0, co1, acc);
    case RowUse::resized:
      return resize_sums(graph, op, y, *inputs[0], co0, co1, acc);
    case RowUse::transposed:
    case RowUse::pooled:
    case RowUse::whole:
      break;  // have functions of their own
  }
}

void unshuffled_sums(int64_t y, RowSource& in, int64_t co0, int64_t co1, uint64_t* acc) {
  std::fill(acc, acc + (co1 - co0), 0);
  add_row(1, in.channels(y, co0, co1), co1 - co0, acc);
}

void add_pooled_row(int64_t r, const uint64_t* row, int64_t channels, uint64_t* acc) {
  add_row(static_cast<uint64_t>(r + 1), row, channels, acc);
}

void close_pool(const Graph& graph, OpId op_id, uint64_t* acc) {
  const Op& op = graph.op(op_id);
  if (op.kind != OpKind::moments) return;
  const int64_t width = graph.out_shape(op).c / op.groups;
  for (int64_t g = 0; g < op.groups; ++g) {
    uint64_t* group = acc + g * width;
    std::fill_n(group, width, std::accumulate(group, group + width, uint64_t{0}));
  }
}

uint64_t opaque_term(size_t input, int64_t c0, int64_t channels, int64_t y, const uint64_t* row) {
  uint64_t sum = 0;
  for (int64_t c = 0; c < channels; ++c) {
    sum += hash2(hash2(hash2(static_cast<uint64_t>(input + 1), c0 + c), y), row[c]);
  }
  return sum;
}

void finish(OpId op, int64_t co0, int64_t co1, int64_t y, const uint64_t* acc, uint64_t* out) {
  const uint64_t key = mix(hash2(HashTag::op, op));
  for (int64_t co = co0; co < co1; ++co) {
    const uint64_t place = hash2(mix(key + static_cast<uint64_t>(co)), y);
    out[co - co0] = hash2(place, acc[co - co0]);
  }
}

void finish_opaque(OpId op, size_t j, int64_t channels, int64_t y, uint64_t acc, uint64_t* out) {
  const uint64_t base = hash2(hash2(HashTag::op, op), static_cast<uint64_t>(j));
  for (int64_t co = 0; co < channels; ++co) out[co] = hash2(hash2(hash2(base, co), y), acc);
}

}  // namespace fusesim::hw
