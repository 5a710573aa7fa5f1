#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> functions(const Op& op) {
  std::vector<std::string> types;
  for (const ActivationFn& fn : op.activations) types.push_back(fn.type);
  return types;
}

TEST(Epilogue, JoinsEveryKindOfOpThatFeedsIt) {
  OnnxBuilder m;
  m.input("x", {1, 4, 8, 8});
  m.conv("x", "c", 4, 4, 1);
  m.node("Relu", {"c"}, {"c_r"});
  m.node("MaxPool", {"c_r"}, {"p"}).integers("kernel_shape", {2, 2});
  m.node("Tanh", {"p"}, {"p_r"});
  m.node("Add", {"p_r", "p_r"}, {"a"});
  m.node("Sigmoid", {"a"}, {"a_r"});
  m.node("Concat", {"a_r", "a_r"}, {"d"}).integer("axis", 1);
  m.node("Elu", {"d"}, {"d_r"});
  m.node("GlobalAveragePool", {"d_r"}, {"g"});
  m.node("Softplus", {"g"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  EXPECT_THAT(summary(g), ElementsAre("conv(x)->c_r", "max_pool(c_r)->p_r", "eltwise(p_r,p_r)->a_r",
                                      "concat(a_r,a_r)->d_r", "global_avg_pool(d_r)->y"));
  EXPECT_THAT(g.op(0).nodes, ElementsAre("c", "c_r"));
  EXPECT_EQ(g.op(0).name, "c");
  EXPECT_EQ(import_graph(m, false).ops.size(), 10U);
}

TEST(Epilogue, SeveralFollowEachOtherInOrder) {
  OnnxBuilder m;
  m.input("x", {1, 4, 8, 8});
  m.conv("x", "c", 4, 4, 1);
  m.node("Sigmoid", {"c"}, {"s"});
  m.node("Relu", {"s"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_EQ(g.ops.size(), 1U);
  EXPECT_THAT(functions(g.op(0)), ElementsAre("Sigmoid", "Relu"));
}

TEST(Epilogue, FollowsAnActivationThatIsAnOpOfItsOwn) {
  OnnxBuilder m;
  m.input("x", {1, 4, 8, 8});
  m.batch_norm("x", "n", 4);
  m.node("Relu", {"n"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("activation(x)->y"));
  EXPECT_THAT(functions(g.op(0)), ElementsAre("Affine", "Relu"));
  EXPECT_EQ(g.op(0).weights, 4);
  EXPECT_EQ(g.op(0).biases, 4);
  EXPECT_THAT(summary(import_graph(m, false)), ElementsAre("activation(x)->n", "activation(n)->y"));
}

TEST(Epilogue, StaysOutWhereTheRawValueIsReadOrAnOutput) {
  for (const bool as_output : {true, false}) {
    OnnxBuilder m;
    m.input("x", {1, 4, 8, 8});
    m.conv("x", "c", 4, 4, 1);
    m.node("Relu", {"c"}, {"r"});
    if (!as_output) m.node("Add", {"c", "r"}, {"y"});
    m.output(as_output ? "c" : "y");
    if (as_output) m.output("r");
    const Graph g = import_graph(m);
    EXPECT_EQ(find_op(g, "r").kind, OpKind::activation);
    EXPECT_TRUE(find_op(g, "c").activations.empty());
  }
}

TEST(Epilogue, WithSlopesStaysAnOp) {
  OnnxBuilder m;
  m.input("x", {1, 4, 8, 8}).weight("slope", {4, 1, 1});
  m.conv("x", "c", 4, 4, 1);
  m.node("PRelu", {"c", "slope"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->c", "activation(c)->y"));
  EXPECT_EQ(g.op(1).weights, 4);
}

TEST(Activation, ClipBoundsComeFromAttributesOrInputs) {
  for (const int64_t opset : {9, 10, 11, 13, 17, 20}) {
    OnnxBuilder m(opset);
    m.input("x", {1, 4, 8, 8});
    if (opset < 11) {
      m.node("Clip", {"x"}, {"y"}).number("min", -1.0F).number("max", 6.0F);
    } else {
      m.numbers("low", {-1.0F}, {}).numbers("high", {6.0F}, {});
      m.node("Clip", {"x", "low", "high"}, {"y"});
    }
    m.output("y");
    const Graph g = import_graph(m);
    ASSERT_THAT(summary(g), ElementsAre("activation(x)->y")) << opset;
    EXPECT_EQ(g.op(0).activations[0].type, "Clip");
    EXPECT_EQ(g.op(0).activations[0].alpha, -1.0F);
    EXPECT_EQ(g.op(0).activations[0].beta, 6.0F);
    EXPECT_EQ(g.op(0).weights + g.op(0).biases, 0);
  }
}

TEST(Activation, QuantisationByOneScaleIsAFunctionAndByChannelHasParameters) {
  OnnxBuilder m;
  m.input("x", {1, 4, 8, 8}).numbers("one", {0.5F}, {}).weight("many", {4});
  auto& zero = *m.graph().add_initializer();
  zero.set_name("zero");
  zero.set_data_type(onnx::TensorProto::INT8);
  zero.add_int32_data(3);
  m.conv("x", "c", 4, 4, 1);
  m.node("QuantizeLinear", {"c", "one", "zero"}, {"q"});
  m.node("DequantizeLinear", {"q", "one", "zero"}, {"d"});
  m.node("QuantizeLinear", {"d", "many"}, {"y"}).integer("axis", 1);
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->d", "activation(d)->y"));
  EXPECT_THAT(functions(g.op(0)), ElementsAre("QuantizeLinear", "DequantizeLinear"));
  EXPECT_EQ(g.op(0).activations[0].alpha, 0.5F);
  EXPECT_EQ(g.op(0).activations[0].beta, 3.0F);
  EXPECT_EQ(g.op(1).weights, 4);
  EXPECT_EQ(g.op(1).biases, 0);
}

TEST(Activation, QuantisedWeightsAreWeights) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8}).weight("scale", {5});
  auto& w = *m.graph().add_initializer();
  w.set_name("w8");
  w.set_data_type(onnx::TensorProto::INT8);
  for (const int64_t d : {5, 3, 3, 3}) w.add_dims(d);
  w.set_raw_data(std::string(135, '\0'));
  m.node("DequantizeLinear", {"w8", "scale"}, {"w"}).integer("axis", 0);
  m.node("Conv", {"x", "w"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->y"));
  EXPECT_EQ(g.op(0).weights, 135);
}

TEST(Activation, ClipByAComputedBoundIsOpaque) {
  OnnxBuilder m;
  m.input("x", {1, 4, 8, 8}).input("bound", {});
  m.node("Clip", {"x", "", "bound"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(x,bound)->y"));
}

TEST(Activation, AttributesAndTheirDefaults) {
  struct Case {
    const char* type;
    float alpha;
    float beta;
  };
  for (const Case& c : {Case{"LeakyRelu", 0.01F, 0}, Case{"Elu", 1, 0}, Case{"HardSigmoid", 0.2F, 0.5F},
                        Case{"HardSwish", 1.0F / 6, 0.5F}, Case{"Selu", 1.67326F, 1.0507F}}) {
    OnnxBuilder m(14);
    m.input("x", {1, 4, 8, 8});
    m.node(c.type, {"x"}, {"y"});
    m.output("y");
    const ActivationFn fn = import_graph(m).op(0).activations.at(0);
    EXPECT_EQ(fn.type, c.type);
    EXPECT_FLOAT_EQ(fn.alpha, c.alpha);
    EXPECT_FLOAT_EQ(fn.beta, c.beta);
  }
}

/// conv -> gated activation, in the spelling that `add` gives it.
OnnxBuilder gated(void (*add)(OnnxBuilder&)) {
  OnnxBuilder m;
  m.input("x", {1, 4, 8, 8})
      .numbers("three", {3.0F}, {})
      .numbers("six", {6.0F}, {})
      .numbers("zero", {0.0F}, {});
  m.numbers("sixth", {1.0F / 6}, {});
  m.conv("x", "c", 4, 4, 1);
  add(m);
  m.output("y");
  return m;
}

void expect_gated(const OnnxBuilder& m, const std::string& type, size_t nodes) {
  const Graph folded = import_graph(m);
  ASSERT_THAT(summary(folded), ElementsAre("conv(x)->y"));
  EXPECT_THAT(functions(folded.op(0)), ElementsAre(type));
  EXPECT_EQ(folded.op(0).nodes.size(), nodes + 1);
  const Graph apart = import_graph(m, false);
  ASSERT_THAT(summary(apart), ElementsAre("conv(x)->c", "activation(c)->y"));
  EXPECT_THAT(functions(apart.op(1)), ElementsAre(type));
  EXPECT_EQ(apart.op(1).weights + apart.op(1).biases, 0);
}

TEST(Activation, RecognisesSilu) {
  expect_gated(gated([](OnnxBuilder& m) {
                 m.node("Sigmoid", {"c"}, {"s"});
                 m.node("Mul", {"c", "s"}, {"y"});
               }),
               "Silu", 2);
  expect_gated(gated([](OnnxBuilder& m) {
                 m.node("Sigmoid", {"c"}, {"s"});
                 m.node("Mul", {"s", "c"}, {"y"});
               }),
               "Silu", 2);
}

TEST(Activation, RecognisesHardSwish) {
  const OnnxBuilder m = gated([](OnnxBuilder& b) {
    b.node("HardSigmoid", {"c"}, {"s"}).number("alpha", 0.25F);
    b.node("Mul", {"c", "s"}, {"y"});
  });
  expect_gated(m, "HardSwish", 2);
  EXPECT_EQ(import_graph(m).op(0).activations[0].alpha, 0.25F);
}

TEST(Activation, RecognisesHardSwishSpelledOut) {
  expect_gated(gated([](OnnxBuilder& m) {
                 m.node("Add", {"c", "three"}, {"a"});
                 m.node("Clip", {"a", "zero", "six"}, {"r"});
                 m.node("Div", {"r", "six"}, {"s"});
                 m.node("Mul", {"c", "s"}, {"y"});
               }),
               "HardSwish", 4);
  expect_gated(gated([](OnnxBuilder& m) {
                 m.node("Add", {"c", "three"}, {"a"});
                 m.node("Clip", {"a", "zero", "six"}, {"r"});
                 m.node("Mul", {"c", "r"}, {"p"});
                 m.node("Mul", {"p", "sixth"}, {"y"});
               }),
               "HardSwish", 4);
}

TEST(Activation, RecognisesMish) {
  expect_gated(gated([](OnnxBuilder& m) {
                 m.node("Softplus", {"c"}, {"s"});
                 m.node("Tanh", {"s"}, {"t"});
                 m.node("Mul", {"c", "t"}, {"y"});
               }),
               "Mish", 3);
}

TEST(Activation, AGateOfAnotherTensorIsNoGate) {
  OnnxBuilder m;
  m.input("x", {1, 4, 8, 8}).input("z", {1, 4, 8, 8});
  m.node("Sigmoid", {"z"}, {"s"});
  m.node("Mul", {"x", "s"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("activation(z)->s", "eltwise(x,s)->y"));
}

TEST(Activation, AGateThatIsReadElsewhereStays) {
  OnnxBuilder m;
  m.input("x", {1, 4, 8, 8});
  m.node("Sigmoid", {"x"}, {"s"});
  m.node("Mul", {"x", "s"}, {"y"});
  m.output("y").output("s");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("activation(x)->s", "eltwise(x,s)->y"));
}

TEST(Activation, SqueezeAndExciteStaysAnElementwiseProduct) {
  OnnxBuilder m;
  m.input("x", {1, 4, 8, 8});
  m.node("GlobalAveragePool", {"x"}, {"g"});
  m.conv("g", "c", 4, 4, 1, true);
  m.node("Sigmoid", {"c"}, {"s"});
  m.node("Mul", {"s", "x"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("global_avg_pool(x)->g", "conv(g)->s", "eltwise(s,x)->y"));
  EXPECT_TRUE(is_row_broadcast(g, g.op(2), 0));
}

}  // namespace
}  // namespace fusesim
