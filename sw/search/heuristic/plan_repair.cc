#include <algorithm>

#include "heuristic/search_space.h"
#include "running_order.h"

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
std::vector<size_t> order_of(const SearchSpace& space, const Labels& labels, const Plan& groups) {
  return running_order(groups, [&](size_t g, const auto& visit) {
    for (const OpId op : groups[g]) {
      for (const OpId reader : space.readers(op)) {
        const size_t to = index_of(labels[static_cast<size_t>(reader)]);
        if (to != g) visit(to);
      }
    }
  });
}

/// Groups that grow op by op in topological order and never read each other in a circle. A circle is
/// looked for among the groups that read the one that grows, through others or not: those of the ops
/// between its first one and the next, and what they have joined.
class GrowingGroups {
 public:
  explicit GrowingGroups(const SearchSpace& space) : space_(space), group_of_(space.ops(), -1) {}

  int32_t open() {
    groups_.emplace_back();
    return static_cast<int32_t>(groups_.size()) - 1;
  }
  /// Whether group can take op, the next op of the topological order.
  bool takes(int32_t group, OpId op) {
    ++question_;
    bool reads_others = false;
    for (const OpId source : space_.sources(op)) {
      const int32_t from = group_of_[static_cast<size_t>(source)];
      if (from == group) continue;
      groups_[index_of(from)].wanted = question_;
      reads_others = true;
    }
    if (!reads_others) return true;
    waiting_.assign(1, group);
    while (!waiting_.empty()) {
      const int32_t next = waiting_.back();
      waiting_.pop_back();
      for (const int32_t reader : groups_[index_of(next)].readers) {
        Growing& met = groups_[index_of(reader)];
        if (met.wanted == question_) return false;
        if (met.met == question_) continue;
        met.met = question_;
        waiting_.push_back(reader);
      }
    }
    return true;
  }
  void add(int32_t group, OpId op) {
    group_of_[static_cast<size_t>(op)] = group;
    for (const OpId source : space_.sources(op)) {
      const int32_t from = group_of_[static_cast<size_t>(source)];
      if (from == group) continue;
      std::vector<int32_t>& readers = groups_[index_of(from)].readers;
      if (readers.empty() || readers.back() != group) readers.push_back(group);
    }
  }
  const Labels& labels() const { return group_of_; }

 private:
  struct Growing {
    uint64_t wanted = 0, met = 0;  ///< the last question that it was part of
    std::vector<int32_t> readers;  ///< other groups
  };

  const SearchSpace& space_;
  std::vector<Growing> groups_;
  Labels group_of_;
  uint64_t question_ = 0;
  std::vector<int32_t> waiting_;
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
  std::vector<size_t> order = order_of(space, parts, groups);
  if (order.size() < groups.size()) {
    parts = connected_parts(space, without_circles(space, parts));
    groups = groups_of(parts);
    order = order_of(space, parts, groups);
  }
  return reordered(std::move(groups), order);
}

Plan in_running_order(const SearchSpace& space, const Plan& plan) {
  return reordered(plan, order_of(space, labels_of(plan, space.ops()), plan));
}

}  // namespace fusesim
