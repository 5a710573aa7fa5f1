#include "draw_groups.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fusesim::gnn {
namespace {

bool contains(const Group& group, OpId op) { return std::binary_search(group.begin(), group.end(), op); }

Group merged(const Group& a, const Group& b) {
  Group both;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

}  // namespace

GroupDrawer::GroupDrawer(const Graph& graph)
    : graph_(graph), sources_(graph.ops.size()), readers_(graph.ops.size()) {
  for (size_t o = 0; o < graph.ops.size(); ++o) {
    for (const TensorId t : graph.ops[o].inputs) {
      const OpId p = graph.tensor(t).producer;
      if (p >= 0) sources_[o].push_back(p);
    }
    std::sort(sources_[o].begin(), sources_[o].end());
    sources_[o].erase(std::unique(sources_[o].begin(), sources_[o].end()), sources_[o].end());
    for (const OpId p : sources_[o]) {
      readers_[static_cast<size_t>(p)].push_back(static_cast<OpId>(o));
      edges_.emplace_back(p, static_cast<OpId>(o));
    }
  }
}

Group GroupDrawer::draw(RandomSource& random) {
  return random.chance(0.5) ? grown(random) : of_random_plan(random);
}

Group GroupDrawer::closure(Group ops) const {
  if (ops.empty()) return ops;
  const OpId first = ops.front();
  const OpId last = ops.back();
  std::vector<char> below(static_cast<size_t>(last - first + 1), 0);
  std::vector<char> above(below.size(), 0);
  for (OpId o = first; o <= last; ++o) {
    const auto at = static_cast<size_t>(o - first);
    below[at] = contains(ops, o) ? 1 : 0;
    for (const OpId p : sources_[static_cast<size_t>(o)]) {
      if (p >= first && below[static_cast<size_t>(p - first)] != 0) below[at] = 1;
    }
  }
  for (OpId o = last; o >= first; --o) {
    const auto at = static_cast<size_t>(o - first);
    above[at] = contains(ops, o) ? 1 : 0;
    for (const OpId r : readers_[static_cast<size_t>(o)]) {
      if (r <= last && above[static_cast<size_t>(r - first)] != 0) above[at] = 1;
    }
  }
  Group closed;
  for (OpId o = first; o <= last; ++o) {
    const auto at = static_cast<size_t>(o - first);
    if (below[at] != 0 && above[at] != 0) closed.push_back(o);
  }
  return closed;
}

Group GroupDrawer::grown(RandomSource& random) const {
  const auto target = static_cast<size_t>(std::exp2(random.unit() * std::log2(double{kMostOps})));
  Group group = {static_cast<OpId>(random.index(graph_.ops.size()))};
  for (int tries = 0; group.size() < target && tries < 64; ++tries) {
    const auto from = static_cast<size_t>(random.pick(group));
    const auto& near = random.chance(0.5) ? sources_[from] : readers_[from];
    if (near.empty()) continue;
    const OpId next = random.pick(near);
    if (contains(group, next)) continue;
    Group larger = closure(merged(group, {next}));
    if (larger.size() <= kMostOps && illegal_reason(graph_, larger).empty()) group = std::move(larger);
  }
  return group;
}

Group GroupDrawer::of_random_plan(RandomSource& random) {
  if (waiting_.empty()) draw_plan(random);
  Group group = waiting_.front();
  waiting_.pop_front();
  return group;
}

void GroupDrawer::draw_plan(RandomSource& random) {
  std::vector<Group> groups;
  std::vector<size_t> owner(graph_.ops.size());
  for (size_t o = 0; o < owner.size(); ++o) {
    owner[o] = o;
    groups.push_back({static_cast<OpId>(o)});
  }
  std::vector<std::pair<OpId, OpId>> edges = edges_;
  random.shuffle(edges);
  edges.resize(random.index(edges.size() + 1));
  for (const auto& [from, to] : edges) {
    const size_t a = owner[static_cast<size_t>(from)];
    const size_t b = owner[static_cast<size_t>(to)];
    if (a == b || groups[a].size() + groups[b].size() > kMostOps) continue;
    Group both = merged(groups[a], groups[b]);
    if (!illegal_reason(graph_, both).empty()) continue;
    for (const OpId o : groups[b]) owner[static_cast<size_t>(o)] = a;
    groups[a] = std::move(both);
    groups[b].clear();
  }
  for (Group& group : groups) {
    if (group.size() > 1) waiting_.push_back(std::move(group));
  }
  if (waiting_.empty()) waiting_.push_back({static_cast<OpId>(random.index(graph_.ops.size()))});
}

}  // namespace fusesim::gnn
