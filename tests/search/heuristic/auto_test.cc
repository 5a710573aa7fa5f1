#include <gtest/gtest.h>

#include "fusesim/search/exact.h"
#include "fusesim/search/heuristic.h"
#include "networks.h"

namespace fusesim {
namespace {

TEST(AutoSearch, IsOptimalWhereExactSearchIs) {
  testing::for_random_graphs(1, 10, [](const Graph& graph, uint64_t) {
    const Config config = testing::config_with(2 * testing::least_buffer(graph, Scheme::brr));
    HeuristicOptions options;
    options.budget = 30;
    const AutoResult found = auto_search({graph, Scheme::brr, config}, options);
    const SearchResult exact = exact_search({graph, Scheme::brr, config});
    EXPECT_EQ(found.exact.plan, exact.plan);
    EXPECT_EQ(found.best.optimal, exact.optimal);
    EXPECT_LE(found.best.network_bytes, found.exact.network_bytes);
    EXPECT_LE(found.best.network_bytes, found.proposal.best.network_bytes);
    EXPECT_EQ(found.best.lower_bound, exact.lower_bound);
  });
}

TEST(AutoSearch, RunsTheProposalWhereExactSearchStopsEarly) {
  int improved = 0;
  testing::for_random_graphs(1, 25, [&](const Graph& graph, uint64_t seed) {
    Config config = testing::config_with(3 * testing::least_buffer(graph, Scheme::lbdf));
    config.search.state_limit = 2;
    HeuristicOptions options;
    options.budget = 300;
    options.seed = seed;
    const AutoResult found = auto_search({graph, Scheme::lbdf, config}, options);
    EXPECT_EQ(found.best.network_bytes,
              std::min(found.proposal.best.network_bytes, found.exact.network_bytes));
    EXPECT_LE(found.best.lower_bound, found.best.network_bytes);
    EXPECT_EQ(illegal_reason(graph, found.best.plan), "");
    improved += found.proposal.best.network_bytes < found.exact.network_bytes ? 1 : 0;
  });
  EXPECT_GT(improved, 0);
}

}  // namespace
}  // namespace fusesim
