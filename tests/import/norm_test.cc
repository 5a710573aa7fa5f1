#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;

/// Statistics of the whole map are a pool of their own; what they lead to is one row at a time.
TEST(Norm, OverTheWholeMapIsMomentsThenRows) {
  for (const bool instance : {true, false}) {
    OnnxBuilder m(21);
    m.input("x", {1, 8, 6, 4}).weight("scale", {8}).weight("shift", {8});
    NodeBuilder node =
        m.node(instance ? "InstanceNormalization" : "GroupNormalization", {"x", "scale", "shift"}, {"y"});
    if (!instance) node.integer("num_groups", 2);
    m.output("y");
    const Graph g = import_graph(m);
    ASSERT_THAT(summary(g), ElementsAre("moments(x)->y/moments", "eltwise(x,y/moments)->y/normalise",
                                        "activation(y/normalise)->y"));
    EXPECT_EQ(g.op(0).groups, instance ? 8 : 2);
    EXPECT_EQ(output_shape(g, "y/moments"), (Shape{8, 1, 2}));
    EXPECT_EQ(g.op(1).eltwise, EltwiseKind::normalise);
    EXPECT_EQ(g.op(2).weights, 8);
    EXPECT_EQ(g.op(2).biases, 8);
    for (const Op& op : g.ops) EXPECT_THAT(op.nodes, ElementsAre("y"));
  }
}

TEST(Norm, LayerNormalizationByItsFirstAxis) {
  const auto imported = [](int64_t axis, const std::vector<int64_t>& parameters) {
    OnnxBuilder m(17);
    m.input("x", {1, 8, 6, 4}).weight("scale", parameters).weight("shift", parameters);
    m.node("LayerNormalization", {"x", "scale", "shift"}, {"y"}).integer("axis", axis);
    m.output("y");
    return import_graph(m);
  };
  const Graph map = imported(1, {8, 6, 4});
  EXPECT_EQ(map.ops.size(), 3U);
  EXPECT_EQ(map.op(0).groups, 1);
  EXPECT_EQ(map.op(2).weights, 192);
  EXPECT_EQ(imported(2, {6, 4}).op(0).groups, 8);
  // What comes from outside is seen as rows of channels.
  const Graph rows = imported(-1, {4});
  EXPECT_THAT(summary(rows), ElementsAre("norm(x)->y"));
  EXPECT_EQ(rows.op(0).weights, 4);
  EXPECT_EQ(rows.out_shape(rows.op(0)), (Shape{4, 8, 6}));
}

TEST(Norm, OverColumnsOfAMapIsAFunctionOfARow) {
  OnnxBuilder m(17);
  m.input("x", {1, 8, 6, 4}).weight("scale", {4}).weight("shift", {4});
  m.conv("x", "c", 8, 8, 1);
  m.node("LayerNormalization", {"c", "scale", "shift"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->c", "activation(c)->y"));
  EXPECT_EQ(g.op(1).weights, 4);
}

TEST(Norm, OverChannelsIsOfEachPosition) {
  OnnxBuilder m(13);
  m.input("x", {1, 8, 6, 4});
  m.node("Softmax", {"x"}, {"s"}).integer("axis", 1);
  m.node("LpNormalization", {"s"}, {"l"}).integer("axis", 1);
  m.node("LRN", {"l"}, {"r"}).integer("size", 5);
  m.node("LogSoftmax", {"r"}, {"c"}).integer("axis", 3);
  m.node("Softmax", {"c"}, {"rows"}).integer("axis", 2);
  m.output("rows");
  EXPECT_THAT(summary(import_graph(m, false)),
              ElementsAre("norm(x)->s", "norm(s)->l", "norm(l)->r", "activation(r)->c", "opaque(c)->rows"));
}

TEST(Norm, SoftmaxOfAVectorInOldOpsets) {
  OnnxBuilder m(11);
  m.input("x", {1, 8, 6, 4});
  m.node("GlobalAveragePool", {"x"}, {"p"});
  m.node("Softmax", {"p"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("global_avg_pool(x)->p", "norm(p)->y"));
}

void add_gelu_by_erf(OnnxBuilder& m, bool half_last) {
  m.numbers("root", {std::sqrt(2.0F)}, {}).numbers("one", {1.0F}, {}).numbers("half", {0.5F}, {});
  m.node("Div", {"c", "root"}, {"d"});
  m.node("Erf", {"d"}, {"e"});
  m.node("Add", {"e", "one"}, {"a"});
  if (half_last) {
    m.node("Mul", {"c", "a"}, {"p"});
    m.node("Mul", {"p", "half"}, {"y"});
  } else {
    m.node("Mul", {"c", "half"}, {"p"});
    m.node("Mul", {"p", "a"}, {"y"});
  }
}

void add_gelu_by_tanh(OnnxBuilder& m) {
  m.numbers("three", {3.0F}, {}).numbers("k", {0.044715F}, {}).numbers("s", {0.7978846F}, {});
  m.numbers("one", {1.0F}, {}).numbers("half", {0.5F}, {});
  m.node("Pow", {"c", "three"}, {"cube"});
  m.node("Mul", {"cube", "k"}, {"m"});
  m.node("Add", {"c", "m"}, {"a"});
  m.node("Mul", {"a", "s"}, {"b"});
  m.node("Tanh", {"b"}, {"t"});
  m.node("Add", {"t", "one"}, {"u"});
  m.node("Mul", {"c", "half"}, {"h"});
  m.node("Mul", {"h", "u"}, {"y"});
}

TEST(Gelu, SpelledOutIsOneEpilogue) {
  for (int form = 0; form < 3; ++form) {
    OnnxBuilder m;
    m.input("x", {1, 3, 6, 4});
    m.conv("x", "c", 3, 8, 3);
    form == 2 ? add_gelu_by_tanh(m) : add_gelu_by_erf(m, form == 0);
    m.output("y");
    const Graph g = import_graph(m);
    ASSERT_THAT(summary(g), ElementsAre("conv(x)->y")) << form;
    ASSERT_EQ(g.op(0).activations.size(), 1U);
    EXPECT_EQ(g.op(0).activations[0].type, "Gelu");
    EXPECT_EQ(g.op(0).nodes.size(), form == 2 ? 9U : 6U);
  }
}

TEST(Gelu, OfAnotherRootIsNone) {
  OnnxBuilder m;
  m.input("x", {1, 3, 6, 4});
  m.conv("x", "c", 3, 8, 3);
  add_gelu_by_erf(m, true);
  m.numbers("other", {1.5F}, {});
  m.graph().mutable_node(1)->set_input(1, "other");
  m.output("y");
  EXPECT_GT(import_graph(m).ops.size(), 1U);
}

}  // namespace
}  // namespace fusesim
