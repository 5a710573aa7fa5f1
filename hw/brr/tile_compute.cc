#include "tile_compute.h"

#include <algorithm>

#include "ops/provenance.h"
#include "tile_work.h"
#include "values/kernels.h"

namespace fusesim::hw {

void BrrTileCompute::make_local(BrrTile& tile, int o, const ChannelRange& channels) {
  const BrrOp& op = tile.plan().op(o);
  const bool weighted = op.op->weights + op.op->biases > 0;
  if (weighted) tile.memory().weights().fetch();
  const RowRange rows = tile.made_rows(op.output);
  const bool windowed = op.op->window.kernel_h > 1;
  row_.resize(static_cast<size_t>(channels.size()));
  for (int64_t y = rows.first; y < rows.last; ++y) {
    local_row(tile, o, y, channels, row_.data());
    if (machine_.values != nullptr) value_row(tile, o, y, channels);
    // a windowed result has rows of its own to go on with, so its inputs last until the row is complete
    if (!windowed) release_over(tile, o, y, channels);
    std::copy(row_.begin(), row_.end(), tile.buffer(op.output).claim(y, channels));
    if (machine_.values != nullptr)
      std::copy(values_.begin(), values_.end(), tile.buffer(op.output).value_place(y, channels.first));
    if (windowed) release_over(tile, o, y, channels);
  }
  if (op.facts.unit == Unit::pe_array) {
    run_tile_on_array(machine_, tile, o, channels, {0, inputs_per_group(machine_.graph, *op.op)});
  } else {
    run_tile_on_vector_unit(machine_, tile, o, channels, rows.size());
  }
  if (weighted) tile.memory().weights().done();
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
  } else if (machine_.fault == Fault::channels_unshuffled && op.op->kind == OpKind::channel_shuffle) {
    unshuffled_sums(y, tile.buffer(op.inputs[0]), channels.first, channels.last, row);
  } else {
    std::vector<RowSource*> sources;
    for (const int t : op.inputs) sources.push_back(&tile.buffer(t));
    local_sums(machine_.graph, op.id, y, sources, channels.first, channels.last, weights, row);
  }
  finish(op.id, channels.first, channels.last, y, row, row);
}

/// The elements of a row, into values_.
void BrrTileCompute::value_row(const BrrTile& tile, int o, int64_t y, const ChannelRange& channels) {
  const BrrOp& op = tile.plan().op(o);
  const ValueUnit& unit = *machine_.values;
  const bool weighted = op.op->weights + op.op->biases > 0;
  const WeightTile* weights = weighted ? &tile.memory().weights().use(o, channels, {0, 1}) : nullptr;
  values_.resize(unit.elements(op.id, channels.size()));
  if (op.depthwise) {
    std::vector<int64_t> sums(values_.size(), 0);
    const ChannelRange in = input_channels(tile.plan().group(), o, 0, channels);
    if (weighted) add_products(unit, y, tile.buffer(op.inputs[0]), in, *weights, sums.data());
    return finish_products(unit, op.id, channels.size(), sums.data(), values_.data());
  }
  std::vector<RowSource*> sources;
  for (const int t : op.inputs) sources.push_back(&tile.buffer(t));
  local_values(unit, op.id, y, sources, channels, weights, values_.data());
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

}  // namespace fusesim::hw
