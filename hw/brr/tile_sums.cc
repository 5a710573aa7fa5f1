#include "tile_sums.h"

#include <algorithm>

#include "ops/provenance.h"
#include "tile_work.h"
#include "values/kernels.h"

namespace fusesim::hw {

/// Partial sums of a row that wait in the buffer; 0 if none do.
int64_t BrrTileSums::sum_row_bytes(const BrrTile& tile, int o, const ChannelRange& outputs) const {
  const int t = tile.plan().op(o).output;
  if (!tile.plan().storage(t).has_partial_sums) return 0;
  return outputs.size() * tile.plan().channel_row_sum_bytes(t);
}

void BrrTileSums::reduce(BrrTile& tile, int o, const ChannelRange& outputs, const ChannelRange& inputs) {
  const BrrTilePlan& plan = tile.plan();
  const BrrOp& op = plan.op(o);
  BrrWeights& weights = tile.memory().weights();
  const std::vector<uint64_t>& taps = inputs.first == 0 ? tap_rows(tile, o) : tile.taps(o);
  weights.fetch();
  if (inputs.first == 0) open_block(tile, o, outputs);
  const int64_t in_channels = plan.tensor(op.inputs[0]).shape.c;
  const int64_t rows = tile.made_rows(op.output).size();
  const WeightTile& subgroup = weights.use(o, outputs, inputs);
  for (int64_t i = 0; i < rows; ++i) {
    accumulate(subgroup, taps.data() + i * in_channels, 0, in_channels, block_.data() + i * outputs.size());
  }
  if (machine_.values != nullptr) {
    const auto row_sums = static_cast<int64_t>(machine_.values->elements(op.id, outputs.size()));
    for (int64_t i = 0; i < rows; ++i) {
      add_products(*machine_.values, tile.made_rows(op.output).first + i, tile.buffer(op.inputs[0]),
                   {0, in_channels}, subgroup, block_sums_.data() + i * row_sums);
    }
  }
  const bool last = inputs.last == inputs_per_group(machine_.graph, *op.op);
  run_tile_on_array(machine_, tile, o, outputs, inputs, {inputs.first == 0, last});
  weights.done();
  if (last) close_block(tile, o, outputs);
}

/// The array needs the place of sums or results before it starts.
void BrrTileSums::open_block(BrrTile& tile, int o, const ChannelRange& outputs) {
  const int t = tile.plan().op(o).output;
  const RowRange rows = tile.made_rows(t);
  block_.assign(static_cast<size_t>(rows.size() * outputs.size()), 0);
  block_sums_.assign(block_.size() * static_cast<size_t>(machine_.value_width(tile.plan().tensor(t).id)), 0);
  const int64_t sum_bytes = sum_row_bytes(tile, o, outputs);
  if (sum_bytes > 0) return tile.memory().add_live(t, rows.size() * sum_bytes);
  for (int64_t y = rows.first; y < rows.last; ++y) tile.buffer(t).claim(y, outputs);
}

void BrrTileSums::close_block(BrrTile& tile, int o, const ChannelRange& outputs) {
  const BrrOp& op = tile.plan().op(o);
  const RowRange rows = tile.made_rows(op.output);
  const int64_t sum_bytes = sum_row_bytes(tile, o, outputs);
  TileBuffer& buffer = tile.buffer(op.output);
  for (int64_t i = 0; i < rows.size(); ++i) {
    const int64_t y = rows.first + i;
    tile.memory().add_live(op.output, -sum_bytes);
    uint64_t* hashes = sum_bytes > 0 ? buffer.claim(y, outputs) : buffer.mutable_channels(y, outputs);
    finish(op.id, outputs.first, outputs.last, y, block_.data() + i * outputs.size(), hashes);
    if (machine_.values == nullptr) continue;
    const auto row_sums = static_cast<int64_t>(machine_.values->elements(op.id, outputs.size()));
    finish_products(*machine_.values, op.id, outputs.size(), block_sums_.data() + i * row_sums,
                    buffer.value_place(y, outputs.first));
  }
}

/// Tap sums of all input channels of a FULL input for the rows of this tile; worked out once per tile, while
/// every block of outputs checks that the rows are still on chip.
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

void BrrTileSums::add(BrrTile& tile, int o, const ChannelRange& outputs, const ChannelRange& inputs,
                      RowSource& in) {
  const BrrOp& op = tile.plan().op(o);
  const int64_t depth = inputs_per_group(machine_.graph, *op.op);
  const int64_t width = outputs_per_group(machine_.graph, *op.op);
  const int64_t conv_group = outputs.first / width;
  const ChannelRange chunk{conv_group * depth + inputs.first, conv_group * depth + inputs.last};
  if (outputs.first == conv_group * width) take_chunk(tile, o, chunk, in);
  BrrWeights& weights = tile.memory().weights();
  weights.fetch();
  open_sums(tile, o);
  const WeightTile& subgroup = weights.use(o, outputs, inputs);
  const int64_t channels = tile.plan().tensor(op.output).shape.c;
  const int64_t rows = tile.made_rows(op.output).size();
  for (int64_t i = 0; i < rows; ++i) {
    accumulate(subgroup, chunk_taps_.data() + i * chunk.size(), chunk.first, chunk.last,
               tile.sums(o).values.data() + i * channels + outputs.first);
  }
  if (machine_.values != nullptr) {
    const int64_t row_width = machine_.values->width(op.op->output());
    for (int64_t i = 0; i < rows; ++i) {
      add_products(*machine_.values, tile.made_rows(op.output).first + i, in, chunk, subgroup,
                   tile.sums(o).value_sums.data() + (i * channels + outputs.first) * row_width);
    }
  }
  int64_t& summed = tile.summed_inputs(o)[static_cast<size_t>(conv_group)];
  run_tile_on_array(machine_, tile, o, outputs, inputs, {summed == 0, summed + chunk.size() == depth});
  weights.done();
  if (outputs.last == (conv_group + 1) * width) summed += chunk.size();
}

/// Tap sums of input channels of one convolution group.
void BrrTileSums::take_chunk(const BrrTile& tile, int o, const ChannelRange& chunk, RowSource& in) {
  const BrrOp& op = tile.plan().op(o);
  const RowRange rows = tile.made_rows(op.output);
  chunk_taps_.resize(static_cast<size_t>(rows.size() * chunk.size()));
  for (int64_t i = 0; i < rows.size(); ++i) {
    tap_sums(machine_.graph, op.id, rows.first + i, in, chunk.first, chunk.last,
             chunk_taps_.data() + i * chunk.size());
  }
}

void BrrTileSums::open_sums(BrrTile& tile, int o) {
  const BrrOp& op = tile.plan().op(o);
  BrrSums& sums = tile.sums(o);
  if (sums.live) return;
  const Shape& shape = tile.plan().tensor(op.output).shape;
  const int64_t elements = tile.made_rows(op.output).size() * shape.c;
  sums.values.assign(static_cast<size_t>(elements), 0);
  sums.value_sums.assign(sums.values.size() * static_cast<size_t>(machine_.value_width(op.op->output())), 0);
  sums.live = true;
  tile.summed_inputs(o).assign(static_cast<size_t>(weight_groups(machine_.graph, *op.op)), 0);
  tile.memory().add_live(op.output, elements * tile.plan().channel_row_sum_bytes(op.output));
}

void BrrTileSums::finish_reduction(BrrTile& tile, int o) {
  const BrrOp& op = tile.plan().op(o);
  const RowRange rows = tile.made_rows(op.output);
  const ChannelRange channels = tile.plan().all_channels(op.output);
  const int64_t row_bytes = channels.size() * tile.plan().channel_row_sum_bytes(op.output);
  BrrSums& sums = tile.sums(o);
  for (int64_t i = 0; i < rows.size(); ++i) {
    tile.memory().add_live(op.output, -row_bytes);
    finish(op.id, 0, channels.last, rows.first + i, sums.values.data() + i * channels.size(),
           tile.buffer(op.output).claim(rows.first + i, channels));
    if (machine_.values == nullptr) continue;
    const auto row_sums = static_cast<int64_t>(machine_.values->elements(op.id, channels.size()));
    finish_products(*machine_.values, op.id, channels.size(), sums.value_sums.data() + i * row_sums,
                    tile.buffer(op.output).value_place(rows.first + i, 0));
  }
  sums.live = false;
}

void BrrTileSums::pool_rows(BrrTile& tile, int o, const ChannelRange& channels, RowSource& in) {
  const BrrOp& op = tile.plan().op(o);
  BrrSums& sums = tile.memory().pooled(o);
  const Shape& shape = tile.plan().tensor(op.output).shape;
  const int64_t all = shape.c;
  if (!sums.live) {
    sums.values.assign(static_cast<size_t>(all), 0);
    if (machine_.values != nullptr)
      sums.value_sums.assign(static_cast<size_t>(all * pooled_sums(*machine_.values, op.id)), 0);
    sums.live = true;
    tile.memory().add_live(op.output, all * tile.plan().channel_row_sum_bytes(op.output));
  }
  const RowRange rows = tile.read_rows(o, 0);
  for (int64_t y = rows.first; y < rows.last; ++y) {
    add_pooled_row(y, in.channels(y, channels.first, channels.last), channels.size(),
                   sums.values.data() + channels.first);
    if (machine_.values != nullptr) {
      add_pooled_values(*machine_.values, op.id, y, in, channels,
                        sums.value_sums.data() + channels.first * pooled_sums(*machine_.values, op.id));
    }
  }
  run_tile_on_vector_unit(machine_, tile, o, channels, rows.size());
}

bool BrrTileSums::finish_pool(BrrTile& tile, int o) {
  const BrrOp& op = tile.plan().op(o);
  BrrSums& sums = tile.memory().pooled(o);
  const RowRange rows = tile.read_rows(o, 0);
  if (!sums.live || rows.empty() || rows.last < tile.plan().tensor(op.inputs[0]).shape.h) return false;
  const int64_t channels = tile.plan().tensor(op.output).shape.c;
  if (machine_.values != nullptr) {
    sums.made.resize(machine_.values->elements(op.id, channels));
    finish_pooled_values(*machine_.values, op.id, sums.value_sums.data(), sums.made.data());
  }
  close_pool(machine_.graph, op.id, sums.values.data());
  finish(op.id, 0, channels, 0, sums.values.data(), sums.values.data());
  sums.live = false;
  return true;
}

}  // namespace fusesim::hw
