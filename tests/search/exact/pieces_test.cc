#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "brute_plans.h"
#include "exact/set_table.h"
#include "fusesim/search/exact.h"
#include "fusesim/testing/cost_model.h"
#include "fusesim/testing/graph_builder.h"
#include "group_tracker.h"
#include "small_graphs.h"

namespace fusesim {
namespace {

constexpr uint64_t kGraphs = 400;

TEST(GroupTracker, FloorIsTheTrafficOfLbdf) {
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Graph graph = testing::small_graph(seed, 10);
    const testing::CostModel cost(graph, CostParams{});
    const TrafficFloor floor = fusion_scheme(Scheme::lbdf).traffic_floor(graph, Datatypes{});
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
    const testing::CostModel cost(graph, CostParams{});
    const TrafficFloor floor = fusion_scheme(Scheme::brr).traffic_floor(graph, Datatypes{});
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
    const TrafficFloor floor = fusion_scheme(Scheme::lbdf).traffic_floor(graph, Datatypes{});
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

// Windows may be given larger than they are: one set has one number.
TEST(SetTable, NumbersEachSetOnce) {
  for (const SetTable::Before before : {SetTable::Before::none, SetTable::Before::all}) {
    const uint64_t outside = before == SetTable::Before::all ? ~uint64_t{0} : 0;
    SetTable table(before);
    testing::Random random(1);
    std::map<std::vector<uint64_t>, SetTable::Id> known;
    for (int i = 0; i < 20000; ++i) {
      const size_t begin = random.next() % 3;
      std::vector<uint64_t> set(6, 0);
      std::fill_n(set.begin(), begin, outside);
      set[begin] = random.next() % 64;
      set[begin + 1] = random.next() % 128;
      const size_t first = random.next() % (begin + 1);
      const auto [id, is_new] = table.insert(set.data(), first, begin + 2 + random.next() % 2);
      const auto [entry, first_time] = known.emplace(set, id);
      ASSERT_EQ(is_new, first_time);
      ASSERT_EQ(id, entry->second);
      for (size_t w = 0; w < set.size(); ++w) ASSERT_EQ(table.word(id, w), set[w]);
      for (OpId op = 0; op < 384; ++op) ASSERT_EQ(table.has(id, op), has_op(set.data(), op));
    }
    EXPECT_EQ(table.size(), known.size());
    EXPECT_LE(table.words(), 2 * known.size());
  }
}

}  // namespace
}  // namespace fusesim
