#include "fusesim/explain/explainers.h"

#include <gmock/gmock.h>

#include <set>

#include "fusesim/base/error.h"
#include "networks.h"

namespace fusesim {
namespace {

constexpr const char* kData = FUSESIM_SOURCE_DIR;

std::vector<ExplainerKind> all_but_none() {
  std::vector<ExplainerKind> kinds = explainer_kinds();
  kinds.erase(std::find(kinds.begin(), kinds.end(), ExplainerKind::none));
  return kinds;
}

std::vector<BlamedEdge> explained(ExplainerKind kind, const Graph& graph,
                                  const ExplainerOptions& options = {}, Scheme scheme = Scheme::lbdf) {
  const ExplainerFactory factory = make_explainer_factory(kind, graph, scheme, Datatypes(), kData, options);
  return factory()->explain(testing::all_ops(graph), 4096);
}

std::vector<GroupEdge> edges_of(const std::vector<BlamedEdge>& blamed) {
  std::vector<GroupEdge> edges;
  edges.reserve(blamed.size());
  for (const BlamedEdge& b : blamed) edges.push_back(b.edge);
  return edges;
}

TEST(Explainers, NameEdgesOfTheGroupByDescendingImportance) {
  const Graph graph = testing::squeeze_and_excite();
  const std::vector<GroupEdge> inside = edges_inside(graph, testing::all_ops(graph));
  for (const ExplainerKind kind : all_but_none()) {
    for (const Scheme scheme : {Scheme::lbdf, Scheme::brr}) {
      const std::vector<BlamedEdge> blamed = explained(kind, graph, {}, scheme);
      EXPECT_FALSE(blamed.empty()) << to_string(kind);
      std::set<GroupEdge> seen;
      for (size_t i = 0; i < blamed.size(); ++i) {
        EXPECT_TRUE(std::binary_search(inside.begin(), inside.end(), blamed[i].edge)) << to_string(kind);
        EXPECT_TRUE(seen.insert(blamed[i].edge).second) << to_string(kind);
        EXPECT_LE(blamed[i].importance, blamed[i == 0 ? 0 : i - 1].importance) << to_string(kind);
      }
    }
  }
}

TEST(Explainers, SayTheSameAgain) {
  const Graph graph = testing::projected_residual();
  for (const ExplainerKind kind : all_but_none()) {
    const std::vector<BlamedEdge> first = explained(kind, graph, {7, std::nullopt});
    const std::vector<BlamedEdge> second = explained(kind, graph, {7, std::nullopt});
    ASSERT_EQ(edges_of(first), edges_of(second)) << to_string(kind);
    for (size_t i = 0; i < first.size(); ++i)
      EXPECT_EQ(first[i].importance, second[i].importance) << to_string(kind);
  }
}

TEST(Explainers, GiveAsManyEdgesAsAsked) {
  const Graph graph = testing::squeeze_and_excite();
  for (const ExplainerKind kind : all_but_none()) {
    if (kind == ExplainerKind::all_edges) continue;
    for (const size_t edges : {size_t{1}, size_t{3}, size_t{100}}) {
      const size_t inside = edges_inside(graph, testing::all_ops(graph)).size();
      EXPECT_EQ(explained(kind, graph, {0, edges}).size(), std::min(edges, inside)) << to_string(kind);
    }
  }
}

TEST(Explainers, NameMoreEdgesOfLargerGroups) {
  const Graph graph = testing::chain(24);
  EXPECT_GE(explained(ExplainerKind::gnne, graph).size(), 8U) << "a third of 23";
  EXPECT_GE(explained(ExplainerKind::rg, graph).size(), 6U) << "a part for each 4 ops";
}

TEST(Explainers, RandomEdgesAreAsManyAsTheDefaultGives) {
  testing::for_random_graphs(1, 5, [](const Graph& graph, uint64_t seed) {
    const auto factory = [&](ExplainerKind kind) {
      return make_explainer_factory(kind, graph, Scheme::lbdf, Datatypes(), kData, {seed, std::nullopt});
    };
    const ExplainerFactory counted = factory(kDefaultExplainer);
    const ExplainerFactory drawn = factory(ExplainerKind::random_edges);
    const Group group = testing::random_group(graph, seed, 12);
    EXPECT_EQ(drawn()->explain(group, 4096).size(), counted()->explain(group, 4096).size());
  });
}

TEST(Explainers, NeedTheirNetwork) {
  const Graph graph = testing::residual();
  for (const ExplainerKind kind : all_but_none()) {
    const auto make = [&] {
      make_explainer_factory(kind, graph, Scheme::lbdf, Datatypes(), "/nonexistent", {0, size_t{1}});
    };
    if (needs_network(kind)) {
      EXPECT_THROW(make(), Error) << to_string(kind);
    } else {
      EXPECT_NO_THROW(make()) << to_string(kind);
    }
  }
  EXPECT_TRUE(needs_network(ExplainerKind::rg) && !needs_network(ExplainerKind::all_edges));
  EXPECT_THROW(make_explainer_factory(ExplainerKind::none, graph, Scheme::lbdf, Datatypes(), kData), Error);
}

/// One seed, one plan, whatever the threads, for every explainer.
class Reproducible : public ::testing::TestWithParam<Scheme> {};

TEST_P(Reproducible, SearchWithEachExplainer) {
  const Scheme scheme = GetParam();
  const Graph graph = testing::random_graph(11, {70, 24, 6, 10, 12, true});
  const Config config = testing::config_with(testing::least_buffer(graph, scheme));
  for (const ExplainerKind kind : all_but_none()) {
    const auto search = [&](int threads) {
      HeuristicOptions options;
      options.budget = 60;
      options.seed = 3;
      options.threads = threads;
      options.splitter = make_splitter_factory(
          make_explainer_factory(kind, graph, scheme, config.datatypes, kData, {3, std::nullopt}), nullptr);
      return heuristic_search({graph, scheme, config}, Algorithm::local, options);
    };
    const HeuristicResult one = search(1);
    EXPECT_GT(one.split_groups, 0);
    for (const int threads : {1, 2, 2}) {
      const HeuristicResult other = search(threads);
      EXPECT_EQ(other.best.plan, one.best.plan) << to_string(kind) << ", threads " << threads;
      EXPECT_EQ(other.queries.total(), one.queries.total()) << to_string(kind) << ", threads " << threads;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Schemes, Reproducible, ::testing::Values(Scheme::lbdf, Scheme::brr));

}  // namespace
}  // namespace fusesim
