#include "steps.h"

#include <algorithm>

#include "ops/provenance.h"
#include "storage.h"

namespace fusesim::hw {
namespace {

using Kind = BrrStep::Kind;

bool swappable(const BrrUnit& unit) {
  if (unit.slices.size() < 2) return false;
  const BrrSlice& first = unit.slices[0];
  const BrrSlice& second = unit.slices[1];
  return first.passed_by < 0 && second.passed_by < 0 && first.channels.size() == second.channels.size();
}

/// Walks a tile: each slice is pulled through its tree, with whatever that takes of the slices before it.
class StepLister {
 public:
  StepLister(const BrrGroup& group, int64_t pe_rows, Fault fault);

  void add_unit(const BrrUnit& unit, int index);
  void let_go_of_all();
  std::vector<BrrStep> take() { return std::move(steps_); }

 private:
  struct Slice {
    ChannelRange held;
    std::vector<char> made;  // per channel; of tensors made inside
  };

  const BrrTensor& tensor(int t) const { return group_.tensor(t); }
  ChannelRange all_channels(int t) const { return {0, tensor(t).shape.c}; }
  Slice& slice(int t, int reader);
  BrrStep& add(Kind kind, int op, int t, const ChannelRange& channels);

  void add_tree(const BrrUnit& unit);
  void add_slice(const BrrUnit& unit, const ChannelRange& channels);
  void add_swapped(const BrrUnit& unit);
  void consume(const BrrUnit& unit, const ChannelRange& channels);
  void produce(int o, const ChannelRange& channels, bool stored = true);
  void ensure(int t, int reader, const ChannelRange& needed);
  void hold_only(int t, int reader, const ChannelRange& kept);
  void let_go(int t, int reader, const ChannelRange& channels);
  int64_t make(int t, const ChannelRange& channels);
  void drop_unused_operands(int o, const ChannelRange& channels);
  void retire_inputs(int o, const ChannelRange& done);
  void reduce(int o, const ChannelRange& channels);
  void sum_slice(int o, const ChannelRange& channels);
  void local(int o, const ChannelRange& channels);

  const BrrGroup& group_;
  int64_t pe_rows_;
  Fault fault_;
  std::vector<std::vector<Slice>> slices_;  // per tensor: internal one, external one per reader; FULL none
  std::vector<int64_t> channels_left_;      // per op
  int captures_ = 0;
  std::vector<BrrStep> steps_;
};

StepLister::StepLister(const BrrGroup& group, int64_t pe_rows, Fault fault)
    : group_(group), pe_rows_(pe_rows), fault_(fault), slices_(group.tensors.size()) {
  for (size_t t = 0; t < slices_.size(); ++t) {
    const BrrTensor& tensor = group.tensors[t];
    if (!tensor.sliced()) continue;
    slices_[t].resize(tensor.external() ? tensor.readers.size() : 1);
    if (!tensor.external()) slices_[t].front().made.assign(static_cast<size_t>(tensor.shape.c), 0);
  }
  for (const BrrOp& op : group.ops) channels_left_.push_back(tensor(op.output).shape.c);
}

StepLister::Slice& StepLister::slice(int t, int reader) {
  std::vector<Slice>& mine = slices_[static_cast<size_t>(t)];
  if (!tensor(t).external()) return mine.front();
  const std::vector<int>& readers = tensor(t).readers;
  return mine[static_cast<size_t>(std::find(readers.begin(), readers.end(), reader) - readers.begin())];
}

BrrStep& StepLister::add(Kind kind, int op, int t, const ChannelRange& channels) {
  BrrStep step;
  step.kind = kind;
  step.op = op;
  step.tensor = t;
  step.channels = channels;
  steps_.push_back(step);
  return steps_.back();
}

void StepLister::add_unit(const BrrUnit& unit, int index) {
  const BrrOp& root = group_.op(unit.root);
  const bool pools = root.facts.pools_map();
  if (unit.sliced) {
    add_tree(unit);
  } else if (pools) {
    add(Kind::pool, unit.root, root.output, all_channels(root.output));
  } else {
    produce(unit.root, all_channels(root.output));
  }
  if (group_.accumulates(unit.root)) {
    add(Kind::finish_sums, unit.root, root.output, all_channels(root.output));
    if (tensor(root.output).outgoing) add(Kind::store, unit.root, root.output, all_channels(root.output));
  }
  if (pools) add(Kind::finish_pool, unit.root, root.output, all_channels(root.output));
  add(Kind::end_unit, unit.root, root.output, {}).unit = index;
}

void StepLister::add_tree(const BrrUnit& unit) {
  size_t next = 0;
  if (fault_ == Fault::slice_out_of_order && swappable(unit)) {
    add_swapped(unit);
    next = 2;
  }
  for (; next < unit.slices.size(); ++next) {
    const BrrSlice& slice = unit.slices[next];
    if (slice.passed_by < 0) {
      add_slice(unit, slice.channels);
    } else {  // channels that a channel slice leaves out
      ensure(slice.tensor, slice.passed_by, slice.channels);
      hold_only(slice.tensor, slice.passed_by, {});
    }
  }
}

void StepLister::add_slice(const BrrUnit& unit, const ChannelRange& channels) {
  const int t = unit.cut_tensor;
  if (t != group_.op(unit.root).output) {
    ensure(t, unit.root, channels);
    consume(unit, channels);
    hold_only(t, unit.root, {});
    return;
  }
  produce(unit.root, channels);
  if (tensor(t).sliced()) hold_only(t, -1, {});
}

/// A slice of its input goes into a root that sums over slices or pools.
void StepLister::consume(const BrrUnit& unit, const ChannelRange& channels) {
  if (group_.op(unit.root).reduction) return sum_slice(unit.root, channels);
  add(Kind::pool, unit.root, unit.cut_tensor, channels);
}

/// Planted fault: the first two slices change places in the result.
void StepLister::add_swapped(const BrrUnit& unit) {
  const int t = unit.cut_tensor;
  const bool sums = t != group_.op(unit.root).output;
  for (size_t i = 0; i < 2; ++i) {
    const ChannelRange& channels = unit.slices[i].channels;
    sums ? ensure(t, unit.root, channels) : produce(unit.root, channels, false);
    add(Kind::capture, sums ? unit.root : -1, t, channels);
    if (tensor(t).sliced()) hold_only(t, sums ? unit.root : -1, {});
  }
  captures_ += 2;
  for (size_t i = 0; i < 2; ++i) {
    const ChannelRange& channels = unit.slices[i].channels;
    const size_t begun = steps_.size();
    sums ? consume(unit, channels) : static_cast<void>(add(Kind::inject, -1, t, channels));
    for (size_t s = begun; s < steps_.size(); ++s) {
      steps_[s].captured = captures_ - 1 - static_cast<int>(i);
      steps_[s].passed = channels;
    }
    if (sums) continue;
    if (tensor(t).outgoing) add(Kind::store, unit.root, t, channels);
    if (tensor(t).sliced()) let_go(t, -1, channels);
  }
}

/// Makes channels of the op's output; what leaves the group goes out.
void StepLister::produce(int o, const ChannelRange& channels, bool stored) {
  const BrrOp& op = group_.op(o);
  drop_unused_operands(o, channels);
  for (size_t j = 0; j < op.inputs.size(); ++j) {
    const int t = op.inputs[j];
    if (tensor(t).sliced()) ensure(t, o, input_channels(group_, o, j, channels));
  }
  const int64_t made_before = tensor(op.output).sliced() ? make(op.output, channels) : 0;
  op.reduction ? reduce(o, channels) : local(o, channels);
  channels_left_[static_cast<size_t>(o)] -= channels.size() - made_before;
  retire_inputs(o, channels);
  if (stored && tensor(op.output).outgoing) add(Kind::store, o, op.output, channels);
}

/// Brings `needed` channels of a SLICE tensor on chip for its reader; those that are here already stay.
void StepLister::ensure(int t, int reader, const ChannelRange& needed) {
  if (needed.empty()) return;
  const ChannelRange held = slice(t, reader).held;
  if (held.first <= needed.first && needed.last <= held.last) return;
  hold_only(t, reader, needed);
  const ChannelRange kept = slice(t, reader).held;
  std::vector<ChannelRange> missing{needed};
  if (!kept.empty()) missing = {{needed.first, kept.first}, {kept.last, needed.last}};
  for (const ChannelRange& channels : missing) {
    if (channels.empty()) continue;
    if (tensor(t).external()) {
      add(Kind::stream, reader, t, channels);
    } else {
      produce(tensor(t).producer, channels);
    }
  }
  slice(t, reader).held = needed;
}

/// Lets go of the held channels outside `kept`.
void StepLister::hold_only(int t, int reader, const ChannelRange& kept) {
  Slice& mine = slice(t, reader);
  const ChannelRange before = mine.held;
  mine.held = {std::max(before.first, kept.first), std::min(before.last, kept.last)};
  if (mine.held.empty()) {
    mine.held = {};
    return let_go(t, reader, before);
  }
  let_go(t, reader, {before.first, mine.held.first});
  let_go(t, reader, {mine.held.last, before.last});
}

void StepLister::let_go(int t, int reader, const ChannelRange& channels) {
  if (!channels.empty()) add(Kind::let_go, tensor(t).external() ? reader : -1, t, channels);
}

/// Notes that channels of a SLICE tensor are being made, and holds them beside what is held; returns how many
/// had been made before.
int64_t StepLister::make(int t, const ChannelRange& channels) {
  Slice& mine = slices_[static_cast<size_t>(t)].front();
  const auto first = mine.made.begin() + channels.first;
  const int64_t made_before = std::count(first, first + channels.size(), 1);
  std::fill_n(first, channels.size(), 1);
  mine.held = mine.held.empty() ? channels
                                : ChannelRange{std::min(mine.held.first, channels.first),
                                               std::max(mine.held.last, channels.last)};
  return made_before;
}

/// SLICE operands of a concat that these channels do not need.
void StepLister::drop_unused_operands(int o, const ChannelRange& channels) {
  const BrrOp& op = group_.op(o);
  if (op.op->kind != OpKind::concat) return;
  for (const int t : op.inputs) {
    bool used = false;
    for (size_t j = 0; j < op.inputs.size(); ++j) {
      used = used || (op.inputs[j] == t && !input_channels(group_, o, j, channels).empty());
    }
    if (!used && tensor(t).sliced()) hold_only(t, o, {});
  }
}

/// After channels `done` of a channel-local op: its SLICE inputs keep only what its other channels will read.
void StepLister::retire_inputs(int o, const ChannelRange& done) {
  const BrrOp& op = group_.op(o);
  const bool complete = channels_left_[static_cast<size_t>(o)] == 0;
  for (const int t : op.inputs) {
    if (!tensor(t).sliced()) continue;
    if (complete) {
      hold_only(t, o, {});
      continue;
    }
    const bool one_for_all = tensor(t).shape.c == 1 && tensor(op.output).shape.c > 1;
    const bool twice = op.op->kind == OpKind::concat && std::count(op.inputs.begin(), op.inputs.end(), t) > 1;
    if (one_for_all || twice) continue;
    const int64_t m = channel_multiplier(group_, o);
    const int64_t begun = done.last / m;
    hold_only(t, o, done.last % m == 0 ? ChannelRange{} : ChannelRange{begun, begun + 1});
  }
}

/// Blocks of at most g output channels, each in weight sub-groups of its inputs.
void StepLister::reduce(int o, const ChannelRange& channels) {
  const int64_t g = group_.slice_channels;
  const int64_t depth = inputs_per_group(*group_.graph, *group_.op(o).op);
  for (int64_t c = channels.first; c < channels.last; c += g) {
    for (int64_t ci = 0; ci < depth; ci += pe_rows_) {
      add(Kind::reduce, o, group_.op(o).output, {c, std::min(channels.last, c + g)}).inputs = {
          ci, std::min(depth, ci + pe_rows_)};
    }
  }
}

/// Adds input channels, at most one convolution group and the array's rows at a time, to all outputs.
void StepLister::sum_slice(int o, const ChannelRange& channels) {
  const Op& op = *group_.op(o).op;
  const int64_t depth = inputs_per_group(*group_.graph, op);
  const int64_t width = outputs_per_group(*group_.graph, op);
  const int64_t g = group_.slice_channels;
  for (int64_t c = channels.first; c < channels.last;) {
    const int64_t conv_group = c / depth;
    const int64_t last = std::min({channels.last, (conv_group + 1) * depth, c + pe_rows_});
    const int64_t end = (conv_group + 1) * width;
    for (int64_t out = conv_group * width; out < end; out += g) {
      add(Kind::add, o, group_.op(o).inputs[0], {out, std::min(end, out + g)}).inputs = {
          c - conv_group * depth, last - conv_group * depth};
    }
    c = last;
  }
}

void StepLister::local(int o, const ChannelRange& channels) {
  const BrrOp& op = group_.op(o);
  const bool at_once = op.op->weights + op.op->biases == 0 || op.facts.mixes_channels();
  const int64_t g = at_once ? channels.size() : group_.slice_channels;
  for (int64_t c = channels.first; c < channels.last; c += g) {
    add(Kind::local, o, op.output, {c, std::min(channels.last, c + g)}).inputs = {0, 1};
  }
}

void StepLister::let_go_of_all() {
  for (size_t t = 0; t < slices_.size(); ++t) {
    for (size_t i = 0; i < slices_[t].size(); ++i) {
      hold_only(static_cast<int>(t),
                tensor(static_cast<int>(t)).external() ? group_.tensors[t].readers[i] : -1, {});
    }
  }
}

}  // namespace

std::vector<BrrStep> brr_steps(const BrrGroup& group, const std::vector<BrrUnit>& units, int64_t pe_rows,
                               Fault fault) {
  StepLister lister(group, pe_rows, fault);
  for (size_t u = 0; u < units.size(); ++u) lister.add_unit(units[u], static_cast<int>(u));
  lister.let_go_of_all();
  return lister.take();
}

}  // namespace fusesim::hw
