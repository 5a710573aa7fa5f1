#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using onnx::TensorProto;
using ::testing::ElementsAre;

constexpr const char* kMicrosoft = "com.microsoft";

/// Scale and zero point "s" and "z" of bytes; "sw" and "zw" of four filters.
OnnxBuilder with_settings(const std::vector<Dim>& input) {
  OnnxBuilder m;
  m.domain(kMicrosoft).input("x", input, TensorProto::UINT8);
  m.numbers("s", {0.5F}, {}).bytes_weight("z", {}, TensorProto::UINT8);
  m.weight("sw", {4}).bytes_weight("zw", {4});
  return m;
}

NodeBuilder microsoft(OnnxBuilder& m, const std::string& type, const std::vector<std::string>& inputs,
                      const std::string& output) {
  NodeBuilder node = m.node(type, inputs, {output});
  node.proto().set_domain(kMicrosoft);
  return node;
}

TEST(Quantised, ConvolutionsCountWeightsAndBiasesAlone) {
  OnnxBuilder m = with_settings({1, 6, 8, 8});
  m.bytes_weight("w", {4, 3, 3, 3}).bytes_weight("b", {4}, TensorProto::UINT8);
  m.node("QLinearConv", {"x", "s", "z", "w", "sw", "zw", "s", "z", "b"}, {"y"})
      .integers("strides", {2, 2})
      .integers("pads", {1, 1, 1, 1})
      .integer("group", 2);
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->y"));
  const Op& op = g.op(0);
  EXPECT_EQ(op.onnx_type, "QLinearConv");
  EXPECT_EQ(op.groups, 2);
  EXPECT_EQ(op.window.stride_h, 2);
  EXPECT_EQ(op.weights, 4 * 3 * 9);
  EXPECT_EQ(op.biases, 4);
  EXPECT_EQ(conv_macs(g), 4 * 4 * 4 * 3 * 9);
}

/// Operator-oriented: two convolutions of 16 channels, stride 2 and 1, on a 32x32 image.
TEST(Quantised, NetworksOfConvolutionsHaveAllTheirWork) {
  OnnxBuilder m;
  m.input("x", {1, 3, 32, 32}).numbers("s", {0.5F}, {}).bytes_weight("z", {}, TensorProto::UINT8);
  m.bytes_weight("zw", {});
  m.node("QuantizeLinear", {"x", "s", "z"}, {"q"});
  m.bytes_weight("w0", {16, 3, 3, 3}).bytes_weight("w1", {16, 16, 3, 3});
  m.node("QLinearConv", {"q", "s", "z", "w0", "s", "zw", "s", "z"}, {"a"})
      .integers("pads", {1, 1, 1, 1})
      .integers("strides", {2, 2});
  m.node("QLinearConv", {"a", "s", "z", "w1", "s", "zw", "s", "z"}, {"b"}).integers("pads", {1, 1, 1, 1});
  m.node("DequantizeLinear", {"b", "s", "z"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  EXPECT_THAT(summary(g), ElementsAre("activation(x)->q", "conv(q)->a", "conv(a)->y"));
  EXPECT_EQ(conv_macs(g), 700416);
  EXPECT_EQ(parameter_count(g), 16 * 27 + 16 * 144);
}

TEST(Quantised, IntegerConvolutionsAndProductsAreConvolutions) {
  OnnxBuilder m = with_settings({1, 3, 16, 16});
  m.bytes_weight("w0", {8, 3, 3, 3}).bytes_weight("w1", {8, 10}).bytes_weight("w2", {10, 5});
  m.node("ConvInteger", {"x", "w0", "z", "zw0"}, {"c"}).integers("pads", {1, 1, 1, 1});
  m.bytes_weight("zw0", {});
  m.node("Cast", {"c"}, {"f"}).integer("to", TensorProto::FLOAT);
  m.node("GlobalAveragePool", {"f"}, {"p"});
  m.node("QuantizeLinear", {"p", "s", "z"}, {"q"});
  m.node("Flatten", {"q"}, {"v"});
  m.node("MatMulInteger", {"v", "w1", "z"}, {"i"});
  m.node("Cast", {"i"}, {"g"}).integer("to", TensorProto::FLOAT);
  m.node("QuantizeLinear", {"g", "s", "z"}, {"r"});
  m.node("QLinearMatMul", {"r", "s", "z", "w2", "s", "zw0", "s", "z"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  EXPECT_THAT(summary(g), ElementsAre("conv(x)->f", "global_avg_pool(f)->q", "conv(q)->r", "conv(r)->y"));
  EXPECT_EQ(conv_macs(g), 16 * 16 * 8 * 27 + 80 + 50);
  EXPECT_EQ(parameter_count(g), 216 + 80 + 50);
}

TEST(Quantised, OperatorsOfOnnxRuntimeAreThePlainOnes) {
  OnnxBuilder m = with_settings({1, 4, 8, 8});
  microsoft(m, "QLinearSigmoid", {"x", "s", "z", "s", "z"}, "a");
  microsoft(m, "QLinearLeakyRelu", {"a", "s", "z", "s", "z"}, "b").number("alpha", 0.1F);
  microsoft(m, "QLinearAdd", {"a", "s", "z", "b", "s", "z", "s", "z"}, "c");
  microsoft(m, "QLinearMul", {"c", "s", "z", "b", "s", "z", "s", "z"}, "d");
  microsoft(m, "QLinearConcat", {"s", "z", "c", "s", "z", "d", "s", "z"}, "e").integer("axis", 1);
  microsoft(m, "QLinearAveragePool", {"e", "s", "z", "s", "z"}, "f")
      .integers("kernel_shape", {2, 2})
      .integers("strides", {2, 2});
  microsoft(m, "QLinearGlobalAveragePool", {"f", "s", "z", "s", "z"}, "y");
  m.output("y");
  const Graph g = import_graph(m, false);
  EXPECT_THAT(summary(g),
              ElementsAre("activation(x)->a", "activation(a)->b", "eltwise(a,b)->c", "eltwise(c,b)->d",
                          "concat(c,d)->e", "avg_pool(e)->f", "global_avg_pool(f)->y"));
  EXPECT_EQ(parameter_count(g), 0);
  EXPECT_EQ(g.op(0).onnx_type, "com.microsoft.QLinearSigmoid");
  EXPECT_EQ(output_shape(g, "f"), (Shape{8, 4, 4}));
}

TEST(Quantised, ConstantOperandsAreParametersOnce) {
  OnnxBuilder m = with_settings({1, 4, 8, 8});
  m.bytes_weight("per_channel", {1, 4, 1, 1}, TensorProto::UINT8);
  microsoft(m, "QLinearMul", {"x", "s", "z", "per_channel", "s", "z", "s", "z"}, "y");
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("activation(x)->y"));
  EXPECT_EQ(parameter_count(g), 4);
}

TEST(Quantised, ChannelsLastNeedsItsShape) {
  OnnxBuilder m = with_settings({1, 8, 8, 4});
  microsoft(m, "QLinearGlobalAveragePool", {"x", "s", "z", "s", "z"}, "y").integer("channels_last", 1);
  m.declare("y", {1, 1, 1, 4}, TensorProto::UINT8).output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("opaque(x)->y"));
  EXPECT_EQ(parameter_count(g), 0);
}

TEST(Quantised, WeightsAndSettingsMayBeGraphInputs) {
  OnnxBuilder m;
  m.domain(kMicrosoft).input("x", {1, 6, 8, 8}, TensorProto::UINT8).input("s", {}).input("z", {});
  m.input("w", {4, 6, 3, 3}, TensorProto::INT8).input("b", {4}, TensorProto::INT32);
  m.node("QLinearConv", {"x", "s", "z", "w", "s", "z", "s", "z", "b"}, {"c"});
  microsoft(m, "QLinearAdd", {"c", "s", "z", "c", "s", "z", "s", "z"}, "y");
  m.output("y");
  m.graph().mutable_input(2)->mutable_type()->mutable_tensor_type()->set_elem_type(TensorProto::UINT8);
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->c", "eltwise(c,c)->y"));
  EXPECT_EQ(g.inputs.size(), 1U);
  EXPECT_EQ(parameter_count(g), 216 + 4);
}

/// Numbers of a quantised sum are not those of a plain one.
TEST(Quantised, ConstantsAreNotComputedAsPlainNumbers) {
  OnnxBuilder m = with_settings({1, 4, 8, 8});
  m.bytes_weight("k", {2}, TensorProto::UINT8);
  microsoft(m, "QLinearAdd", {"k", "s", "z", "k", "s", "z", "s", "z"}, "t");
  m.node("Cast", {"t"}, {"shape"}).integer("to", TensorProto::INT64);
  m.node("Reshape", {"x", "shape"}, {"y"});
  m.output("y");
  EXPECT_EQ(refusal(m), "y: input 'shape' must be constant: its values are not known");
}

/// Widths as the file has them: bytes in and out, bytes and 32-bit biases; half precision and 4-bit weights.
TEST(Quantised, WidthsOfElementsAreThoseOfTheFile) {
  OnnxBuilder q;
  q.input("x", {1, 4, 6, 6}, onnx::TensorProto::UINT8).numbers("s", {0.5F}, {});
  q.bytes_weight("z", {}, onnx::TensorProto::UINT8).bytes_weight("w", {8, 4, 1, 1}).bytes_weight("zw", {});
  q.bare("b", {8}, onnx::TensorProto::INT32);
  q.node("QLinearConv", {"x", "s", "z", "w", "s", "zw", "s", "z", "b"}, {"y"});
  q.output("y");
  const Graph bytes = import_graph(q);
  EXPECT_EQ(bytes.tensor(bytes.inputs[0]).bits, 8);
  EXPECT_EQ(bytes.tensor(bytes.outputs[0]).bits, 8);
  EXPECT_EQ(bytes.op(0).weight_bits, 8);
  EXPECT_EQ(bytes.op(0).bias_bits, 32);
  OnnxBuilder h(21);
  h.input("x", {1, 4, 6, 6}, onnx::TensorProto::FLOAT16).bare("q", {8, 4, 1, 1}, 22);
  h.bare("s", {8}, onnx::TensorProto::FLOAT16);
  h.node("DequantizeLinear", {"q", "s"}, {"w"}).integer("axis", 0);
  h.node("Conv", {"x", "w"}, {"y"});
  h.output("y");
  const Graph half = import_graph(h);
  EXPECT_EQ(half.tensor(half.inputs[0]).bits, 16);
  EXPECT_EQ(half.tensor(half.outputs[0]).bits, 16);
  EXPECT_EQ(half.op(0).weight_bits, 4);
  EXPECT_EQ(half.op(0).bias_bits, 0);
}

/// A convolution between DequantizeLinear and QuantizeLinear: what lies in DRAM are bytes.
TEST(Quantised, WidthsAreThoseBeforeAConversionToNumbers) {
  OnnxBuilder m;
  m.input("x", {1, 4, 6, 6}, onnx::TensorProto::INT8).numbers("s", {0.5F}, {}).bytes_weight("z", {});
  m.bytes_weight("q", {4, 4, 1, 1});
  m.node("DequantizeLinear", {"x", "s", "z"}, {"xf"});
  m.node("DequantizeLinear", {"q", "s", "z"}, {"w"});
  m.node("Conv", {"xf", "w"}, {"c"});
  m.node("QuantizeLinear", {"c", "s", "z"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  for (const Tensor& t : g.tensors) EXPECT_EQ(t.bits, 8) << t.name;
  EXPECT_EQ(find_op(g, "c").weight_bits, 8);
}

}  // namespace
}  // namespace fusesim
