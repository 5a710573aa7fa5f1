#include "brr/certain_rows.h"

#include <gtest/gtest.h>

#include "fusesim/testing/graph_builder.h"

namespace fusesim {
namespace {

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

}  // namespace
}  // namespace fusesim
