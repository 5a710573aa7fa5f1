#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "fusesim/explain/fidelity.h"

namespace fusesim {

/// The groups with the class "invalid"; they have to outlive the result.
std::vector<ExplainedGraph> as_invalid(const std::vector<gnn::GraphInput>& groups);

/// Control: as many edges as another explainer names, drawn at random.
class RandomEdgeScores : public GraphExplainer {
 public:
  /// The reference has to outlive it.
  explicit RandomEdgeScores(GraphExplainer& reference) : reference_(reference) {}
  const char* name() const override { return "random"; }
  Explanation explain(const gnn::GraphInput& graph, int64_t target, uint64_t seed) override;

 private:
  GraphExplainer& reference_;
};

/// As metrics files hold it.
nlohmann::ordered_json to_json(const Fidelity& fidelity);

}  // namespace fusesim
