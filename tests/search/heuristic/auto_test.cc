#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

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
    EXPECT_EQ(found.best.lower_bound, exact.lower_bound);
  });
}

TEST(AutoSearch, ProposesNothingWhereExactSearchIsSoonDone) {
  testing::for_random_graphs(1, 5, [](const Graph& graph, uint64_t) {
    const Config config = testing::config_with(2 * testing::least_buffer(graph, Scheme::brr));
    HeuristicOptions options;
    options.prepare = [] { ADD_FAILURE() << "nobody proposes"; };
    const AutoResult found = auto_search({graph, Scheme::brr, config}, options);
    EXPECT_FALSE(found.proposal.has_value());
    EXPECT_TRUE(found.best.optimal);
    EXPECT_EQ(found.best.plan, found.exact.plan);
    EXPECT_EQ(found.best.evaluated, found.exact.evaluated);
  });
}

// Whenever the others take over: no worse than each of them, with a bound that holds.
TEST(AutoSearch, GoesOnWithWhatExactSearchHasSoFar) {
  int proposed = 0;
  testing::for_random_graphs(1, 10, [&proposed](const Graph& graph, uint64_t) {
    Config config = testing::config_with(2 * testing::least_buffer(graph, Scheme::brr));
    const SearchResult least = exact_search({graph, Scheme::brr, config});
    for (const int64_t limit : {1, 16, 160, 1600}) {
      config.search.state_limit = limit;
      HeuristicOptions options;
      options.budget = 20;
      const AutoResult found = auto_search({graph, Scheme::brr, config}, options);
      EXPECT_LE(found.best.lower_bound, least.value);
      EXPECT_GE(found.best.lower_bound, found.exact.lower_bound);
      EXPECT_GE(found.best.value, least.value);
      EXPECT_FALSE(found.exact.stopped);
      if (!found.proposal) continue;
      ++proposed;
      EXPECT_EQ(found.proposal->plans, 20);
      EXPECT_LE(found.best.value, std::min(found.exact.value, found.proposal->best.value));
    }
  });
  EXPECT_GT(proposed, 10);
  EXPECT_LT(proposed, 40);
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
    if (!found.proposal) {  // a chain: its contiguous cuts are all there are
      EXPECT_TRUE(found.best.optimal);
      return;
    }
    int64_t least = std::min(found.proposal->best.network_bytes, found.exact.network_bytes);
    if (found.columns) {
      least = std::min(least, found.columns->network_bytes);
      EXPECT_GE(found.best.lower_bound, std::min(found.columns->lower_bound, least));
    }
    EXPECT_EQ(found.best.network_bytes, least);
    EXPECT_LE(found.best.lower_bound, found.best.network_bytes);
    EXPECT_EQ(illegal_reason(graph, found.best.plan), "");
    improved += found.proposal->best.network_bytes < found.exact.network_bytes ? 1 : 0;
  });
  EXPECT_GT(improved, 0);
}

// Stopped after any number of questions: a whole plan, a bound that holds, and both meet only if it says so.
TEST(AutoSearch, EndsWithAPlanAndABoundWheneverItIsStopped) {
  int early = 0;
  testing::for_random_graphs(1, 12, [&](const Graph& graph, uint64_t) {
    for (const Scheme scheme : all_schemes()) {
      const Config config = testing::config_with(2 * testing::least_buffer(graph, scheme));
      const SearchResult exact = exact_search({graph, scheme, config});
      for (const int patience : {0, 1, 3, 10, 40, 200}) {
        HeuristicOptions options;
        options.budget = 50;
        int asked = 0;
        options.stop = [&asked, patience] { return asked++ >= patience; };
        const AutoResult found = auto_search({graph, scheme, config}, options);
        EXPECT_EQ(illegal_reason(graph, found.best.plan), "");
        EXPECT_GE(found.best.network_bytes, exact.network_bytes);
        EXPECT_LE(found.best.lower_bound, exact.network_bytes);
        EXPECT_EQ(found.best.optimal, found.best.lower_bound == found.best.value);
        EXPECT_EQ(found.best.stopped, !found.best.optimal);
        early += found.best.stopped ? 1 : 0;
      }
    }
  });
  EXPECT_GT(early, 12);
}

TEST(AutoSearch, StoppedExactSearchesOfAllKindsHavePlans) {
  const Graph graph = testing::random_graph(3);
  const Config config = testing::config_with(2 * testing::least_buffer(graph, Scheme::brr));
  for (const int patience : {0, 2, 20}) {
    ExactSearch search(graph, fusion_scheme(Scheme::brr), config);
    int asked = 0;
    search.stop_when([&asked, patience] { return asked++ >= patience; });
    EXPECT_EQ(illegal_reason(graph, search.contiguous(dram_objective()).plan), "");
    const EdpResult edp = search.least_edp();
    EXPECT_EQ(illegal_reason(graph, edp.best.plan), "");
    EXPECT_LE(edp.lower_bound, edp.best.cost.edp());
    for (const SearchResult& point : search.supported_front(Figure::dram, Figure::cycles))
      EXPECT_EQ(illegal_reason(graph, point.plan), "");
  }
}

// Whatever it was at, and with how many threads.
TEST(AutoSearch, HasNoResultOnceItIsAbandoned) {
  testing::for_random_graphs(1, 6, [](const Graph& graph, uint64_t) {
    const Config config = testing::config_with(2 * testing::least_buffer(graph, Scheme::brr));
    SearchProblem problem(graph, Scheme::brr, config, cycles_objective());
    HeuristicOptions options;
    options.budget = 50;
    std::atomic<int> asked{0};
    problem.abandon = [&asked] { return ++asked < 0; };
    auto_search(problem, options);
    const int questions = asked;
    ASSERT_GT(questions, static_cast<int>(graph.ops.size()));
    for (const int threads : {1, 2}) {
      options.threads = threads;
      for (const int patience : {0, 1, questions / 2, questions - 1}) {
        asked = 0;
        problem.abandon = [&asked, patience] { return asked++ >= patience; };
        EXPECT_THROW(auto_search(problem, options), SearchAbandoned) << patience << " of " << questions;
      }
    }
  });
}

}  // namespace
}  // namespace fusesim
