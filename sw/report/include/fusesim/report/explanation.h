#pragma once

#include <string>

#include "fusesim/explain/group_analysis.h"
#include "fusesim/graph/graph.h"

namespace fusesim {

/// Everything that an explanation shows. The references have to outlive it.
struct ExplanationReport {
  const Graph& graph;
  std::string model_name;
  std::string model_sha256;
  uint64_t seed = 0;
  const GroupAnalysis& analysis;
};

/// For people: verdict, what needs the buffer, edges by importance, the split and what it moves.
std::string explanation_text(const ExplanationReport& report);
/// JSON `fusesim.explanation/1` (README.md lists its fields), indented, with a final newline.
std::string explanation_json(const ExplanationReport& report);
/// A graph in Graphviz's DOT language: a node per op with its bytes, edges by importance, the parts of the
/// split as clusters.
std::string explanation_dot(const ExplanationReport& report);

}  // namespace fusesim
