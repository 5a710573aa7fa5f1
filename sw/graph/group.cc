#include <algorithm>
#include <string>

#include "fusesim/graph/graph.h"
#include "fusesim/graph/op_facts.h"

namespace fusesim {
namespace {

bool contains(const Group& group, OpId op) { return std::binary_search(group.begin(), group.end(), op); }

size_t position(const Group& group, OpId op) {
  return static_cast<size_t>(std::lower_bound(group.begin(), group.end(), op) - group.begin());
}

void sort_unique(std::vector<TensorId>& v) {
  std::sort(v.begin(), v.end());
  v.erase(std::unique(v.begin(), v.end()), v.end());
}

/// The first op of a group that no edges inside join to its first op; -1: none.
OpId first_apart(const Graph& graph, const Group& group) {
  std::vector<size_t> parent(group.size());
  for (size_t i = 0; i < parent.size(); ++i) parent[i] = i;
  const auto root = [&parent](size_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  for (size_t i = 0; i < group.size(); ++i) {
    for (const TensorId t : graph.op(group[i]).inputs) {
      const OpId producer = graph.tensor(t).producer;
      if (contains(group, producer)) parent[root(i)] = root(position(group, producer));
    }
  }
  for (size_t i = 1; i < group.size(); ++i) {
    if (root(i) != root(0)) return group[i];
  }
  return -1;
}

/// An op outside a group that a path from the group to the group passes through; -1: none.
OpId outside_on_path(const Graph& graph, const Group& group) {
  if (group.empty()) return -1;
  // tainted: outside the group, and reachable from it
  const OpId first = group.front();
  const OpId last = group.back();
  std::vector<char> tainted(static_cast<size_t>(last - first + 1), 0);
  for (OpId o = first; o <= last; ++o) {
    const bool inside = contains(group, o);
    for (const TensorId t : graph.op(o).inputs) {
      const OpId p = graph.tensor(t).producer;
      if (p < first) continue;
      const bool from_tainted = tainted[static_cast<size_t>(p - first)] != 0;
      if (inside && from_tainted) return p;
      if (!inside && (from_tainted || contains(group, p))) tainted[static_cast<size_t>(o - first)] = 1;
    }
  }
  return -1;
}

/// Which group each op is in; -1: none; -2: in two.
std::vector<int> owners(const Graph& graph, const Plan& plan) {
  std::vector<int> owner(graph.ops.size(), -1);
  for (size_t i = 0; i < plan.size(); ++i) {
    for (const OpId o : plan[i]) {
      int& slot = owner[static_cast<size_t>(o)];
      slot = slot == -1 ? static_cast<int>(i) : -2;
    }
  }
  return owner;
}

}  // namespace

GroupBoundary boundary(const Graph& graph, const Group& group) {
  GroupBoundary result;
  for (const OpId o : group) {
    const Op& op = graph.op(o);
    for (const TensorId t : op.inputs) {
      if (!contains(group, graph.tensor(t).producer)) result.external_inputs.push_back(t);
    }
    for (const TensorId t : op.outputs) {
      const Tensor& tensor = graph.tensor(t);
      const bool read_outside = std::any_of(tensor.consumers.begin(), tensor.consumers.end(),
                                            [&](OpId c) { return !contains(group, c); });
      if (read_outside || tensor.graph_output) result.outgoing.push_back(t);
    }
  }
  sort_unique(result.external_inputs);
  sort_unique(result.outgoing);
  return result;
}

bool is_connected(const Graph& graph, const Group& group) {
  return !group.empty() && first_apart(graph, group) < 0;
}

bool is_convex(const Graph& graph, const Group& group) { return outside_on_path(graph, group) < 0; }

std::string illegal_reason(const Graph& graph, const Group& group) {
  if (group.empty()) return "expected at least one op, got an empty group";
  for (size_t i = 0; i < group.size(); ++i) {
    if (group[i] < 0 || static_cast<size_t>(group[i]) >= graph.ops.size()) {
      return "expected op indices below " + std::to_string(graph.ops.size()) + ", got " +
             std::to_string(group[i]);
    }
    if (i > 0 && group[i] <= group[i - 1]) return "expected ascending op indices";
  }
  for (const OpId o : group) {
    if (group.size() > 1 && is_opaque(graph.op(o))) {
      return "expected opaque op '" + graph.op(o).name + "' to be alone in its group";
    }
  }
  if (const OpId apart = first_apart(graph, group); apart >= 0) {
    return "expected a connected group, got several parts: nothing inside joins op '" + graph.op(apart).name +
           "' to op '" + graph.op(group.front()).name + "'";
  }
  if (const OpId outside = outside_on_path(graph, group); outside >= 0) {
    return "expected a convex group, got a path that leaves it and comes back through op '" +
           graph.op(outside).name + "'";
  }
  return "";
}

std::string illegal_reason(const Graph& graph, const Plan& plan) {
  for (size_t i = 0; i < plan.size(); ++i) {
    const std::string reason = illegal_reason(graph, plan[i]);
    if (!reason.empty()) return "groups[" + std::to_string(i) + "]: " + reason;
  }
  const std::vector<int> owner = owners(graph, plan);
  for (size_t o = 0; o < owner.size(); ++o) {
    if (owner[o] == -1) return "op '" + graph.ops[o].name + "' is in no group";
    if (owner[o] == -2) return "op '" + graph.ops[o].name + "' is in several groups";
  }
  for (size_t o = 0; o < owner.size(); ++o) {
    for (const TensorId t : graph.ops[o].inputs) {
      const OpId p = graph.tensor(t).producer;
      if (p >= 0 && owner[static_cast<size_t>(p)] > owner[o]) {
        return "groups[" + std::to_string(owner[o]) + "] runs before groups[" +
               std::to_string(owner[static_cast<size_t>(p)]) + "] that it reads";
      }
    }
  }
  return "";
}

}  // namespace fusesim
