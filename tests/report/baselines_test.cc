#include <gtest/gtest.h>

#include "fusesim/cost/scheme.h"
#include "fusesim/search/exact.h"
#include "sample.h"

namespace fusesim {
namespace {

/// 1x1 convolution 64 -> 64 on a 2x2 map, then a 2x2 pool: BRR can cut the 4096 weights, LBDF cannot.
std::shared_ptr<const Graph> weighty_graph() {
  auto graph = std::make_shared<Graph>(*sample_graph());
  graph->tensors[0].shape = {64, 2, 2};
  graph->tensors[1].shape = {64, 2, 2};
  graph->tensors[2].shape = {64, 1, 1};
  graph->ops[0].window = Window();
  graph->ops[0].weights = int64_t{64} * 64;
  graph->ops[0].biases = 64;
  graph->finish();
  return graph;
}

/// A graph cut by the exact search under LBDF at this buffer size.
struct Searched {
  SearchResult found;
  Baselines result;

  Searched(const std::shared_ptr<const Graph>& graph, int64_t buffer_bytes) {
    Config config;
    config.buffer.capacity_bytes = buffer_bytes;
    found = exact_search({*graph, Scheme::lbdf, config});
    Schedule schedule = make_schedule(*graph, found.plan, Scheme::lbdf, config);
    schedule.graph = graph;
    result = baselines(schedule, predict(schedule, config), config);
  }
};

TEST(Baselines, CompulsoryTrafficIsInputsOutputsAndParametersOnce) {
  EXPECT_EQ(compulsory_bytes(*sample_graph(), Datatypes()), 40 + 12 + 54 + 3 * 4);
}

TEST(Baselines, CompulsoryTrafficCountsSharedParametersOnce) {
  auto graph = std::make_shared<Graph>(*sample_graph());
  Op again = graph->ops[0];
  again.name = "c2";
  again.outputs = {3};
  again.parameters_of = 0;
  graph->tensors.push_back({"t3", {3, 4, 5}, -1, {}, false});
  graph->ops.insert(graph->ops.begin() + 1, again);
  graph->outputs.push_back(3);
  graph->finish();
  EXPECT_EQ(compulsory_bytes(*graph, Datatypes()), 40 + 12 + 60 + 54 + 3 * 4);
}

TEST(Baselines, CompulsoryTrafficIsThatOfAllImagesAndWeightsOnce) {
  auto graph = std::make_shared<Graph>(*sample_graph());
  graph->batch = 4;
  EXPECT_EQ(compulsory_bytes(*graph, Datatypes()), 4 * (40 + 12) + 54 + 3 * 4);
}

TEST(Baselines, UnfusedTrafficMovesWhatFusionKeepsOnChip) {
  // The 3x4x5 map between conv and pool goes out and comes in again.
  EXPECT_EQ(Searched(sample_graph(), 1000).result.unfused_bytes, 40 + 12 + 54 + 3 * 4 + 2 * 60);
}

/// A 1x1 convolution of stride 3 steps over two rows, and two columns, of three.
std::shared_ptr<const Graph> strided_graph() {
  auto graph = std::make_shared<Graph>(*sample_graph());
  graph->tensors[0].shape = {64, 30, 30};
  graph->tensors[1].shape = {64, 10, 10};
  graph->tensors[2].shape = {64, 5, 5};
  graph->ops[0].window = {1, 1, 3, 3, 1, 1, 0, 0, 0, 0, 0, 0};
  graph->ops[0].weights = int64_t{64} * 64;
  graph->ops[0].biases = 64;
  graph->finish();
  return graph;
}

TEST(Baselines, CompulsoryTrafficIsBelowThatOfEveryPlan) {
  const auto graph = strided_graph();
  const int64_t compulsory = compulsory_bytes(*graph, Datatypes());
  EXPECT_EQ(compulsory, 64 * 10 * 10 + 64 * 5 * 5 + 64 * 64 + 64 * 4);
  for (const Scheme scheme : all_schemes()) {
    Config config;
    config.buffer.capacity_bytes = 20'000;
    EXPECT_LE(compulsory, exact_search({*graph, scheme, config}).network_bytes);
  }
}

/// LBDF fetches the whole map, BRR leaves out the rows that the stride steps over, but for those below the
/// last window: rows 28 and 29. What the pool moves is the same under both.
TEST(Baselines, UnfusedTrafficIsTheSameForAllSchemes) {
  const auto graph = strided_graph();
  const int64_t rows_of_brr = int64_t{64} * (10 + 2) * 30;
  const int64_t pool = 64 * 10 * 10 + 64 * 5 * 5;
  for (const Scheme scheme : all_schemes()) {
    Config config;
    config.buffer.capacity_bytes = 20'000;
    Schedule schedule = make_schedule(*graph, {{0}, {1}}, scheme, config);
    schedule.graph = graph;
    EXPECT_EQ(baselines(schedule, predict(schedule, config), config).unfused_bytes,
              rows_of_brr + int64_t{64} * (64 + 4 + 10 * 10) + pool);
  }
}

TEST(Baselines, FusableTrafficIsThatOfTheSearch) {
  for (const int64_t buffer_bytes : {4000, 8000}) {
    const Searched searched(weighty_graph(), buffer_bytes);
    EXPECT_EQ(searched.result.fusable_bytes, searched.found.fusable_bytes) << buffer_bytes;
  }
  // At 4000 bytes only the pool is fusable: 64x2x2 in, 64 out.
  EXPECT_EQ(Searched(weighty_graph(), 4000).result.fusable_bytes, 256 + 64);
}

TEST(Baselines, OpFitsWithTheBytesThatItNeeds) {
  // 4096 weights, 64 biases of 4 bytes, a row of 64x2 in and one out; a group has to need less than the
  // buffer.
  const int64_t needs_bytes = 4096 + 64 * 4 + 128 + 128 + 1;
  const Searched tight(weighty_graph(), 4000);
  ASSERT_EQ(tight.result.rejected.size(), 1U);
  EXPECT_EQ(tight.result.rejected[0].op, 0);
  EXPECT_EQ(tight.result.rejected[0].rejection, Rejection::too_large);
  EXPECT_EQ(tight.result.rejected[0].needs_bytes, needs_bytes);
  EXPECT_EQ(tight.result.rejected[0].weight_bytes, 4096 + 64 * 4);
  EXPECT_EQ(tight.result.rejected[0].row_bytes, 128 + 128);
  EXPECT_EQ(tight.result.rejected[0].lacks_bytes, needs_bytes - 4000);
  EXPECT_EQ(Searched(weighty_graph(), needs_bytes - 1).result.rejected.size(), 1U);
  EXPECT_TRUE(Searched(weighty_graph(), needs_bytes).result.rejected.empty());
}

}  // namespace
}  // namespace fusesim
