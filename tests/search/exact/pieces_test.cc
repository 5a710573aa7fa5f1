#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "brute_plans.h"
#include "fusesim/base/min_cut.h"
#include "fusesim/search/exact.h"
#include "fusesim/testing/graph_builder.h"
#include "group_tracker.h"
#include "row_reads.h"
#include "set_table.h"
#include "small_graphs.h"

namespace fusesim {
namespace {

constexpr uint64_t kGraphs = 400;

TEST(GroupTracker, FloorIsTheTrafficOfLbdf) {
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Graph graph = testing::small_graph(seed, 10);
    const CostModel cost(graph, CostParams{});
    const TrafficFloor floor(graph, Scheme::lbdf, Datatypes{});
    GroupTracker tracker(graph, floor);
    for (const Group& group : testing::all_groups(graph)) {
      for (OpId o : group) tracker.push(o);
      ASSERT_EQ(tracker.floor_bytes(), cost.lbdf_traffic(group).total_bytes()) << "seed " << seed;
      while (!tracker.ops().empty()) tracker.pop();
    }
    EXPECT_EQ(tracker.floor_bytes(), 0);
  }
}

TEST(GroupTracker, FloorNeverExceedsTheTrafficOfBrr) {
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Graph graph = testing::small_graph(seed, 10);
    const CostModel cost(graph, CostParams{});
    const TrafficFloor floor(graph, Scheme::brr, Datatypes{});
    GroupTracker tracker(graph, floor);
    for (const Group& group : testing::all_groups(graph)) {
      const int64_t f_beta = cost.brr_f_beta(group);
      if (f_beta == kNeverFits) continue;
      for (OpId o : group) tracker.push(o);
      for (const int64_t buffer_bytes : {f_beta + 1, 2 * f_beta + 1, int64_t{1} << 30}) {
        ASSERT_LE(tracker.floor_bytes(), cost.brr(group, buffer_bytes)->traffic.total_bytes())
            << "seed " << seed << "\n"
            << testing::describe(graph, group);
      }
      while (!tracker.ops().empty()) tracker.pop();
    }
  }
}

TEST(GroupTracker, KnowsWhetherTheSetIsConnected) {
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Graph graph = testing::small_graph(seed, 9);
    const TrafficFloor floor(graph, Scheme::lbdf, Datatypes{});
    GroupTracker tracker(graph, floor);
    for (uint32_t mask = 1; mask < uint32_t{1} << graph.ops.size(); ++mask) {
      for (size_t o = 0; o < graph.ops.size(); ++o) {
        if ((mask >> o & 1U) != 0) tracker.push(static_cast<OpId>(o));
      }
      ASSERT_EQ(tracker.connected(), is_connected(graph, tracker.ops()))
          << "seed " << seed << " mask " << mask;
      while (!tracker.ops().empty()) tracker.pop();
    }
  }
}

/// A 1x1 convolution with stride 4 on 9 rows reads rows 0, 4 and 8. Its groups fetch the rows before the
/// first and after the last too, and may skip the six between.
TEST(CertainRows, LeavesOutRowsThatAStrideSkips) {
  testing::GraphBuilder builder("stride");
  const TensorId x = builder.input({2, 9, 1});
  testing::ConvSpec spec;
  spec.channels = 2;
  spec.window.stride_h = 4;
  const TensorId before = builder.conv(x, 2, 1);
  builder.conv(before, spec);
  const Graph graph = builder.finish();
  const CertainRows certain(graph);
  EXPECT_EQ(certain.count(before), 3);
  EXPECT_EQ(certain.middle_row(before), 4);
  const RowRead strided = row_reads(graph, graph.op(1)).front();
  EXPECT_EQ(certain.streamed_rows(strided, graph.op(1).output()), 3);
  const RowRead pointwise = row_reads(graph, graph.op(0)).front();
  EXPECT_EQ(certain.streamed_rows(pointwise, before), 3);
}

TEST(CertainRows, ThreeByThreeReadsThreeRowsExceptAtTheBorder) {
  testing::GraphBuilder builder("window");
  const TensorId x = builder.input({2, 9, 9});
  builder.conv(x, 2, 3);
  const Graph graph = builder.finish();
  const RowRead read = row_reads(graph, graph.op(0)).front();
  EXPECT_EQ(read.needed({4, 5}).count(), 3);
  EXPECT_EQ(read.needed({0, 1}).count(), 2);
  EXPECT_EQ(read.least_needed(1), 2);
  EXPECT_EQ(read.least_needed(4), 5);
  EXPECT_EQ(read.least_needed(9), 9);
}

TEST(SetTable, NumbersEachSetOnce) {
  SetTable table(2);
  testing::Random random(1);
  std::map<std::vector<uint64_t>, SetTable::Id> known;
  for (int i = 0; i < 20000; ++i) {
    const std::vector<uint64_t> set = {random.next() % 64, random.next() % 128};
    const auto [id, is_new] = table.insert(set.data());
    const auto [entry, first_time] = known.emplace(set, id);
    ASSERT_EQ(is_new, first_time);
    ASSERT_EQ(id, entry->second);
    ASSERT_TRUE(std::equal(set.begin(), set.end(), table.words(id)));
  }
  EXPECT_EQ(table.size(), known.size());
}

struct Link {
  size_t from, to;
  int64_t capacity;
};

int64_t least_cut_of_all(size_t nodes, const std::vector<Link>& links) {
  int64_t least = MinCut::kUncuttable;
  for (uint32_t mask = 0; mask < uint32_t{1} << nodes; ++mask) {
    const auto on_source_side = [&](size_t node) { return (mask >> node & 1U) != 0; };
    if (!on_source_side(0) || on_source_side(nodes - 1)) continue;
    int64_t cut = 0;
    for (const Link& link : links) {
      if (on_source_side(link.from) && !on_source_side(link.to)) cut += link.capacity;
    }
    least = std::min(least, cut);
  }
  return least;
}

TEST(MinCut, FindsTheLeastOfAllCuts) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    testing::Random random(seed);
    const auto nodes = static_cast<size_t>(random.range(2, 9));
    std::vector<Link> links;
    for (int64_t i = random.range(0, 25); i > 0; --i) {
      const auto last = static_cast<int64_t>(nodes) - 1;
      links.push_back({static_cast<size_t>(random.range(0, last)), static_cast<size_t>(random.range(0, last)),
                       random.range(0, 9)});
    }
    MinCut network(nodes);
    for (const Link& link : links) network.add_edge(link.from, link.to, link.capacity);
    ASSERT_EQ(network.solve(0, nodes - 1), least_cut_of_all(nodes, links)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace fusesim
