/// Work against ops, in counts: no clock is asked.

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "brute_plans.h"
#include "exact/descendants.h"
#include "exact/plan_search.h"
#include "exact/remaining_bound.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/testing/cost_model.h"
#include "fusesim/testing/graph_builder.h"
#include "op_bits.h"
#include "small_graphs.h"

namespace fusesim {
namespace {

/// Twice the ops are twice the work, and as much again as the two ends of a network make out.
constexpr double kMostForTwice = 2.2;

Graph chain(int ops) {
  testing::GraphBuilder b("chain");
  TensorId x = b.input({8, 16, 16});
  for (int i = 0; i < ops; ++i) x = b.conv(x, i % 4 < 2 ? 8 : 16, i % 2 == 0 ? 3 : 1);
  return b.finish();
}

/// Blocks of two convolutions and a sum.
Graph residual(int ops) {
  testing::GraphBuilder b("residual");
  TensorId x = b.conv(b.input({8, 16, 16}), 8, 3);
  for (int i = 0; i + 3 < ops; i += 3) x = b.add(b.conv(b.conv(x, 8, 3), 8, 3), x);
  return b.finish();
}

/// What a search over groups of these shapes does with a network.
PlanSearchOutcome search(const Graph& graph, Scheme scheme, GroupShapes shapes, int64_t buffer_bytes) {
  const FusionScheme& s = fusion_scheme(scheme);
  const CostParams params = cost_params(Config{});
  const TrafficFloor floor = s.traffic_floor(graph, params.datatypes);
  const WorkFloor work = s.work_floor(graph, params, buffer_bytes);
  const auto fit = s.fit_bound(graph, params, buffer_bytes);
  PlanGroupModel model(graph, s, params, buffer_bytes);
  GroupPrices prices;
  for (size_t o = 0; o < graph.ops.size(); ++o)
    prices.single_value.push_back(model.cost({static_cast<OpId>(o)}).value().traffic.total_bytes());
  prices.value = [&model](const Group& group) {
    const std::optional<GroupCost> cost = model.cost(group);
    return cost ? cost->traffic.total_bytes() : kNeverFits;
  };
  RemainingBound remaining(graph, floor, *fit, prices.single_value);
  PlanSearch plans({graph, dram_objective(), floor, work, remaining, *fit, prices});
  PlanSearchOptions options;
  options.shapes = shapes;
  return plans.run(options);
}

TEST(Growth, ExactSearchDoesTwiceTheWorkForTwiceTheOps) {
  constexpr int64_t kBuffer = 8192;
  for (const Scheme scheme : all_schemes()) {
    for (const auto& make : {chain, residual}) {
      for (const GroupShapes shapes : {GroupShapes::contiguous, GroupShapes::all}) {
        const PlanSearchOutcome once = search(make(500), scheme, shapes, kBuffer);
        const PlanSearchOutcome twice = search(make(1000), scheme, shapes, kBuffer);
        const auto most = [](int64_t work) { return kMostForTwice * static_cast<double>(work); };
        ASSERT_TRUE(once.complete && twice.complete);
        EXPECT_GT(once.pairs, 500);
        EXPECT_LT(static_cast<double>(twice.pairs), most(once.pairs)) << to_string(scheme);
        EXPECT_LT(static_cast<double>(twice.states), most(once.states)) << to_string(scheme);
        EXPECT_LT(static_cast<double>(twice.words), most(once.words)) << to_string(scheme);
      }
    }
  }
}

TEST(Growth, GroupsAreEvaluatedInProportionToOps) {
  Config config;
  config.buffer.capacity_bytes = 8192;
  for (const Scheme scheme : all_schemes()) {
    for (const auto& make : {chain, residual}) {
      const Graph once = make(1000), twice = make(2000);
      const int64_t few = exact_search({once, scheme, config}).evaluated;
      const int64_t many = exact_search({twice, scheme, config}).evaluated;
      EXPECT_LT(static_cast<double>(many), kMostForTwice * static_cast<double>(few)) << to_string(scheme);
    }
  }
}

std::vector<std::vector<OpId>> successors_of(const Graph& graph) {
  std::vector<std::vector<OpId>> successors(graph.ops.size());
  for (size_t o = 0; o < graph.ops.size(); ++o) {
    for (const TensorId t : graph.ops[o].outputs) {
      const std::vector<OpId>& readers = graph.tensor(t).consumers;
      successors[o].insert(successors[o].end(), readers.begin(), readers.end());
    }
  }
  return successors;
}

TEST(Descendants, AreAllThatDependOnAnOp) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    testing::RandomGraphOptions options;
    options.max_blocks = 60;
    const Graph graph = testing::random_graph(seed, options);
    const std::vector<std::vector<OpId>> successors = successors_of(graph);
    const std::vector<OpWindow> found = find_descendants(graph, successors);
    for (size_t o = 0; o < graph.ops.size(); ++o) {
      std::vector<char> below(graph.ops.size(), 0);
      below[o] = 1;
      for (size_t i = o; i < graph.ops.size(); ++i) {
        if (below[i] == 0) continue;
        for (const OpId next : successors[i]) below[static_cast<size_t>(next)] = 1;
      }
      for (size_t i = 0; i < graph.ops.size(); ++i)
        ASSERT_EQ(found[o].word(i / 64) >> (i % 64) & 1U, below[i] != 0 ? 1U : 0U)
            << seed << ": " << o << " " << i;
    }
  }
}

TEST(Descendants, TakeAFewWordsPerOpHoweverLongTheNetwork) {
  for (const int ops : {640, 6400}) {
    const Graph graph = residual(ops);
    for (const OpWindow& window : find_descendants(graph, successors_of(graph)))
      ASSERT_LE(window.end() - window.begin(), 2U);
  }
}

// However a down-set is reached, its bound is the same.
TEST(RemainingBound, GoesOnFromSmallerDownSets) {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const Graph graph = testing::random_graph(seed);
    const FusionScheme& scheme = fusion_scheme(seed % 2 == 0 ? Scheme::lbdf : Scheme::brr);
    const CostParams params = cost_params(Config{});
    const TrafficFloor floor = scheme.traffic_floor(graph, params.datatypes);
    const auto fit = scheme.fit_bound(graph, params, 4096);
    RemainingBound bound(graph, floor, *fit, std::vector<int64_t>(graph.ops.size(), 100'000));
    std::vector<uint64_t> placed(words_for(graph.ops.size()), 0);
    RemainingBound::Bytes bytes = bound.bytes(placed.data());
    testing::Random random(seed);
    for (size_t o = 0; o < graph.ops.size();) {
      std::vector<OpId> group;
      const size_t end = std::min(graph.ops.size(), o + 1 + random.next() % 5);
      for (; o < end; ++o) group.push_back(static_cast<OpId>(o));
      for (const OpId op : group) set_op(placed.data(), op);
      bytes = bound.bytes_after(bytes, group, placed.data());
      ASSERT_EQ(bytes.all, bound.bytes(placed.data()).all) << "seed " << seed << " after " << o;
      ASSERT_EQ(bytes.without_extra, bound.bytes(placed.data()).without_extra);
    }
  }
}

}  // namespace
}  // namespace fusesim
