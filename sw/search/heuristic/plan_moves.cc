#include "heuristic/plan_moves.h"

#include <algorithm>

#include "fusesim/search/group_cuts.h"

namespace fusesim {
namespace {

constexpr int kTries = 8;
/// The chance that yet another group joins a merge of several.
constexpr double kOneMore = 0.7;

int32_t& label_of(Labels& labels, OpId op) { return labels[static_cast<size_t>(op)]; }

int32_t unused_label(const Labels& labels) { return 1 + *std::max_element(labels.begin(), labels.end()); }

/// A free op and a free neighbour of it with another label.
bool pick_neighbours(const SearchSpace& space, const Labels& labels, RandomSource& random, OpId& op,
                     OpId& neighbour) {
  std::vector<OpId> neighbours;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    op = random.pick(space.free_ops());
    space.free_neighbours(op, labels, neighbours);
    if (neighbours.empty()) continue;
    neighbour = random.pick(neighbours);
    return true;
  }
  return false;
}

bool move_op(const SearchSpace& space, Labels& labels, RandomSource& random) {
  OpId op = -1;
  OpId neighbour = -1;
  if (!pick_neighbours(space, labels, random, op, neighbour)) return false;
  label_of(labels, op) = label_of(labels, neighbour);
  return true;
}

/// The group of `other` joins the group of `op`.
void join(Labels& labels, OpId op, OpId other) {
  std::replace(labels.begin(), labels.end(), label_of(labels, other), int32_t{label_of(labels, op)});
}

/// Merges two groups; `op` is in the result.
bool merge_at(const SearchSpace& space, Labels& labels, RandomSource& random, OpId& op) {
  OpId neighbour = -1;
  if (!pick_neighbours(space, labels, random, op, neighbour)) return false;
  join(labels, op, neighbour);
  return true;
}

bool merge_two(const SearchSpace& space, Labels& labels, RandomSource& random) {
  OpId op = -1;
  return merge_at(space, labels, random, op);
}

/// Free ops beside a group, one entry per op of the group that they are beside.
std::vector<OpId> ops_beside(const SearchSpace& space, const Labels& labels, int32_t label) {
  std::vector<OpId> beside;
  std::vector<OpId> neighbours;
  for (size_t o = 0; o < labels.size(); ++o) {
    if (labels[o] != label) continue;
    space.free_neighbours(static_cast<OpId>(o), labels, neighbours);
    beside.insert(beside.end(), neighbours.begin(), neighbours.end());
  }
  return beside;
}

bool merge_several(const SearchSpace& space, Labels& labels, RandomSource& random) {
  OpId op = -1;
  if (!merge_at(space, labels, random, op)) return false;
  while (random.chance(kOneMore)) {
    const std::vector<OpId> beside = ops_beside(space, labels, label_of(labels, op));
    if (beside.empty()) break;
    join(labels, op, random.pick(beside));
  }
  return true;
}

Group ops_with(const Labels& labels, int32_t label) {
  Group group;
  for (size_t o = 0; o < labels.size(); ++o) {
    if (labels[o] == label) group.push_back(static_cast<OpId>(o));
  }
  return group;
}

/// One side of a random cut of a group, the side that faces a neighbouring group, joins that group.
bool shift_boundary(const SearchSpace& space, Labels& labels, RandomSource& random) {
  OpId op = -1;
  OpId neighbour = -1;
  if (!pick_neighbours(space, labels, random, op, neighbour)) return false;
  const int32_t to = label_of(labels, neighbour);
  Group moved = ops_with(labels, label_of(labels, op));
  if (moved.size() > 1) {
    const GroupCut cut = random_cut(GroupDag(space.graph(), moved), random);
    moved = op < neighbour ? cut.second : cut.first;
  }
  for (const OpId o : moved) label_of(labels, o) = to;
  return true;
}

bool cut_group(const SearchSpace& space, Labels& labels, RandomSource& random) {
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const int32_t label = label_of(labels, random.pick(space.free_ops()));
    const Group group = ops_with(labels, label);
    if (group.size() < 2) continue;
    const int32_t other = unused_label(labels);
    for (const OpId op : random_cut(GroupDag(space.graph(), group), random).second) {
      label_of(labels, op) = other;
    }
    return true;
  }
  return false;
}

/// Grows one group from `seed` to `size` ops.
void grow(const SearchSpace& space, OpId seed, size_t size, int32_t label, Labels& labels,
          RandomSource& random) {
  std::vector<OpId> frontier = {seed};
  for (size_t grown = 0; grown < size && !frontier.empty();) {
    std::swap(frontier[random.index(frontier.size())], frontier.back());
    const OpId op = frontier.back();
    frontier.pop_back();
    if (label_of(labels, op) >= 0) continue;
    label_of(labels, op) = label;
    ++grown;
    const auto look = [&](OpId other) {
      if (!space.runs_alone(other) && label_of(labels, other) < 0) frontier.push_back(other);
    };
    for (const OpId other : space.sources(op)) look(other);
    for (const OpId other : space.readers(op)) look(other);
  }
}

}  // namespace

Labels random_labels(const SearchSpace& space, RandomSource& random) {
  Labels labels(space.ops(), -1);
  int32_t next = 0;
  for (size_t o = 0; o < labels.size(); ++o) {
    if (space.runs_alone(static_cast<OpId>(o))) labels[o] = next++;
  }
  const uint64_t most = space.free_ops().size();
  uint64_t digits = 1;
  while (most >> digits != 0) ++digits;
  const uint64_t largest = 1 + random.below(std::max<uint64_t>(most >> random.below(digits), 1));
  for (const OpId op : space.free_ops()) {
    if (label_of(labels, op) >= 0) continue;
    const auto size = static_cast<size_t>(1 + random.below(largest));
    grow(space, op, size, next++, labels, random);
  }
  return labels;
}

Labels edited(const SearchSpace& space, const Labels& labels, PlanEdits edits, RandomSource& random) {
  using Move = bool (*)(const SearchSpace&, Labels&, RandomSource&);
  static const std::vector<Move> paper = {move_op, merge_two, cut_group};
  static const std::vector<Move> wide = {move_op,       shift_boundary, shift_boundary,
                                         merge_several, merge_several,  cut_group};
  Labels result = labels;
  if (space.free_ops().empty()) return result;
  const std::vector<Move>& moves = edits == PlanEdits::paper ? paper : wide;
  const size_t kind = random.index(moves.size());
  for (size_t i = 0; i < moves.size(); ++i) {
    if (moves[(kind + i) % moves.size()](space, result, random)) break;
  }
  return result;
}

Labels crossed(const Labels& first, const Labels& second, RandomSource& random) {
  const size_t ops = first.size();
  size_t low = random.index(ops + 1);
  size_t high = random.index(ops + 1);
  if (low > high) std::swap(low, high);
  Labels child = second;
  const int32_t offset = unused_label(second);
  std::vector<char> decided(static_cast<size_t>(unused_label(first)), 0);
  for (size_t o = 0; o < ops; ++o) {
    char& fate = decided[static_cast<size_t>(first[o])];
    if (fate == 0) fate = o >= low && o < high ? 1 : 2;
    if (fate == 1) child[o] = first[o] + offset;
  }
  return child;
}

Plan split_at_random(const Group& group, Evaluator& evaluator, RandomSource& random) {
  Plan waiting = {group};
  Plan done;
  while (!waiting.empty()) {
    Group next = std::move(waiting.back());
    waiting.pop_back();
    if (next.size() == 1 || evaluator.fits(next)) {
      done.push_back(std::move(next));
      continue;
    }
    GroupCut cut = random_cut(GroupDag(evaluator.graph(), next), random);
    waiting.push_back(std::move(cut.second));
    waiting.push_back(std::move(cut.first));
  }
  return done;
}

}  // namespace fusesim
