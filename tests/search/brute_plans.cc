#include "brute_plans.h"

#include <map>

namespace fusesim::testing {
namespace {

using Mask = uint32_t;

Group members(Mask mask) {
  Group group;
  for (OpId o = 0; o < 32; ++o) {
    if ((mask >> o & 1U) != 0) group.push_back(o);
  }
  return group;
}

class Partitions {
 public:
  Partitions(const Graph& graph, const std::function<int64_t(const Group&)>& price)
      : graph_(graph), group_of_(graph.ops.size(), -1) {
    for (const Group& group : all_groups(graph)) {
      const int64_t bytes = price(group);
      if (bytes >= 0) groups_by_first_[group.front()].push_back({group, bytes});
    }
  }

  int64_t least() {
    extend(0, 0, 0);
    return least_;
  }

 private:
  struct Priced {
    Group group;
    int64_t price;
  };

  void extend(OpId first, int next_group, int64_t sum) {
    const auto ops = static_cast<OpId>(graph_.ops.size());
    while (first < ops && group_of_[static_cast<size_t>(first)] >= 0) ++first;
    if (first == ops) {
      if ((least_ < 0 || sum < least_) && acyclic(next_group)) least_ = sum;
      return;
    }
    for (const Priced& choice : groups_by_first_[first]) {
      bool free = true;
      for (OpId o : choice.group) free = free && group_of_[static_cast<size_t>(o)] < 0;
      if (!free) continue;
      for (OpId o : choice.group) group_of_[static_cast<size_t>(o)] = next_group;
      extend(first, next_group + 1, sum + choice.price);
      for (OpId o : choice.group) group_of_[static_cast<size_t>(o)] = -1;
    }
  }

  /// Takes away groups that read no other group until none is left or none can go.
  bool acyclic(int groups) const {
    std::vector<bool> gone(static_cast<size_t>(groups), false);
    for (int left = groups; left > 0; --left) {
      std::vector<bool> waits(static_cast<size_t>(groups), false);
      for (size_t o = 0; o < graph_.ops.size(); ++o) {
        const auto own = static_cast<size_t>(group_of_[o]);
        for (TensorId t : graph_.ops[o].inputs) {
          const OpId producer = graph_.tensor(t).producer;
          if (producer < 0) continue;
          const auto other = static_cast<size_t>(group_of_[static_cast<size_t>(producer)]);
          if (other != own && !gone[other]) waits[own] = true;
        }
      }
      size_t next = 0;
      while (next < gone.size() && (gone[next] || waits[next])) ++next;
      if (next == gone.size()) return false;
      gone[next] = true;
    }
    return true;
  }

  const Graph& graph_;
  std::map<OpId, std::vector<Priced>> groups_by_first_;
  std::vector<int> group_of_;
  int64_t least_ = -1;
};

}  // namespace

std::vector<Group> all_groups(const Graph& graph) {
  std::vector<Group> groups;
  for (Mask mask = 1; mask < Mask{1} << graph.ops.size(); ++mask) {
    Group group = members(mask);
    if (illegal_reason(graph, group).empty()) groups.push_back(std::move(group));
  }
  return groups;
}

int64_t least_plan_price(const Graph& graph, const std::function<int64_t(const Group&)>& price) {
  return Partitions(graph, price).least();
}

}  // namespace fusesim::testing
