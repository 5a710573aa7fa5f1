#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "fusesim/config/config.h"
#include "fusesim/explain/graph_explainer.h"
#include "fusesim/search/edge_explainer.h"

namespace fusesim {

/// Explanations by the content of the graph, so that equal blocks of a network are explained once. Shared by
/// the threads of a search, which use equal explainers and seeds.
class ExplanationMemo {
 public:
  std::optional<Explanation> find(const std::string& content) const;
  void add(const std::string& content, const Explanation& explanation);
  /// Different graphs that were explained.
  int64_t size() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Explanation> known_;
};

struct GroupExplainerOptions {
  uint64_t seed = 0;
  /// As many edges per group, the highest scores; absent: as many as the explanation holds.
  std::optional<size_t> edges;
};

/// An explainer of graphs as an explainer of fusion groups: features of the group, scores for the class
/// "invalid", edges of the group. What it says depends on the group's features, not on where in the network
/// the group lies.
class GroupExplainer : public EdgeExplainer {
 public:
  /// The graph has to outlive it.
  GroupExplainer(const Graph& graph, const Datatypes& datatypes, std::unique_ptr<GraphExplainer> explainer,
                 std::shared_ptr<ExplanationMemo> memo, const GroupExplainerOptions& options = {});
  std::vector<BlamedEdge> explain(const Group& group, int64_t buffer_bytes) override;
  /// The same with the score of every edge.
  Explanation explanation(const Group& group, int64_t buffer_bytes);

 private:
  const Graph& graph_;
  Datatypes datatypes_;
  std::unique_ptr<GraphExplainer> explainer_;
  std::shared_ptr<ExplanationMemo> memo_;
  GroupExplainerOptions options_;
};

}  // namespace fusesim
