#include "tile_compute.h"

#include <algorithm>

#include "ops/provenance.h"
#include "tile_work.h"

namespace fusesim::hw {

void BrrTileCompute::produce(BrrTile& tile, int o, const ChannelRange& channels) {
  const BrrTilePlan& plan = tile.plan();
  const BrrOp& op = plan.op(o);
  drop_unused_operands(tile, o, channels);
  for (size_t j = 0; j < op.inputs.size(); ++j) {
    const int t = op.inputs[j];
    if (plan.tensor(t).sliced()) ensure(tile, t, o, input_channels(plan.group(), o, j, channels));
  }
  const int64_t made_before = plan.tensor(op.output).sliced() ? tile.make(op.output, channels) : 0;
  op.reduction ? sums_.reduce(tile, o, channels) : make_local(tile, o, channels);
  tile.channels_left(o) -= channels.size() - made_before;
  retire_inputs(tile, o, channels);
  storer_.store(tile, op.output, channels);
}

void BrrTileCompute::ensure(BrrTile& tile, int t, int reader, const ChannelRange& needed) {
  if (needed.empty()) return;
  const ChannelRange held = tile.held(t, reader);
  if (held.first <= needed.first && needed.last <= held.last) return;
  tile.hold_only(t, reader, needed);
  const ChannelRange kept = tile.held(t, reader);
  std::vector<ChannelRange> missing{needed};
  if (!kept.empty()) missing = {{needed.first, kept.first}, {kept.last, needed.last}};
  const BrrTensor& tensor = tile.plan().tensor(t);
  for (const ChannelRange& channels : missing) {
    if (channels.empty()) continue;
    tensor.external() ? loader_.stream(tile, t, reader, channels) : produce(tile, tensor.producer, channels);
  }
  tile.hold(t, reader, needed);
}

/// SLICE operands of a concat that these channels do not need.
void BrrTileCompute::drop_unused_operands(BrrTile& tile, int o, const ChannelRange& channels) {
  const BrrTilePlan& plan = tile.plan();
  const BrrOp& op = plan.op(o);
  if (op.op->kind != OpKind::concat) return;
  for (const int t : op.inputs) {
    bool used = false;
    for (size_t j = 0; j < op.inputs.size(); ++j) {
      used = used || (op.inputs[j] == t && !input_channels(plan.group(), o, j, channels).empty());
    }
    if (!used && plan.tensor(t).sliced()) tile.hold_only(t, o, {});
  }
}

void BrrTileCompute::make_local(BrrTile& tile, int o, const ChannelRange& channels) {
  const BrrOp& op = tile.plan().op(o);
  if (op.op->weights + op.op->biases == 0) return make_local_rows(tile, o, channels);
  const int64_t g = tile.plan().group().slice_channels;
  for (int64_t c = channels.first; c < channels.last; c += g) {
    const ChannelRange block{c, std::min(channels.last, c + g)};
    tile.memory().weights().fetch(o, block, {0, 1});
    make_local_rows(tile, o, block);
  }
}

void BrrTileCompute::make_local_rows(BrrTile& tile, int o, const ChannelRange& channels) {
  const BrrOp& op = tile.plan().op(o);
  const RowRange rows = tile.made_rows(op.output);
  const bool windowed = op.op->window.kernel_h > 1;
  row_.resize(static_cast<size_t>(channels.size()));
  for (int64_t y = rows.first; y < rows.last; ++y) {
    local_row(tile, o, y, channels, row_.data());
    // a windowed result has rows of its own to go on with, so its inputs last until the row is complete
    if (!windowed) release_over(tile, o, y, channels);
    std::copy(row_.begin(), row_.end(), tile.buffer(op.output).claim(y, channels));
    if (windowed) release_over(tile, o, y, channels);
  }
  if (op.depthwise) {
    run_tile_on_array(machine_, tile, o, channels, {0, 1});
  } else {
    run_tile_on_vector_unit(machine_, tile, o, channels, rows.size());
  }
}

void BrrTileCompute::local_row(const BrrTile& tile, int o, int64_t y, const ChannelRange& channels,
                               uint64_t* row) {
  const BrrOp& op = tile.plan().op(o);
  const bool weighted = op.op->weights + op.op->biases > 0;
  const WeightTile* weights = weighted ? &tile.memory().weights().use(o, channels, {0, 1}) : nullptr;
  if (op.depthwise) {
    const ChannelRange in = input_channels(tile.plan().group(), o, 0, channels);
    tap_row_.resize(static_cast<size_t>(in.size()));
    tap_sums(machine_.graph, op.id, y, tile.buffer(op.inputs[0]), in.first, in.last, tap_row_.data());
    std::fill_n(row, channels.size(), 0);
    if (weighted) accumulate(*weights, tap_row_.data(), in.first, in.last, row);
  } else {
    std::vector<RowSource*> sources;
    for (const int t : op.inputs) sources.push_back(&tile.buffer(t));
    local_sums(machine_.graph, op.id, y, sources, channels.first, channels.last, weights, row);
  }
  finish(op.id, channels.first, channels.last, y, row, row);
}

/// Inputs whose storage the result takes over: rows that later rows of the result do not read are given up.
void BrrTileCompute::release_over(const BrrTile& tile, int o, int64_t y, const ChannelRange& outputs) {
  const BrrTilePlan& plan = tile.plan();
  const BrrOp& op = plan.op(o);
  const RowRange made = tile.made_rows(op.output);
  for (size_t j = 0; j < op.inputs.size(); ++j) {
    const int t = op.inputs[j];
    if (!plan.storage(op.output).in_place && !plan.storage(t).zero_copy) continue;
    const ChannelRange channels = input_channels(plan.group(), o, j, outputs);
    if (channels.empty()) continue;
    const RowRange rows = tile.rows(t);
    const bool more = y + 1 < made.last;
    const int64_t until = more ? rows_read(machine_.graph, *op.op, j, y + 1).first : rows.last;
    const int64_t since = y == made.first ? rows.first : rows_read(machine_.graph, *op.op, j, y).first;
    const RowRange freed{std::max(rows.first, since), std::min(until, rows.last)};
    const bool twice = std::count(op.inputs.begin(), op.inputs.end(), t) > 1;
    if (twice && plan.tensor(t).sliced()) {
      tile.buffer(t).uncount(freed, channels);
    } else {
      tile.buffer(t).release(freed, channels);
    }
  }
}

/// After channels `done` of a channel-local op: its SLICE inputs keep only what its other channels will read.
void BrrTileCompute::retire_inputs(BrrTile& tile, int o, const ChannelRange& done) {
  const BrrTilePlan& plan = tile.plan();
  const BrrOp& op = plan.op(o);
  const bool complete = tile.channels_left(o) == 0;
  for (size_t j = 0; j < op.inputs.size(); ++j) {
    const int t = op.inputs[j];
    if (!plan.tensor(t).sliced()) continue;
    if (complete) {
      tile.hold_only(t, o, {});
      continue;
    }
    const bool one_for_all = plan.tensor(t).shape.c == 1 && plan.tensor(op.output).shape.c > 1;
    const bool twice = op.op->kind == OpKind::concat && std::count(op.inputs.begin(), op.inputs.end(), t) > 1;
    if (one_for_all || twice) continue;
    const int64_t m = channel_multiplier(plan.group(), o);
    const int64_t begun = done.last / m;
    tile.hold_only(t, o, done.last % m == 0 ? ChannelRange{} : ChannelRange{begun, begun + 1});
  }
}

}  // namespace fusesim::hw
