#include <algorithm>
#include <utility>

#include "fusesim/graph/op_facts.h"
#include "ops/row_window.h"
#include "ops/weight_bytes.h"
#include "run.h"
#include "values/kernels.h"

namespace fusesim::hw {
namespace {

/// A row that lies in no ring.
class OneRow : public RowSource {
 public:
  OneRow(std::vector<uint64_t> row, std::vector<Value> values, int64_t width)
      : row_(std::move(row)), values_(std::move(values)), width_(width) {}
  const uint64_t* channels(int64_t, int64_t c0, int64_t) override { return row_.data() + c0; }
  const Value* values(int64_t, int64_t c0, int64_t) override { return values_.data() + c0 * width_; }

 private:
  std::vector<uint64_t> row_;
  std::vector<Value> values_;
  int64_t width_;
};

}  // namespace

void LbdfRun::run_row(LiveStage& stage, int64_t y) {
  const OpId first = stage.plan.ops.front();
  const std::string who = op_label(machine_.graph, first);
  const bool pooling = op_facts(op(first)).pools_map();
  for (const Reading& r : stage.readings) {
    if (pooling) break;
    int64_t rows = 0;
    for (const size_t i : r.operands) rows = std::max(rows, rows_read(machine_.graph, op(first), i, y).last);
    await_rows(*r.ring, rows, who);
  }
  LiveRing& out = *stage.output;
  await_slot(out, who);
  uint64_t* slot = out.buffer.open();
  if (pooling) {
    pool_rows(stage);
  } else {
    compute_first(stage, y);
  }
  for (size_t i = 1; i < stage.plan.ops.size(); ++i) compute_in_place(stage, stage.plan.ops[i], y);
  if (slot != nullptr) std::copy(stage.sums.begin(), stage.sums.end(), slot);
  if (slot != nullptr && machine_.values != nullptr)
    std::copy(stage.row.begin(), stage.row.end(), out.buffer.opened_values());
  out.buffer.push();
  rows_moved(out);
  for (const Reading& r : stage.readings) release(*r.ring, r.reader, first_row_needed(stage, r, y + 1));
}

/// Pools of a whole map: rows are added as they arrive and let go at once.
void LbdfRun::pool_rows(LiveStage& stage) {
  const OpId o = stage.plan.ops.front();
  const Reading& reading = stage.readings.front();
  LineBuffer& source = reading.ring->buffer;
  const int64_t channels = stage.output->shape.c;
  std::fill(stage.sums.begin(), stage.sums.end(), 0);
  std::vector<int64_t> value_sums;
  if (machine_.values != nullptr)
    value_sums.resize(static_cast<size_t>(channels * pooled_sums(*machine_.values, o)));
  for (int64_t r = 0; r < reading.ring->shape.h; ++r) {
    await_rows(*reading.ring, r + 1, op_label(machine_.graph, o));
    if (machine_.values != nullptr)
      add_pooled_values(*machine_.values, o, r, source, {0, channels}, value_sums.data());
    add_pooled_row(r, source.channels(r, 0, channels), channels, stage.sums.data());
    const int64_t sum_bytes = stage.output->buffer.row_bytes();
    run_vector(o, r, source.row_bytes() + sum_bytes, sum_bytes);
    release(*reading.ring, reading.reader, r + 1);
  }
  if (machine_.values != nullptr) {
    stage.row.resize(machine_.values->elements(o, channels));
    finish_pooled_values(*machine_.values, o, value_sums.data(), stage.row.data());
  }
  close_pool(machine_.graph, o, stage.sums.data());
  finish(o, 0, channels, 0, stage.sums.data(), stage.sums.data());
}

void LbdfRun::run_vector(OpId o, int64_t y, int64_t read_bytes, int64_t write_bytes) {
  const int64_t channels = machine_.graph.out_shape(op(o)).c;
  const int64_t ops = vector_ops(machine_.graph, op(o), channels);
  run_on_vector_unit(machine_, {o, {y, y + 1}, {0, channels}}, {ops, {read_bytes, write_bytes}});
}

/// Row y of ops[0] into stage.sums.
void LbdfRun::compute_first(LiveStage& stage, int64_t y) {
  const OpId o = stage.plan.ops.front();
  const int64_t channels = stage.output->shape.c;
  const WeightTile* tile = resident_weights(o);
  if (machine_.values != nullptr) compute_values(stage, y, tile);
  if (op_facts(op(o)).unit != Unit::pe_array) {
    int64_t read_bytes = op_weight_bytes(op(o), machine_.datatypes);
    for (size_t i = 0; i < op(o).inputs.size(); ++i) {
      read_bytes += rows_read(machine_.graph, op(o), i, y).size() * ring(op(o).inputs[i]).buffer.row_bytes();
    }
    if (machine_.fault == Fault::channels_unshuffled && op(o).kind == OpKind::channel_shuffle) {
      unshuffled_sums(y, *stage.operands.front(), 0, channels, stage.sums.data());
    } else {
      local_sums(machine_.graph, o, y, stage.operands, 0, channels, tile, stage.sums.data());
    }
    run_vector(o, y, read_bytes, stage.output->buffer.row_bytes());
  } else if (!is_convolution(op(o))) {
    local_sums(machine_.graph, o, y, stage.operands, 0, channels, tile, stage.sums.data());
    run_on_array(machine_, {o, {y, y + 1}, {0, channels}}, row_block(machine_.graph, op(o), {y, y + 1}));
  } else {
    const int64_t inputs = machine_.graph.in_shape(op(o)).c;
    stage.tap_x.resize(static_cast<size_t>(inputs));
    tap_sums(machine_.graph, o, y, *stage.operands.front(), 0, inputs, stage.tap_x.data());
    std::fill(stage.sums.begin(), stage.sums.end(), 0);
    if (tile != nullptr) accumulate(*tile, stage.tap_x.data(), 0, inputs, stage.sums.data());
    run_on_array(machine_, {o, {y, y + 1}, {0, channels}}, row_block(machine_.graph, op(o), {y, y + 1}));
  }
  finish(o, 0, channels, y, stage.sums.data(), stage.sums.data());
}

/// The elements of row y of ops[0] into stage.row.
void LbdfRun::compute_values(LiveStage& stage, int64_t y, const WeightTile* tile) {
  const OpId o = stage.plan.ops.front();
  const ValueUnit& unit = *machine_.values;
  const ChannelRange channels{0, stage.output->shape.c};
  stage.row.resize(unit.elements(o, channels.size()));
  if (!is_convolution(op(o))) {
    local_values(unit, o, y, stage.operands, channels, tile, stage.row.data());
    return;
  }
  std::vector<int64_t> sums(stage.row.size(), 0);
  const ChannelRange held{0, machine_.graph.in_shape(op(o)).c};
  if (tile != nullptr) add_products(unit, y, *stage.operands.front(), held, *tile, sums.data());
  finish_products(unit, o, channels.size(), sums.data(), stage.row.data());
}

/// An activation on the row that its predecessor left in stage.sums.
void LbdfRun::compute_in_place(LiveStage& stage, OpId o, int64_t y) {
  OneRow row(stage.sums, stage.row, machine_.value_width(op(o).inputs.front()));
  const WeightTile* tile = resident_weights(o);
  const int64_t channels = stage.output->shape.c;
  if (machine_.values != nullptr) {
    stage.row.resize(machine_.values->elements(o, channels));
    local_values(*machine_.values, o, y, {&row}, {0, channels}, tile, stage.row.data());
  }
  local_sums(machine_.graph, o, y, {&row}, 0, channels, tile, stage.sums.data());
  finish(o, 0, channels, y, stage.sums.data(), stage.sums.data());
  const int64_t row_bytes = stage.output->buffer.row_bytes();
  run_vector(o, y, row_bytes + op_weight_bytes(op(o), machine_.datatypes), row_bytes);
}

}  // namespace fusesim::hw
