#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;

TEST(Convolution, TakesWindowGroupsAndParametersFromTheNode) {
  OnnxBuilder m;
  m.input("x", {1, 4, 11, 13});
  m.weight("w", {6, 2, 3, 5}).weight("b", {6});
  m.node("Conv", {"x", "w", "b"}, {"y"})
      .integer("group", 2)
      .integers("strides", {2, 1})
      .integers("dilations", {2, 1})
      .integers("pads", {1, 2, 3, 0});
  m.output("y");
  const Graph g = import_graph(m);
  const Op& op = find_op(g, "y");
  EXPECT_EQ(op.kind, OpKind::conv);
  EXPECT_EQ(op.groups, 2);
  EXPECT_EQ(op.weights, 6 * 2 * 3 * 5);
  EXPECT_EQ(op.biases, 6);
  EXPECT_EQ(op.window.kernel_h, 3);
  EXPECT_EQ(op.window.kernel_w, 5);
  EXPECT_EQ(op.window.stride_h, 2);
  EXPECT_EQ(op.window.dilation_h, 2);
  EXPECT_EQ(op.window.pad_top, 1);
  EXPECT_EQ(op.window.pad_left, 2);
  EXPECT_EQ(op.window.pad_bottom, 3);
  EXPECT_EQ(op.window.pad_right, 0);
  EXPECT_EQ(output_shape(g, "y"), (Shape{6, 6, 11}));
}

TEST(Convolution, SamePaddingPutsTheOddElementWhereItsModeSays) {
  for (const bool upper : {true, false}) {
    OnnxBuilder m;
    m.input("x", {1, 3, 8, 8});
    m.conv("x", "y", 3, 4, 3)
        .integers("strides", {2, 2})
        .text("auto_pad", upper ? "SAME_UPPER" : "SAME_LOWER");
    m.output("y");
    const Graph g = import_graph(m);
    EXPECT_EQ(find_op(g, "y").window.pad_top, upper ? 0 : 1);
    EXPECT_EQ(find_op(g, "y").window.pad_bottom, upper ? 1 : 0);
    EXPECT_EQ(output_shape(g, "y"), (Shape{4, 4, 4}));
  }
}

TEST(Convolution, BatchNormalisationLeavesOneBiasPerChannel) {
  for (const bool bias : {false, true}) {
    for (const bool fold : {false, true}) {
      OnnxBuilder m;
      m.input("x", {1, 3, 8, 8});
      m.conv("x", "c", 3, 5, 3, bias);
      m.batch_norm("c", "y", 5);
      m.output("y");
      const Graph g = import_graph(m, fold);
      ASSERT_THAT(summary(g), ElementsAre("conv(x)->y"));
      EXPECT_EQ(g.op(0).name, "c");
      EXPECT_THAT(g.op(0).nodes, ElementsAre("c", "y"));
      EXPECT_EQ(g.op(0).weights, 135);
      EXPECT_EQ(g.op(0).biases, 5);
    }
  }
}

TEST(Convolution, TakesPerChannelArithmeticByConstants) {
  struct Case {
    const char* type;
    bool constant_first;
    std::vector<int64_t> dims;
    int64_t biases;
  };
  for (const Case& c : std::vector<Case>{{"Add", false, {5, 1, 1}, 5},
                                         {"Add", true, {1, 5, 1, 1}, 5},
                                         {"Add", false, {}, 5},
                                         {"Sub", false, {5, 1, 1}, 5},
                                         {"Sub", true, {5, 1, 1}, 5},
                                         {"Mul", false, {5, 1, 1}, 0},
                                         {"Mul", true, {1}, 0},
                                         {"Div", false, {5, 1, 1}, 0}}) {
    OnnxBuilder m;
    m.input("x", {1, 3, 8, 8}).weight("k", c.dims);
    m.conv("x", "c", 3, 5, 3);
    m.node(c.type, c.constant_first ? std::vector<std::string>{"k", "c"} : std::vector<std::string>{"c", "k"},
           {"y"});
    m.output("y");
    const Graph g = import_graph(m);
    ASSERT_THAT(summary(g), ElementsAre("conv(x)->y")) << c.type;
    EXPECT_EQ(g.op(0).biases, c.biases) << c.type;
    EXPECT_EQ(g.op(0).weights, 135);
  }
}

TEST(Convolution, TakesAWholeChainOfArithmetic) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8}).weight("k", {5, 1, 1}).weight("b", {5, 1, 1});
  m.conv("x", "c", 3, 5, 3);
  m.node("Mul", {"c", "k"}, {"s"});
  m.node("Add", {"s", "b"}, {"t"});
  m.batch_norm("t", "n", 5);
  m.node("Relu", {"n"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("conv(x)->y"));
  EXPECT_THAT(summary(import_graph(m, false)), ElementsAre("conv(x)->n", "activation(n)->y"));
}

TEST(Convolution, LeavesArithmeticAloneWhereItsRawResultIsReadElsewhere) {
  for (const bool as_output : {true, false}) {
    OnnxBuilder m;
    m.input("x", {1, 3, 8, 8});
    m.conv("x", "c", 3, 5, 3);
    m.batch_norm("c", "n", 5);
    m.node("Relu", {"c"}, {"r"});
    m.output("n").output(as_output ? "c" : "r");
    if (as_output) m.graph().mutable_node()->RemoveLast();
    const Graph g = import_graph(m);
    const Op& norm = find_op(g, "n");
    EXPECT_EQ(norm.kind, OpKind::activation);
    EXPECT_EQ(norm.weights, 5);
    EXPECT_EQ(norm.biases, 5);
    EXPECT_EQ(find_op(g, "c").biases, 0);
  }
}

TEST(Convolution, DoesNotTakeArithmeticBehindAnActivation) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8});
  m.conv("x", "c", 3, 5, 3);
  m.node("Relu", {"c"}, {"r"});
  m.batch_norm("r", "y", 5);
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("conv(x)->r", "activation(r)->y"));
  EXPECT_EQ(find_op(import_graph(m), "y").activations.at(0).type, "Affine");
}

TEST(Convolution, DividingAConstantByItIsNotLinear) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8}).weight("k", {5, 1, 1});
  m.conv("x", "c", 3, 5, 3);
  m.node("Div", {"k", "c"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->c", "activation(c)->y"));
  EXPECT_EQ(g.op(1).weights, 5);
}

TEST(Convolution, ArithmeticThatIsNotPerChannelStaysOut) {
  for (const std::vector<int64_t>& dims : {std::vector<int64_t>{8}, {5, 6, 8}, {1, 1, 6, 8}}) {
    OnnxBuilder m;
    m.input("x", {1, 3, 8, 10}).weight("k", dims);
    m.conv("x", "c", 3, 5, 3);
    m.node("Add", {"c", "k"}, {"y"});
    m.output("y");
    const Graph g = import_graph(m);
    ASSERT_THAT(summary(g), ElementsAre("conv(x)->c", "opaque(c)->y"));
    int64_t elements = 1;
    for (const int64_t d : dims) elements *= d;
    EXPECT_EQ(g.op(1).weights, elements);
  }
}

TEST(Convolution, StandaloneArithmeticCountsItsConstants) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8}).weight("k", {3, 1, 1}).weight("one", {});
  m.node("Mul", {"x", "k"}, {"a"});
  m.node("Add", {"one", "a"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("activation(x)->a", "activation(a)->y"));
  EXPECT_EQ(g.op(0).weights, 3);
  EXPECT_EQ(g.op(0).biases, 0);
  EXPECT_EQ(g.op(1).weights, 0);
  EXPECT_EQ(g.op(1).biases, 1);
}

TEST(Convolution, TransposedOutputSizesFollowTheDefinition) {
  OnnxBuilder m;
  m.input("x", {1, 4, 5, 7}).weight("w", {4, 3, 3, 3});
  m.node("ConvTranspose", {"x", "w"}, {"y"})
      .integer("group", 2)
      .integers("strides", {2, 3})
      .integers("pads", {1, 0, 0, 2})
      .integers("output_padding", {1, 0});
  m.batch_norm("y", "z", 6);
  m.output("z");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv_transpose(x)->z"));
  EXPECT_EQ(output_shape(g, "y"), (Shape{6, 2 * 4 + 3 - 1 + 1, 3 * 6 + 3 - 2}));
  EXPECT_EQ(g.op(0).weights, 4 * 3 * 9);
  EXPECT_EQ(g.op(0).biases, 6);
  EXPECT_EQ(g.op(0).window.output_pad_h, 1);
}

TEST(Convolution, TransposedOutputShapeSetsThePads) {
  OnnxBuilder m;
  m.input("x", {1, 2, 5, 5}).weight("w", {2, 3, 3, 3});
  m.node("ConvTranspose", {"x", "w"}, {"y"}).integers("strides", {2, 2}).integers("output_shape", {10, 10});
  m.output("y");
  const Graph g = import_graph(m);
  EXPECT_EQ(output_shape(g, "y"), (Shape{3, 10, 10}));
  EXPECT_EQ(g.op(0).window.pad_top + g.op(0).window.pad_bottom, 1);
}

TEST(Convolution, OfVolumesIsOpaqueAndItsWeightsCount) {
  OnnxBuilder m;
  m.input("x", {1, 3, 6, 7, 20}).weight("w", {8, 3, 1, 1, 5}).weight("b", {8});
  m.node("Conv", {"x", "w", "b"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("opaque(x)->y"));
  EXPECT_EQ(g.op(0).weights, 120);
  EXPECT_EQ(g.op(0).biases, 8);
  EXPECT_EQ(output_shape(g, "y"), (Shape{int64_t{8} * 6 * 7 * 16, 1, 1}));
}

TEST(Convolution, WeightsThatTheGraphComputesAreDataOfAnOpaqueOp) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8}).input("k", {1, 4, 3, 9});
  m.integers("shape", {4, 3, 3, 3});
  m.node("Reshape", {"k", "shape"}, {"w"});
  m.node("Conv", {"x", "w"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(x,k)->y"));
}

TEST(Convolution, SharedInitialisersCountOncePerOp) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8}).weight("w", {3, 3, 1, 1}).weight("b", {3});
  m.node("Identity", {"b"}, {"b2"});
  m.node("Identity", {"b2"}, {"b3"});
  m.node("Conv", {"x", "w", "b"}, {"c1"});
  m.node("Conv", {"c1", "w", "b3"}, {"c2"});
  m.output("c2");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->c1", "conv(c1)->c2"));
  for (const Op& op : g.ops) {
    EXPECT_EQ(op.weights, 9);
    EXPECT_EQ(op.biases, 3);
  }
}

}  // namespace
}  // namespace fusesim
