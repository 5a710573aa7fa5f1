#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/explain/graph_explainer.h"
#include "fusesim/explain/splitter.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// Who names the edges at which groups that do not fit are cut.
enum class ExplainerKind : uint8_t { none, gnne, pg, rg, random_edges, all_edges };
const char* to_string(ExplainerKind kind);
/// All of them, in the order of the enumeration.
const std::vector<ExplainerKind>& explainer_kinds();

/// Explains with a network that ships for the scheme; the others look at the group alone.
bool needs_network(ExplainerKind kind);

/// Explains where nobody is named, and says how many edges random_edges draws.
inline constexpr ExplainerKind kDefaultExplainer = ExplainerKind::rg;

struct ExplainerOptions {
  uint64_t seed = 0;
  /// Edges per group, the most important ones; absent: as many as the explanation holds, and of random_edges
  /// as many as kDefaultExplainer gives. all_edges takes no number.
  std::optional<size_t> edges;
};

/// Makes explainers of graphs: one per thread, all alike.
using GraphExplainerFactory = std::function<std::unique_ptr<GraphExplainer>()>;

/// gnne, pg or rg for the network that ships for a scheme, which they share and the factory holds. Throws
/// Error as make_explainer_factory, and for controls.
GraphExplainerFactory make_graph_explainer_factory(ExplainerKind kind, Scheme scheme,
                                                   const std::string& data_directory);

/// Explainers of one graph's groups under one scheme, one per thread; they share the trained networks and
/// what they have found. Reads what is trained from `<data_directory>/models/gnn`. The graph and the factory
/// have to outlive the explainers. Throws Error if a file is missing, damaged or of another scheme, or for
/// `none`.
ExplainerFactory make_explainer_factory(ExplainerKind kind, const Graph& graph, Scheme scheme,
                                        const Datatypes& datatypes, const std::string& data_directory,
                                        const ExplainerOptions& options = {});

}  // namespace fusesim
