#include "mixing.h"

#include <algorithm>

#include "fusesim/graph/op_facts.h"

namespace fusesim::hw {
namespace {

/// Sum over channels c of one row of H(c - c0 + first, row[c]).
uint64_t numbered_sum(int64_t first, const uint64_t* row, int64_t channels) {
  uint64_t sum = 0;
  for (int64_t c = 0; c < channels; ++c) sum += hash2(static_cast<uint64_t>(first + c), row[c]);
  return sum;
}

void shuffled(const Graph& graph, const Op& op, int64_t y, RowSource& in, int64_t co0, int64_t co1,
              uint64_t* acc) {
  const uint64_t* row = in.channels(y, 0, graph.in_shape(op).c);
  for (int64_t co = co0; co < co1; ++co) acc[co - co0] += hash2(1, row[shuffled_channel(graph, op, co)]);
}

/// Every channel shares what its group comes to.
void normed(const Graph& graph, const Op& op, int64_t y, RowSource& in, int64_t co0, int64_t co1,
            uint64_t* acc) {
  const int64_t width = graph.in_shape(op).c / op.groups;
  for (int64_t g = co0 / width; g <= (co1 - 1) / width; ++g) {
    const uint64_t* row = in.channels(y, g * width, (g + 1) * width);
    const uint64_t shared = numbered_sum(2, row, width);
    for (int64_t co = std::max(co0, g * width); co < std::min(co1, (g + 1) * width); ++co)
      acc[co - co0] += hash2(1, row[co - g * width]) + shared;
  }
}

/// Per group: the channels of the position, and all rows of the group's channels of the matrix.
void multiplied(const Graph& graph, const Op& op, int64_t y, const std::vector<RowSource*>& inputs,
                int64_t co0, int64_t co1, uint64_t* acc) {
  const int64_t width = graph.out_shape(op).c / op.groups;
  const int64_t depth = graph.in_shape(op).c / op.groups;
  const Shape& matrix = graph.in_shape(op, 1);
  const int64_t part = matrix.c / op.groups;
  for (int64_t g = co0 / width; g <= (co1 - 1) / width; ++g) {
    uint64_t sum = numbered_sum(1, inputs[0]->channels(y, g * depth, (g + 1) * depth), depth);
    for (int64_t r = 0; r < matrix.h; ++r) {
      const uint64_t* row = inputs[1]->channels(r, g * part, (g + 1) * part);
      sum += hash2(static_cast<uint64_t>(r + 1), numbered_sum(1, row, part));
    }
    for (int64_t co = std::max(co0, g * width); co < std::min(co1, (g + 1) * width); ++co)
      acc[co - co0] += sum;
  }
}

/// All channels of the position, of either operand.
void paired(const Graph& graph, const Op& op, int64_t y, const std::vector<RowSource*>& inputs,
            int64_t channels, uint64_t* acc) {
  uint64_t sum = 0;
  for (size_t j = 0; j < inputs.size(); ++j) {
    const int64_t depth = graph.in_shape(op, j).c;
    sum += hash2(static_cast<uint64_t>(j + 1), numbered_sum(1, inputs[j]->channels(y, 0, depth), depth));
  }
  for (int64_t c = 0; c < channels; ++c) acc[c] += sum;
}

/// Channel of the deep map: channel c of `channels` at place (i, j) of the square.
int64_t deep_channel(const Block& block, int64_t channels, int64_t c, int64_t i, int64_t j) {
  if (block.innermost) return (c * block.size + i) * block.size + j;
  return (i * block.size + j) * channels + c;
}

}  // namespace

void mixed_sums(const Graph& graph, const Op& op, int64_t y, const std::vector<RowSource*>& inputs,
                int64_t co0, int64_t co1, uint64_t* acc) {
  switch (op_facts(op).channels) {
    case ChannelUse::shuffled:
      return shuffled(graph, op, y, *inputs[0], co0, co1, acc);
    case ChannelUse::normed:
      return normed(graph, op, y, *inputs[0], co0, co1, acc);
    case ChannelUse::summed: {
      const int64_t channels = graph.in_shape(op).c;
      acc[0] += numbered_sum(1, inputs[0]->channels(y, 0, channels), channels);
      return;
    }
    case ChannelUse::multiplied:
      return multiplied(graph, op, y, inputs, co0, co1, acc);
    case ChannelUse::paired:
      return paired(graph, op, y, inputs, co1 - co0, acc);
    case ChannelUse::own:
    case ChannelUse::broadcast:
    case ChannelUse::stacked:
    case ChannelUse::shifted:
    case ChannelUse::reducing:
    case ChannelUse::blocked:
    case ChannelUse::all:
      break;
  }
}

void block_sums(const Graph& graph, const Op& op, int64_t y, RowSource& in, int64_t co0, int64_t co1,
                uint64_t* acc) {
  const int64_t size = op.block.size;
  const int64_t in_c = graph.in_shape(op).c;
  if (op_facts(op).rows == RowUse::resized) {
    const int64_t out_c = graph.out_shape(op).c;
    const uint64_t* row = in.channels(y / size, 0, in_c);
    for (int64_t co = co0; co < co1; ++co) {
      for (int64_t j = 0; j < size; ++j) {
        const int64_t from = deep_channel(op.block, out_c, co, y % size, j);
        acc[co - co0] += hash2(static_cast<uint64_t>(j + 1), row[from]);
      }
    }
    return;
  }
  for (int64_t i = 0; i < size; ++i) {
    const uint64_t* row = in.channels(y * size + i, 0, in_c);
    for (int64_t c = 0; c < in_c; ++c) {
      for (int64_t j = 0; j < size; ++j) {
        const int64_t co = deep_channel(op.block, in_c, c, i, j);
        if (co >= co0 && co < co1) acc[co - co0] += hash2(static_cast<uint64_t>(j + 1), row[c]);
      }
    }
  }
}

}  // namespace fusesim::hw
