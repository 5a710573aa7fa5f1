#include "brr_units.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

namespace fusesim::hw {
namespace {

/// The op that reads t slice by slice inside; -1 if t is FULL or read outside only.
int sliced_reader(const BrrGroup& group, int t) {
  const BrrTensor& tensor = group.tensor(t);
  return tensor.sliced() && !tensor.readers.empty() ? tensor.readers.front() : -1;
}

std::vector<int> find_roots(const BrrGroup& group) {
  std::vector<int> roots(group.ops.size());
  for (size_t i = group.ops.size(); i-- > 0;) {
    const int reader = sliced_reader(group, group.ops[i].output);
    roots[i] = reader < 0 ? static_cast<int>(i) : roots[static_cast<size_t>(reader)];
  }
  return roots;
}

bool reads_slices(const BrrGroup& group, int o) {
  const std::vector<int>& inputs = group.op(o).inputs;
  return std::any_of(inputs.begin(), inputs.end(), [&](int t) { return group.tensor(t).sliced(); });
}

void add_cuts(const BrrGroup& group, int t, std::set<int64_t>& cuts);

void add_cuts_of_operand(const BrrGroup& group, int o, size_t j, int64_t begin, std::set<int64_t>& cuts) {
  const BrrOp& op = group.op(o);
  const BrrTensor& input = group.tensor(op.inputs[j]);
  const int64_t channels = group.tensor(op.output).shape.c;
  if (input.external() || !input.sliced() || (input.shape.c == 1 && channels > 1)) return;
  std::set<int64_t> below;
  add_cuts(group, op.inputs[j], below);
  for (const int64_t cut : below) {
    const int64_t mapped = begin + cut * channel_multiplier(group, o) - op.op->channel_begin;
    if (mapped > 0 && mapped < channels) cuts.insert(mapped);
  }
}

void add_cuts(const BrrGroup& group, int t, std::set<int64_t>& cuts) {
  const BrrTensor& tensor = group.tensor(t);
  if (tensor.external() || group.op(tensor.producer).reduction) return;
  const BrrOp& maker = group.op(tensor.producer);
  int64_t begin = 0;
  for (size_t j = 0; j < maker.inputs.size(); ++j) {
    add_cuts_of_operand(group, tensor.producer, j, begin, cuts);
    if (maker.op->kind != OpKind::concat) continue;
    begin += group.tensor(maker.inputs[j]).shape.c;
    if (begin < tensor.shape.c) cuts.insert(begin);
  }
}

int64_t operand_begin(const BrrGroup& group, int o, size_t j) {
  int64_t begin = 0;
  for (size_t i = 0; i < j; ++i) begin += group.tensor(group.op(o).inputs[i]).shape.c;
  return begin;
}

/// Places of the data that channel c of a tensor is made of: its place in that tensor last, before it those
/// in the tensors further up the tree, all as channels of that tensor. A concat that takes an operand twice
/// counts its first occurrence.
using Places = std::vector<int64_t>;

Places places_of(const BrrGroup& group, int t, int64_t c);

Places places_in_concat(const BrrGroup& group, int o, int64_t c) {
  const BrrOp& op = group.op(o);
  int64_t offset = c;
  size_t j = 0;
  for (; offset >= group.tensor(op.inputs[j]).shape.c; ++j) offset -= group.tensor(op.inputs[j]).shape.c;
  if (!group.tensor(op.inputs[j]).sliced()) return {c};
  const int64_t begin = operand_begin(group, o, group.operand_of(o, op.inputs[j]));
  Places places = places_of(group, op.inputs[j], offset);
  for (int64_t& place : places) place += begin;
  places.push_back(begin + offset);
  return places;
}

Places places_of(const BrrGroup& group, int t, int64_t c) {
  const BrrTensor& tensor = group.tensor(t);
  if (tensor.external() || group.op(tensor.producer).reduction) return {c};
  const BrrOp& maker = group.op(tensor.producer);
  if (maker.op->kind == OpKind::concat) return places_in_concat(group, tensor.producer, c);
  const int64_t m = channel_multiplier(group, tensor.producer);
  const int64_t begin = maker.op->channel_begin;
  Places least;
  for (const int input : maker.inputs) {
    const BrrTensor& operand = group.tensor(input);
    if (!operand.sliced() || (operand.shape.c == 1 && tensor.shape.c > 1)) continue;
    Places places = places_of(group, input, c / m + begin);
    for (int64_t& place : places) place = (place - begin) * m;
    if (least.empty() || places < least) least = places;
  }
  return least.empty() ? Places{c} : least;
}

/// Slices that are made of the same data run one after another, so that the data is fetched or made once.
void order_slices(const BrrGroup& group, BrrUnit& unit) {
  std::vector<std::pair<Places, ChannelRange>> keyed;
  for (const ChannelRange& slice : unit.slices) {
    keyed.emplace_back(places_of(group, unit.cut_tensor, slice.first), slice);
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (size_t i = 0; i < keyed.size(); ++i) unit.slices[i] = keyed[i].second;
}

/// Channels of t that belong together because depthwise convolutions of the tree make them of one channel; 1
/// where that is more than g.
int64_t channel_unit(const BrrGroup& group, int t) {
  const BrrTensor& tensor = group.tensor(t);
  if (tensor.external() || group.op(tensor.producer).reduction) return 1;
  int64_t below = 1;
  for (const int input : group.op(tensor.producer).inputs) {
    const int64_t unit = group.tensor(input).sliced() ? channel_unit(group, input) : 1;
    if (std::lcm(below, unit) <= group.slice_channels) below = std::lcm(below, unit);
  }
  const int64_t m = channel_multiplier(group, tensor.producer);
  if (below * m <= group.slice_channels) return below * m;
  return m <= group.slice_channels ? m : 1;
}

}  // namespace

std::vector<ChannelRange> cut_channels(int64_t channels, const std::vector<int64_t>& cuts, int64_t most) {
  std::vector<ChannelRange> pieces;
  size_t next_cut = 0;
  for (int64_t at = 0; at < channels;) {
    while (next_cut < cuts.size() && cuts[next_cut] <= at) ++next_cut;
    const int64_t end = next_cut < cuts.size() ? std::min(cuts[next_cut], channels) : channels;
    pieces.push_back({at, std::min(end, at + most)});
    at = pieces.back().last;
  }
  return pieces;
}

std::vector<int64_t> concat_cuts(const BrrGroup& group, int t) {
  std::set<int64_t> cuts;
  add_cuts(group, t, cuts);
  return {cuts.begin(), cuts.end()};
}

std::vector<BrrUnit> brr_units(const BrrGroup& group) {
  const std::vector<int> roots = find_roots(group);
  std::vector<BrrUnit> units;
  for (size_t r = 0; r < roots.size(); ++r) {
    if (roots[r] != static_cast<int>(r)) continue;
    BrrUnit unit;
    unit.root = static_cast<int>(r);
    for (size_t i = 0; i <= r; ++i) {
      if (roots[i] == unit.root) unit.ops.push_back(static_cast<int>(i));
    }
    const BrrOp& root = group.op(unit.root);
    unit.sliced = group.tensor(root.output).sliced() || reads_slices(group, unit.root);
    if (unit.sliced) {
      const bool sums = group.accumulates(unit.root) || root.op->kind == OpKind::global_avg_pool;
      unit.cut_tensor = sums ? root.inputs[0] : root.output;
      unit.slices = cut_channels(
          group.tensor(unit.cut_tensor).shape.c, concat_cuts(group, unit.cut_tensor),
          group.slice_channels / channel_unit(group, unit.cut_tensor) * channel_unit(group, unit.cut_tensor));
      order_slices(group, unit);
    }
    units.push_back(unit);
  }
  return units;
}

}  // namespace fusesim::hw
