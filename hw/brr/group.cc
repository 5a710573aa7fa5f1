#include "group.h"

#include <algorithm>

#include "fusesim/hw/simulation_error.h"
#include "ops/labels.h"

namespace fusesim::hw {
namespace {

[[noreturn]] void bad_schedule(const std::string& message) {
  throw SimulationError(SimulationError::Guard::bad_schedule, message);
}

int place_of(const BrrGroup& group, TensorId id) {
  const auto at = std::lower_bound(group.tensors.begin(), group.tensors.end(), id,
                                   [](const BrrTensor& t, TensorId other) { return t.id < other; });
  if (at == group.tensors.end() || at->id != id) return -1;
  return static_cast<int>(at - group.tensors.begin());
}

void collect_tensors(const GroupSchedule& schedule, BrrGroup& group) {
  std::vector<TensorId> ids;
  for (const OpId o : schedule.ops) {
    const Op& op = group.graph->op(o);
    ids.insert(ids.end(), op.inputs.begin(), op.inputs.end());
    ids.push_back(op.output());
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const TensorId id : ids) {
    BrrTensor tensor;
    tensor.id = id;
    tensor.shape = group.graph->tensor(id).shape;
    group.tensors.push_back(tensor);
  }
}

void link_ops(const GroupSchedule& schedule, BrrGroup& group) {
  const Graph& graph = *group.graph;
  for (const OpId o : schedule.ops) {
    const Op& op = graph.op(o);
    if (is_opaque(op)) bad_schedule(op_label(graph, o) + ": an opaque op cannot run in tiles");
    const int place = static_cast<int>(group.ops.size());
    BrrOp view;
    view.id = o;
    view.op = &op;
    view.facts = op_facts(op);
    view.reduction = is_reduction(graph, op);
    view.depthwise = is_depthwise(graph, op);
    for (const TensorId id : op.inputs) {
      view.inputs.push_back(place_of(group, id));
      std::vector<int>& readers = group.tensors[static_cast<size_t>(view.inputs.back())].readers;
      if (readers.empty() || readers.back() != place) readers.push_back(place);
    }
    view.output = place_of(group, op.output());
    group.tensors[static_cast<size_t>(view.output)].producer = place;
    group.ops.push_back(view);
  }
}

void set_outgoing(const GroupSchedule& schedule, BrrGroup& group) {
  const std::vector<TensorId> outgoing = boundary(*group.graph, schedule.ops).outgoing;
  if (outgoing != schedule.outgoing) {
    bad_schedule(op_label(*group.graph, schedule.ops.front()) +
                 ": the group's outgoing tensors are not those that the graph reads elsewhere");
  }
  for (const TensorId id : outgoing) group.tensors[static_cast<size_t>(place_of(group, id))].outgoing = true;
}

void set_residency(const GroupSchedule& schedule, BrrGroup& group) {
  const std::vector<TensorResidency>& given = schedule.brr.residency;
  if (given.size() != group.tensors.size()) {
    bad_schedule(op_label(*group.graph, schedule.ops.front()) + ": expected residency of " +
                 std::to_string(group.tensors.size()) + " tensors, got " + std::to_string(given.size()));
  }
  for (size_t i = 0; i < given.size(); ++i) {
    if (given[i].tensor != group.tensors[i].id) {
      bad_schedule(tensor_label(*group.graph, group.tensors[i].id) + ": the schedule gives no residency");
    }
    group.tensors[i].residency = given[i].residency;
  }
}

void check_residency(const BrrGroup& group) {
  for (const BrrOp& op : group.ops) {
    if (!op.facts.mixes_channels()) continue;
    if (op.facts.channels == ChannelUse::multiplied && !group.tensor(op.inputs[1]).external())
      bad_schedule(op_label(*group.graph, op.id) + ": the matrix of a matmul is made inside the group");
    std::vector<int> held = op.inputs;
    held.push_back(op.output);
    for (const int t : held) {
      if (!group.tensor(t).sliced()) continue;
      bad_schedule(tensor_label(*group.graph, group.tensor(t).id) + ": " + op_label(*group.graph, op.id) +
                   " takes all its channels at once, so it cannot be sliced");
    }
  }
  for (const BrrTensor& t : group.tensors) {
    if (t.external()) continue;
    const std::string label = tensor_label(*group.graph, t.id);
    const BrrOp& maker = group.op(t.producer);
    if (maker.facts.pools_map() && !t.readers.empty()) {
      bad_schedule(label + ": a pooled vector is read inside the group that makes it");
    }
    if (!t.sliced()) continue;
    if (t.readers.size() > 1) bad_schedule(label + ": has several readers inside, so it cannot be sliced");
    if (maker.facts.pools_map()) bad_schedule(label + ": a pooled vector cannot be sliced");
    if (maker.reduction && group.tensor(maker.inputs[0]).sliced()) {
      bad_schedule(label + ": sums over slices, so it cannot be sliced itself");
    }
  }
}

}  // namespace

size_t BrrGroup::operand_of(int o, int t) const {
  const std::vector<int>& inputs = op(o).inputs;
  return static_cast<size_t>(std::find(inputs.begin(), inputs.end(), t) - inputs.begin());
}

bool BrrGroup::accumulates(int o) const { return op(o).reduction && tensor(op(o).inputs[0]).sliced(); }

bool BrrGroup::is_private(int t) const {
  return !tensor(t).external() && tensor(t).readers.size() == 1 &&
         graph->tensor(tensor(t).id).consumers.size() == 1;
}

BrrGroup view_brr_group(const Graph& graph, const GroupSchedule& schedule) {
  if (schedule.ops.empty()) bad_schedule("expected at least one op in a group, got none");
  const std::string group_label = op_label(graph, schedule.ops.front());
  const BrrSchedule& brr = schedule.brr;
  if (brr.slice_channels < 1) {
    bad_schedule(group_label + ": expected at least 1 slice channel, got " +
                 std::to_string(brr.slice_channels));
  }
  BrrGroup group;
  group.graph = &graph;
  group.slice_channels = brr.slice_channels;
  collect_tensors(schedule, group);
  link_ops(schedule, group);
  set_outgoing(schedule, group);
  return group;
}

BrrGroup view_tiled_group(const Graph& graph, const GroupSchedule& schedule) {
  BrrGroup group = view_brr_group(graph, schedule);
  set_residency(schedule, group);
  check_residency(group);
  return group;
}

int64_t channel_multiplier(const BrrGroup& group, int o) {
  const BrrOp& op = group.op(o);
  return op.depthwise ? group.tensor(op.output).shape.c / group.tensor(op.inputs[0]).shape.c : 1;
}

ChannelRange input_channels(const BrrGroup& group, int o, size_t input, ChannelRange out) {
  const BrrOp& op = group.op(o);
  const int64_t in_c = group.tensor(op.inputs[input]).shape.c;
  if (out.empty()) return {};
  switch (op.facts.channels) {
    case ChannelUse::broadcast:
      return in_c == 1 ? ChannelRange{0, 1} : out;
    case ChannelUse::shifted:
      return {out.first + op.op->channel_begin, out.last + op.op->channel_begin};
    case ChannelUse::stacked: {
      int64_t begin = 0;
      for (size_t j = 0; j < input; ++j) begin += group.tensor(op.inputs[j]).shape.c;
      const ChannelRange part{std::max<int64_t>(out.first - begin, 0), std::min(out.last - begin, in_c)};
      return part.empty() ? ChannelRange{} : part;
    }
    case ChannelUse::shuffled:
    case ChannelUse::blocked:
    case ChannelUse::normed:
    case ChannelUse::summed:
    case ChannelUse::multiplied:
    case ChannelUse::paired:
    case ChannelUse::all:
      return {0, in_c};
    case ChannelUse::own:
    case ChannelUse::reducing:
      break;
  }
  const int64_t m = channel_multiplier(group, o);
  return {out.first / m, (out.last - 1) / m + 1};
}

}  // namespace fusesim::hw
