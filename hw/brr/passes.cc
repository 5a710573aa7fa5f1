#include "passes.h"

#include <algorithm>
#include <utility>

#include "fusesim/hw/simulation_error.h"
#include "ops/labels.h"
#include "ops/row_window.h"
#include "ops/weight_bytes.h"
#include "storage.h"
#include "values/kernels.h"

namespace fusesim::hw {

ChannelRange pass_block(const BrrGroup& group, int64_t block_channels, int64_t pass) {
  const int64_t channels = group.tensor(group.op(0).output).shape.c;
  return {pass * block_channels, std::min(channels, (pass + 1) * block_channels)};
}

std::vector<BrrSubgroup> pass_order(const BrrGroup& group, const Datatypes& types, int64_t block_channels,
                                    int64_t passes) {
  const Op& op = *group.op(0).op;
  std::vector<BrrSubgroup> order;
  if (op.weights + op.biases == 0) return order;
  const ChannelRange depth{0, inputs_per_group(*group.graph, op)};
  for (int64_t i = 0; i < passes; ++i) {
    order.push_back({0, pass_block(group, block_channels, i), depth, 0, 0, -1});
  }
  place_weights(group, types, order);
  return order;
}

BrrPassesRun::BrrPassesRun(const EngineContext& machine, const GroupSchedule& schedule)
    : machine_(machine),
      group_(view_brr_group(machine.graph, schedule)),
      block_channels_(schedule.brr.block_channels),
      passes_(schedule.brr.passes),
      transfers_(machine.memory, machine.ahead, machine.activity),
      pools_(machine.scratchpad, transfers_, machine.guarded, machine.tracer) {
  check(schedule);
  allocate(schedule.brr.double_buffer);
}

void BrrPassesRun::allocate(DoubleBuffer double_buffer) {
  const Datatypes& types = machine_.datatypes;
  const int64_t depth = inputs_per_group(machine_.graph, op());
  const int64_t kernel_rows = (op().window.kernel_h - 1) * op().window.dilation_h + 1;
  ring_rows_ = std::min(kernel_rows, input().shape.h);
  int64_t ring_channels = 0;
  BrrWeights::Order order;
  for (int64_t i = 0; i < passes_; ++i) ring_channels = std::max(ring_channels, inputs_of(block(i)).size());
  order.subgroups = pass_order(group_, types, block_channels_, passes_);
  order.ahead = double_buffer != DoubleBuffer::none;
  const int64_t block_bytes =
      subgroup_bytes(machine_.graph, op(), types, {0, block_channels_}, {0, depth}, true);
  weight_pool_ = pools_.allocate(
      "weights", streamed_weight_bytes(block_bytes, op_weight_bytes(op(), types), double_buffer));
  ring_pool_ = pools_.allocate(tensor_label(machine_.graph, input().id),
                               ring_rows_ * ring_channels * row_bytes_of(input()));
  row_pool_ =
      pools_.allocate(tensor_label(machine_.graph, output().id), block_channels_ * row_bytes_of(output()));
  weights_ = std::make_unique<BrrWeights>(machine_, group_, pools_, weight_pool_, std::move(order));
  ring_ = std::make_unique<TileBuffer>(tensor_label(machine_.graph, input().id), ring_rows_, input().shape.c,
                                       row_bytes_of(input()), pools_, ring_pool_, std::vector<int64_t>{},
                                       machine_.value_width(input().id));
}

int64_t BrrPassesRun::row_bytes_of(const BrrTensor& tensor) const {
  return channel_row_bytes(machine_.graph.tensor(tensor.id), tensor.shape.w, machine_.datatypes);
}

void BrrPassesRun::check(const GroupSchedule& schedule) const {
  std::string reason;
  if (group_.ops.size() != 1 || !is_convolution(op())) {
    reason = "weight passes need a group of one convolution";
  } else if (block_channels_ < 1 || block_channels_ > output().shape.c) {
    reason = "expected 1 to " + std::to_string(output().shape.c) + " channels per weight pass, got " +
             std::to_string(block_channels_);
  } else if (passes_ != ceil_div(output().shape.c, block_channels_)) {
    reason = "expected " + std::to_string(ceil_div(output().shape.c, block_channels_)) +
             " weight passes, got " + std::to_string(passes_);
  }
  if (reason.empty()) return;
  throw SimulationError(SimulationError::Guard::bad_schedule,
                        op_label(machine_.graph, schedule.ops.front()) + ": " + reason);
}

ChannelRange BrrPassesRun::inputs_of(const ChannelRange& outputs) const {
  return group_.op(0).depthwise ? input_channels(group_, 0, 0, outputs) : ChannelRange{0, input().shape.c};
}

void BrrPassesRun::execute() {
  weights_->open();
  weights_->begin_round();
  for (int64_t i = 0; i < passes_; ++i) run_pass(block(i));
  weights_->end_round();
  transfers_.drain();
  weights_->drop_all();
}

void BrrPassesRun::run_pass(const ChannelRange& outputs) {
  const bool weighted = op().weights + op().biases > 0;
  if (weighted) weights_->fetch();
  const ChannelRange inputs = inputs_of(outputs);
  int64_t fetched = 0;
  int64_t released = 0;
  for (int64_t y = 0; y < output().shape.h; ++y) {
    const RowRange needed = rows_read(machine_.graph, op(), 0, y);
    ring_->release({released, needed.first}, inputs);
    released = std::max(released, needed.first);
    const int64_t until = std::max(fetched, needed.last);
    fetch_rows({fetched, until}, needed.first, inputs);
    fetched = until;
    make_row(y, outputs, inputs);
  }
  ring_->release({released, input().shape.h}, inputs);
  fetch_rows({fetched, input().shape.h}, input().shape.h, inputs);
  if (weighted) weights_->done();
}

/// Rows before kept_from are read by no output: they pass through.
void BrrPassesRun::fetch_rows(const RowRange& rows, int64_t kept_from, const ChannelRange& inputs) {
  std::vector<Segment> segments;
  for (int64_t y = rows.first; y < rows.last; ++y) {
    Segment segment;
    segment.kind = TransferKind::ifmap;
    segment.tensor = input().id;
    segment.row = y;
    segment.c0 = inputs.first;
    segment.c1 = inputs.last;
    if (y >= kept_from) {
      segment.hashes = ring_->expect(y, inputs);
      segment.values = ring_->value_place(y, inputs.first);
      machine_.counters.buffer_write_bytes += inputs.size() * row_bytes_of(input());
    }
    segments.push_back(segment);
  }
  if (segments.empty()) return;
  bool arrived = false;
  transfers_.start(std::move(segments), [&] {
    for (int64_t y = std::max(kept_from, rows.first); y < rows.last; ++y) ring_->arrive(y, inputs);
    arrived = true;
  });
  transfers_.wait_for([&] { return arrived; }, "rows", Cause::ifmap);
}

/// The elements of a row, into values_.
void BrrPassesRun::make_values(int64_t y, const ChannelRange& outputs, const ChannelRange& inputs) {
  const ValueUnit& unit = *machine_.values;
  const OpId id = group_.op(0).id;
  values_.resize(unit.elements(id, outputs.size()));
  std::vector<int64_t> sums(values_.size(), 0);
  const ChannelRange depth{0, inputs_per_group(machine_.graph, op())};
  if (op().weights + op().biases > 0)
    add_products(unit, y, *ring_, inputs, weights_->use(0, outputs, depth), sums.data());
  finish_products(unit, id, outputs.size(), sums.data(), values_.data());
}

void BrrPassesRun::make_row(int64_t y, const ChannelRange& outputs, const ChannelRange& inputs) {
  const ChannelRange depth{0, inputs_per_group(machine_.graph, op())};
  const OpId id = group_.op(0).id;
  transfers_.wait_for([this] { return row_has_left_; }, "a row that leaves", Cause::ofmap);
  taps_.resize(static_cast<size_t>(inputs.size()));
  tap_sums(machine_.graph, id, y, *ring_, inputs.first, inputs.last, taps_.data());
  row_.assign(static_cast<size_t>(outputs.size()), 0);
  if (op().weights + op().biases > 0) {
    accumulate(weights_->use(0, outputs, depth), taps_.data(), inputs.first, inputs.last, row_.data());
  }
  finish(id, outputs.first, outputs.last, y, row_.data(), row_.data());
  if (machine_.values != nullptr) make_values(y, outputs, inputs);

  const int64_t row_bytes = outputs.size() * row_bytes_of(output());
  pools_.add_live(row_pool_, row_bytes);
  run_on_array(machine_, {id, {y, y + 1}, outputs},
               row_block(machine_.graph, op(), {y, y + 1}, outputs, depth));

  machine_.counters.buffer_read_bytes += row_bytes;  // on its way to DRAM
  Segment segment;
  segment.kind = TransferKind::ofmap;
  segment.tensor = output().id;
  segment.row = y;
  segment.c0 = outputs.first;
  segment.c1 = outputs.last;
  segment.hashes = row_.data();
  if (machine_.values != nullptr) segment.values = values_.data();
  row_has_left_ = false;
  transfers_.start({segment}, [this, row_bytes] {
    row_has_left_ = true;
    pools_.add_live(row_pool_, -row_bytes);
  });
}

}  // namespace fusesim::hw
