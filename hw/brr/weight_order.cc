#include "weight_order.h"

#include <algorithm>

#include "ops/weight_bytes.h"
#include "storage.h"

namespace fusesim::hw {
namespace {

using Kind = BrrStep::Kind;

/// Whether the step works with a weight sub-group.
bool uses_weights(const BrrGroup& group, const BrrStep& step) {
  switch (step.kind) {
    case Kind::reduce:
    case Kind::add:
      return true;
    case Kind::local:
      return group.op(step.op).op->weights + group.op(step.op).op->biases > 0;
    case Kind::stream:
    case Kind::let_go:
    case Kind::finish_sums:
    case Kind::pool:
    case Kind::finish_pool:
    case Kind::store:
    case Kind::end_unit:
    case Kind::capture:
    case Kind::inject:
      break;
  }
  return false;
}

void bring_shared_whole(const BrrGroup& group, const Datatypes& types, std::vector<BrrSubgroup>& order) {
  const std::vector<int> first = first_readers(group);
  std::vector<bool> here(group.ops.size(), false);
  for (BrrSubgroup& s : order) {
    const int from = first[static_cast<size_t>(s.op)];
    if (std::count(first.begin(), first.end(), from) == 1) continue;
    s.from = from;
    s.offset_bytes = 0;
    s.bytes = here[static_cast<size_t>(from)] ? 0 : op_weight_bytes(*group.op(from).op, types);
    here[static_cast<size_t>(from)] = true;
  }
}

}  // namespace

std::vector<int> first_readers(const BrrGroup& group) {
  std::vector<int> first(group.ops.size());
  for (size_t i = 0; i < first.size(); ++i) {
    const OpId owner = parameter_owner(*group.graph, group.ops[i].id);
    const auto same = [&](const BrrOp& op) { return parameter_owner(*group.graph, op.id) == owner; };
    first[i] = static_cast<int>(std::find_if(group.ops.begin(), group.ops.end(), same) - group.ops.begin());
  }
  return first;
}

std::vector<BrrSubgroup> weight_order(const BrrGroup& group, const Datatypes& types,
                                      const std::vector<BrrStep>& steps, bool resident) {
  std::vector<BrrSubgroup> order;
  for (const BrrStep& step : steps) {
    if (uses_weights(group, step)) order.push_back({step.op, step.channels, step.inputs, 0, 0, -1});
  }
  place_weights(group, types, order);
  if (resident) bring_shared_whole(group, types, order);
  return order;
}

Segment weight_segment(const BrrGroup& group, const BrrSubgroup& subgroup) {
  Segment segment;
  segment.kind = TransferKind::weight;
  segment.op = group.op(subgroup.from).id;
  segment.offset_bytes = subgroup.offset_bytes;
  segment.bytes = subgroup.bytes;
  return segment;
}

void place_weights(const BrrGroup& group, const Datatypes& types, std::vector<BrrSubgroup>& order) {
  std::vector<int64_t> placed_bytes(group.ops.size(), 0);
  for (BrrSubgroup& s : order) {
    s.bytes =
        subgroup_bytes(*group.graph, *group.op(s.op).op, types, s.outputs, s.inputs, s.inputs.first == 0);
    s.offset_bytes = placed_bytes[static_cast<size_t>(s.op)];
    placed_bytes[static_cast<size_t>(s.op)] += s.bytes;
    s.from = s.op;
  }
}

}  // namespace fusesim::hw
