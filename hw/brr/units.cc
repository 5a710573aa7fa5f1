#include "units.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

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

/// A slice, the places of its data and its own place, all as channels of the tensor that is cut.
struct OrderedSlice {
  Places places;
  int64_t place = 0;
  BrrSlice slice;

  bool operator<(const OrderedSlice& o) const {
    return std::tie(places, place) < std::tie(o.places, o.place);
  }
};

std::vector<ChannelRange> slices_of(const BrrGroup& group, int t, std::vector<int64_t> more_cuts) {
  const std::vector<int64_t> cuts = concat_cuts(group, t);
  more_cuts.insert(more_cuts.end(), cuts.begin(), cuts.end());
  std::sort(more_cuts.begin(), more_cuts.end());
  const int64_t unit = channel_unit(group, t);
  return cut_channels(group.tensor(t).shape.c, more_cuts, group.slice_channels / unit * unit);
}

/// Channels of the channel slice's input that it leaves out. They are made, or fetched, all the same: their
/// weights and data pass through.
void add_unread(const BrrGroup& group, int o, std::vector<OrderedSlice>& slices) {
  const BrrOp& op = group.op(o);
  const int t = op.inputs[0];
  const ChannelRange read{op.op->channel_begin, op.op->channel_begin + group.tensor(op.output).shape.c};
  for (const ChannelRange& piece : slices_of(group, t, {read.first, read.last})) {
    if (piece.first >= read.first && piece.last <= read.last) continue;
    slices.push_back({places_of(group, t, piece.first), piece.first, {t, piece, o}});
  }
}

/// Unread slices of the tree that makes t, placed as channels of t.
std::vector<OrderedSlice> unread_slices(const BrrGroup& group, int t) {
  const BrrTensor& tensor = group.tensor(t);
  if (tensor.external() || group.op(tensor.producer).reduction) return {};
  const int o = tensor.producer;
  const BrrOp& maker = group.op(o);
  std::vector<OrderedSlice> all;
  for (size_t j = 0; j < maker.inputs.size(); ++j) {
    const int input = maker.inputs[j];
    if (!group.tensor(input).sliced() || group.operand_of(o, input) != j) continue;
    std::vector<OrderedSlice> below = unread_slices(group, input);
    if (maker.op->kind == OpKind::channel_slice) add_unread(group, o, below);
    const int64_t begin = maker.op->kind == OpKind::concat ? operand_begin(group, o, j) : 0;
    const auto up = [&](int64_t c) {
      return begin + (c - maker.op->channel_begin) * channel_multiplier(group, o);
    };
    for (OrderedSlice& slice : below) {
      for (int64_t& place : slice.places) place = up(place);
      slice.place = up(slice.place);
      all.push_back(slice);
    }
  }
  return all;
}

/// Slices that are made of the same data run one after another, so that the data is fetched or made once.
std::vector<BrrSlice> ordered_slices(const BrrGroup& group, int cut_tensor) {
  std::vector<OrderedSlice> ordered = unread_slices(group, cut_tensor);
  for (const ChannelRange& slice : slices_of(group, cut_tensor, {})) {
    ordered.push_back({places_of(group, cut_tensor, slice.first), slice.first, {cut_tensor, slice, -1}});
  }
  std::stable_sort(ordered.begin(), ordered.end());
  std::vector<BrrSlice> slices;
  slices.reserve(ordered.size());
  for (const OrderedSlice& o : ordered) slices.push_back(o.slice);
  return slices;
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
      const bool sums = group.accumulates(unit.root) || root.facts.pools_map();
      unit.cut_tensor = sums ? root.inputs[0] : root.output;
      unit.slices = ordered_slices(group, unit.cut_tensor);
    }
    units.push_back(unit);
  }
  return units;
}

}  // namespace fusesim::hw
