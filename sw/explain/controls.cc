#include "fusesim/explain/controls.h"

#include <algorithm>
#include <utility>

#include "fusesim/base/random_source.h"

namespace fusesim {
namespace {

uint64_t mixed(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0xBF58476D1CE4E5B9ULL;
  return hash ^ (hash >> 31U);
}

}  // namespace

EdgeCount fixed_edges(size_t k) {
  return [k](const Group&, int64_t) { return k; };
}

EdgeCount as_many_as(std::shared_ptr<EdgeExplainer> reference) {
  return [reference = std::move(reference)](const Group& group, int64_t buffer_bytes) {
    return reference->explain(group, buffer_bytes).size();
  };
}

RandomEdges::RandomEdges(const Graph& graph, EdgeCount count, uint64_t seed)
    : graph_(graph), count_(std::move(count)), seed_(seed) {}

std::vector<BlamedEdge> RandomEdges::explain(const Group& group, int64_t buffer_bytes) {
  std::vector<GroupEdge> edges = edges_inside(graph_, group);
  if (edges.empty()) return {};
  uint64_t hash = mixed(mixed(0x9E3779B97F4A7C15ULL, seed_), static_cast<uint64_t>(buffer_bytes));
  for (const OpId op : group) hash = mixed(hash, static_cast<uint64_t>(op));
  RandomSource random(hash);
  random.shuffle(edges);
  edges.resize(std::min(edges.size(), count_(group, buffer_bytes)));
  std::vector<BlamedEdge> blamed;
  blamed.reserve(edges.size());
  for (const GroupEdge& edge : edges) {
    blamed.push_back({edge, 1.0 - static_cast<double>(blamed.size()) / static_cast<double>(edges.size())});
  }
  return blamed;
}

std::vector<BlamedEdge> AllEdges::explain(const Group& group, int64_t) {
  std::vector<BlamedEdge> blamed;
  for (const GroupEdge& edge : edges_inside(graph_, group)) blamed.push_back({edge, 1.0});
  return blamed;
}

}  // namespace fusesim
