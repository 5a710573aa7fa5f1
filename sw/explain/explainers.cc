#include "fusesim/explain/explainers.h"

#include <memory>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/explain/controls.h"
#include "fusesim/explain/gnn_explainer.h"
#include "fusesim/explain/group_explainer.h"
#include "fusesim/explain/pg_explainer.h"
#include "fusesim/explain/rg_explainer.h"
#include "fusesim/gnn/checkpoint.h"

namespace fusesim {
namespace {

/// Parts of an explanation of RG-Explainer. One part is mostly one edge (results/explainers.md).
constexpr int64_t kFusionSeeds = 3;
/// Large groups need several cuts: one part for each so many ops.
constexpr int64_t kOpsPerSeed = 4;
/// Parts are explained anew: so many say enough of the largest groups.
constexpr int64_t kMostSeeds = 16;
/// Share of the edges that an explanation of GNNExplainer or PGExplainer holds at least, for the same reason.
constexpr double kLeastShare = 1.0 / 3.0;

}  // namespace

// One more explainer: its case here, with the weights that it reads.
GraphExplainerFactory make_graph_explainer_factory(ExplainerKind kind, Scheme scheme,
                                                   const std::string& data_directory) {
  const auto network = std::make_shared<const gnn::Network>(
      gnn::read_group_network(to_string(scheme), data_directory).network);
  switch (kind) {
    case ExplainerKind::gnne: {
      GnnExplainerOptions options;
      options.least_share = kLeastShare;
      return [network, options] { return std::make_unique<GnnExplainer>(*network, options); };
    }
    case ExplainerKind::pg: {
      const PgWeights weights = read_pg_weights(to_string(scheme), *network, data_directory);
      return [network, weights] { return std::make_unique<PgExplainer>(*network, weights, kLeastShare); };
    }
    case ExplainerKind::rg: {
      const RgWeights weights = read_rg_weights(to_string(scheme), *network, data_directory);
      RgOptions options;
      options.seeds = kFusionSeeds;
      options.nodes_per_seed = kOpsPerSeed;
      options.most_seeds = kMostSeeds;
      return
          [network, weights, options] { return std::make_unique<RgExplainer>(*network, weights, options); };
    }
    case ExplainerKind::none:
    case ExplainerKind::random_edges:
    case ExplainerKind::all_edges:
      break;
  }
  throw Error(std::string("expected an explainer of graphs, got '") + to_string(kind) + "'");
}

const char* to_string(ExplainerKind kind) {
  switch (kind) {
    case ExplainerKind::none:
      return "none";
    case ExplainerKind::gnne:
      return "gnne";
    case ExplainerKind::pg:
      return "pg";
    case ExplainerKind::rg:
      return "rg";
    case ExplainerKind::random_edges:
      return "random_edges";
    case ExplainerKind::all_edges:
      return "all_edges";
  }
  return "?";
}

bool needs_network(ExplainerKind kind) {
  switch (kind) {
    case ExplainerKind::gnne:
    case ExplainerKind::pg:
    case ExplainerKind::rg:
      return true;
    case ExplainerKind::none:
    case ExplainerKind::random_edges:
    case ExplainerKind::all_edges:
      break;
  }
  return false;
}

const std::vector<ExplainerKind>& explainer_kinds() {
  static const std::vector<ExplainerKind> kinds = {ExplainerKind::none,         ExplainerKind::gnne,
                                                   ExplainerKind::pg,           ExplainerKind::rg,
                                                   ExplainerKind::random_edges, ExplainerKind::all_edges};
  return kinds;
}

namespace {

ExplainerFactory fixed_random_edges(const Graph& graph, size_t edges, uint64_t seed) {
  return [&graph, edges, seed] { return std::make_unique<RandomEdges>(graph, fixed_edges(edges), seed); };
}

ExplainerFactory counted_random_edges(const Graph& graph, const ExplainerFactory& counted, uint64_t seed) {
  return
      [&graph, counted, seed] { return std::make_unique<RandomEdges>(graph, as_many_as(counted()), seed); };
}

}  // namespace

ExplainerFactory make_explainer_factory(ExplainerKind kind, const Graph& graph, Scheme scheme,
                                        const Datatypes& datatypes, const std::string& data_directory,
                                        const ExplainerOptions& options) {
  switch (kind) {
    case ExplainerKind::all_edges:
      return [&graph] { return std::make_unique<AllEdges>(graph); };
    case ExplainerKind::random_edges:
      if (options.edges) return fixed_random_edges(graph, *options.edges, options.seed);
      return counted_random_edges(graph,
                                  make_explainer_factory(kDefaultExplainer, graph, scheme, datatypes,
                                                         data_directory, {options.seed, std::nullopt}),
                                  options.seed);
    case ExplainerKind::none:
    case ExplainerKind::gnne:
    case ExplainerKind::pg:
    case ExplainerKind::rg:
      break;
  }
  const GraphExplainerFactory explainers = make_graph_explainer_factory(kind, scheme, data_directory);
  const auto memo = std::make_shared<ExplanationMemo>();
  const GroupExplainerOptions group_options{options.seed, options.edges};
  return [&graph, datatypes, explainers, memo, group_options] {
    return std::make_unique<GroupExplainer>(graph, datatypes, explainers(), memo, group_options);
  };
}

}  // namespace fusesim
