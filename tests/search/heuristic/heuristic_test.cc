#include "fusesim/search/heuristic.h"
#include "fusesim/testing/cost_model.h"

#include <gmock/gmock.h>

#include <set>

#include "fusesim/base/error.h"
#include "fusesim/search/exact.h"
#include "networks.h"

namespace fusesim {
namespace {

using testing::config_with;
using testing::least_buffer;

constexpr Algorithm kHeuristics[] = {Algorithm::random, Algorithm::local, Algorithm::nsga2};

/// Without explainer, with random edges, with all edges.
std::vector<SplitterFactory> splitters(const Graph& graph) {
  return {SplitterFactory(), testing::random_edges_splitter(graph, 2, 1), testing::all_edges_splitter(graph)};
}

HeuristicOptions options_with(int64_t budget, uint64_t seed, SplitterFactory splitter = {}) {
  HeuristicOptions options;
  options.budget = budget;
  options.seed = seed;
  options.splitter = std::move(splitter);
  return options;
}

int64_t price_of(const Graph& graph, const Plan& plan, Scheme scheme, int64_t buffer_bytes) {
  const testing::CostModel cost(graph, cost_params(Config{}));
  int64_t sum = 0;
  for (const Group& group : plan) {
    const int64_t bytes = testing::group_bytes(graph, cost_params(Config{}), group, scheme, buffer_bytes);
    if (bytes == kNeverFits) return -1;
    sum += bytes;
  }
  return sum;
}

/// Calls check(graph, scheme, config, heuristic, splitter) for random networks at small buffers.
template <typename Check>
void for_all_searches(uint64_t graphs, const Check& check) {
  testing::for_random_graphs(1, graphs, [&](const Graph& graph, uint64_t seed) {
    for (const Scheme scheme : all_schemes()) {
      const int64_t least = least_buffer(graph, scheme);
      const Config config = config_with(least + least / 2 * static_cast<int64_t>(seed % 4));
      for (const Algorithm heuristic : kHeuristics) {
        SCOPED_TRACE(to_string(heuristic));
        for (const SplitterFactory& splitter : splitters(graph))
          check(graph, scheme, config, heuristic, splitter);
      }
    }
  });
}

TEST(Heuristics, FindLegalPlansThatCostWhatTheySay) {
  for_all_searches(25, [](const Graph& graph, Scheme scheme, const Config& config, Algorithm heuristic,
                          const SplitterFactory& splitter) {
    const HeuristicResult found =
        heuristic_search({graph, scheme, config}, heuristic, options_with(40, 1, splitter));
    EXPECT_EQ(illegal_reason(graph, found.best.plan), "");
    EXPECT_EQ(price_of(graph, found.best.plan, scheme, config.buffer.capacity_bytes),
              found.best.network_bytes);
    EXPECT_LE(found.best.fusable_bytes, found.best.network_bytes);
    EXPECT_LT(found.peak_buffer_bytes, config.buffer.capacity_bytes);
    EXPECT_LE(found.randomly_split, found.split_groups);
    EXPECT_FALSE(found.best.optimal);
  });
}

TEST(Heuristics, AreNeverBelowTheOptimum) {
  for_all_searches(10, [](const Graph& graph, Scheme scheme, const Config& config, Algorithm heuristic,
                          const SplitterFactory& splitter) {
    const SearchResult exact = exact_search({graph, scheme, config});
    const HeuristicResult found =
        heuristic_search({graph, scheme, config}, heuristic, options_with(60, 3, splitter));
    EXPECT_GE(found.best.network_bytes, exact.lower_bound);
  });
}

TEST(Heuristics, FindTheOptimumOfSmallNetworks) {
  const Graph graph = testing::chain(6);
  for (const Scheme scheme : all_schemes()) {
    const Config config = config_with(3 * least_buffer(graph, scheme) / 2);
    const SearchResult exact = exact_search({graph, scheme, config});
    ASSERT_TRUE(exact.optimal);
    for (const Algorithm heuristic : kHeuristics) {
      const HeuristicResult found =
          heuristic_search({graph, scheme, config}, heuristic, options_with(500, 1));
      EXPECT_EQ(found.best.network_bytes, exact.network_bytes) << to_string(heuristic);
    }
  }
}

void expect_equal(const HeuristicResult& a, const HeuristicResult& b) {
  EXPECT_EQ(a.best.plan, b.best.plan);
  EXPECT_EQ(a.best.network_bytes, b.best.network_bytes);
  EXPECT_EQ(a.queries.f_beta, b.queries.f_beta);
  EXPECT_EQ(a.queries.f_d, b.queries.f_d);
  EXPECT_EQ(a.split_groups, b.split_groups);
  EXPECT_EQ(a.randomly_split, b.randomly_split);
  ASSERT_EQ(a.curve.size(), b.curve.size());
  for (size_t i = 0; i < a.curve.size(); ++i) {
    EXPECT_EQ(a.curve[i].plans, b.curve[i].plans);
    EXPECT_EQ(a.curve[i].network_bytes, b.curve[i].network_bytes);
    EXPECT_EQ(a.curve[i].queries, b.curve[i].queries);
  }
  ASSERT_EQ(a.front.size(), b.front.size());
  for (size_t i = 0; i < a.front.size(); ++i) EXPECT_EQ(a.front[i].plan, b.front[i].plan);
}

TEST(Heuristics, DependOnTheSeedAndNotOnThreads) {
  testing::for_random_graphs(40, 6, [](const Graph& graph, uint64_t) {
    for (const Scheme scheme : all_schemes()) {
      const Config config = config_with(3 * least_buffer(graph, scheme) / 2);
      for (const Algorithm heuristic : kHeuristics) {
        const auto run = [&](int threads) {
          // A new splitter each time: nothing that it remembers may matter.
          HeuristicOptions options = options_with(80, 5, testing::random_edges_splitter(graph, 1, 5));
          options.threads = threads;
          return heuristic_search({graph, scheme, config}, heuristic, options);
        };
        const HeuristicResult one = run(1);
        expect_equal(one, run(1));
        expect_equal(one, run(2));
        expect_equal(one, run(3));
      }
    }
  });
}

TEST(Heuristics, DrawOtherPlansWithOtherSeeds) {
  const Graph graph = testing::chain(30);
  const Config config = config_with(8 * least_buffer(graph, Scheme::lbdf));
  for (const Algorithm heuristic : kHeuristics) {
    std::set<Plan> plans;
    for (uint64_t seed = 0; seed < 5; ++seed) {
      plans.insert(
          heuristic_search({graph, Scheme::lbdf, config}, heuristic, options_with(1, seed)).best.plan);
    }
    EXPECT_GT(plans.size(), 1U);
  }
}

TEST(Heuristics, ProposeExactlyTheBudget) {
  const Graph graph = testing::squeeze_and_excite();
  const Config config = config_with(2 * least_buffer(graph, Scheme::lbdf));
  for (const Algorithm heuristic : kHeuristics) {
    for (const int64_t budget : {1, 7, 10, 33, 64}) {
      HeuristicOptions options = options_with(budget, 1);
      int64_t told = 0;
      options.progress = [&](const HeuristicProgress& progress) {
        EXPECT_GT(progress.plans, told);
        told = progress.plans;
      };
      const HeuristicResult found = heuristic_search({graph, Scheme::lbdf, config}, heuristic, options);
      EXPECT_EQ(found.plans, budget) << to_string(heuristic);
      EXPECT_EQ(told, budget);
    }
  }
}

TEST(Heuristics, ShorterSearchesAreTheBeginningOfLongerOnes) {
  const Graph graph = testing::random_graph(77);
  const Config config = config_with(3 * least_buffer(graph, Scheme::brr) / 2);
  for (const Algorithm heuristic : kHeuristics) {
    const HeuristicResult full =
        heuristic_search({graph, Scheme::brr, config}, heuristic, options_with(200, 9));
    const HeuristicResult half =
        heuristic_search({graph, Scheme::brr, config}, heuristic, options_with(100, 9));
    int64_t best_of_half = 0;
    for (const CurvePoint& point : full.curve) {
      if (point.plans <= 100) best_of_half = point.network_bytes;
    }
    EXPECT_EQ(half.best.network_bytes, best_of_half) << to_string(heuristic);
  }
}

/// The last point of a curve within so many queries.
CurvePoint within_queries(const std::vector<CurvePoint>& curve, int64_t queries) {
  CurvePoint best;
  for (const CurvePoint& point : curve) {
    if (point.queries <= queries) best = point;
  }
  return best;
}

TEST(Heuristics, EndWithTheStepThatUsesTheQueriesUp) {
  const Graph graph = testing::random_graph(78);
  const Config config = config_with(3 * least_buffer(graph, Scheme::lbdf) / 2);
  for (const Algorithm heuristic : kHeuristics) {
    SCOPED_TRACE(to_string(heuristic));
    const HeuristicResult full =
        heuristic_search({graph, Scheme::lbdf, config}, heuristic, options_with(400, 9));
    HeuristicOptions options = options_with(400, 9);
    options.most_queries = full.queries.total() / 2;
    const HeuristicResult half = heuristic_search({graph, Scheme::lbdf, config}, heuristic, options);
    EXPECT_LT(half.plans, full.plans);
    EXPECT_GE(half.queries.total(), options.most_queries);
    EXPECT_EQ(half.best.network_bytes, within_queries(full.curve, half.queries.total()).network_bytes);
    options.threads = 3;
    expect_equal(half, heuristic_search({graph, Scheme::lbdf, config}, heuristic, options));
    options.most_queries = 1;
    EXPECT_GE(heuristic_search({graph, Scheme::lbdf, config}, heuristic, options).plans, 1) << "first step";
  }
}

TEST(Heuristics, EndWithTheStepThatUsesTheCpuTimeUp) {
  const Graph graph = testing::chain(6);
  HeuristicOptions options = options_with(1'000'000'000, 1);
  options.most_cpu_seconds = 0.02;
  const HeuristicResult found =
      heuristic_search({graph, Scheme::lbdf, config_with(int64_t{8} * 1024)}, Algorithm::local, options);
  EXPECT_LT(found.plans, options.budget);
  EXPECT_GE(found.cpu_seconds, options.most_cpu_seconds);
}

TEST(Heuristics, CurveFallsToTheResult) {
  for_all_searches(6, [](const Graph& graph, Scheme scheme, const Config& config, Algorithm heuristic,
                         const SplitterFactory& splitter) {
    const HeuristicResult found =
        heuristic_search({graph, scheme, config}, heuristic, options_with(50, 2, splitter));
    ASSERT_GE(found.curve.size(), 2U);
    EXPECT_EQ(found.curve.front().plans, 1);
    for (size_t i = 1; i + 1 < found.curve.size(); ++i) {
      EXPECT_GT(found.curve[i].plans, found.curve[i - 1].plans);
      EXPECT_LT(found.curve[i].network_bytes, found.curve[i - 1].network_bytes);
      EXPECT_GE(found.curve[i].queries, found.curve[i - 1].queries);
    }
    EXPECT_EQ(found.curve.back().plans, 50);
    EXPECT_EQ(found.curve.back().network_bytes, found.best.network_bytes);
    EXPECT_EQ(found.curve.back().queries, found.queries.total());
  });
}

/// Takes nothing apart.
class NoSplitter : public GroupSplitter {
 public:
  std::optional<Plan> split(const Group&) override { return std::nullopt; }
};

TEST(Heuristics, SplitAtRandomWhereTheSplitterKnowsNoWay) {
  const SplitterFactory none = [](Evaluator&) { return std::make_unique<NoSplitter>(); };
  testing::for_random_graphs(1, 10, [&](const Graph& graph, uint64_t) {
    const Config config = config_with(3 * least_buffer(graph, Scheme::lbdf) / 2);
    for (const Algorithm heuristic : kHeuristics) {
      const HeuristicResult bare =
          heuristic_search({graph, Scheme::lbdf, config}, heuristic, options_with(60, 4));
      expect_equal(bare,
                   heuristic_search({graph, Scheme::lbdf, config}, heuristic, options_with(60, 4, none)));
    }
  });
}

TEST(Heuristics, TryRandomSplitsBesideTheSplitters) {
  int helped = 0;
  testing::for_random_graphs(1, 25, [&](const Graph& graph, uint64_t) {
    for (const Scheme scheme : all_schemes()) {
      const Config config = config_with(3 * least_buffer(graph, scheme) / 2);
      const auto search = [&](SplitterFactory splitter, bool split_only) {
        HeuristicOptions options = options_with(40, 6, std::move(splitter));
        options.split_only = split_only;
        return heuristic_search({graph, scheme, config}, Algorithm::random, options);
      };
      const HeuristicResult bare = search({}, false);
      const HeuristicResult alone = search(testing::random_edges_splitter(graph, 1, 6), true);
      const HeuristicResult both = search(testing::random_edges_splitter(graph, 1, 6), false);
      // Random search proposes the same plans whatever becomes of them.
      EXPECT_EQ(both.best.network_bytes, std::min(bare.best.network_bytes, alone.best.network_bytes));
      EXPECT_EQ(both.plans, 40);
      EXPECT_EQ(both.split_groups, alone.split_groups);
      EXPECT_EQ(both.randomly_split, alone.randomly_split);
      EXPECT_GE(both.queries.total(), std::max(bare.queries.total(), alone.queries.total()));
      if (both.best.network_bytes < alone.best.network_bytes) ++helped;
    }
  });
  EXPECT_GT(helped, 0);
}

TEST(Heuristics, KeepToTheEditsAskedFor) {
  int differ = 0;
  testing::RandomGraphOptions
      networks;  // with few ops that keep a whole map, and so with many ways to cut them
  networks.allow_mixing = false;
  testing::for_random_graphs(
      1, 10,
      [&](const Graph& graph, uint64_t) {
        const Config config = config_with(3 * least_buffer(graph, Scheme::lbdf) / 2);
        for (const Algorithm heuristic : kHeuristics) {
          const auto queries = [&](PlanEdits edits) {
            HeuristicOptions options = options_with(60, 4);
            options.edits = edits;
            return heuristic_search({graph, Scheme::lbdf, config}, heuristic, options).queries.total();
          };
          const bool same = queries(PlanEdits::paper) == queries(PlanEdits::wide);
          EXPECT_TRUE(same || heuristic != Algorithm::random) << "it edits nothing";
          if (!same) ++differ;
        }
      },
      networks);
  EXPECT_GE(differ, 10) << "of 20 searches";
}

TEST(Nsga2, FrontIsNonDominatedLegalAndHoldsTheBest) {
  testing::for_random_graphs(1, 15, [](const Graph& graph, uint64_t) {
    for (const Scheme scheme : all_schemes()) {
      const Config config = config_with(4 * least_buffer(graph, scheme));
      const HeuristicResult found =
          heuristic_search({graph, scheme, config}, Algorithm::nsga2, options_with(100, 1));
      ASSERT_FALSE(found.front.empty());
      EXPECT_EQ(found.front.front().network_bytes, found.best.network_bytes);
      for (size_t i = 0; i < found.front.size(); ++i) {
        const FrontPoint& point = found.front[i];
        EXPECT_EQ(illegal_reason(graph, point.plan), "");
        EXPECT_EQ(price_of(graph, point.plan, scheme, config.buffer.capacity_bytes), point.network_bytes);
        if (i == 0) continue;
        EXPECT_GT(point.network_bytes, found.front[i - 1].network_bytes);
        EXPECT_LT(point.peak_buffer_bytes, found.front[i - 1].peak_buffer_bytes);
      }
    }
  });
}

TEST(Nsga2, FrontOfThreeFiguresIsNonDominated) {
  testing::for_random_graphs(1, 6, [](const Graph& graph, uint64_t) {
    for (const Scheme scheme : all_schemes()) {
      const Config config = config_with(4 * least_buffer(graph, scheme));
      HeuristicOptions options = options_with(60, 1);
      options.front = {Figure::cycles, Figure::energy, Figure::buffer};
      const HeuristicResult found =
          heuristic_search({graph, scheme, config, cycles_objective()}, Algorithm::nsga2, options);
      ASSERT_FALSE(found.front.empty());
      for (const FrontPoint& a : found.front) {
        EXPECT_GT(a.cost.cycles, 0);
        for (const FrontPoint& b : found.front) {
          const bool no_worse = b.cost.cycles <= a.cost.cycles && b.cost.energy_pj <= a.cost.energy_pj &&
                                b.cost.peak_buffer_bytes <= a.cost.peak_buffer_bytes;
          const bool same = b.cost.cycles == a.cost.cycles && b.cost.energy_pj == a.cost.energy_pj &&
                            b.cost.peak_buffer_bytes == a.cost.peak_buffer_bytes;
          EXPECT_TRUE(same || !no_worse);
        }
      }
    }
  });
}

TEST(Heuristics, RunUnfusableAndOpaqueOpsAlone) {
  testing::GraphBuilder b("mixed");
  const TensorId x = b.input({8, 8, 8});
  const TensorId t = b.conv(b.conv(b.conv(x, 8, 1), 8, 3), 512, 3);
  b.opaque({t}, {{8, 1, 1}});
  const Graph graph = b.finish();
  const int64_t buffer_bytes = testing::CostModel(graph, cost_params(Config{})).lbdf_f_beta({2});
  for (const Algorithm heuristic : kHeuristics) {
    const HeuristicResult found =
        heuristic_search({graph, Scheme::lbdf, config_with(buffer_bytes)}, heuristic, options_with(30, 1));
    EXPECT_EQ(found.best.plan, (Plan{{0, 1}, {2}, {3}}));
    EXPECT_EQ(found.best.fusable_bytes, price_of(graph, {{0, 1}}, Scheme::lbdf, buffer_bytes));
  }
}

TEST(Heuristics, RefuseABufferTooSmallForOneOp) {
  const Graph graph = testing::chain(2);
  for (const Scheme scheme : all_schemes()) {
    try {
      heuristic_search({graph, scheme, config_with(2)}, Algorithm::local, {});  // not even a strip
      ADD_FAILURE() << "no error";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr("needs"));
    }
  }
}

}  // namespace
}  // namespace fusesim
