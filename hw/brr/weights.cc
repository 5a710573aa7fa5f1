#include "weights.h"

#include <algorithm>
#include <utility>

#include "fusesim/hw/simulation_error.h"
#include "ops/labels.h"
#include "ops/weight_bytes.h"
#include "storage.h"

namespace fusesim::hw {
namespace {

void overwrite(std::vector<uint64_t>& target, const std::vector<uint64_t>& content) {
  for (size_t i = 0; i < target.size(); ++i) target[i] = content.empty() ? 0 : content[i % content.size()];
}

}  // namespace

BrrWeights::BrrWeights(const EngineContext& machine, const BrrGroup& group, BrrPools& pools, int pool,
                       bool resident)
    : machine_(machine),
      group_(group),
      pools_(pools),
      pool_(pool),
      resident_(resident),
      fetched_bytes_(group.ops.size(), 0) {}

void BrrWeights::begin_tile() {
  if (!resident_) std::fill(fetched_bytes_.begin(), fetched_bytes_.end(), 0);
}

void BrrWeights::fetch(int op, const ChannelRange& outputs, const ChannelRange& inputs) {
  const Key key{op, outputs.first, outputs.last, inputs.first, inputs.last};
  if (resident_ && held_.count(key) != 0) return;
  if (!resident_) drop_all();
  const BrrOp& view = group_.op(op);
  const bool with_bias = inputs.first == 0;
  const int64_t bytes =
      subgroup_bytes(machine_.graph, *view.op, machine_.datatypes, outputs, inputs, with_bias);
  int64_t& offset_bytes = fetched_bytes_[static_cast<size_t>(op)];
  const bool first = offset_bytes == 0;
  const bool last = offset_bytes + bytes == op_weight_bytes(*view.op, machine_.datatypes);
  pools_.add_live(pool_, bytes);
  held_bytes_ += bytes;
  WeightTile tile = load_weights(machine_.graph, view.id, outputs.first, outputs.last, inputs.first,
                                 inputs.last, with_bias);
  if (last && machine_.fault == Fault::weight_subgroup_skipped) {
    tile = stale(std::move(tile));
  } else {
    transfer(view, offset_bytes, bytes);
    if (first && machine_.fault == Fault::weight_subgroup_twice) transfer(view, offset_bytes, bytes);
  }
  offset_bytes += bytes;
  content_ = tile.a;
  held_.insert_or_assign(key, std::move(tile));
}

void BrrWeights::transfer(const BrrOp& op, int64_t offset_bytes, int64_t bytes) {
  if (bytes == 0) return;
  Segment segment;
  segment.kind = TransferKind::weight;
  segment.op = op.id;
  segment.offset_bytes = offset_bytes;
  segment.bytes = bytes;
  machine_.memory.transfer({segment});
  machine_.counters.buffer_write_bytes += bytes;
}

WeightTile BrrWeights::stale(WeightTile shape) const {
  overwrite(shape.a, content_);
  overwrite(shape.b, content_);
  overwrite(shape.bias, content_);
  return shape;
}

const WeightTile& BrrWeights::use(int op, const ChannelRange& outputs, const ChannelRange& inputs) const {
  const auto at = held_.find({op, outputs.first, outputs.last, inputs.first, inputs.last});
  if (at != held_.end()) return at->second;
  throw SimulationError(SimulationError::Guard::weights_not_resident,
                        op_label(machine_.graph, group_.op(op).id) + ": weights of output channels " +
                            std::to_string(outputs.first) + " to " + std::to_string(outputs.last - 1) +
                            ", input channels " + std::to_string(inputs.first) + " to " +
                            std::to_string(inputs.last - 1) + " are used but not on chip");
}

void BrrWeights::end_tile() const {
  for (size_t i = 0; i < group_.ops.size(); ++i) {
    const int64_t expected_bytes = op_weight_bytes(*group_.ops[i].op, machine_.datatypes);
    if (fetched_bytes_[i] == expected_bytes) continue;
    throw SimulationError(SimulationError::Guard::weights_not_resident,
                          op_label(machine_.graph, group_.ops[i].id) + ": expected " +
                              std::to_string(expected_bytes) + " bytes of weights in a tile, got " +
                              std::to_string(fetched_bytes_[i]));
  }
}

void BrrWeights::drop_all() {
  pools_.add_live(pool_, -held_bytes_);
  held_bytes_ = 0;
  held_.clear();
}

}  // namespace fusesim::hw
