#include "values/kernels.h"

#include <gtest/gtest.h>

#include <numeric>
#include <utility>

#include "fusesim/hw/simulation_error.h"
#include "fusesim/testing/graph_builder.h"
#include "testing/guard.h"

namespace fusesim::hw {
namespace {

using fusesim::testing::GraphBuilder;
using fusesim::testing::square_window;

/// Rows of one tensor, index (y * C + c) * W + x.
class Rows : public RowSource {
 public:
  Rows(const Shape& shape, std::vector<Value> elements) : shape_(shape), elements_(std::move(elements)) {}
  const uint64_t* channels(int64_t, int64_t, int64_t) override { return nullptr; }
  const Value* values(int64_t y, int64_t c0, int64_t) override {
    return elements_.data() + (y * shape_.c + c0) * shape_.w;
  }

 private:
  Shape shape_;
  std::vector<Value> elements_;
};

ValueNetwork network_of(const Graph& graph) {
  ValueNetwork network;
  network.ops.resize(graph.ops.size());
  network.fractions.resize(graph.tensors.size());
  return network;
}

/// Two channels of three columns, one padded 1x3 convolution: 1 2 3 and 4 5 6 under 1 -1 2 and
/// 3 0 1, bias 10.
struct Convolution {
  Convolution() {
    GraphBuilder builder("conv");
    fusesim::testing::ConvSpec spec;
    spec.window = square_window(1);
    spec.window.kernel_w = 3;
    spec.window.pad_left = spec.window.pad_right = 1;
    builder.conv(builder.input({2, 1, 3}), spec);
    graph = builder.finish();
    network = network_of(graph);
    network.ops[0].weights = {1, -1, 2, 3, 0, 1};
    network.ops[0].biases = {10};
  }
  WeightTile tile(int64_t ci0, int64_t ci1) const {
    const ValueUnit unit(graph, network);
    WeightTile made = load_weights(graph, 0, 0, 1, ci0, ci1, ci0 == 0);
    load_values(unit, made);
    return made;
  }

  Graph graph;
  ValueNetwork network;
  Rows rows{{2, 1, 3}, {1, 2, 3, 4, 5, 6}};
};

// column 0: -1 + 2*2 | 0*4 + 5; 1: 1 - 2 + 2*3 | 3*4 + 6; 2: 2 - 3 | 3*5
const std::vector<int64_t> kSums{10 + 3 + 5, 10 + 5 + 18, 10 - 1 + 15};

TEST(Products, AreThoseOfAConvolution) {
  Convolution c;
  const ValueUnit unit(c.graph, c.network);
  std::vector<int64_t> sums(3, 0);
  add_products(unit, 0, c.rows, {0, 2}, c.tile(0, 2), sums.data());
  EXPECT_EQ(sums, kSums);
}

TEST(Products, AddUpOverSubGroupsInAnyOrder) {
  Convolution c;
  const ValueUnit unit(c.graph, c.network);
  std::vector<int64_t> sums(3, 0);
  add_products(unit, 0, c.rows, {0, 2}, c.tile(1, 2), sums.data());
  add_products(unit, 0, c.rows, {0, 2}, c.tile(0, 1), sums.data());
  EXPECT_EQ(sums, kSums);
}

TEST(Products, OfAStripAreThoseOfItsColumns) {
  Convolution c;
  ValueUnit unit(c.graph, c.network);
  unit.hold(c.graph.inputs[0], {0, 2});
  unit.hold(c.graph.outputs[0], {0, 1});
  Rows strip({2, 1, 2}, {1, 2, 4, 5});
  std::vector<int64_t> sums(1, 0);
  add_products(unit, 0, strip, {0, 2}, c.tile(0, 2), sums.data());
  EXPECT_EQ(sums[0], kSums[0]);
}

TEST(Products, LeaveThePartialSumsWithAnError) {
  Convolution c;
  c.network.format.sum_bits = 6;  // -32 to 31
  const ValueUnit unit(c.graph, c.network);
  std::vector<int64_t> sums(3, 0);
  try {
    add_products(unit, 0, c.rows, {0, 2}, c.tile(0, 2), sums.data());
    FAIL() << "33 is no partial sum of 6 bits";
  } catch (const SimulationError& e) {
    EXPECT_EQ(e.guard(), SimulationError::Guard::partial_sum_overflow);
    EXPECT_STREQ(e.what(),
                 "op 0 (conv_0): channel 0, row 0, column 1: expected a partial sum of 6 bits, got 33");
  }
}

TEST(Products, AreShiftedWithHalvesUpwardsAndCut) {
  Convolution c;
  c.network.ops[0].shift = 2;
  const ValueUnit unit(c.graph, c.network);
  const std::vector<int64_t> sums{6, -6, 5, -7, 4000, -4000};
  std::vector<Value> out(3);
  finish_products(unit, 0, 1, sums.data(), out.data());
  EXPECT_EQ(out, (std::vector<Value>{2, -1, 1}));  // 1.5, -1.5, 1.25
  finish_products(unit, 0, 1, sums.data() + 3, out.data());
  EXPECT_EQ(out, (std::vector<Value>{-2, 127, -128}));
}

/// Of a graph of one op, from rows of operand 0.
std::vector<Value> local_row(const Graph& graph, const ValueNetwork& network, Rows& rows, int64_t y) {
  const ValueUnit unit(graph, network);
  const ChannelRange channels{0, graph.out_shape(graph.op(0)).c};
  std::vector<Value> out(unit.elements(0, channels.size()));
  local_values(unit, 0, y, {&rows}, channels, nullptr, out.data());
  return out;
}

TEST(LocalValues, AverageOverWhatLiesInsideTheMap) {
  GraphBuilder builder("pool");
  builder.avg_pool(builder.input({1, 2, 2}), square_window(2, 2, 1));
  const Graph graph = builder.finish();
  ValueNetwork network = network_of(graph);
  Rows rows({1, 2, 2}, {1, 2, 3, 6});
  EXPECT_EQ(local_row(graph, network, rows, 0), (std::vector<Value>{1, 2}));
  network.ops[0].scale = 1;
  EXPECT_EQ(local_row(graph, network, rows, 1), (std::vector<Value>{6, 12}));
}

TEST(LocalValues, NormTakesTheMeanAndDividesByTheDeviation) {
  GraphBuilder builder("norm");
  builder.norm(builder.input({4, 1, 1}));
  const Graph graph = builder.finish();
  ValueNetwork network = network_of(graph);
  network.ops[0].scale = 10;
  network.ops[0].shift = 5;
  // in sixteenths -48, -16, 16, 48 from the mean; mean square 1280, root 35;
  // 48 * 2^10 / 35 = 1404, / 2^5 = 43.9
  Rows rows({4, 1, 1}, {2, 4, 6, 8});
  EXPECT_EQ(local_row(graph, network, rows, 0), (std::vector<Value>{-44, -15, 15, 44}));
}

TEST(LocalValues, SoftmaxSharesOutTheWhole) {
  GraphBuilder builder("softmax");
  builder.norm(builder.input({3, 1, 1}));
  Graph graph = builder.finish();
  graph.ops[0].onnx_type = "Softmax";
  ValueNetwork network = network_of(graph);
  network.ops[0].scale = 7;
  network.ops[0].exponentials = {32768, 16384};  // halves from one value to the next
  Rows rows({3, 1, 1}, {5, 5, 4});
  EXPECT_EQ(local_row(graph, network, rows, 0), (std::vector<Value>{51, 51, 26}));  // 128 * 2/5, 1/5
}

TEST(PooledValues, MomentsAreMeanAndDeviation) {
  GraphBuilder builder("moments");
  builder.moments(builder.input({2, 2, 2}), 1);
  const Graph graph = builder.finish();
  const ValueNetwork network = network_of(graph);
  const ValueUnit unit(graph, network);
  Rows rows({2, 2, 2}, {1, 3, 5, 7, 9, 11, 13, 15});
  std::vector<int64_t> sums(4);
  for (int64_t y = 0; y < 2; ++y) add_pooled_values(unit, 0, y, rows, {0, 2}, sums.data());
  std::vector<Value> out(4);
  finish_pooled_values(unit, 0, sums.data(), out.data());
  EXPECT_EQ(out, (std::vector<Value>{8, 5, 8, 5}));  // sqrt(85 - 64) = 4.58
}

}  // namespace
}  // namespace fusesim::hw
