#include "weights.h"

#include <algorithm>
#include <utility>

#include "fusesim/hw/simulation_error.h"
#include "ops/labels.h"
#include "ops/weight_bytes.h"
#include "values/kernels.h"

namespace fusesim::hw {
namespace {

constexpr int64_t kBuffers = 2;

template <class Element>
void overwrite(std::vector<Element>& target, const std::vector<Element>& content) {
  for (size_t i = 0; i < target.size(); ++i) target[i] = content.empty() ? 0 : content[i % content.size()];
}

}  // namespace

BrrWeights::BrrWeights(const EngineContext& machine, const BrrGroup& group, BrrPools& pools, int pool,
                       Order order)
    : machine_(machine),
      group_(group),
      pools_(pools),
      pool_(pool),
      order_(std::move(order)),
      fetched_bytes_(group.ops.size(), 0) {}

const BrrSubgroup& BrrWeights::subgroup(int64_t n) const {
  return order_.subgroups[static_cast<size_t>(n) % order_.subgroups.size()];
}

int64_t BrrWeights::total() const {
  return static_cast<int64_t>(order_.subgroups.size()) * (order_.resident ? 1 : order_.rounds);
}

void BrrWeights::begin_round() {
  if (!order_.resident) std::fill(fetched_bytes_.begin(), fetched_bytes_.end(), 0);
}

void BrrWeights::fetch() {
  const int64_t n = needed_++;
  in_use_ = order_.resident ? n % static_cast<int64_t>(order_.subgroups.size()) : n;
  if (n >= total()) return;  // resident, a later round
  if (started_ == n) start(started_++);
  if (machine_.fault != Fault::buffer_swapped_early) {
    pools_.transfers().wait_for([&] { return held_.at(n).arrived; }, "weights", Cause::weights);
  }
  fetched_bytes_[static_cast<size_t>(subgroup(n).from)] += subgroup(n).bytes;
  look_ahead();
}

void BrrWeights::done() {
  if (in_use_ >= done_) ++done_;
  if (!order_.resident) {
    pools_.add_live(pool_, -subgroup(in_use_).bytes);
    held_bytes_ -= subgroup(in_use_).bytes;
    held_.erase(in_use_);
  }
  in_use_ = -1;
  look_ahead();
}

void BrrWeights::look_ahead() {
  if (!order_.ahead) return;
  const bool unbounded = machine_.fault == Fault::prefetch_past_capacity;
  while (started_ < total() && started_ - done_ < kBuffers + (unbounded ? 1 : 0)) {
    if (!unbounded && !pools_.fits(pool_, subgroup(started_).bytes)) return;
    start(started_++);
  }
}

void BrrWeights::start(int64_t n) {
  const BrrSubgroup& s = subgroup(n);
  const BrrOp& op = group_.op(s.op);
  pools_.add_live(pool_, s.bytes);
  held_bytes_ += s.bytes;
  Held& held = held_[n];
  held.tile = load_weights(machine_.graph, op.id, s.outputs.first, s.outputs.last, s.inputs.first,
                           s.inputs.last, s.inputs.first == 0);
  if (machine_.values != nullptr) load_values(*machine_.values, held.tile);
  const bool last = s.offset_bytes + s.bytes == op_weight_bytes(*op.op, machine_.datatypes);
  const bool skipped = last && machine_.fault == Fault::weight_subgroup_skipped;
  if (skipped) held.tile = stale(std::move(held.tile));
  content_ = held.tile.a;
  value_content_ = held.tile.values;
  if (skipped || s.bytes == 0) {
    held.arrived = true;
    return;
  }
  std::vector<Segment> segments = segments_of(s);
  if (!machine_.weights_here)
    machine_.counters.buffer_write_bytes += s.bytes * static_cast<int64_t>(segments.size());
  pools_.transfers().start(std::move(segments), [this, n] {
    const auto here = held_.find(n);
    if (here != held_.end()) here->second.arrived = true;
  });
}

std::vector<Segment> BrrWeights::segments_of(const BrrSubgroup& subgroup) const {
  const bool twice = subgroup.offset_bytes == 0 && machine_.fault == Fault::weight_subgroup_twice;
  return std::vector<Segment>(twice ? 2 : 1, weight_segment(group_, subgroup));
}

WeightTile BrrWeights::stale(WeightTile shape) const {
  overwrite(shape.a, content_);
  overwrite(shape.b, content_);
  overwrite(shape.bias, content_);
  overwrite(shape.values, value_content_);
  return shape;
}

const WeightTile& BrrWeights::use(int op, const ChannelRange& outputs, const ChannelRange& inputs) const {
  const auto at = held_.find(in_use_);
  if (at != held_.end() && at->second.arrived) {
    const BrrSubgroup& s = subgroup(in_use_);
    if (s.op == op && s.outputs == outputs && s.inputs == inputs) return at->second.tile;
  }
  throw SimulationError(SimulationError::Guard::weights_not_resident,
                        op_label(machine_.graph, group_.op(op).id) + ": weights of output channels " +
                            std::to_string(outputs.first) + " to " + std::to_string(outputs.last - 1) +
                            ", input channels " + std::to_string(inputs.first) + " to " +
                            std::to_string(inputs.last - 1) + " are used but not on chip");
}

void BrrWeights::end_round() const {
  const std::vector<int> first = first_readers(group_);
  for (size_t i = 0; i < group_.ops.size(); ++i) {
    const bool brought = order_.resident && first[i] != static_cast<int>(i);
    const int64_t expected_bytes = brought ? 0 : op_weight_bytes(*group_.ops[i].op, machine_.datatypes);
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
