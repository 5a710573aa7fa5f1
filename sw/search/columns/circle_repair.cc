#include "columns/circle_repair.h"

#include <algorithm>

#include "fusesim/cost/group_model.h"
#include "op_bits.h"
#include "running_order.h"

namespace fusesim {
namespace {

/// Groups on the shortest circle through some group that is on one; none if there is no circle.
std::vector<size_t> find_circle(const std::vector<std::vector<size_t>>& readers,
                                const std::vector<bool>& is_done) {
  std::vector<size_t> shortest;
  for (size_t start = 0; start < readers.size(); ++start) {
    if (is_done[start]) continue;
    std::vector<size_t> before(readers.size(), readers.size());
    std::vector<size_t> queue = {start};
    bool closed = false;
    for (size_t i = 0; i < queue.size() && !closed; ++i) {
      for (const size_t reader : readers[queue[i]]) {
        if (before[reader] < readers.size()) continue;
        before[reader] = queue[i];
        queue.push_back(reader);
        closed = closed || reader == start;
      }
    }
    if (!closed) continue;
    std::vector<size_t> circle = {start};
    for (size_t g = before[start]; g != start; g = before[g]) circle.push_back(g);
    if (shortest.empty() || circle.size() < shortest.size()) shortest = std::move(circle);
  }
  return shortest;
}

}  // namespace

CircleRepair::CircleRepair(const Graph& graph)
    : graph_(graph), words_(words_for(graph.ops.size())), ancestors_(graph.ops.size() * words_, 0) {
  for (size_t o = 0; o < graph.ops.size(); ++o) {
    uint64_t* to = ancestors_.data() + o * words_;
    for (const TensorId t : graph.ops[o].inputs) {
      const OpId source = graph.tensor(t).producer;
      if (source < 0) continue;
      const uint64_t* from = ancestors_.data() + static_cast<size_t>(source) * words_;
      for (size_t w = 0; w < words_; ++w) to[w] |= from[w];
      set_op(to, source);
    }
  }
}

bool CircleRepair::comes_after(OpId op, const std::vector<uint64_t>& ops) const {
  const uint64_t* before = ancestors_.data() + static_cast<size_t>(op) * words_;
  for (size_t w = 0; w < words_; ++w) {
    if ((before[w] & ops[w]) != 0) return true;
  }
  return false;
}

std::vector<Group> CircleRepair::connected(const Group& group) const {
  std::vector<Group> parts;
  std::vector<bool> seen(group.size(), false);
  for (size_t first = 0; first < group.size(); ++first) {
    if (seen[first]) continue;
    Group part = {group[first]};
    seen[first] = true;
    for (size_t i = 0; i < part.size(); ++i) {
      const auto visit = [&](OpId other) {
        const auto at = std::lower_bound(group.begin(), group.end(), other);
        if (at == group.end() || *at != other || seen[static_cast<size_t>(at - group.begin())]) return;
        seen[static_cast<size_t>(at - group.begin())] = true;
        part.push_back(other);
      };
      const Op& op = graph_.op(part[i]);
      for (const TensorId t : op.inputs) visit(graph_.tensor(t).producer);
      for (const TensorId t : op.outputs) {
        for (const OpId reader : graph_.tensor(t).consumers) visit(reader);
      }
    }
    std::sort(part.begin(), part.end());
    parts.push_back(std::move(part));
  }
  return parts;
}

/// Per group those that read it, each once.
std::vector<std::vector<size_t>> CircleRepair::readers_of(const std::vector<Group>& groups) const {
  std::vector<size_t> group_of(graph_.ops.size(), 0);
  for (size_t g = 0; g < groups.size(); ++g) {
    for (const OpId op : groups[g]) group_of[static_cast<size_t>(op)] = g;
  }
  std::vector<std::vector<size_t>> readers(groups.size());
  for (size_t o = 0; o < graph_.ops.size(); ++o) {
    for (const TensorId t : graph_.ops[o].inputs) {
      const OpId source = graph_.tensor(t).producer;
      if (source < 0 || group_of[static_cast<size_t>(source)] == group_of[o]) continue;
      readers[group_of[static_cast<size_t>(source)]].push_back(group_of[o]);
    }
  }
  for (std::vector<size_t>& of_group : readers) {
    std::sort(of_group.begin(), of_group.end());
    of_group.erase(std::unique(of_group.begin(), of_group.end()), of_group.end());
  }
  return readers;
}

CircleRepair::Split CircleRepair::cheapest_split(const std::vector<Group>& groups,
                                                 const std::vector<size_t>& circle,
                                                 const ValueFn& value) const {
  Split best;
  int64_t least = kNeverFits;
  for (const size_t other : circle) {
    std::vector<uint64_t> ops(words_, 0);
    for (const OpId op : groups[other]) set_op(ops.data(), op);
    for (const size_t g : circle) {
      Group after;
      Group rest;
      for (const OpId op : groups[g]) (comes_after(op, ops) ? after : rest).push_back(op);
      if (g == other || after.empty() || rest.empty()) continue;
      std::vector<Group> parts = connected(rest);
      for (Group& part : connected(after)) parts.push_back(std::move(part));
      int64_t more = -value(groups[g]);
      for (const Group& part : parts) {
        const int64_t its = value(part);
        more = its == kNeverFits || more == kNeverFits ? kNeverFits : more + its;
      }
      if (more >= least) continue;
      least = more;
      best = {g, std::move(parts)};
    }
  }
  return best;
}

Plan CircleRepair::repaired(std::vector<Group> groups, const ValueFn& value) const {
  while (true) {
    const std::vector<std::vector<size_t>> readers = readers_of(groups);
    const std::vector<size_t> order = running_order(groups, [&](size_t g, const auto& visit) {
      for (const size_t reader : readers[g]) visit(reader);
    });
    if (order.size() == groups.size()) {
      Plan plan;
      for (const size_t g : order) plan.push_back(std::move(groups[g]));
      return plan;
    }
    std::vector<bool> is_done(groups.size(), false);
    for (const size_t g : order) is_done[g] = true;
    Split split = cheapest_split(groups, find_circle(readers, is_done), value);
    if (split.parts.empty()) return {};
    groups[split.group] = std::move(split.parts.front());
    for (size_t p = 1; p < split.parts.size(); ++p) groups.push_back(std::move(split.parts[p]));
  }
}

}  // namespace fusesim
