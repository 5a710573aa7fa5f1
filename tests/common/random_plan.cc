#include <algorithm>
#include <set>

#include "fusesim/testing/random_graph.h"

namespace fusesim::testing {
namespace {

/// Ops of `group` that feed or read op o.
std::vector<OpId> neighbours(const Graph& graph, OpId o) {
  std::vector<OpId> result;
  for (TensorId t : graph.op(o).inputs) {
    if (graph.tensor(t).producer >= 0) result.push_back(graph.tensor(t).producer);
  }
  for (TensorId t : graph.op(o).outputs) {
    result.insert(result.end(), graph.tensor(t).consumers.begin(), graph.tensor(t).consumers.end());
  }
  return result;
}

/// Grows a group inside `free` ops (a convex set) such that the group is a down-set of what is free:
/// everything it reads is either made outside `free` or inside the group.
class Grower {
 public:
  Grower(const Graph& graph, const std::set<OpId>& free, Random& random)
      : graph_(graph), free_(free), random_(random) {}

  Group grow(size_t max_ops) {
    std::vector<OpId> ready;
    for (OpId o : free_) {
      if (missing(o).size() == 1) ready.push_back(o);
    }
    group_ = {random_.pick(ready)};
    if (is_opaque(*group_.begin())) return {*group_.begin()};
    std::vector<OpId> frontier = candidates(max_ops);
    while (!frontier.empty()) {
      const std::set<OpId> added = missing(random_.pick(frontier));
      group_.insert(added.begin(), added.end());
      frontier = candidates(max_ops);
    }
    return Group(group_.begin(), group_.end());
  }

 private:
  bool is_opaque(OpId o) const { return graph_.op(o).kind == OpKind::opaque; }

  /// o and everything free that it needs and the group lacks.
  std::set<OpId> missing(OpId o) const {
    std::set<OpId> found{o};
    std::vector<OpId> open{o};
    while (!open.empty()) {
      const OpId next = open.back();
      open.pop_back();
      for (TensorId t : graph_.op(next).inputs) {
        const OpId producer = graph_.tensor(t).producer;
        if (free_.count(producer) == 0 || group_.count(producer) != 0) continue;
        if (found.insert(producer).second) open.push_back(producer);
      }
    }
    return found;
  }

  /// Neighbours that can join together with all that they need.
  std::vector<OpId> candidates(size_t max_ops) const {
    std::set<OpId> found;
    for (OpId o : group_) {
      for (OpId n : neighbours(graph_, o)) {
        if (free_.count(n) == 0 || group_.count(n) != 0) continue;
        const std::set<OpId> added = missing(n);
        const bool movable = std::none_of(added.begin(), added.end(), [&](OpId a) { return is_opaque(a); });
        if (movable && group_.size() + added.size() <= max_ops) found.insert(n);
      }
    }
    return {found.begin(), found.end()};
  }

  const Graph& graph_;
  const std::set<OpId>& free_;
  Random& random_;
  std::set<OpId> group_;
};

Plan partition(const Graph& graph, std::set<OpId> free, Random& random, size_t max_ops) {
  Plan plan;
  while (!free.empty()) {
    const int64_t size = random.range(1, static_cast<int64_t>(max_ops));
    plan.push_back(Grower(graph, free, random).grow(static_cast<size_t>(size)));
    for (OpId o : plan.back()) free.erase(o);
  }
  return plan;
}

std::set<OpId> all_ops(const Graph& graph) {
  std::set<OpId> all;
  for (size_t o = 0; o < graph.ops.size(); ++o) all.insert(static_cast<OpId>(o));
  return all;
}

}  // namespace

Plan random_plan(const Graph& graph, uint64_t seed, int max_ops) {
  Random random(seed ^ 0x706c616eULL);
  return partition(graph, all_ops(graph), random, static_cast<size_t>(max_ops));
}

Group random_group(const Graph& graph, uint64_t seed, int max_ops) {
  Random random(seed ^ 0x67726f7570ULL);
  std::set<OpId> free = all_ops(graph);
  for (int64_t skipped = random.range(0, 2); skipped > 0; --skipped) {
    for (OpId o : Grower(graph, free, random).grow(static_cast<size_t>(max_ops))) free.erase(o);
    if (free.empty()) free = all_ops(graph);
  }
  return Grower(graph, free, random).grow(static_cast<size_t>(random.range(1, max_ops)));
}

Plan random_split(const Graph& graph, const Group& group, Random& random) {
  return partition(graph, {group.begin(), group.end()}, random, std::max<size_t>(1, group.size() - 1));
}

}  // namespace fusesim::testing
