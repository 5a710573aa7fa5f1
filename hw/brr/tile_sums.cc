#include "tile_sums.h"

#include <algorithm>

#include "ops/provenance.h"
#include "tile_work.h"

namespace fusesim::hw {

void BrrTileSums::reduce(BrrTile& tile, int o, const ChannelRange& channels) {
  const int64_t g = tile.plan().group().slice_channels;
  for (int64_t c = channels.first; c < channels.last; c += g) {
    reduce_block(tile, o, {c, std::min(channels.last, c + g)});
  }
}

void BrrTileSums::reduce_block(BrrTile& tile, int o, const ChannelRange& outputs) {
  const BrrTilePlan& plan = tile.plan();
  const BrrOp& op = plan.op(o);
  const RowRange rows = tile.made_rows(op.output);
  const std::vector<uint64_t>& taps = tap_rows(tile, o);
  const int64_t in_channels = plan.tensor(op.inputs[0]).shape.c;
  const int64_t sum_bytes =
      plan.storage(op.output).has_partial_sums
          ? outputs.size() * plan.tensor(op.output).shape.w * machine_.datatypes.partial_sum_bytes
          : 0;
  tile.memory().add_live(op.output, rows.size() * sum_bytes);
  block_.assign(static_cast<size_t>(rows.size() * outputs.size()), 0);
  const int64_t depth = inputs_per_group(machine_.graph, *op.op);
  for (int64_t ci = 0; ci < depth; ci += plan.pe_rows()) {
    const ChannelRange inputs{ci, std::min(depth, ci + plan.pe_rows())};
    tile.memory().weights().fetch(o, outputs, inputs);
    const WeightTile& weights = tile.memory().weights().use(o, outputs, inputs);
    for (int64_t i = 0; i < rows.size(); ++i) {
      accumulate(weights, taps.data() + i * in_channels, 0, in_channels, block_.data() + i * outputs.size());
    }
    run_tile_on_array(machine_, tile, o, outputs, inputs, {inputs.first == 0, inputs.last == depth});
  }
  for (int64_t i = 0; i < rows.size(); ++i) {
    const uint64_t* row = block_.data() + i * outputs.size();
    tile.memory().add_live(op.output, -sum_bytes);
    finish(op.id, outputs.first, outputs.last, rows.first + i, row,
           tile.buffer(op.output).claim(rows.first + i, outputs));
  }
}

/// Tap sums of all input channels of a FULL input for the rows of this tile; worked out once per tile, while
/// every use checks that the rows are still on chip.
const std::vector<uint64_t>& BrrTileSums::tap_rows(BrrTile& tile, int o) {
  const BrrOp& op = tile.plan().op(o);
  const RowRange rows = tile.made_rows(op.output);
  const ChannelRange channels = tile.plan().all_channels(op.inputs[0]);
  std::vector<uint64_t>& taps = tile.taps(o);
  TileBuffer& input = tile.buffer(op.inputs[0]);
  if (!taps.empty()) {
    input.require(needed_rows(machine_.graph, *op.op, 0, rows), channels);
    return taps;
  }
  taps.resize(static_cast<size_t>(rows.size() * channels.size()));
  for (int64_t i = 0; i < rows.size(); ++i) {
    tap_sums(machine_.graph, op.id, rows.first + i, input, 0, channels.last,
             taps.data() + i * channels.size());
  }
  return taps;
}

void BrrTileSums::add_slice(BrrTile& tile, int o, const ChannelRange& slice, RowSource& in) {
  open_sums(tile, o);
  const int64_t depth = inputs_per_group(machine_.graph, *tile.plan().op(o).op);
  for (int64_t c = slice.first; c < slice.last;) {
    const int64_t group_end = (c / depth + 1) * depth;
    const ChannelRange chunk{c, std::min({slice.last, group_end, c + tile.plan().pe_rows()})};
    add_chunk(tile, o, chunk, in);
    c = chunk.last;
  }
}

void BrrTileSums::open_sums(BrrTile& tile, int o) {
  const BrrOp& op = tile.plan().op(o);
  BrrSums& sums = tile.sums(o);
  if (sums.live) return;
  const Shape& shape = tile.plan().tensor(op.output).shape;
  const int64_t elements = tile.made_rows(op.output).size() * shape.c;
  sums.values.assign(static_cast<size_t>(elements), 0);
  sums.live = true;
  tile.summed_inputs(o).assign(static_cast<size_t>(weight_groups(machine_.graph, *op.op)), 0);
  tile.memory().add_live(op.output, elements * shape.w * machine_.datatypes.partial_sum_bytes);
}

/// Input channels of one convolution group, at most as many as the array has rows.
void BrrTileSums::add_chunk(BrrTile& tile, int o, const ChannelRange& chunk, RowSource& in) {
  const BrrTilePlan& plan = tile.plan();
  const BrrOp& op = plan.op(o);
  const RowRange rows = tile.made_rows(op.output);
  chunk_taps_.resize(static_cast<size_t>(rows.size() * chunk.size()));
  for (int64_t i = 0; i < rows.size(); ++i) {
    tap_sums(machine_.graph, op.id, rows.first + i, in, chunk.first, chunk.last,
             chunk_taps_.data() + i * chunk.size());
  }
  const int64_t depth = inputs_per_group(machine_.graph, *op.op);
  const int64_t width = outputs_per_group(machine_.graph, *op.op);
  const int64_t conv_group = chunk.first / depth;
  const ChannelRange inputs{chunk.first - conv_group * depth, chunk.last - conv_group * depth};
  const int64_t channels = plan.tensor(op.output).shape.c;
  int64_t& summed = tile.summed_inputs(o)[static_cast<size_t>(conv_group)];
  const BrrSumsOf sums{summed == 0, summed + chunk.size() == depth};
  const int64_t g = plan.group().slice_channels;
  for (int64_t c = conv_group * width; c < (conv_group + 1) * width; c += g) {
    const ChannelRange outputs{c, std::min((conv_group + 1) * width, c + g)};
    tile.memory().weights().fetch(o, outputs, inputs);
    const WeightTile& weights = tile.memory().weights().use(o, outputs, inputs);
    for (int64_t i = 0; i < rows.size(); ++i) {
      accumulate(weights, chunk_taps_.data() + i * chunk.size(), chunk.first, chunk.last,
                 tile.sums(o).values.data() + i * channels + outputs.first);
    }
    run_tile_on_array(machine_, tile, o, outputs, inputs, sums);
  }
  summed += chunk.size();
}

void BrrTileSums::finish_reduction(BrrTile& tile, int o) {
  const BrrOp& op = tile.plan().op(o);
  const RowRange rows = tile.made_rows(op.output);
  const ChannelRange channels = tile.plan().all_channels(op.output);
  const int64_t row_bytes =
      channels.size() * tile.plan().tensor(op.output).shape.w * machine_.datatypes.partial_sum_bytes;
  BrrSums& sums = tile.sums(o);
  for (int64_t i = 0; i < rows.size(); ++i) {
    tile.memory().add_live(op.output, -row_bytes);
    finish(op.id, 0, channels.last, rows.first + i, sums.values.data() + i * channels.size(),
           tile.buffer(op.output).claim(rows.first + i, channels));
  }
  sums.live = false;
  tile.channels_left(o) = 0;
  storer_.store(tile, op.output, channels);
}

void BrrTileSums::pool_rows(BrrTile& tile, int o, const ChannelRange& channels, RowSource& in) {
  const BrrOp& op = tile.plan().op(o);
  BrrSums& sums = tile.memory().pooled(o);
  const int64_t all = tile.plan().tensor(op.output).shape.c;
  if (!sums.live) {
    sums.values.assign(static_cast<size_t>(all), 0);
    sums.live = true;
    tile.memory().add_live(op.output, all * machine_.datatypes.partial_sum_bytes);
  }
  const RowRange rows = tile.read_rows(o, 0);
  for (int64_t y = rows.first; y < rows.last; ++y) {
    add_pooled_row(y, in.channels(y, channels.first, channels.last), channels.size(),
                   sums.values.data() + channels.first);
  }
  run_tile_on_vector_unit(machine_, tile, o, channels, rows.size());
}

void BrrTileSums::finish_pool(BrrTile& tile, int o) {
  const BrrOp& op = tile.plan().op(o);
  BrrSums& sums = tile.memory().pooled(o);
  const RowRange rows = tile.read_rows(o, 0);
  if (!sums.live || rows.empty() || rows.last < tile.plan().tensor(op.inputs[0]).shape.h) return;
  const int64_t channels = tile.plan().tensor(op.output).shape.c;
  finish(op.id, 0, channels, 0, sums.values.data(), sums.values.data());
  storer_.store_pooled(tile, op.output, sums.values);
  sums.live = false;
  tile.memory().add_live(op.output, -channels * machine_.datatypes.partial_sum_bytes);
}

}  // namespace fusesim::hw
