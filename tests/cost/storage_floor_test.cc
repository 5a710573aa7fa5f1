#include "fusesim/cost/storage_floor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "brute_plans.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/testing/graph_builder.h"
#include "small_graphs.h"

namespace fusesim {
namespace {

constexpr uint64_t kGraphs = 600;

CostParams params_of(uint64_t seed) {
  CostParams params;
  if (seed % 3 == 1) params.slice_channels = {4, 2, 1};
  if (seed % 3 == 1) params.pe_rows = 4;
  if (seed % 5 == 3) params.datatypes.activation_bytes = 2;
  if (seed % 4 == 2) params.prefetch_rows = 1;
  params.double_buffer = double_buffer_names()[seed % 7 % 3].second;
  return params;
}

/// The sum as it is defined.
int64_t bytes_of(const StorageFloor& floor, const Graph& graph, const Group& group) {
  const auto inside = [&](OpId op) { return std::find(group.begin(), group.end(), op) != group.end(); };
  std::map<TensorId, int64_t> rows;
  int64_t bytes = 0;
  for (const OpId op : group) {
    const auto o = static_cast<size_t>(op);
    bytes += floor.op_bytes[o];
    for (const StorageFloor::Hold& hold : floor.holds[o])
      rows[hold.tensor] = std::max(rows[hold.tensor], hold.rows);
    rows[graph.op(op).output()] = std::max<int64_t>(rows[graph.op(op).output()], 1);
  }
  for (const StorageFloor::Delay& delay : floor.delays) {
    if (!inside(delay.first) || !inside(delay.second)) continue;
    EXPECT_NE(delay.rows, StorageFloor::kApart);
    rows[delay.tensor] = std::max(rows[delay.tensor], delay.rows);
  }
  const GroupBoundary border = boundary(graph, group);
  for (const auto& [t, held] : rows) {
    const auto i = static_cast<size_t>(t);
    const OpId producer = graph.tensor(t).producer;
    const bool made = producer >= 0 && inside(producer);
    bytes += held * (made ? floor.inside_row_bytes[i] : floor.outside_row_bytes[i]);
    if (!made) bytes += floor.fetch_bytes[i];
  }
  for (const TensorId t : border.outgoing) bytes += floor.leave_bytes[static_cast<size_t>(t)];
  return bytes;
}

struct Sums {
  int64_t floor = 0;
  int64_t f_beta = 0;
};

Sums expect_floor_holds(Scheme scheme) {
  Sums sums;
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Graph graph = testing::small_graph(seed, 9);
    const CostParams params = params_of(seed);
    const auto model = fusion_scheme(scheme).model(graph, params);
    const StorageFloor floor = fusion_scheme(scheme).storage_floors(graph, params, kNeverFits).front();
    for (const Group& group : testing::all_groups(graph)) {
      if (group.size() < 2) continue;
      const int64_t f_beta = model->f_beta_bytes(group);
      const int64_t bytes = bytes_of(floor, graph, group);
      EXPECT_LE(bytes, f_beta) << "seed " << seed << "\n"
                               << testing::describe(graph) << "group\n"
                               << testing::describe(graph, group);
      if (::testing::Test::HasFailure()) return sums;
      if (f_beta == kNeverFits) continue;
      for (const OpId op : group) EXPECT_TRUE(floor.may_join[static_cast<size_t>(op)]);
      sums.floor += bytes;
      sums.f_beta += f_beta;
    }
  }
  return sums;
}

TEST(StorageFloor, IsBelowFBetaOfEveryLbdfGroupAndClose) {
  const Sums sums = expect_floor_holds(Scheme::lbdf);
  EXPECT_GE(100 * sums.floor, 97 * sums.f_beta);
}

/// Known answer: in x -> 1x1 -> 3x3 -> 1x1 -> add of x, x waits for the row below the one that is added.
TEST(StorageFloor, RowsOfASkipWaitForItsBranch) {
  testing::GraphBuilder b("skip");
  const TensorId x = b.conv(b.input({8, 16, 16}), 8, 3);
  b.add(b.conv(b.conv(b.conv(x, 8, 1), 8, 3), 8, 1), x);
  const Graph graph = b.finish();
  const StorageFloor floor =
      fusion_scheme(Scheme::lbdf).storage_floors(graph, CostParams{}, kNeverFits).front();
  ASSERT_EQ(floor.delays.size(), 1U);
  EXPECT_EQ(floor.delays.front().tensor, x);
  EXPECT_EQ(floor.delays.front().rows, 2);
}

/// Known answer: a 3x3 that streams a map of 16 x 16 x 8 in slices reads two rows again at each edge
/// between two tiles; a 1x1 reads none.
TEST(StorageFloor, RowsAtTheEdgesOfTilesAreStreamedAgain) {
  testing::GraphBuilder b("edges");
  const TensorId x = b.conv(b.input({8, 16, 16}), 8, 3);
  b.conv(x, 8, 1);
  const Graph graph = b.finish();
  bool has_tiles = false;
  for (const StorageFloor& floor :
       fusion_scheme(Scheme::brr).storage_floors(graph, CostParams{}, kNeverFits)) {
    const int64_t edges = floor.weight_rounds - 1;  // of weights that are streamed once per tile
    has_tiles = has_tiles || edges > 0;
    if (edges == 0) continue;
    EXPECT_EQ(floor.holds[0].front().again_bytes, edges * 2 * 16 * 8);
    EXPECT_EQ(floor.holds[1].front().again_bytes, 0);
  }
  EXPECT_TRUE(has_tiles);
}

}  // namespace
}  // namespace fusesim
