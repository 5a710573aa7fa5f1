#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

onnx::GraphProto& add_branch(NodeBuilder& node, const std::string& side) {
  auto& attribute = *node.proto().add_attribute();
  attribute.set_name(side);
  attribute.set_type(onnx::AttributeProto::GRAPH);
  attribute.mutable_g()->set_name(side);
  return *attribute.mutable_g();
}

onnx::NodeProto& add_node(onnx::GraphProto& graph, const std::string& type,
                          const std::vector<std::string>& inputs, const std::string& output) {
  onnx::NodeProto& node = *graph.add_node();
  node.set_op_type(type);
  node.set_name(output);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

void add_output(onnx::GraphProto& graph, const std::string& name, const std::vector<int64_t>& dims = {}) {
  auto& output = *graph.add_output();
  output.set_name(name);
  auto& tensor = *output.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(onnx::TensorProto::FLOAT);
  for (const int64_t d : dims) tensor.mutable_shape()->add_dim()->set_dim_value(d);
}

/// A branch that convolves `in` by weights of its own.
void add_conv_branch(NodeBuilder& node, const std::string& side, const std::string& in, int64_t kernel) {
  onnx::GraphProto& branch = add_branch(node, side);
  auto& weight = *branch.add_initializer();
  weight.set_name("w");
  weight.set_data_type(onnx::TensorProto::FLOAT);
  for (const int64_t d : {int64_t{8}, int64_t{8}, kernel, kernel}) weight.add_dims(d);
  for (int64_t i = 0; i < 64 * kernel * kernel; ++i) weight.add_float_data(0);
  auto& text = *add_node(branch, "Conv", {in, "w"}, "out").add_attribute();
  text.set_name("auto_pad");
  text.set_type(onnx::AttributeProto::STRING);
  text.set_s("SAME_UPPER");
  add_output(branch, "out", {1, 8, 16, 16});
}

/// stem -> If(condition): 3x3 or 5x5 -> head.
OnnxBuilder choice(const std::string& condition, int64_t opset) {
  OnnxBuilder m(opset);
  m.input("x", {1, 3, 16, 16});
  m.conv("x", "s", 3, 8, 1);
  NodeBuilder node = m.node("If", {condition}, {"i"});
  add_conv_branch(node, "then_branch", "s", 3);
  add_conv_branch(node, "else_branch", "s", 5);
  m.conv("i", "y", 8, 4, 1);
  m.output("y");
  return m;
}

void add_boolean(OnnxBuilder& m, const std::string& name, bool value) {
  m.bare(name, {}, onnx::TensorProto::BOOL);
  m.graph().mutable_initializer()->rbegin()->add_int32_data(value ? 1 : 0);
}

TEST(Branch, OfAConstantConditionIsTakenAndTheOtherIsGone) {
  for (const int64_t opset : {13, 21}) {
    for (const bool yes : {true, false}) {
      OnnxBuilder m = choice("c", opset);
      add_boolean(m, "c", yes);
      const Graph g = import_graph(m);
      ASSERT_THAT(summary(g), ElementsAre("conv(x)->s", "conv(s)->i/out", "conv(i/out)->y"));
      const int64_t kernel = yes ? 9 : 25;
      EXPECT_EQ(parameter_count(g), 24 + 64 * kernel + 32);
      EXPECT_EQ(conv_macs(g), 256 * (24 + 64 * kernel + 32));
      EXPECT_EQ(g.op(1).name, "i/out");
      EXPECT_THAT(g.op(1).nodes, ElementsAre("i/out", "i"));
    }
  }
}

/// As exporters write squeeze(): if the dimension is 1 then Squeeze, else the tensor itself.
TEST(Branch, OfAConditionOnShapesIsTaken) {
  OnnxBuilder m;
  m.input("x", {1, 8, 16, 16}).integers("two", {2}).integers("one", {1}).integers("axes", {2, 3});
  m.node("GlobalAveragePool", {"x"}, {"p"});
  m.node("Shape", {"p"}, {"shape"});
  m.node("Gather", {"shape", "two"}, {"d"});
  m.node("Equal", {"d", "one"}, {"same"});
  NodeBuilder node = m.node("If", {"same"}, {"i"});
  onnx::GraphProto& yes = add_branch(node, "then_branch");
  add_node(yes, "Squeeze", {"p", "axes"}, "t");
  add_output(yes, "t");
  onnx::GraphProto& no = add_branch(node, "else_branch");
  add_node(no, "Identity", {"p"}, "e");
  add_output(no, "e");
  m.weight("w", {8, 5}).node("Gemm", {"i", "w"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  EXPECT_THAT(summary(g), ElementsAre("global_avg_pool(x)->p", "conv(p)->y"));
  EXPECT_EQ(conv_macs(g), 40);
}

TEST(Branch, InsideABranchIsTakenToo) {
  OnnxBuilder m;
  m.input("x", {1, 8, 16, 16});
  add_boolean(m, "c", true);
  NodeBuilder node = m.node("If", {"c"}, {"y"});
  for (const char* side : {"then_branch", "else_branch"}) {
    onnx::GraphProto& branch = add_branch(node, side);
    OnnxBuilder inner;
    NodeBuilder nested = inner.node("If", {"c"}, {"nested"});
    add_conv_branch(nested, "then_branch", "x", 3);
    add_conv_branch(nested, "else_branch", "x", 5);
    *branch.add_node() = nested.proto();
    add_output(branch, "nested");
  }
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_EQ(g.ops.size(), 1U);
  EXPECT_EQ(conv_macs(g), 256 * 64 * 9);
}

/// Weights that only a branch reads are weights, and those of the branch that is not taken are nothing.
TEST(Branch, WeightsOfBranchesMayBeGraphInputs) {
  OnnxBuilder m;
  m.input("x", {1, 8, 16, 16}).input("w3", {8, 8, 3, 3}).input("w1", {4, 8, 1, 1});
  add_boolean(m, "c", false);
  NodeBuilder node = m.node("If", {"c"}, {"y"});
  onnx::GraphProto& yes = add_branch(node, "then_branch");
  add_node(yes, "Conv", {"x", "w3"}, "t");
  add_output(yes, "t");
  onnx::GraphProto& no = add_branch(node, "else_branch");
  add_node(no, "Conv", {"x", "w1"}, "e");
  add_output(no, "e");
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_EQ(g.ops.size(), 1U);
  EXPECT_EQ(g.inputs.size(), 1U);
  EXPECT_EQ(parameter_count(g), 32);
}

TEST(Branch, OfDataKeepsBothWhereTheyDeclareTheSameShape) {
  OnnxBuilder m = choice("c", 13);
  m.input("c", {}, onnx::TensorProto::BOOL);
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->s", "opaque(c,s)->i", "conv(i)->y"));
  EXPECT_EQ(g.op(1).weights, 64 * 9 + 64 * 25);
}

TEST(Branch, WithTooFewOutputsIsRefused) {
  OnnxBuilder m(21);
  m.input("x", {1, 8, 16, 16});
  add_boolean(m, "c", true);
  NodeBuilder node = m.node("If", {"c"}, {"y"});
  add_branch(node, "then_branch");
  m.output("y");
  EXPECT_THAT(refusal(m), HasSubstr("y: its branch has 0 outputs: expected 1"));
}

}  // namespace
}  // namespace fusesim
