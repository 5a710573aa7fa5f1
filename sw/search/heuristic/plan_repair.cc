#include <algorithm>
#include <functional>
#include <queue>

#include "heuristic/search_space.h"
#include "op_bits.h"

namespace fusesim {
namespace {

size_t index_of(int32_t label) { return static_cast<size_t>(label); }

/// Labels so that every label is one connected part and ops that run alone are alone; numbered by least op.
Labels connected_parts(const SearchSpace& space, const Labels& labels) {
  Labels parts(labels.size(), -1);
  int32_t next = 0;
  std::vector<OpId> stack;
  for (size_t o = 0; o < labels.size(); ++o) {
    if (parts[o] >= 0) continue;
    const int32_t part = next++;
    parts[o] = part;
    const auto first = static_cast<OpId>(o);
    if (space.runs_alone(first)) continue;
    stack.assign(1, first);
    const auto visit = [&](OpId other) {
      const auto i = static_cast<size_t>(other);
      if (parts[i] >= 0 || labels[i] != labels[o] || space.runs_alone(other)) return;
      parts[i] = part;
      stack.push_back(other);
    };
    while (!stack.empty()) {
      const OpId op = stack.back();
      stack.pop_back();
      for (const OpId other : space.sources(op)) visit(other);
      for (const OpId other : space.readers(op)) visit(other);
    }
  }
  return parts;
}

/// Groups in running order, the least first op first; fewer than there are if some read each other in a
/// circle.
std::vector<size_t> running_order(const SearchSpace& space, const Labels& labels, const Plan& groups) {
  std::vector<int32_t> waits_for(groups.size(), 0);
  for (size_t o = 0; o < labels.size(); ++o) {
    for (const OpId reader : space.readers(static_cast<OpId>(o))) {
      const int32_t to = labels[static_cast<size_t>(reader)];
      if (to != labels[o]) ++waits_for[index_of(to)];
    }
  }
  using Ready = std::pair<OpId, size_t>;
  std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;
  for (size_t g = 0; g < groups.size(); ++g) {
    if (waits_for[g] == 0) ready.emplace(groups[g].front(), g);
  }
  std::vector<size_t> order;
  while (!ready.empty()) {
    const size_t g = ready.top().second;
    ready.pop();
    order.push_back(g);
    for (const OpId op : groups[g]) {
      for (const OpId reader : space.readers(op)) {
        const size_t to = index_of(labels[static_cast<size_t>(reader)]);
        if (to != g && --waits_for[to] == 0) ready.emplace(groups[to].front(), to);
      }
    }
  }
  return order;
}

/// Groups that grow op by op in topological order and never read each other in a circle.
class GrowingGroups {
 public:
  explicit GrowingGroups(const SearchSpace& space)
      : space_(space), words_(words_for(space.ops())), group_of_(space.ops(), -1) {}

  int32_t open() {
    before_.resize(before_.size() + words_, 0);
    return groups_++;
  }
  /// Whether group can take op, the next op of the topological order.
  bool takes(int32_t group, OpId op) const {
    const std::vector<OpId>& sources = space_.sources(op);
    return std::none_of(sources.begin(), sources.end(), [&](OpId source) {
      const int32_t from = group_of_[static_cast<size_t>(source)];
      return from != group && has_op(before(from), group);
    });
  }
  void add(int32_t group, OpId op) {
    group_of_[static_cast<size_t>(op)] = group;
    bool grew = false;
    for (const OpId source : space_.sources(op)) {
      const int32_t from = group_of_[static_cast<size_t>(source)];
      if (from == group || has_op(before(group), from)) continue;
      unite(group, from);
      grew = true;
    }
    if (!grew) return;
    for (int32_t later = 0; later < groups_; ++later) {
      if (later != group && has_op(before(later), group)) unite(later, group);
    }
  }
  const Labels& labels() const { return group_of_; }

 private:
  const uint64_t* before(int32_t group) const { return before_.data() + index_of(group) * words_; }
  uint64_t* before(int32_t group) { return before_.data() + index_of(group) * words_; }
  /// `from`, and what has to run before it, has to run before `group`.
  void unite(int32_t group, int32_t from) {
    uint64_t* to_words = before(group);
    const uint64_t* from_words = before(from);
    for (size_t w = 0; w < words_; ++w) to_words[w] |= from_words[w];
    set_op(to_words, from);
  }

  const SearchSpace& space_;
  size_t words_;
  int32_t groups_ = 0;
  std::vector<uint64_t> before_;  ///< per group, the groups that have to run before it
  Labels group_of_;
};

Labels without_circles(const SearchSpace& space, const Labels& labels) {
  GrowingGroups growing(space);
  std::vector<int32_t> open(labels.size(), -1);
  for (size_t o = 0; o < labels.size(); ++o) {
    const auto op = static_cast<OpId>(o);
    int32_t& group = open[index_of(labels[o])];
    if (group < 0 || !growing.takes(group, op)) group = growing.open();
    growing.add(group, op);
  }
  return growing.labels();
}

Plan reordered(Plan groups, const std::vector<size_t>& order) {
  Plan plan;
  plan.reserve(order.size());
  for (const size_t g : order) plan.push_back(std::move(groups[g]));
  return plan;
}

}  // namespace

Plan repaired(const SearchSpace& space, const Labels& labels) {
  Labels parts = connected_parts(space, labels);
  Plan groups = groups_of(parts);
  std::vector<size_t> order = running_order(space, parts, groups);
  if (order.size() < groups.size()) {
    parts = connected_parts(space, without_circles(space, parts));
    groups = groups_of(parts);
    order = running_order(space, parts, groups);
  }
  return reordered(std::move(groups), order);
}

Plan in_running_order(const SearchSpace& space, const Plan& plan) {
  return reordered(plan, running_order(space, labels_of(plan, space.ops()), plan));
}

}  // namespace fusesim
