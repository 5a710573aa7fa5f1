#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "fusesim/search/edge_explainer.h"

namespace fusesim {

/// How many edges an explanation of this group is to have.
using EdgeCount = std::function<size_t(const Group& group, int64_t buffer_bytes)>;
/// Always k.
EdgeCount fixed_edges(size_t k);
/// As many as another explainer gives, which is asked each time.
EdgeCount as_many_as(std::shared_ptr<EdgeExplainer> reference);

/// Control: edges drawn at random without replacement, as many as `count` says (at most all). What is drawn
/// follows from seed, buffer size and the group.
class RandomEdges : public EdgeExplainer {
 public:
  /// The graph has to outlive it.
  RandomEdges(const Graph& graph, EdgeCount count, uint64_t seed);
  std::vector<BlamedEdge> explain(const Group& group, int64_t buffer_bytes) override;

 private:
  const Graph& graph_;
  EdgeCount count_;
  uint64_t seed_;
};

/// Control: every edge, all alike important: the tree search without an explainer's choice.
class AllEdges : public EdgeExplainer {
 public:
  /// The graph has to outlive it.
  explicit AllEdges(const Graph& graph) : graph_(graph) {}
  std::vector<BlamedEdge> explain(const Group& group, int64_t buffer_bytes) override;

 private:
  const Graph& graph_;
};

}  // namespace fusesim
