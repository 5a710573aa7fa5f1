#include <algorithm>

#include "tile_run.h"

namespace fusesim::hw {

/// Makes channels of the op's output over the rows of this tile, with whatever of its SLICE inputs that
/// takes.
void BrrTileRun::produce(int o, const ChannelRange& channels) {
  const BrrOp& op = group_.op(o);
  drop_unused_operands(o, channels);
  for (size_t j = 0; j < op.inputs.size(); ++j) {
    if (tensor(op.inputs[j]).sliced()) ensure(op.inputs[j], o, input_channels(group_, o, j, channels));
  }
  int64_t made_before = 0;
  if (tensor(op.output).sliced()) {
    SliceState& mine = state(op.output).slices.front();
    const auto first = mine.made.begin() + channels.first;
    made_before = std::count(first, first + channels.size(), 1);
    std::fill_n(first, channels.size(), 1);
    mine.held = mine.held.empty() ? channels
                                  : ChannelRange{std::min(mine.held.first, channels.first),
                                                 std::max(mine.held.last, channels.last)};
  }
  op.reduction ? make_reduction(o, channels) : make_local(o, channels);
  channels_left_[static_cast<size_t>(o)] -= channels.size() - made_before;
  retire_inputs(o, channels);
  store(op.output, channels);
}

void BrrTileRun::make_local(int o, const ChannelRange& channels) {
  const BrrOp& op = group_.op(o);
  if (op.op->weights + op.op->biases == 0) return make_local_rows(o, channels);
  for (int64_t c = channels.first; c < channels.last; c += group_.slice_channels) {
    const ChannelRange block{c, std::min(channels.last, c + group_.slice_channels)};
    weights_->fetch(o, block, {0, 1});
    make_local_rows(o, block);
  }
}

void BrrTileRun::make_local_rows(int o, const ChannelRange& channels) {
  const BrrOp& op = group_.op(o);
  const RowRange rows = made_rows(op.output);
  const bool windowed = op.op->window.kernel_h > 1;
  row_.resize(static_cast<size_t>(channels.size()));
  for (int64_t y = rows.first; y < rows.last; ++y) {
    local_row(o, y, channels, row_.data());
    // a windowed result has rows of its own to go on with, so its inputs last until the row is complete
    if (!windowed) release_over(o, y, channels);
    std::copy(row_.begin(), row_.end(), buffer(op.output).claim(y, channels));
    if (windowed) release_over(o, y, channels);
  }
  if (op.depthwise) {
    run_pe(o, channels, {0, 1}, rows.size());
  } else {
    run_vector(o, channels, rows.size());
  }
}

void BrrTileRun::local_row(int o, int64_t y, const ChannelRange& channels, uint64_t* row) {
  const BrrOp& op = group_.op(o);
  const bool weighted = op.op->weights + op.op->biases > 0;
  const WeightTile* weights = weighted ? &weights_->use(o, channels, {0, 1}) : nullptr;
  if (op.depthwise) {
    const ChannelRange in = input_channels(group_, o, 0, channels);
    tap_row_.resize(static_cast<size_t>(in.size()));
    tap_sums(machine_.graph, op.id, y, buffer(op.inputs[0]), in.first, in.last, tap_row_.data());
    std::fill_n(row, channels.size(), 0);
    if (weighted) accumulate(machine_.graph, *weights, tap_row_.data(), in.first, in.last, row);
  } else {
    std::vector<RowSource*> sources;
    for (const int t : op.inputs) sources.push_back(&buffer(t));
    local_sums(machine_.graph, op.id, y, sources, channels.first, channels.last, weights, row);
  }
  finish(op.id, channels.first, channels.last, y, row, row);
}

/// A reduction whose input is FULL: blocks of at most g output channels.
void BrrTileRun::make_reduction(int o, const ChannelRange& channels) {
  for (int64_t c = channels.first; c < channels.last; c += group_.slice_channels) {
    reduce_block(o, {c, std::min(channels.last, c + group_.slice_channels)});
  }
}

void BrrTileRun::reduce_block(int o, const ChannelRange& outputs) {
  const BrrOp& op = group_.op(o);
  const RowRange rows = made_rows(op.output);
  const std::vector<uint64_t>& taps = tap_rows(o);
  const int64_t in_channels = tensor(op.inputs[0]).shape.c;
  const int64_t sum_bytes =
      storage_.tensors[static_cast<size_t>(op.output)].has_partial_sums
          ? outputs.size() * tensor(op.output).shape.w * machine_.datatypes.partial_sum_bytes
          : 0;
  const int pool = pools_of_[static_cast<size_t>(op.output)];
  pools_.add_live(pool, rows.size() * sum_bytes);
  block_.assign(static_cast<size_t>(rows.size() * outputs.size()), 0);
  const int64_t depth = inputs_per_group(machine_.graph, *op.op);
  for (int64_t ci = 0; ci < depth; ci += machine_.config.pe.rows) {
    const ChannelRange inputs{ci, std::min(depth, ci + machine_.config.pe.rows)};
    weights_->fetch(o, outputs, inputs);
    const WeightTile& tile = weights_->use(o, outputs, inputs);
    for (int64_t i = 0; i < rows.size(); ++i) {
      accumulate(machine_.graph, tile, taps.data() + i * in_channels, 0, in_channels,
                 block_.data() + i * outputs.size());
    }
    run_pe(o, outputs, inputs, rows.size());
  }
  for (int64_t i = 0; i < rows.size(); ++i) {
    const uint64_t* row = block_.data() + i * outputs.size();
    pools_.add_live(pool, -sum_bytes);
    finish(op.id, outputs.first, outputs.last, rows.first + i, row,
           buffer(op.output).claim(rows.first + i, outputs));
  }
}

/// Tap sums of all input channels of a FULL input for the rows of this tile; worked out once per tile, while
/// every use checks that the rows are still on chip.
const std::vector<uint64_t>& BrrTileRun::tap_rows(int o) {
  const BrrOp& op = group_.op(o);
  const RowRange rows = made_rows(op.output);
  const ChannelRange channels = all_channels(op.inputs[0]);
  std::vector<uint64_t>& taps = taps_[static_cast<size_t>(o)];
  if (!taps.empty()) {
    buffer(op.inputs[0]).require(needed_rows(machine_.graph, *op.op, 0, rows), channels);
    return taps;
  }
  taps.resize(static_cast<size_t>(rows.size() * channels.size()));
  for (int64_t i = 0; i < rows.size(); ++i) {
    tap_sums(machine_.graph, op.id, rows.first + i, buffer(op.inputs[0]), 0, channels.last,
             taps.data() + i * channels.size());
  }
  return taps;
}

/// A reduction over slices: adds what one slice of its input gives to all output channels.
void BrrTileRun::add_slice(int o, const ChannelRange& slice, RowSource& in) {
  const BrrOp& op = group_.op(o);
  Sums& mine = sums(o);
  if (!mine.live) {
    const int64_t elements = made_rows(op.output).size() * tensor(op.output).shape.c;
    mine.values.assign(static_cast<size_t>(elements), 0);
    mine.live = true;
    pools_.add_live(pools_of_[static_cast<size_t>(op.output)],
                    elements * tensor(op.output).shape.w * machine_.datatypes.partial_sum_bytes);
  }
  const int64_t depth = inputs_per_group(machine_.graph, *op.op);
  for (int64_t c = slice.first; c < slice.last;) {
    const int64_t group_end = (c / depth + 1) * depth;
    const ChannelRange chunk{c, std::min({slice.last, group_end, c + machine_.config.pe.rows})};
    add_chunk(o, chunk, in);
    c = chunk.last;
  }
}

/// Input channels of one convolution group, at most as many as the array has rows.
void BrrTileRun::add_chunk(int o, const ChannelRange& chunk, RowSource& in) {
  const BrrOp& op = group_.op(o);
  const RowRange rows = made_rows(op.output);
  chunk_taps_.resize(static_cast<size_t>(rows.size() * chunk.size()));
  for (int64_t i = 0; i < rows.size(); ++i) {
    tap_sums(machine_.graph, op.id, rows.first + i, in, chunk.first, chunk.last,
             chunk_taps_.data() + i * chunk.size());
  }
  const int64_t depth = inputs_per_group(machine_.graph, *op.op);
  const int64_t width = outputs_per_group(machine_.graph, *op.op);
  const int64_t conv_group = chunk.first / depth;
  const ChannelRange inputs{chunk.first - conv_group * depth, chunk.last - conv_group * depth};
  const int64_t channels = tensor(op.output).shape.c;
  for (int64_t c = conv_group * width; c < (conv_group + 1) * width; c += group_.slice_channels) {
    const ChannelRange outputs{c, std::min((conv_group + 1) * width, c + group_.slice_channels)};
    weights_->fetch(o, outputs, inputs);
    const WeightTile& tile = weights_->use(o, outputs, inputs);
    for (int64_t i = 0; i < rows.size(); ++i) {
      accumulate(machine_.graph, tile, chunk_taps_.data() + i * chunk.size(), chunk.first, chunk.last,
                 sums(o).values.data() + i * channels + outputs.first);
    }
    run_pe(o, outputs, inputs, rows.size());
  }
}

/// The sums of a reduction over slices are complete: they become rows of the output.
void BrrTileRun::finish_sums(int o) {
  const BrrOp& op = group_.op(o);
  const RowRange rows = made_rows(op.output);
  const ChannelRange channels = all_channels(op.output);
  const int64_t row_bytes =
      channels.size() * tensor(op.output).shape.w * machine_.datatypes.partial_sum_bytes;
  for (int64_t i = 0; i < rows.size(); ++i) {
    pools_.add_live(pools_of_[static_cast<size_t>(op.output)], -row_bytes);
    finish(op.id, 0, channels.last, rows.first + i, sums(o).values.data() + i * channels.size(),
           buffer(op.output).claim(rows.first + i, channels));
  }
  sums(o).live = false;
  channels_left_[static_cast<size_t>(o)] = 0;
  store(op.output, channels);
}

/// A GlobalAvgPool takes the rows of its input that no earlier tile has brought.
void BrrTileRun::pool_rows(int o, const ChannelRange& channels, RowSource& in) {
  const BrrOp& op = group_.op(o);
  Sums& mine = sums(o);
  const int64_t all = tensor(op.output).shape.c;
  if (!mine.live) {
    mine.values.assign(static_cast<size_t>(all), 0);
    mine.live = true;
    pools_.add_live(pools_of_[static_cast<size_t>(op.output)], all * machine_.datatypes.partial_sum_bytes);
  }
  const RowRange rows = geometry_.read_rows(o, 0, tile_);
  for (int64_t y = rows.first; y < rows.last; ++y) {
    add_pooled_row(y, in.channels(y, channels.first, channels.last), channels.size(),
                   mine.values.data() + channels.first);
  }
  run_vector(o, channels, rows.size());
}

/// After the last row of its input the pooled vector goes out.
void BrrTileRun::finish_pool(int o) {
  const BrrOp& op = group_.op(o);
  if (!sums(o).live || geometry_.read_rows(o, 0, tile_).empty()) return;
  if (geometry_.read_rows(o, 0, tile_).last < tensor(op.inputs[0]).shape.h) return;
  std::vector<uint64_t>& values = sums(o).values;
  finish(op.id, 0, tensor(op.output).shape.c, 0, values.data(), values.data());
  if (tensor(op.output).outgoing) {
    Segment segment;
    segment.kind = TransferKind::ofmap;
    segment.tensor = tensor(op.output).id;
    segment.c1 = tensor(op.output).shape.c;
    segment.hashes = values.data();
    machine_.counters.buffer_read_bytes += segment.c1 * machine_.datatypes.activation_bytes;
    machine_.memory.transfer({segment});
  }
  sums(o).live = false;
  pools_.add_live(pools_of_[static_cast<size_t>(op.output)],
                  -tensor(op.output).shape.c * machine_.datatypes.partial_sum_bytes);
}

/// `rows` output rows with one weight sub-group on the array.
void BrrTileRun::run_pe(int o, const ChannelRange& outputs, const ChannelRange& inputs, int64_t rows) {
  if (rows == 0) return;
  const BrrOp& op = group_.op(o);
  RowBlock block = row_block(machine_.graph, *op.op, outputs.first, outputs.last, inputs.first, inputs.last);
  block.out_width *= rows;
  const int64_t out_elements = outputs.size() * rows * tensor(op.output).shape.w;
  const bool sums_on_chip = storage_.tensors[static_cast<size_t>(op.output)].has_partial_sums;
  const int64_t out_bytes =
      sums_on_chip ? machine_.datatypes.partial_sum_bytes : machine_.datatypes.activation_bytes;
  const int64_t in_rows = needed_rows(machine_.graph, *op.op, 0, made_rows(op.output)).size();
  WorkCounts& counters = machine_.counters;
  counters.macs += block.macs();
  counters.buffer_read_bytes +=
      in_rows * inputs.size() * block.groups * channel_row_bytes(op.inputs[0]) +
      subgroup_bytes(machine_.graph, *op.op, machine_.datatypes, outputs, inputs, inputs.first == 0);
  if (sums_on_chip) counters.buffer_read_bytes += out_elements * out_bytes;
  counters.buffer_write_bytes += out_elements * out_bytes;
  machine_.pe.run(op.id, block);
}

void BrrTileRun::run_vector(int o, const ChannelRange& channels, int64_t rows) {
  if (rows == 0) return;
  const BrrOp& op = group_.op(o);
  int64_t copied = channels.size();
  int64_t read_bytes = 0;
  for (size_t j = 0; j < op.inputs.size(); ++j) {
    const int t = op.inputs[j];
    const ChannelRange in =
        op.op->kind == OpKind::global_avg_pool ? channels : input_channels(group_, o, j, channels);
    if (storage_.tensors[static_cast<size_t>(t)].zero_copy) {
      copied -= in.size();
      continue;
    }
    read_bytes += geometry_.read_rows(o, j, tile_).size() * in.size() * channel_row_bytes(t);
  }
  const int64_t ops = copied > 0 ? vector_ops(machine_.graph, *op.op, copied) * rows : 0;
  machine_.counters.vector_ops += ops;
  machine_.counters.buffer_read_bytes += read_bytes;
  machine_.counters.buffer_write_bytes += copied * rows * channel_row_bytes(op.output);
  machine_.vector.run(op.id, ops);
}

}  // namespace fusesim::hw
