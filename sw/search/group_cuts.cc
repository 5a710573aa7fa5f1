#include "fusesim/search/group_cuts.h"

#include <algorithm>

namespace fusesim {
namespace {

using Node = GroupDag::Node;
using Flags = std::vector<char>;

constexpr int kRandomTries = 8;
/// Most places of their topological order at which the ops beside an edge are cut if there are too many
/// choices, not counting the one before the first of them.
constexpr size_t kPlaces = 4;

/// Marks `start` and everything that `next` leads to.
template <typename Next>
Flags reached(const GroupDag& dag, Node start, const Next& next) {
  Flags seen(dag.size(), 0);
  std::vector<Node> stack = {start};
  seen[start] = 1;
  while (!stack.empty()) {
    const Node node = stack.back();
    stack.pop_back();
    for (const Node other : next(node)) {
      if (seen[other] != 0) continue;
      seen[other] = 1;
      stack.push_back(other);
    }
  }
  return seen;
}

/// Number of nodes with `flags[node] == value` that hang together with `start`, which is one of them.
size_t hanging_together(const GroupDag& dag, const Flags& flags, char value, Node start, Flags& seen) {
  std::vector<Node> stack = {start};
  seen[start] = 1;
  size_t count = 1;
  const auto visit = [&](Node other) {
    if (flags[other] != value || seen[other] != 0) return;
    seen[other] = 1;
    ++count;
    stack.push_back(other);
  };
  while (!stack.empty()) {
    const Node node = stack.back();
    stack.pop_back();
    for (const Node other : dag.sources(node)) visit(other);
    for (const Node other : dag.readers(node)) visit(other);
  }
  return count;
}

/// Both the flagged nodes and the others are connected and not empty.
bool both_connected(const GroupDag& dag, const Flags& first) {
  const auto firsts = static_cast<size_t>(std::count(first.begin(), first.end(), 1));
  if (firsts == 0 || firsts == dag.size()) return false;
  Flags seen(dag.size(), 0);
  const auto in_first = static_cast<Node>(std::find(first.begin(), first.end(), 1) - first.begin());
  const auto in_second = static_cast<Node>(std::find(first.begin(), first.end(), 0) - first.begin());
  return hanging_together(dag, first, 1, in_first, seen) == firsts &&
         hanging_together(dag, first, 0, in_second, seen) == dag.size() - firsts;
}

GroupCut cut_of(const GroupDag& dag, const Flags& first) {
  GroupCut cut;
  for (Node node = 0; node < dag.size(); ++node) {
    (first[node] != 0 ? cut.first : cut.second).push_back(dag.op(node));
  }
  return cut;
}

/// Where the two sides of an edge lie: the ops before it are in the first part, the ops after it are not, and
/// the ops beside it may be on either side.
class EdgeSides {
 public:
  EdgeSides(const GroupDag& dag, Node from, Node to) : dag_(dag) {
    first_ = reached(dag, from, [&](Node n) -> const std::vector<Node>& { return dag.sources(n); });
    second_ = reached(dag, to, [&](Node n) -> const std::vector<Node>& { return dag.readers(n); });
    settle_dangling();
    for (Node n = 0; n < dag.size(); ++n) {
      if (first_[n] == 0 && second_[n] == 0) beside_.push_back(n);
    }
  }

  const Flags& first() const { return first_; }
  /// Ops that lie beside the edge, on paths from one side to the other, ascending.
  const std::vector<Node>& beside() const { return beside_; }
  bool may_join_first(Node node, const Flags& first) const {
    const std::vector<Node>& sources = dag_.sources(node);
    return std::all_of(sources.begin(), sources.end(), [&](Node source) { return first[source] != 0; });
  }

 private:
  /// Puts parts that hang on one side only on that side.
  void settle_dangling() {
    Flags beside(dag_.size(), 0);
    for (Node n = 0; n < dag_.size(); ++n) beside[n] = first_[n] == 0 && second_[n] == 0 ? 1 : 0;
    Flags seen(dag_.size(), 0);
    for (Node n = 0; n < dag_.size(); ++n) {
      if (beside[n] == 0 || seen[n] != 0) continue;
      const Flags before = seen;
      hanging_together(dag_, beside, 1, n, seen);
      bool at_first = false;
      bool at_second = false;
      const auto look = [&](Node other) {
        at_first |= beside[other] == 0 && first_[other] != 0;
        at_second |= beside[other] == 0 && second_[other] != 0;
      };
      for (Node m = n; m < dag_.size(); ++m) {
        if (seen[m] == 0 || before[m] != 0) continue;
        for (const Node other : dag_.sources(m)) look(other);
        for (const Node other : dag_.readers(m)) look(other);
      }
      if (at_first && at_second) continue;
      for (Node m = n; m < dag_.size(); ++m) {
        if (seen[m] != 0 && before[m] == 0) (at_first ? first_ : second_)[m] = 1;
      }
    }
  }

  const GroupDag& dag_;
  Flags first_, second_;
  std::vector<Node> beside_;
};

/// Collects first parts: every down-set of the ops beside the edge.
class CutEnumeration {
 public:
  CutEnumeration(const GroupDag& dag, const EdgeSides& sides, size_t limit)
      : dag_(dag), sides_(sides), limit_(limit), first_(sides.first()) {}

  std::vector<GroupCut> run() {
    if (within_limit(0)) {
      choose(0);
    } else {
      prefixes();
    }
    return std::move(cuts_);
  }

 private:
  /// Counts the choices for the ops beside the edge from number `i` on; false past the limit.
  bool within_limit(size_t i) {
    if (i == sides_.beside().size()) return ++choices_ <= limit_;
    const Node node = sides_.beside()[i];
    if (!within_limit(i + 1)) return false;
    if (!sides_.may_join_first(node, first_)) return true;
    first_[node] = 1;
    const bool within = within_limit(i + 1);
    first_[node] = 0;
    return within;
  }
  void choose(size_t i) {
    if (i == sides_.beside().size()) {
      keep();
      return;
    }
    const Node node = sides_.beside()[i];
    choose(i + 1);
    if (!sides_.may_join_first(node, first_)) return;
    first_[node] = 1;
    choose(i + 1);
    first_[node] = 0;
  }
  void prefixes() {
    keep();
    const std::vector<Node>& beside = sides_.beside();
    const size_t step = (beside.size() + kPlaces - 1) / kPlaces;
    for (size_t i = 0; i < beside.size(); ++i) {
      first_[beside[i]] = 1;
      if ((i + 1) % step == 0 || i + 1 == beside.size()) keep();
    }
  }
  void keep() {
    if (both_connected(dag_, first_)) cuts_.push_back(cut_of(dag_, first_));
  }

  const GroupDag& dag_;
  const EdgeSides& sides_;
  size_t limit_;
  size_t choices_ = 0;
  Flags first_;
  std::vector<GroupCut> cuts_;
};

}  // namespace

GroupDag::GroupDag(const Graph& graph, const Group& group)
    : group_(group), sources_(group.size()), readers_(group.size()) {
  for (const GroupEdge& edge : edges_inside(graph, group)) {
    edges_.emplace_back(node(edge.from), node(edge.to));
    sources_[edges_.back().second].push_back(edges_.back().first);
    readers_[edges_.back().first].push_back(edges_.back().second);
  }
}

GroupDag::Node GroupDag::node(OpId op) const {
  return static_cast<Node>(std::lower_bound(group_.begin(), group_.end(), op) - group_.begin());
}

std::vector<GroupCut> cuts_at(const GroupDag& dag, GroupEdge edge, size_t limit) {
  const EdgeSides sides(dag, dag.node(edge.from), dag.node(edge.to));
  std::vector<GroupCut> cuts = CutEnumeration(dag, sides, limit).run();
  return cuts;
}

GroupCut random_cut(const GroupDag& dag, RandomSource& random) {
  for (int attempt = 0; attempt < kRandomTries; ++attempt) {
    const auto [from, to] = random.pick(dag.edges());
    const EdgeSides sides(dag, from, to);
    Flags first = sides.first();
    const size_t taken = random.index(sides.beside().size() + 1);
    for (size_t i = 0; i < taken; ++i) first[sides.beside()[i]] = 1;
    if (both_connected(dag, first)) return cut_of(dag, first);
  }
  // One op at an end: some end does not hold the rest together.
  std::vector<Node> ends;
  for (Node n = 0; n < dag.size(); ++n) {
    if (dag.sources(n).empty() || dag.readers(n).empty()) ends.push_back(n);
  }
  random.shuffle(ends);
  for (const Node end : ends) {
    const bool is_source = dag.sources(end).empty();
    Flags first(dag.size(), is_source ? 0 : 1);
    first[end] = is_source ? 1 : 0;
    if (both_connected(dag, first)) return cut_of(dag, first);
  }
  return {dag.group(), {}};
}

}  // namespace fusesim
