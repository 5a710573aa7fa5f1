#include "fusesim/explain/group_explainer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "fusesim/gnn/features.h"
#include "fusesim/gnn/network.h"

namespace fusesim {
namespace {

/// Features and edges as bytes: equal for equal graphs.
std::string content_of(const gnn::GraphInput& input) {
  std::string content;
  const auto append = [&content](const void* data, size_t bytes) {
    content.append(static_cast<const char*>(data), bytes);
  };
  append(&input.nodes, sizeof input.nodes);
  append(input.features.data(), input.features.size() * sizeof(float));
  append(input.edges.data(), input.edges.size() * sizeof input.edges.front());
  return content;
}

/// FNV-1a, the same everywhere.
uint64_t mixed(uint64_t seed, const std::string& content) {
  uint64_t hash = 0xCBF29CE484222325ULL ^ (seed * 0x9E3779B97F4A7C15ULL);
  for (const char c : content) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return hash;
}

}  // namespace

std::optional<Explanation> ExplanationMemo::find(const std::string& content) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto it = known_.find(content);
  if (it == known_.end()) return std::nullopt;
  return it->second;
}

void ExplanationMemo::add(const std::string& content, const Explanation& explanation) {
  const std::lock_guard<std::mutex> lock(mutex_);
  known_.emplace(content, explanation);
}

int64_t ExplanationMemo::size() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int64_t>(known_.size());
}

GroupExplainer::GroupExplainer(const Graph& graph, const Datatypes& datatypes,
                               std::unique_ptr<GraphExplainer> explainer,
                               std::shared_ptr<ExplanationMemo> memo, const GroupExplainerOptions& options)
    : graph_(graph),
      datatypes_(datatypes),
      explainer_(std::move(explainer)),
      memo_(std::move(memo)),
      options_(options) {}

Explanation GroupExplainer::explanation(const Group& group, int64_t buffer_bytes) {
  const gnn::GraphInput input = gnn::group_input(graph_, group, datatypes_, buffer_bytes);
  if (input.edges.empty()) return {};
  const std::string content = content_of(input);
  if (std::optional<Explanation> known = memo_->find(content)) return *known;
  Explanation found = explainer_->explain(input, gnn::kInvalid, mixed(options_.seed, content));
  memo_->add(content, found);
  return found;
}

std::vector<BlamedEdge> GroupExplainer::explain(const Group& group, int64_t buffer_bytes) {
  const Explanation found = explanation(group, buffer_bytes);
  const std::vector<GroupEdge> inside = edges_inside(graph_, group);
  std::vector<size_t> edges = options_.edges ? by_score(found.scores) : found.edges;
  if (options_.edges) edges.resize(std::min(edges.size(), *options_.edges));
  std::vector<BlamedEdge> blamed;
  blamed.reserve(edges.size());
  for (const size_t e : edges) blamed.push_back({inside[e], found.scores[e]});
  return blamed;
}

}  // namespace fusesim
