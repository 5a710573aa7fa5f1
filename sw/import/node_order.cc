#include "node_order.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <unordered_map>
#include <unordered_set>

#include "fusesim/base/error.h"

namespace fusesim::importer {
namespace {

/// Names in the order in which they were first met.
struct Captured {
  std::vector<std::string> names;
  std::unordered_set<std::string> known;
};

void collect_captured(const onnx::GraphProto& graph, std::set<std::string> local, Captured& captured) {
  for (const auto& input : graph.input()) local.insert(input.name());
  for (const auto& tensor : graph.initializer()) local.insert(tensor.name());
  for (const auto& tensor : graph.sparse_initializer()) local.insert(tensor.values().name());
  for (const auto& node : graph.node()) {
    for (const auto& output : node.output()) local.insert(output);
  }
  const auto note = [&](const std::string& name) {
    if (name.empty() || local.count(name) != 0) return;
    if (captured.known.insert(name).second) captured.names.push_back(name);
  };
  for (const auto& node : graph.node()) {
    for (const auto& input : node.input()) note(input);
    for (const auto& attribute : node.attribute()) {
      if (attribute.has_g()) collect_captured(attribute.g(), local, captured);
      for (const auto& inner : attribute.graphs()) collect_captured(inner, local, captured);
    }
  }
  for (const auto& output : graph.output()) note(output.name());
}

using Producers = std::unordered_map<std::string, int>;

Producers find_producers(const onnx::GraphProto& graph, const std::set<std::string>& sources) {
  Producers producers;
  producers.reserve(static_cast<size_t>(graph.node_size()));
  for (int i = 0; i < graph.node_size(); ++i) {
    for (const auto& output : graph.node(i).output()) {
      if (output.empty()) continue;
      if (sources.count(output) != 0) {
        throw Error(graph.node(i).name() + ": writes tensor '" + output +
                    "', which is a graph input or initialiser");
      }
      const auto [other, fresh] = producers.emplace(output, i);
      if (!fresh) {
        throw Error(graph.node(i).name() + ": writes tensor '" + output + "', as does node " +
                    graph.node(other->second).name());
      }
    }
  }
  return producers;
}

/// For each node the nodes that it reads from, ascending.
std::vector<std::vector<int>> find_predecessors(const onnx::GraphProto& graph,
                                                const std::set<std::string>& sources) {
  const Producers producers = find_producers(graph, sources);
  std::vector<std::vector<int>> predecessors(static_cast<size_t>(graph.node_size()));
  for (int i = 0; i < graph.node_size(); ++i) {
    const onnx::NodeProto& node = graph.node(i);
    std::vector<std::string> read(node.input().begin(), node.input().end());
    for (std::string& name : captured_tensors(node)) read.push_back(std::move(name));
    auto& before = predecessors[static_cast<size_t>(i)];
    for (const std::string& name : read) {
      if (name.empty() || sources.count(name) != 0) continue;
      const auto producer = producers.find(name);
      if (producer == producers.end()) {
        throw Error(node.name() + ": reads tensor '" + name +
                    "', which no node produces and is no graph input");
      }
      before.push_back(producer->second);
    }
    std::sort(before.begin(), before.end());
    before.erase(std::unique(before.begin(), before.end()), before.end());
  }
  return predecessors;
}

/// Walks backwards through nodes that could not be ordered until one repeats.
std::string describe_cycle(const onnx::GraphProto& graph, const std::vector<std::vector<int>>& predecessors,
                           const std::vector<bool>& done) {
  int node = 0;
  while (done[static_cast<size_t>(node)]) ++node;
  std::vector<int> path;
  std::vector<bool> visited(done.size(), false);
  while (!visited[static_cast<size_t>(node)]) {
    visited[static_cast<size_t>(node)] = true;
    path.push_back(node);
    const auto& before = predecessors[static_cast<size_t>(node)];
    node = *std::find_if(before.begin(), before.end(), [&](int p) { return !done[static_cast<size_t>(p)]; });
  }
  path.erase(path.begin(), std::find(path.begin(), path.end(), node));
  std::reverse(path.begin(), path.end());
  constexpr size_t kShown = 8;
  std::string text;
  for (size_t i = 0; i < std::min(path.size(), kShown); ++i) text += graph.node(path[i]).name() + " -> ";
  if (path.size() > kShown) text += "... -> ";
  return text + graph.node(path.front()).name();
}

std::vector<int> topological_order(const onnx::GraphProto& graph,
                                   const std::vector<std::vector<int>>& predecessors) {
  const size_t count = predecessors.size();
  std::vector<std::vector<int>> successors(count);
  std::vector<size_t> waiting(count);
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (size_t i = 0; i < count; ++i) {
    waiting[i] = predecessors[i].size();
    for (const int p : predecessors[i]) successors[static_cast<size_t>(p)].push_back(static_cast<int>(i));
    if (waiting[i] == 0) ready.push(static_cast<int>(i));
  }
  std::vector<int> order;
  std::vector<bool> done(count, false);
  while (!ready.empty()) {
    const int node = ready.top();
    ready.pop();
    order.push_back(node);
    done[static_cast<size_t>(node)] = true;
    for (const int s : successors[static_cast<size_t>(node)]) {
      if (--waiting[static_cast<size_t>(s)] == 0) ready.push(s);
    }
  }
  if (order.size() != count) {
    throw Error("the graph has a cycle: " + describe_cycle(graph, predecessors, done));
  }
  return order;
}

}  // namespace

void name_nodes(onnx::GraphProto& graph) {
  std::unordered_set<std::string> taken;
  for (const auto& node : graph.node()) {
    if (!node.name().empty()) taken.insert(node.name());
  }
  std::unordered_set<std::string> seen;
  std::unordered_map<std::string, int> next_suffix;
  for (int i = 0; i < graph.node_size(); ++i) {
    onnx::NodeProto& node = *graph.mutable_node(i);
    if (!node.name().empty() && seen.insert(node.name()).second) continue;
    const std::string base = node.name().empty() ? node.op_type() + "_" + std::to_string(i) : node.name();
    std::string name = base;
    int& suffix = next_suffix[base];
    while (taken.count(name) != 0) name = base + "_" + std::to_string(++suffix);
    taken.insert(name);
    seen.insert(name);
    node.set_name(name);
  }
}

std::vector<std::string> captured_tensors(const onnx::NodeProto& node) {
  Captured captured;
  for (const auto& attribute : node.attribute()) {
    if (attribute.has_g()) collect_captured(attribute.g(), {}, captured);
    for (const auto& graph : attribute.graphs()) collect_captured(graph, {}, captured);
  }
  return std::move(captured.names);
}

void sort_nodes(onnx::GraphProto& graph, const std::set<std::string>& sources) {
  const std::vector<int> order = topological_order(graph, find_predecessors(graph, sources));
  if (std::is_sorted(order.begin(), order.end())) return;
  std::vector<onnx::NodeProto> nodes;
  nodes.reserve(order.size());
  for (const int i : order) nodes.push_back(std::move(*graph.mutable_node(i)));
  for (size_t i = 0; i < nodes.size(); ++i) *graph.mutable_node(static_cast<int>(i)) = std::move(nodes[i]);
}

}  // namespace fusesim::importer
