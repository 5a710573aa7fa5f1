#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fusesim/graph/opaque_ops.h"
#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Opaque, OperatorsWithoutAKindKeepInputsParametersAndOutputs) {
  OnnxBuilder m;
  m.input("x", {1, 4, 3, 3, 4}).weight("scale", {4}).weight("shift", {4});
  m.node("InstanceNormalization", {"x", "scale", "shift"}, {"n"});
  m.node("Softmax", {"n"}, {"s"}).integer("axis", 1);
  m.output("s");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("opaque(x)->n", "opaque(n)->s"));
  EXPECT_EQ(g.op(0).weights, 4);
  EXPECT_EQ(g.op(0).biases, 4);
  EXPECT_EQ(g.out_shape(g.op(1)), (Shape{144, 1, 1}));
}

TEST(Opaque, TensorsOfOtherRanksAreVectorsOfTheirElements) {
  OnnxBuilder m;
  m.input("x", {1, 1, 1, 7, 16});
  m.weight("w", {16, 16}).weight("b", {16});
  m.node("MatMul", {"x", "w"}, {"p"});
  m.node("Add", {"p", "b"}, {"q"});
  m.node("Softmax", {"q"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("opaque(x)->p", "opaque(p)->q", "opaque(q)->y"));
  EXPECT_EQ(g.op(0).weights, 256);
  EXPECT_EQ(g.op(1).weights, 16);
  EXPECT_EQ(g.tensor(g.inputs[0]).shape, (Shape{112, 1, 1}));
}

TEST(Opaque, AFunctionOfAnotherRankFollowsWhatMakesItOrIsOpaque) {
  OnnxBuilder m;
  m.input("x", {1, 2, 3, 7, 16});
  m.node("Relu", {"x"}, {"r"});
  m.node("Transpose", {"r"}, {"t"}).integers("perm", {0, 2, 1, 4, 3});
  m.node("Sigmoid", {"t"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(x)->r", "opaque(r)->y"));
  EXPECT_THAT(summary(import_graph(m, false)), ElementsAre("opaque(x)->r", "opaque(r)->t", "opaque(t)->y"));
}

TEST(Opaque, RecurrentLayersKeepOnlyTheOutputsThatAreRead) {
  OnnxBuilder m;
  m.input("x", {5, 1, 8}).weight("w", {1, 64, 8}).weight("r", {1, 64, 16});
  m.node("LSTM", {"x", "w", "r"}, {"all", "last", "cell"}).integer("hidden_size", 16);
  m.output("all").output("cell");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("opaque(x)->all,cell"));
  EXPECT_EQ(g.op(0).weights, 64 * 24);
}

TEST(Opaque, AnActivationOnAMapFollowsIt) {
  OnnxBuilder m;
  m.input("x", {1, 4, 6, 6});
  m.node("CumulativeThing", {"x"}, {"n"}).proto().set_domain("org.example");
  auto& domain = *m.proto().add_opset_import();
  domain.set_domain("org.example");
  domain.set_version(1);
  auto& info = *m.graph().add_value_info();
  info = m.graph().input(0);
  info.set_name("n");
  m.node("Relu", {"n"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(x)->y"));
  EXPECT_THAT(summary(import_graph(m, false)), ElementsAre("opaque(x)->n", "activation(n)->y"));
}

TEST(Opaque, BroadcastsThatNoRowSchedulePassesAre) {
  OnnxBuilder m;
  m.input("x", {1, 4, 6, 6})
      .input("rows", {1, 1, 6, 1})
      .input("plane", {1, 1, 6, 6})
      .input("vector", {1, 4, 1, 1});
  m.node("Add", {"x", "rows"}, {"a"});
  m.node("Mul", {"x", "plane"}, {"b"});
  m.node("Div", {"vector", "x"}, {"c"});
  m.node("Pow", {"x", "x"}, {"d"});
  m.output("a").output("b").output("c").output("d");
  const Graph g = import_graph(m);
  EXPECT_THAT(summary(g), ElementsAre("opaque(x,rows)->a", "eltwise(x,plane)->b", "eltwise(vector,x)->c",
                                      "opaque(x,x)->d"));
  EXPECT_EQ(g.op(2).eltwise, EltwiseKind::div);
}

TEST(Opaque, AVectorOfRankTwoDoesNotBroadcastAsChannels) {
  OnnxBuilder m;
  m.input("x", {1, 6, 6, 6}).input("v", {1, 6});
  m.node("Add", {"x", "v"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(x,v)->y"));
}

TEST(Opaque, OtherDomainsNeedDeclaredShapes) {
  OnnxBuilder m;
  m.input("x", {1, 4, 6, 6}).weight("k", {3, 3});
  m.node("Sharpen", {"x", "k"}, {"s"}).proto().set_domain("org.example");
  m.node("Relu", {"s"}, {"y"});
  m.output("y");
  auto* domain = m.proto().add_opset_import();
  domain->set_domain("org.example");
  domain->set_version(1);
  EXPECT_EQ(refusal(m),
            "s: shape of output 's' of operator org.example.Sharpen is not in the file: save the model with "
            "value_info "
            "that gives it");
  auto& info = *m.graph().add_value_info();
  info.set_name("s");
  info.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  for (const int64_t d : {1, 4, 6, 6}) {
    info.mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(d);
  }
  const Graph g = import_graph(m, false);
  ASSERT_THAT(summary(g), ElementsAre("opaque(x)->s", "activation(s)->y"));
  EXPECT_EQ(g.op(0).weights, 9);
  EXPECT_EQ(g.op(0).onnx_type, "org.example.Sharpen");
}

/// A video network: a 3-D convolution and pool, then a head of maps.
TEST(Opaque, ConvolutionsOfOtherRanksCountTheirWork) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 16, 16}).weight("w", {8, 3, 3, 3, 3}).weight("b", {8});
  m.node("Conv", {"x", "w", "b"}, {"c"}).integers("pads", {1, 1, 1, 1, 1, 1});
  m.node("Relu", {"c"}, {"r"});
  m.node("MaxPool", {"r"}, {"p"}).integers("kernel_shape", {4, 2, 2}).integers("strides", {4, 2, 2});
  m.integers("axis", {2}).node("Squeeze", {"p", "axis"}, {"s"});
  m.conv("s", "y", 8, 4, 3).integers("pads", {1, 1, 1, 1});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("opaque(x)->r", "opaque(r)->p", "conv(p)->y"));
  EXPECT_EQ(g.op(0).opaque_macs, 8 * 3 * 27 * 4 * 16 * 16);
  EXPECT_EQ(g.op(1).opaque_macs, 0);
  EXPECT_EQ(model_macs(g, g.op(0)), 663552);
  EXPECT_EQ(model_macs(g, g.op(2)), 4 * 8 * 9 * 64);
}

/// Along each direction 2 inputs and 2 taps, 2 apart, make 4 outputs, of which a pad cuts one off: 3 products
/// of 4.
TEST(Opaque, TransposedConvolutionsCountWhatFallsOnTheirOutput) {
  OnnxBuilder m;
  m.input("x", {1, 5, 2, 2, 2}).weight("w", {5, 7, 2, 2, 2});
  m.node("ConvTranspose", {"x", "w"}, {"y"})
      .integers("strides", {2, 2, 2})
      .integers("pads", {1, 1, 1, 0, 0, 0});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("opaque(x)->y"));
  EXPECT_EQ(g.op(0).opaque_macs, 5 * 7 * 3 * 3 * 3);
}

TEST(Opaque, RecurrentLayersMultiplyEveryWeightOncePerStep) {
  OnnxBuilder m;
  m.input("x", {5, 1, 8}).weight("w", {2, 64, 8}).weight("r", {2, 64, 16});
  m.node("LSTM", {"x", "w", "r"}, {"y"}).integer("hidden_size", 16).text("direction", "bidirectional");
  m.output("y");
  EXPECT_EQ(import_graph(m).op(0).opaque_macs, 5 * 2 * 64 * (8 + 16));
}

TEST(Opaque, ProductsCountRowsTimesColumnsTimesWhatIsSummed) {
  OnnxBuilder m;
  m.input("a", {2, 3, 4, 5, 6}).weight("w", {6, 7});
  m.node("MatMul", {"a", "w"}, {"y"});
  m.input("q", {1, 2, 3, 4, 5}).input("k", {1, 2, 3, 5, 6});
  m.node("MatMul", {"q", "k"}, {"z"});
  m.output("y").output("z");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("opaque(a)->y", "opaque(q,k)->z"));
  EXPECT_EQ(g.op(0).opaque_macs, 2 * 3 * 4 * 5 * 6 * 7);
  EXPECT_EQ(g.op(1).opaque_macs, 2 * 3 * 4 * 5 * 6);
}

TEST(Opaque, EinsumCountsEveryCombinationOfItsLabels) {
  const auto macs = [](const std::string& equation, const std::vector<Dim>& a, const std::vector<Dim>& b,
                       const std::vector<int64_t>& made) {
    OnnxBuilder m;
    m.input("a", a).input("b", b);
    m.node("Einsum", {"a", "b"}, {"y"}).text("equation", equation);
    m.declare("y", made).output("y");
    const Graph g = import_graph(m);
    int64_t count = 0;  // of some it is a product of its own kind
    for (const Op& op : g.ops) count += model_macs(g, op);
    return count;
  };
  EXPECT_EQ(macs("bhid, bhjd -> bhij", {1, 2, 3, 5}, {1, 2, 4, 5}, {1, 2, 3, 4}), 2 * 3 * 4 * 5);
  EXPECT_EQ(macs("bcq,bvq->bcv", {1, 6, 7}, {1, 8, 7}, {1, 6, 8}), 6 * 7 * 8);
  EXPECT_EQ(macs("...ij,...jk->...ik", {1, 3, 4, 5}, {1, 3, 5, 6}, {1, 3, 4, 6}), 3 * 4 * 5 * 6);
}

/// What one operator has to say of its work stands with it alone.
TEST(Opaque, ASkippedOpKeepsTheCountOfItsWork) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8});
  m.conv("x", "a", 3, 4, 3).integers("pads", {1, 1, 1, 1});
  m.conv("a", "y", 4, 5, 1);
  m.output("y");
  const Graph g = import_graph(m);
  const Graph skipped = with_opaque_ops(g, {0});
  EXPECT_EQ(skipped.op(0).kind, OpKind::opaque);
  EXPECT_EQ(model_macs(skipped, skipped.op(0)), 64 * 3 * 4 * 9);
  EXPECT_EQ(model_macs(skipped, skipped.op(1)), model_macs(g, g.op(1)));
}

/// If with a constant or an outer tensor in each branch; the result's shape is declared.
TEST(Opaque, BranchesCountTheirParametersAndReadOuterTensors) {
  OnnxBuilder m;
  m.input("c", {}, onnx::TensorProto::BOOL).input("x", {1, 4, 6, 6});
  m.node("Relu", {"x"}, {"r"});
  NodeBuilder branch = m.node("If", {"c"}, {"y"});
  for (const char* side : {"then_branch", "else_branch"}) {
    auto& attribute = *branch.proto().add_attribute();
    attribute.set_name(side);
    attribute.set_type(onnx::AttributeProto::GRAPH);
    onnx::GraphProto& inner = *attribute.mutable_g();
    inner.set_name(side);
    onnx::TensorProto& k = *inner.add_initializer();
    k.set_name(std::string("k_") + side);
    k.set_data_type(onnx::TensorProto::FLOAT);
    k.add_dims(4);
    k.add_dims(1);
    k.add_dims(1);
    for (int i = 0; i < 4; ++i) k.add_float_data(0);
    onnx::NodeProto& add = *inner.add_node();
    add.set_op_type("Add");
    add.add_input("r");
    add.add_input(k.name());
    add.add_output(std::string("out_") + side);
    onnx::ValueInfoProto& out = *inner.add_output();
    out.set_name(add.output(0));
    out.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
    out.mutable_type()->mutable_tensor_type()->mutable_shape();
  }
  m.output("y");
  auto& shape = *m.graph().mutable_output(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
  for (const int64_t d : {1, 4, 6, 6}) shape.add_dim()->set_dim_value(d);
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("activation(x)->r", "opaque(c,r)->y"));
  EXPECT_EQ(g.op(1).weights, 8);
}

}  // namespace
}  // namespace fusesim
