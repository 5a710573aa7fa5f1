#include "storage.h"

#include <gtest/gtest.h>

#include "brr_schedules.h"
#include "fusesim/testing/graph_builder.h"

namespace fusesim::hw {
namespace {

using testing::ConvSpec;
using testing::GraphBuilder;
using testing::square_window;

/// The group's storage at e_a 1, e_w 1, e_b 4, e_p 4 and 32 rows of PEs.
BrrStorage storage_of(const Graph& graph, const GroupSchedule& schedule) {
  const BrrGroup group = view_tiled_group(graph, schedule);
  return plan_brr_storage(group, BrrGeometry(group, schedule.brr.tile_rows), Datatypes{}, 32,
                          schedule.brr.double_buffer);
}

TEST(BrrStorage, AnAddAndAConvolutionOverItsSlices) {
  GraphBuilder g("layer3");
  const TensorId a = g.input({256, 14, 14});
  const TensorId b = g.input({256, 14, 14});
  g.conv(g.add(a, b), 256, 3);
  const Graph graph = g.finish();
  const BrrStorage s = storage_of(graph, whole_graph(graph, 8, 1, 14, {0, 1, 2}));
  // three SLICE tensors of 3 rows; the result at 1 row with sums of 4 bytes; 32 x 8 x 9 weights and 8 biases
  EXPECT_EQ(s.tensor_bytes, 3 * 8 * 3 * 14 + 256 * 14 * 4);
  EXPECT_EQ(s.streamed_bytes, 32 * 8 * 9 + 8 * 4);
  EXPECT_EQ(s.tensor_bytes + s.streamed_bytes, 17680);
  EXPECT_EQ(s.weight_bytes, 256 * 256 * 9 + 256 * 4);
}

TEST(BrrStorage, DoubleBuffersHaveRoomForWhatComesNext) {
  GraphBuilder g("two");
  const TensorId wide = g.conv(g.input({8, 12, 5}), 16, 3);
  const TensorId narrow = g.input({4, 12, 5});
  g.add(wide, g.conv(narrow, 16, 1));
  const Graph graph = g.finish();
  // tiles of 3 rows: the first input has 5, of which 3 are new; the other 3. One is FULL, the other SLICE.
  GroupSchedule schedule = whole_graph(graph, 2, 3, 4, {2});
  const BrrStorage single = storage_of(graph, schedule);
  EXPECT_EQ(single.tensors[0].own_bytes, 8 * 5 * 5);
  EXPECT_EQ(single.tensors[2].own_bytes, 2 * 3 * 5);
  EXPECT_EQ(single.streamed_bytes, 8 * 2 * 9 + 2 * 4);
  schedule.brr.double_buffer = DoubleBuffer::weights;
  EXPECT_EQ(storage_of(graph, schedule).tensor_bytes, single.tensor_bytes);
  EXPECT_EQ(storage_of(graph, schedule).streamed_bytes, 2 * (8 * 2 * 9 + 2 * 4));
  schedule.brr.double_buffer = DoubleBuffer::all;
  const BrrStorage all = storage_of(graph, schedule);
  EXPECT_EQ(all.tensors[0].own_bytes, 8 * (5 + 3) * 5);
  EXPECT_EQ(all.tensors[2].own_bytes, 2 * (2 * 3) * 5);
  EXPECT_EQ(all.tensor_bytes, single.tensor_bytes + (8 * 3 * 5 + 2 * 3 * 5));
}

TEST(BrrStorage, TwoSubgroupsNeedNoMoreThanAllWeights) {
  GraphBuilder g("one");
  g.conv(g.input({8, 12, 5}), 12, 3);
  const Graph graph = g.finish();
  GroupSchedule schedule = whole_graph(graph, 8, 3, 4);
  schedule.brr.double_buffer = DoubleBuffer::weights;
  EXPECT_EQ(storage_of(graph, schedule).streamed_bytes, 12 * (8 * 9 + 4));
}

TEST(BrrStorage, SeveralSubgroupsNeedSumsOfOneBlock) {
  GraphBuilder g("deep");
  g.conv(g.input({33, 8, 4}), 24, 1);
  const Graph graph = g.finish();
  const BrrStorage s = storage_of(graph, whole_graph(graph, 8, 2, 4));
  EXPECT_EQ(s.tensors[1].partial_sum_bytes, 8 * 2 * 4 * 3);
  EXPECT_EQ(s.tensor_bytes, 33 * 2 * 4 + 24 * 2 * 4 + 8 * 2 * 4 * 3);
}

TEST(BrrStorage, ADepthwiseResultKeepsPadPlusOneRowsOfItsOwn) {
  GraphBuilder g("depthwise");
  const TensorId t = g.conv(g.input({16, 8, 4}), 16, 1);
  g.conv(t, ConvSpec{16, square_window(3, 1, 1), 16, true});
  const Graph graph = g.finish();
  const BrrStorage s = storage_of(graph, whole_graph(graph, 8, 4, 2, {1, 2}));
  EXPECT_TRUE(s.tensors[2].in_place);
  EXPECT_EQ(s.tensors[2].own_bytes, 8 * 2 * 4);
  EXPECT_EQ(s.tensors[1].own_bytes, 8 * 5 * 4);
  EXPECT_EQ(s.tensors[2].pool, 1);
  EXPECT_EQ(s.pool_bytes[1], 8 * 2 * 4 + 8 * 5 * 4);
}

TEST(BrrStorage, AnActivationInPlaceOwnsNothing) {
  GraphBuilder g("activation");
  g.activation(g.conv(g.input({16, 8, 4}), 16, 1), "Relu");
  const Graph graph = g.finish();
  EXPECT_EQ(storage_of(graph, whole_graph(graph, 8, 4, 2, {1, 2})).tensors[2].own_bytes, 0);
  // not of the same residency
  EXPECT_EQ(storage_of(graph, whole_graph(graph, 8, 4, 2, {1})).tensors[2].own_bytes, 16 * 4 * 4);
}

TEST(BrrStorage, AMapThatIsReadTwiceIsNotOverwritten) {
  GraphBuilder g("twice");
  const TensorId t = g.conv(g.input({16, 8, 4}), 16, 1);
  g.add(g.activation(t, "Sigmoid"), t);
  const Graph graph = g.finish();
  EXPECT_FALSE(storage_of(graph, whole_graph(graph, 8, 4, 2)).tensors[2].in_place);
}

/// squeeze 1, expands 2 and 3, concat 4
Graph fire_module() {
  GraphBuilder g("fire");
  const TensorId s = g.conv(g.input({64, 8, 4}), 16, 1);
  g.concat({g.conv(s, 48, 1), g.conv(s, 48, 3)});
  return g.finish();
}

TEST(BrrStorage, ConcatenatedOperandsLieInTheResult) {
  const Graph graph = fire_module();
  const BrrStorage s = storage_of(graph, whole_graph(graph, 8, 4, 2, {2, 3, 4}));
  EXPECT_TRUE(s.tensors[2].zero_copy);
  EXPECT_EQ(s.tensors[2].own_bytes + s.tensors[3].own_bytes, 0);
  EXPECT_EQ(s.tensors[4].own_bytes, 8 * 4 * 4);
  EXPECT_EQ(s.tensors[3].pool, 4);
}

TEST(BrrStorage, AFullOperandDoesNotLieInASlicedResult) {
  const Graph graph = fire_module();
  const BrrStorage s = storage_of(graph, whole_graph(graph, 8, 4, 2, {3, 4}));
  EXPECT_FALSE(s.tensors[2].zero_copy);
  EXPECT_EQ(s.tensors[2].own_bytes, 48 * 4 * 4);
}

TEST(BrrStorage, AnOperandWithPartialSumsOwnsItsStorage) {
  const Graph graph = fire_module();
  const BrrStorage s = storage_of(graph, whole_graph(graph, 8, 4, 2, {0, 2, 3, 4}));
  EXPECT_TRUE(s.tensors[1].has_partial_sums);
  EXPECT_EQ(s.tensors[1].own_bytes, 16 * 5 * 4 * 4);
}

TEST(BrrStorage, APooledVectorIsKeptAtPartialSumWidth) {
  GraphBuilder g("gap");
  g.global_avg_pool(g.conv(g.input({4, 6, 4}), 12, 3));
  const Graph graph = g.finish();
  EXPECT_EQ(storage_of(graph, whole_graph(graph, 8, 4, 2, {1})).tensors[2].own_bytes, 12 * 4);
}

TEST(BrrStorage, SubgroupsAddUpToTheWeights) {
  GraphBuilder g("grouped");
  g.conv(g.input({24, 4, 4}), ConvSpec{36, square_window(3, 1, 1), 6, true});
  const Graph graph = g.finish();
  const Op& op = graph.op(0);
  int64_t bytes = 0;
  for (int64_t co = 0; co < 36; co += 5) {
    for (int64_t ci = 0; ci < 4; ci += 3) {
      bytes += subgroup_bytes(graph, op, Datatypes{}, {co, std::min<int64_t>(36, co + 5)},
                              {ci, std::min<int64_t>(4, ci + 3)}, ci == 0);
    }
  }
  EXPECT_EQ(bytes, 36 * 4 * 9 + 36 * 4);
}

}  // namespace
}  // namespace fusesim::hw
