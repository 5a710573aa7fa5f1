#include "fusesim/search/exact.h"
#include "fusesim/testing/cost_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "brute_plans.h"
#include "fusesim/base/error.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/testing/graph_builder.h"
#include "small_graphs.h"

namespace fusesim {
namespace {

Config config_with(int64_t buffer_bytes) {
  Config config;
  config.buffer.capacity_bytes = buffer_bytes;
  return config;
}

/// Smallest buffer at which every op is valid alone.
int64_t least_buffer(const Graph& graph, Scheme scheme) {
  const testing::CostModel cost(graph, cost_params(Config{}));
  int64_t least = 1;
  for (size_t o = 0; o < graph.ops.size(); ++o) {
    const Group group = {static_cast<OpId>(o)};
    int64_t needed = cost.brr_f_beta(group);
    if (scheme == Scheme::lbdf) needed = std::min(needed, cost.lbdf_f_beta(group));
    least = std::max(least, needed + 1);
  }
  return least;
}

/// Buffers from the least on, up to a few times as much: from no fusion to everything fused.
std::vector<int64_t> buffers_for(const Graph& graph, Scheme scheme) {
  const int64_t least = least_buffer(graph, scheme);
  return {least, least + least / 4, least + least / 2, 2 * least, 4 * least, 16 * least};
}

int64_t price_of(const Graph& graph, const Plan& plan, Scheme scheme, int64_t buffer_bytes) {
  const testing::CostModel cost(graph, cost_params(Config{}));
  int64_t sum = 0;
  for (const Group& group : plan)
    sum += testing::group_bytes(graph, cost_params(Config{}), group, scheme, buffer_bytes);
  return sum;
}

int64_t least_price(const Graph& graph, Scheme scheme, int64_t buffer_bytes) {
  const testing::CostModel cost(graph, cost_params(Config{}));
  return testing::least_plan_price(graph, [&](const Group& group) -> int64_t {
    const int64_t bytes = testing::group_bytes(graph, cost_params(Config{}), group, scheme, buffer_bytes);
    return bytes == kNeverFits ? -1 : bytes;
  });
}

template <typename Check>
void for_small_graphs(uint64_t graphs, size_t max_ops, const Check& check) {
  for (uint64_t seed = 0; seed < graphs; ++seed) {
    const Graph graph = testing::small_graph(seed, max_ops);
    for (const Scheme scheme : all_schemes()) {
      for (const int64_t buffer_bytes : buffers_for(graph, scheme)) {
        SCOPED_TRACE("seed " + std::to_string(seed) + ", " + to_string(scheme) + ", buffer " +
                     std::to_string(buffer_bytes) + "\n" + testing::describe(graph));
        check(graph, scheme, buffer_bytes);
        if (::testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

TEST(ExactSearch, FindsTheLeastTrafficOfAllPlans) {
  for_small_graphs(200, 10, [](const Graph& graph, Scheme scheme, int64_t buffer_bytes) {
    const SearchResult result = exact_search({graph, scheme, config_with(buffer_bytes)});
    ASSERT_TRUE(result.optimal);
    ASSERT_EQ(illegal_reason(graph, result.plan), "");
    ASSERT_EQ(price_of(graph, result.plan, scheme, buffer_bytes), result.network_bytes);
    ASSERT_EQ(result.lower_bound, result.network_bytes);
    ASSERT_EQ(result.network_bytes, least_price(graph, scheme, buffer_bytes));
  });
}

TEST(ExactSearch, IsNeverAboveContiguousNorUnfused) {
  for_small_graphs(60, 14, [](const Graph& graph, Scheme scheme, int64_t buffer_bytes) {
    const Config config = config_with(buffer_bytes);
    const SearchResult exact = exact_search({graph, scheme, config});
    const SearchResult contiguous = contiguous_search({graph, scheme, config});
    const SearchResult unfused = unfused_plan({graph, scheme, config});
    ASSERT_EQ(illegal_reason(graph, contiguous.plan), "");
    ASSERT_EQ(price_of(graph, contiguous.plan, scheme, buffer_bytes), contiguous.network_bytes);
    ASSERT_EQ(price_of(graph, unfused.plan, scheme, buffer_bytes), unfused.network_bytes);
    ASSERT_LE(exact.network_bytes, contiguous.network_bytes);
    ASSERT_LE(contiguous.network_bytes, unfused.network_bytes);
    ASSERT_LE(contiguous.lower_bound, exact.network_bytes);
    ASSERT_LE(unfused.lower_bound, exact.network_bytes);
  });
}

/// Whether every op alone costs no more with the larger buffer. Under LBDF that can fail: an op that becomes
/// valid moves whole maps, where as a BRR group it skipped rows that its stride does not read.
bool singles_never_rise(const Graph& graph, Scheme scheme, int64_t smaller_bytes, int64_t larger_bytes) {
  const testing::CostModel cost(graph, cost_params(Config{}));
  for (size_t o = 0; o < graph.ops.size(); ++o) {
    const Group group = {static_cast<OpId>(o)};
    if (testing::group_bytes(graph, cost_params(Config{}), group, scheme, larger_bytes) >
        testing::group_bytes(graph, cost_params(Config{}), group, scheme, smaller_bytes)) {
      return false;
    }
  }
  return true;
}

TEST(ExactSearch, NeverRisesWithTheBuffer) {
  int64_t compared = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const Graph graph = testing::small_graph(seed, 14);
    for (const Scheme scheme : all_schemes()) {
      const std::vector<int64_t> buffers = buffers_for(graph, scheme);
      for (size_t i = 1; i < buffers.size(); ++i) {
        const bool singles_hold = singles_never_rise(graph, scheme, buffers[i - 1], buffers[i]);
        ASSERT_TRUE(singles_hold || fusion_scheme(scheme).fallback() != nullptr) << "seed " << seed;
        if (!singles_hold) continue;
        ++compared;
        ASSERT_LE(exact_search({graph, scheme, config_with(buffers[i])}).network_bytes,
                  exact_search({graph, scheme, config_with(buffers[i - 1])}).network_bytes)
            << "seed " << seed << ", " << to_string(scheme) << ", buffer " << buffers[i];
      }
    }
  }
  EXPECT_GT(compared, 1000);
}

TEST(ExactSearch, PastTheLimitBoundsTheOptimumFromBothSides) {
  int64_t cut_short = 0;
  for_small_graphs(40, 12, [&](const Graph& graph, Scheme scheme, int64_t buffer_bytes) {
    Config config = config_with(buffer_bytes);
    const int64_t optimum = exact_search({graph, scheme, config}).network_bytes;
    const int64_t contiguous = contiguous_search({graph, scheme, config}).network_bytes;
    for (const int64_t limit : {1, 2, 5, 10, 20, 50}) {
      config.search.state_limit = limit;
      const SearchResult result = exact_search({graph, scheme, config});
      ASSERT_EQ(illegal_reason(graph, result.plan), "");
      ASSERT_EQ(price_of(graph, result.plan, scheme, buffer_bytes), result.network_bytes);
      ASSERT_LE(result.lower_bound, optimum);
      ASSERT_GE(result.network_bytes, optimum);
      ASSERT_LE(result.network_bytes, contiguous);
      ASSERT_EQ(result.optimal, result.lower_bound == result.network_bytes);
      cut_short += result.optimal ? 0 : 1;
    }
  });
  EXPECT_GT(cut_short, 0);
}

/// Branches of `length` convolutions each, side by side in the topological order, so that no run of it is
/// connected.
Graph side_by_side(int branches, int length) {
  testing::GraphBuilder builder("wide");
  const TensorId x = builder.input({8, 16, 16});
  std::vector<TensorId> ends(static_cast<size_t>(branches), x);
  for (int i = 0; i < length; ++i) {
    for (TensorId& end : ends) end = builder.conv(end, 8, 3);
  }
  builder.concat(ends);
  return builder.finish();
}

/// Eight branches of six: more down-sets (7^8) than the limit.
TEST(ExactSearch, PastTheLimitStillBeatsTheContiguousCut) {
  const Graph graph = side_by_side(8, 6);
  for (const Scheme scheme : all_schemes()) {
    Config config = config_with(4 * least_buffer(graph, scheme));
    config.search.state_limit = 200000;
    const SearchResult exact = exact_search({graph, scheme, config});
    const SearchResult contiguous = contiguous_search({graph, scheme, config});
    EXPECT_EQ(illegal_reason(graph, exact.plan), "");
    EXPECT_FALSE(exact.optimal);
    EXPECT_LT(10 * exact.network_bytes, 7 * contiguous.network_bytes);
    EXPECT_LT(10 * exact.network_bytes, 15 * exact.lower_bound);
  }
}

TEST(ExactSearch, GivesTheSameAnswerTwice) {
  for_small_graphs(20, 14, [](const Graph& graph, Scheme scheme, int64_t buffer_bytes) {
    const Config config = config_with(buffer_bytes);
    const SearchResult first = exact_search({graph, scheme, config});
    const SearchResult second = exact_search({graph, scheme, config});
    ASSERT_EQ(first.plan, second.plan);
    ASSERT_EQ(first.evaluated, second.evaluated);
  });
}

TEST(ExactSearch, ReportsProgressThatOnlyGrows) {
  const Graph graph = testing::small_graph(3, 14);
  ExactProgress last = {-1, 0, -1.0};
  exact_search({graph, Scheme::lbdf, config_with(least_buffer(graph, Scheme::lbdf))},
               [&](const ExactProgress& now) {
                 EXPECT_GE(now.placed, last.placed);
                 EXPECT_GE(now.limit_share, last.limit_share);
                 EXPECT_TRUE(now.placed > last.placed || now.limit_share > last.limit_share);
                 EXPECT_LE(now.limit_share, 1.0);
                 EXPECT_EQ(now.ops, static_cast<int64_t>(graph.ops.size()));
                 last = now;
               });
  EXPECT_GT(last.placed, 0);
}

/// Two 3x3 convolutions on a map of one column, of which the second has more weights.
Graph two_large_ops() {
  testing::GraphBuilder builder("large");
  const TensorId x = builder.input({64, 8, 1});
  builder.conv(builder.conv(x, 96, 3), 64, 3);
  Graph graph = builder.finish();
  graph.ops[0].name = "/conv1/Conv";
  graph.ops[1].name = "/conv2/Conv";
  return graph;
}

std::string refusal(const Graph& graph, Scheme scheme, int64_t buffer_bytes) {
  try {
    exact_search({graph, scheme, config_with(buffer_bytes)});
  } catch (const Error& error) {
    return error.what();
  }
  return "fits";
}

// Once, of all its searches; what is asked of it meanwhile, and how long that takes, changes nothing.
TEST(ExactSearch, PausesOnceAndGoesOnToTheSameResult) {
  const Graph graph = testing::random_graph(5);
  const Config config = config_with(2 * least_buffer(graph, Scheme::brr));
  const SearchResult whole = exact_search({graph, Scheme::brr, config});
  ASSERT_TRUE(whole.optimal);
  int most = 0;
  for (const int64_t pairs : {int64_t{0}, int64_t{1}, int64_t{10}, int64_t{1} << 40}) {
    ExactSearch search(graph, fusion_scheme(Scheme::brr), config);
    int pauses = 0;
    search.pause_after(pairs, [&] {
      ++pauses;
      EXPECT_GT(search.unfused(dram_objective()).value, 0);
    });
    EXPECT_EQ(search.contiguous(dram_objective()).value,
              contiguous_search({graph, Scheme::brr, config}).value);
    EXPECT_EQ(pauses, 0);
    const SearchResult paused = search.least(dram_objective());
    EXPECT_EQ(paused.plan, whole.plan);
    EXPECT_EQ(paused.evaluated, whole.evaluated);
    EXPECT_GE(paused.seconds, 0.0);
    search.least(cycles_objective());
    EXPECT_EQ(pauses, pairs < 100 ? 1 : 0);
    most = std::max(most, pauses);
  }
  EXPECT_EQ(most, 1);
}

TEST(ExactSearch, NamesTheOpsThatDoNotFitAndTheBytesTheyNeed) {
  const Graph graph = two_large_ops();
  for (const Scheme scheme : all_schemes()) {
    const int64_t needed = least_buffer(graph, scheme);
    for (const auto& search : {contiguous_search, unfused_plan}) {
      EXPECT_NO_THROW(search({graph, scheme, config_with(needed)}));
    }
    PlanGroupModel model(graph, fusion_scheme(scheme), cost_params(Config{}), needed);
    const int64_t first = model.needed_bytes(0);
    const int64_t second = model.needed_bytes(1);
    ASSERT_LT(first, second);
    ASSERT_EQ(second, needed);
    const auto line = [](const char* op, int64_t needs, int64_t has) {
      return std::string("op '") + op + "': needs " + std::to_string(needs) + " bytes, buffer has " +
             std::to_string(has) + "\n";
    };
    const std::string remedy = "the whole network runs with a buffer of " + std::to_string(needed) +
                               " bytes; with --skip-misfits the rest of it runs with this one, and ";
    EXPECT_EQ(refusal(graph, scheme, needed - 1),
              line("/conv2/Conv", second, needed - 1) + remedy + "this op is an opaque transfer");
    EXPECT_EQ(refusal(graph, scheme, first - 1), line("/conv1/Conv", first, first - 1) +
                                                     line("/conv2/Conv", second, first - 1) + remedy +
                                                     "these ops are opaque transfers");
  }
}

TEST(ExactSearch, RunsOpaqueOpsAlone) {
  testing::GraphBuilder builder("opaque");
  TensorId t = builder.input({8, 8, 8});
  t = builder.conv(t, 8, 3);
  t = builder.opaque({t}, {{8, 8, 8}}).front();
  builder.conv(t, 8, 3);
  const Graph graph = builder.finish();
  for (const Scheme scheme : all_schemes()) {
    const SearchResult result = exact_search({graph, scheme, config_with(1 << 20)});
    EXPECT_EQ(result.plan, (Plan{{0}, {1}, {2}}));
  }
}

/// Two convolutions with 36 kB of weights each: with 40 kB each runs alone, one of the two not even with its
/// rings in LBDF. fusable_bytes is the traffic of the groups that LBDF itself runs.
TEST(UnfusedPlan, CountsOpsThatFallBackToBrrAsNotFusable) {
  testing::GraphBuilder builder("fallback");
  TensorId t = builder.input({8, 16, 16});
  t = builder.conv(t, 64, 3);
  builder.conv(t, 64, 3);
  const Graph graph = builder.finish();
  const testing::CostModel cost(graph, cost_params(Config{}));
  const int64_t buffer_bytes = cost.lbdf_f_beta({0}) + 1;
  ASSERT_GE(cost.lbdf_f_beta({1}), buffer_bytes);
  const SearchResult lbdf = unfused_plan({graph, Scheme::lbdf, config_with(buffer_bytes)});
  EXPECT_EQ(lbdf.fusable_bytes, cost.lbdf_traffic({0}).total_bytes());
  const SearchResult brr = unfused_plan({graph, Scheme::brr, config_with(buffer_bytes)});
  EXPECT_EQ(brr.fusable_bytes, brr.network_bytes);
}

}  // namespace
}  // namespace fusesim
