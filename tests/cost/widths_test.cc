#include "fusesim/cost/widths.h"

#include <gtest/gtest.h>

#include "fusesim/testing/cost_model.h"
#include "fusesim/testing/whole_graph.h"

namespace fusesim {
namespace {

using testing::finish;
using testing::GraphBuilder;
using testing::whole;

/// A 3x3 convolution of 3 maps of 5 x 5 to 4, with elements of 4, 16 and weights of 4 bits.
Graph narrow_conv() {
  GraphBuilder b("net");
  const TensorId x = b.input({3, 5, 5});
  const TensorId y = b.conv(x, 4, 3);
  Graph graph = finish(b, {y});
  graph.tensors[static_cast<size_t>(x)].bits = 4;
  graph.tensors[static_cast<size_t>(y)].bits = 16;
  graph.ops[0].weight_bits = 4;
  graph.ops[0].bias_bits = 16;
  return graph;
}

TEST(Widths, RowsOfNarrowElementsArePaddedToAByte) {
  const Graph graph = narrow_conv();
  Datatypes types;
  types.from_file = true;
  EXPECT_EQ(piece_bytes(graph.tensor(0), 5, types), 3);  // 20 bits
  EXPECT_EQ(tensor_bytes(graph.tensor(0), types), 3 * 5 * 3);
  EXPECT_EQ(tensor_bytes(graph.tensor(1), types), 4 * 5 * 10);
  EXPECT_EQ(sums_piece_bytes(graph.tensor(0), 5, types), 20);
  EXPECT_EQ(weight_bytes(graph.op(0), types), 4 * 14 + 4 * 2);  // 27 weights of an output: 108 bits
  EXPECT_EQ(weight_row_bytes(graph.op(0), 0, 9, types), 5);
  EXPECT_EQ(weight_row_bytes(graph.op(0), 9, 18, types), 4);
  EXPECT_EQ(weight_row_bytes(graph.op(0), 18, 27, types), 5);
}

TEST(Widths, AreTheConfigurationsUnlessItWantsTheFiles) {
  const Graph graph = narrow_conv();
  const Datatypes types;
  EXPECT_EQ(tensor_bytes(graph.tensor(0), types), 3 * 25);
  EXPECT_EQ(tensor_bytes(graph.tensor(1), types), 4 * 25);
  EXPECT_EQ(weight_bytes(graph.op(0), types), 4 * 27 + 4 * 4);
}

TEST(Widths, TrafficOfAGroupIsThatOfTheFile) {
  const Graph graph = narrow_conv();
  CostParams params;
  params.datatypes.from_file = true;
  const testing::LbdfCost cost = testing::CostModel(graph, params).lbdf(whole(graph));
  EXPECT_EQ(cost.traffic.ifmap_bytes, 45);
  EXPECT_EQ(cost.traffic.ofmap_bytes, 200);
  EXPECT_EQ(cost.traffic.weight_bytes, 64);
  EXPECT_EQ(cost.f_beta_bytes, 64 + 3 * 9 + 40);  // three rows of 3 x 3 bytes, one of 4 x 10
}

}  // namespace
}  // namespace fusesim
