#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kDomain = "pkg.torch";

onnx::NodeProto& add_node(onnx::FunctionProto& function, const std::string& type,
                          const std::vector<std::string>& inputs, const std::string& output,
                          const std::string& domain = "") {
  onnx::NodeProto& node = *function.add_node();
  node.set_op_type(type);
  node.set_name(output);
  node.set_domain(domain);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

onnx::FunctionProto& add_function(OnnxBuilder& m, const std::string& name,
                                  const std::vector<std::string>& inputs, const std::string& output) {
  onnx::FunctionProto& function = *m.proto().add_functions();
  function.set_name(name);
  function.set_domain(kDomain);
  for (const std::string& input : inputs) function.add_input(input);
  function.add_output(output);
  function.add_opset_import()->set_version(17);
  return function;
}

/// Silu, and a block of a 3x3 convolution and Silu that calls it.
void add_block(OnnxBuilder& m) {
  m.domain(kDomain);
  onnx::FunctionProto& silu = add_function(m, "Silu", {"a"}, "r");
  add_node(silu, "Sigmoid", {"a"}, "s");
  add_node(silu, "Mul", {"a", "s"}, "r");
  onnx::FunctionProto& block = add_function(m, "Block", {"a", "w", "b"}, "r");
  auto& pads = *add_node(block, "Conv", {"a", "w", "b"}, "c").add_attribute();
  pads.set_name("pads");
  pads.set_type(onnx::AttributeProto::INTS);
  for (int i = 0; i < 4; ++i) pads.add_ints(1);
  add_node(block, "Silu", {"c"}, "r", kDomain);
}

OnnxBuilder two_blocks(int64_t opset) {
  OnnxBuilder m(opset);
  m.input("x", {1, 8, 20, 20});
  add_block(m);
  m.weight("w0", {8, 8, 3, 3}).weight("b0", {8}).weight("w1", {8, 8, 3, 3}).weight("b1", {8});
  m.node("Block", {"x", "w0", "b0"}, {"m"}).proto().set_domain(kDomain);
  m.node("Block", {"m", "w1", "b1"}, {"y"}).proto().set_domain(kDomain);
  m.output("y");
  return m;
}

TEST(Function, BodiesStandInThePlaceOfTheirCalls) {
  for (const int64_t opset : {13, 17, 21}) {
    const Graph g = import_graph(two_blocks(opset));
    ASSERT_THAT(summary(g), ElementsAre("conv(x)->m", "conv(m)->y")) << opset;
    EXPECT_EQ(conv_macs(g), 2 * 20 * 20 * 8 * 8 * 9);
    EXPECT_EQ(parameter_count(g), 2 * (8 * 8 * 9 + 8));
    EXPECT_EQ(g.op(1).activations[0].type, "Silu");
    EXPECT_EQ(g.op(1).name, "y/c");
    EXPECT_THAT(g.op(1).nodes, ElementsAre("y/c", "y/r/s", "y/r/r"));
  }
}

TEST(Function, ShapesDeclaredForCallsChangeNothing) {
  OnnxBuilder m = two_blocks(17);
  const std::vector<std::string> plain = full_text(import_graph(m));
  m.declare("m", {1, 8, 20, 20});
  EXPECT_EQ(full_text(import_graph(m)), plain);
}

TEST(Function, WeightsMayBeGraphInputs) {
  OnnxBuilder m = two_blocks(17);
  const std::vector<std::string> plain = full_text(import_graph(m));
  m.strip_weights();
  EXPECT_EQ(full_text(import_graph(m)), plain);
}

TEST(Function, AttributesComeFromTheCallOrGo) {
  OnnxBuilder m(17);
  m.input("x", {1, 4, 6, 6}).domain(kDomain);
  onnx::FunctionProto& leaky = add_function(m, "Leaky", {"a"}, "r");
  leaky.add_attribute("slope");
  auto& alpha = *add_node(leaky, "LeakyRelu", {"a"}, "r").add_attribute();
  alpha.set_name("alpha");
  alpha.set_type(onnx::AttributeProto::FLOAT);
  alpha.set_ref_attr_name("slope");
  NodeBuilder given = m.node("Leaky", {"x"}, {"l"});
  given.number("slope", 0.25F).proto().set_domain(kDomain);
  m.node("Leaky", {"l"}, {"y"}).proto().set_domain(kDomain);
  m.output("y");
  const Graph g = import_graph(m, false);
  ASSERT_EQ(g.ops.size(), 2U);
  EXPECT_EQ(g.op(0).activations[0].alpha, 0.25F);
  EXPECT_EQ(g.op(1).activations[0].alpha, 0.01F);
}

TEST(Function, InputsMayBeLeftOutAndPassedOn) {
  OnnxBuilder m(17);
  m.input("x", {1, 4, 6, 6}).domain(kDomain);
  onnx::FunctionProto& both = add_function(m, "Both", {"a", "low", "high"}, "a");
  both.add_output("r");
  add_node(both, "Clip", {"a", "low", "high"}, "r");
  m.node("Both", {"x", "", "six"}, {"same", "y"}).proto().set_domain(kDomain);
  m.numbers("six", {6}, {});
  m.node("Relu", {"same"}, {"z"});
  m.output("y").output("z");
  const Graph g = import_graph(m, false);
  ASSERT_THAT(summary(g), ElementsAre("activation(x)->y", "activation(x)->z"));
  EXPECT_EQ(g.op(0).activations[0].beta, 6.0F);
}

TEST(Function, CallsOfItselfAreRefused) {
  OnnxBuilder m(17);
  m.input("x", {1, 4, 6, 6}).domain(kDomain);
  add_node(add_function(m, "A", {"a"}, "r"), "B", {"a"}, "r", kDomain);
  add_node(add_function(m, "B", {"a"}, "r"), "A", {"a"}, "r", kDomain);
  m.node("A", {"x"}, {"y"}).proto().set_domain(kDomain);
  m.output("y");
  EXPECT_EQ(refusal(m), "y/r/r: function A calls itself");
}

TEST(Function, BodiesThatGrowWithoutBoundAreRefused) {
  OnnxBuilder m(17);
  m.input("x", {1, 4, 6, 6}).domain(kDomain);
  add_node(add_function(m, "F0", {"a"}, "r"), "Relu", {"a"}, "r");
  for (int i = 1; i < 40; ++i) {
    onnx::FunctionProto& twice = add_function(m, "F" + std::to_string(i), {"a"}, "r");
    const std::string inner = "F" + std::to_string(i - 1);
    add_node(twice, inner, {"a"}, "m", kDomain);
    add_node(twice, inner, {"m"}, "r", kDomain);
  }
  m.node("F39", {"x"}, {"y"}).proto().set_domain(kDomain);
  m.output("y");
  EXPECT_THAT(refusal(m), HasSubstr("functions come to more than 262144 nodes"));
}

}  // namespace
}  // namespace fusesim
