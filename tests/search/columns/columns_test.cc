#include "fusesim/search/columns.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iterator>
#include <string>

#include "brute_plans.h"
#include "fusesim/base/error.h"
#include "fusesim/testing/graph_builder.h"
#include "networks.h"
#include "small_graphs.h"

namespace fusesim {
namespace {

/// Random networks for each scheme: FUSESIM_PROPERTY_CASES, or these.
uint64_t graphs() {
  constexpr uint64_t kGraphs = 2500;
  const char* cases = std::getenv("FUSESIM_PROPERTY_CASES");
  return cases == nullptr ? kGraphs : std::stoull(cases);
}

/// From the smallest buffer on which every op runs alone to one that holds several ops.
Config config_of(const Graph& graph, Scheme scheme, uint64_t seed) {
  constexpr int64_t kPercent[] = {100, 110, 130, 160, 200, 300};
  return testing::config_with(testing::least_buffer(graph, scheme) * kPercent[seed % std::size(kPercent)] /
                              100);
}

int64_t least_value(const SearchProblem& problem) {
  PlanGroupModel model = problem.group_model();
  return testing::least_plan_price(problem.graph, [&](const Group& group) -> int64_t {
    const std::optional<GroupCost> cost = cost_under(problem.objective, model, group);
    return cost ? problem.objective.value(*cost) : -1;
  });
}

struct Sums {
  int64_t bound = 0;
  int64_t least = 0;
};

Sums expect_bounds_hold(const Objective& objective, Scheme scheme, uint64_t graphs) {
  Sums sums;
  for (uint64_t seed = 0; seed < graphs; ++seed) {
    const Graph graph = testing::small_graph(seed, 9);
    const Config config = config_of(graph, scheme, seed);
    const SearchProblem problem = {graph, scheme, config, objective};
    ColumnsOptions options;
    options.plans = false;
    const SearchResult found = columns_search(problem, options);
    const int64_t least = least_value(problem);
    EXPECT_LE(found.lower_bound, least) << "seed " << seed << "\n" << testing::describe(graph);
    EXPECT_GE(found.value, least) << "seed " << seed;
    EXPECT_EQ(found.optimal, found.lower_bound == found.value);
    EXPECT_EQ(illegal_reason(graph, found.plan), "") << "seed " << seed;
    if (::testing::Test::HasFailure()) break;
    sums.bound += found.lower_bound;
    sums.least += least;
  }
  return sums;
}

/// A bound of nothing would hold as well.
void expect_near(const Sums& sums, int64_t least_percent) {
  EXPECT_GE(100 * sums.bound, least_percent * sums.least);
}

TEST(Columns, BoundsTheTrafficOfAllLbdfPlans) {
  expect_near(expect_bounds_hold(dram_objective(), Scheme::lbdf, graphs()), 99);
}

TEST(Columns, BoundsTheTrafficOfAllBrrPlans) {
  expect_near(expect_bounds_hold(dram_objective(), Scheme::brr, graphs()), 80);
}

TEST(Columns, BoundsEveryObjective) {
  for (const Objective* objective : objectives()) {
    SCOPED_TRACE(objective->name());
    for (const FusionScheme* scheme : fusion_schemes())
      expect_bounds_hold(*objective, scheme->id(), graphs() / 25);
  }
  const auto weighted = weighted_objective({0.5, 2.0, 0.001});
  expect_bounds_hold(*weighted, Scheme::lbdf, graphs() / 25);
}

/// Two chains side by side and an add: convex and connected groups only, whichever branch comes first.
TEST(Columns, ProvesABranchedNetwork) {
  testing::GraphBuilder b("branches");
  const TensorId x = b.conv(b.input({8, 16, 16}), 8, 3);
  b.add(b.conv(b.conv(x, 8, 3), 8, 3), b.conv(b.conv(x, 8, 3), 8, 3));
  const Graph graph = b.finish();
  for (const int64_t buffer_bytes : {2000, 3000, 5000, 9000}) {
    const Config config = testing::config_with(buffer_bytes);
    const SearchProblem problem = {graph, Scheme::lbdf, config};
    EXPECT_EQ(columns_search(problem).lower_bound, exact_search(problem).value) << buffer_bytes;
  }
}

/// Some of these have a better plan than the best contiguous one, with which the search begins.
TEST(Columns, FindsTheBestPlanOfSmallNetworks) {
  int64_t found = 0;
  int64_t contiguous = 0;
  int64_t least = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const Graph graph = testing::small_graph(seed, 10);
    const Config config = config_of(graph, Scheme::lbdf, seed);
    const SearchProblem problem = {graph, Scheme::lbdf, config};
    found += columns_search(problem).value;
    contiguous += contiguous_search(problem).value;
    least += exact_search(problem).value;
  }
  EXPECT_GT(contiguous, least);
  EXPECT_EQ(found, least);
}

TEST(Columns, BeginsWithThePlansThatAreKnown) {
  const Graph graph = testing::projected_residual();
  const Config config = testing::config_with(testing::least_buffer(graph, Scheme::brr) * 2);
  const SearchProblem problem = {graph, Scheme::brr, config};
  const SearchResult exact = exact_search(problem);
  ColumnsOptions options;
  options.most_labels = 1;
  options.known = {exact.plan};
  EXPECT_EQ(columns_search(problem, options).value, exact.value);
}

TEST(Columns, EndsEarlyWithABoundThatHolds) {
  const Graph graph = testing::chain(12);
  const Config config = testing::config_with(4000);
  const SearchProblem problem = {graph, Scheme::lbdf, config};
  const int64_t least = exact_search(problem).value;
  ColumnsOptions options;
  for (const int64_t labels : {1, 10, 100, 1000}) {
    options.most_labels = labels;
    const SearchResult found = columns_search(problem, options);
    EXPECT_LE(found.lower_bound, least);
    EXPECT_GT(found.lower_bound, 0);
    EXPECT_GE(found.value, least);
  }
}

void expect_whole(const Graph& graph, const SearchResult& result) {
  EXPECT_EQ(illegal_reason(graph, result.plan), "");
  EXPECT_GT(result.value, 0);
  EXPECT_LE(result.lower_bound, result.value);
  EXPECT_EQ(result.optimal, result.lower_bound == result.value);
}

TEST(Columns, PlansOfLargerNetworksAreLegalAndWithinTheBound) {
  testing::for_random_graphs(0, 30, [](const Graph& graph, uint64_t seed) {
    const Scheme scheme = seed % 2 == 0 ? Scheme::lbdf : Scheme::brr;
    const Config config = config_of(graph, scheme, seed);
    const SearchProblem problem = {graph, scheme, config};
    const SearchResult found = columns_search(problem);
    expect_whole(graph, found);
    EXPECT_LE(found.value, contiguous_search(problem).value);
    EXPECT_FALSE(found.stopped);
  });
}

/// However often it may ask before it is told to stop, the result is whole.
TEST(Columns, EndsWhereItIsStopped) {
  const Graph graph = testing::small_graph(3, 20);
  const Config config = config_of(graph, Scheme::lbdf, 2);
  const SearchProblem problem = {graph, Scheme::lbdf, config};
  const int64_t least = exact_search(problem).value;
  ColumnsOptions options;
  for (int asked_at_most = 1; asked_at_most < 100'000; asked_at_most *= 3) {
    int asked = 0;
    options.stop = [&] { return ++asked > asked_at_most; };
    const SearchResult found = columns_search(problem, options);
    expect_whole(graph, found);
    EXPECT_LE(found.lower_bound, least);
    EXPECT_EQ(found.stopped, asked > asked_at_most && !found.optimal);
  }
}

TEST(Columns, PassesOnThatItIsAbandoned) {
  const Graph graph = testing::chain(12);
  const Config config = testing::config_with(4000);
  SearchProblem problem = {graph, Scheme::lbdf, config};
  problem.abandon = [] { return true; };
  EXPECT_THROW(columns_search(problem), SearchAbandoned);
}

TEST(Columns, ReportsEveryStepForward) {
  const Graph graph = testing::small_graph(3, 20);
  const Config config = config_of(graph, Scheme::lbdf, 2);
  ColumnsProgress last;
  ColumnsOptions options;
  options.progress = [&](const ColumnsProgress& now) {
    EXPECT_TRUE(last.value == 0 || now.value <= last.value);
    EXPECT_GE(now.lower_bound, last.lower_bound);
    last = now;
  };
  const SearchResult found = columns_search({graph, Scheme::lbdf, config}, options);
  EXPECT_EQ(last.value, found.value);
  EXPECT_EQ(last.lower_bound, found.lower_bound);
}

TEST(Columns, AnOpThatFitsInNoWayIsNamed) {
  const Graph graph = testing::chain(2);
  const Config config = testing::config_with(10);
  EXPECT_THROW(columns_search({graph, Scheme::lbdf, config}), Error);
}

}  // namespace
}  // namespace fusesim
