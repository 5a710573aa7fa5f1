#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using onnx::TensorProto;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Names = std::vector<std::string>;

/// An operator on x with the operands `w0`, `w1` ... of these shapes behind it ({0}: absent).
struct Case {
  std::string type;
  std::vector<Dim> x;
  std::vector<std::vector<int64_t>> operands;
  int64_t opset = 13;
};

OnnxBuilder network(const Case& c) {
  OnnxBuilder m(c.opset);
  m.input("x", c.x);
  Names inputs{"x"};
  for (size_t i = 0; i < c.operands.size(); ++i) {
    const bool absent = c.operands[i] == std::vector<int64_t>{0};
    inputs.push_back(absent ? "" : "w" + std::to_string(i));
    if (!absent) m.weight(inputs.back(), c.operands[i]);
  }
  m.node(c.type, inputs, {"y"});
  m.output("y");
  return m;
}

/// The file with weights, and that whose weights are graph inputs, give one graph.
void expect_parameters(
    const Case& c, const std::function<void(NodeBuilder&)>& set = [](NodeBuilder&) {}) {
  SCOPED_TRACE(c.type);
  OnnxBuilder m = network(c);
  NodeBuilder node(m.graph().mutable_node(0));
  set(node);
  const Graph full = import_graph(m);
  EXPECT_EQ(full.inputs.size(), 1U);
  m.strip_weights();
  EXPECT_EQ(full_text(import_graph(m)), full_text(full));
}

TEST(Parameters, OfConvolutions) {
  expect_parameters({"Conv", {1, 4, 8, 8}, {{6, 4, 3, 3}, {6}}});
  expect_parameters({"ConvTranspose", {1, 4, 8, 8}, {{4, 6, 3, 3}, {6}}});
}

TEST(Parameters, OfProducts) {
  expect_parameters({"Gemm", {1, 96}, {{96, 10}, {10}}});
  expect_parameters({"MatMul", {1, 96}, {{96, 10}}});
  expect_parameters({"MatMul", {1, 96}, {{96, 1}}});
  expect_parameters({"MatMul", {1, 7, 96}, {{96, 10}}});
}

TEST(Parameters, OfNormalisations) {
  expect_parameters({"BatchNormalization", {1, 4, 8, 8}, {{4}, {4}, {4}, {4}}});
  expect_parameters({"InstanceNormalization", {1, 4, 8, 8}, {{4}, {4}}});
  expect_parameters({"LayerNormalization", {1, 4, 8, 8}, {{8}, {8}}, 17});
  expect_parameters({"GroupNormalization", {1, 4, 8, 8}, {{4}, {4}}, 21});
}

TEST(Parameters, OfPRelu) { expect_parameters({"PRelu", {1, 4, 8, 8}, {{4, 1, 1}}}); }

TEST(Parameters, OfRecurrentLayers) {
  const auto hidden = [](NodeBuilder& node) { node.integer("hidden_size", 16); };
  expect_parameters({"LSTM", {5, 1, 8}, {{1, 64, 8}, {1, 64, 16}, {1, 128}, {0}, {0}, {0}, {1, 48}}}, hidden);
  expect_parameters({"GRU", {5, 1, 8}, {{1, 48, 8}, {1, 48, 16}, {1, 96}}}, hidden);
  expect_parameters({"RNN", {5, 1, 8}, {{1, 16, 8}, {1, 16, 16}, {1, 32}}}, hidden);
}

/// The state that a recurrent layer starts from is data.
TEST(Parameters, AreNotWhereTheStateStands) {
  OnnxBuilder m = network({"GRU", {5, 1, 8}, {{1, 48, 8}, {1, 48, 16}, {0}, {0}, {1, 1, 16}}});
  NodeBuilder(m.graph().mutable_node(0)).integer("hidden_size", 16);
  m.strip_weights();
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(x,w4)->y"));
}

/// Turns all initialisers into graph inputs, of whatever type.
void strip_all(OnnxBuilder& m) {
  for (const auto& tensor : m.graph().initializer()) {
    m.input(tensor.name(), std::vector<Dim>(tensor.dims().begin(), tensor.dims().end()), tensor.data_type());
  }
  m.graph().clear_initializer();
}

void add_integers(OnnxBuilder& m, const std::string& name, const std::vector<int64_t>& dims) {
  TensorProto& tensor = *m.graph().add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(TensorProto::INT8);
  int64_t count = 1;
  for (const int64_t d : dims) {
    tensor.add_dims(d);
    count *= d;
  }
  tensor.set_raw_data(std::string(static_cast<size_t>(count), '\0'));
}

/// Files with integer weights, scales and zero points.
std::vector<OnnxBuilder> quantised_networks() {
  std::vector<OnnxBuilder> networks(5, OnnxBuilder(13));
  for (OnnxBuilder& m : networks) {
    m.numbers("s", {1.0F}, {1});
    add_integers(m, "z", {1});
    m.output("y");
  }
  networks[0].input("x", {1, 4, 8, 8}, TensorProto::INT8);
  add_integers(networks[0], "w", {6, 4, 3, 3});
  networks[0].node("QLinearConv", {"x", "s", "z", "w", "s", "z", "s", "z"}, {"y"});
  networks[1].input("x", {1, 4, 8, 8}, TensorProto::INT8);
  add_integers(networks[1], "w", {6, 4, 3, 3});
  networks[1].node("ConvInteger", {"x", "w", "z", "z"}, {"y"});
  networks[2].input("x", {1, 96}, TensorProto::INT8);
  add_integers(networks[2], "w", {96, 10});
  networks[2].node("QLinearMatMul", {"x", "s", "z", "w", "s", "z", "s", "z"}, {"y"});
  networks[3].input("x", {1, 96}, TensorProto::INT8);
  add_integers(networks[3], "w", {96, 10});
  networks[3].node("MatMulInteger", {"x", "w", "z", "z"}, {"y"});
  networks[4].input("x", {1, 4, 8, 8});
  add_integers(networks[4], "w", {6, 4, 3, 3});
  networks[4].node("QuantizeLinear", {"x", "s", "z"}, {"q"});
  networks[4].node("DequantizeLinear", {"q", "s", "z"}, {"d"});
  networks[4].node("DequantizeLinear", {"w", "s", "z"}, {"wd"});
  networks[4].node("Conv", {"d", "wd"}, {"y"});
  return networks;
}

TEST(Parameters, OfQuantisedOperators) {
  for (OnnxBuilder& m : quantised_networks()) {
    SCOPED_TRACE(m.graph().node(0).op_type());
    const Graph full = import_graph(m);
    strip_all(m);
    const Graph bare = import_graph(m);
    EXPECT_EQ(summary(bare), summary(full));
    for (size_t i = 0; i < full.ops.size(); ++i) EXPECT_EQ(bare.ops[i].weights, full.ops[i].weights);
  }
}

TEST(Parameters, OfALookUp) {
  OnnxBuilder m;
  m.input("words", {1, 7}, TensorProto::INT64).weight("table", {1000, 16});
  m.node("Gather", {"table", "words"}, {"y"});
  m.output("y");
  const std::vector<std::string> full = full_text(import_graph(m));
  m.strip_weights();
  EXPECT_EQ(full_text(import_graph(m)), full);
}

/// Linear layers of rank 3 are exported as a product by the transposed weight, and a sum.
TEST(Parameters, ThatAreTransposedOrConverted) {
  OnnxBuilder m;
  m.input("x", {1, 7, 96}).weight("w", {10, 96}).weight("b", {10});
  m.node("Transpose", {"w"}, {"t"}).integers("perm", {1, 0});
  m.node("Cast", {"t"}, {"c"}).integer("to", TensorProto::FLOAT);
  m.node("MatMul", {"x", "c"}, {"p"});
  m.node("Add", {"b", "p"}, {"y"});
  m.output("y");
  const std::vector<std::string> full = full_text(import_graph(m));
  m.strip_weights();
  EXPECT_EQ(full_text(import_graph(m)), full);
}

TEST(Parameters, LeftOfTheData) {
  OnnxBuilder m;
  m.input("x", {1, 3, 96, 20}).weight("w", {10, 96});
  m.node("Relu", {"x"}, {"r"});
  m.node("MatMul", {"w", "r"}, {"y"});
  m.output("y");
  const std::vector<std::string> full = full_text(import_graph(m));
  m.strip_weights();
  EXPECT_EQ(full_text(import_graph(m)), full);
}

TEST(Parameters, OfAWholeNetworkWithoutMetadata) {
  OnnxBuilder m;
  m.input("x", {1, 3, 16, 16});
  m.conv("x", "c", 3, 8, 3, true);
  m.node("GlobalAveragePool", {"c"}, {"p"});
  m.node("Flatten", {"p"}, {"f"});
  m.weight("w1", {8, 96}).weight("b1", {96}).weight("w2", {96, 10});
  m.node("MatMul", {"f", "w1"}, {"h"});
  m.node("Add", {"h", "b1"}, {"i"});
  m.node("Relu", {"i"}, {"r"});
  m.node("MatMul", {"r", "w2"}, {"y"});
  m.output("y");
  const std::vector<std::string> full = full_text(import_graph(m));
  m.strip_weights();
  EXPECT_EQ(full_text(import_graph(m)), full);
}

TEST(DataInputs, AreBothOperandsOfAProductOfHigherRank) {
  OnnxBuilder m;
  m.input("q", {1, 2, 7, 16}).input("k", {1, 2, 16, 7});
  m.node("MatMul", {"q", "k"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(q,k)->y"));
}

TEST(DataInputs, AreRowsAndWhatAMatrixIsMultipliedBy) {
  OnnxBuilder rows;
  rows.input("a", {1, 96}).input("b", {1, 96});
  rows.node("MatMul", {"a", "b2"}, {"y"});
  rows.input("b2", {96, 96}).node("Relu", {"b"}, {"z"});
  rows.output("y").output("z");
  EXPECT_THAT(summary(import_graph(rows)), ElementsAre("conv(a)->y", "activation(b)->z"));
  OnnxBuilder batch;
  batch.input("x", {12, 64}).weight("w", {64, 10});
  batch.node("MatMul", {"x", "w"}, {"y"});
  batch.output("y");
  const std::vector<std::string> full = full_text(import_graph(batch));
  EXPECT_EQ(output_shape(import_graph(batch), "y"), (Shape{10, 12, 1}));
  batch.strip_weights();
  EXPECT_EQ(full_text(import_graph(batch)), full);
}

/// Symbolic dimensions are those of data.
TEST(DataInputs, HaveSymbolicDimensions) {
  OnnxBuilder m;
  m.input("x", {1, 96}).input("k", {96, "n"});
  m.node("MatMul", {"x", "k"}, {"y"});
  m.output("y");
  EXPECT_THAT(refusal(m), HasSubstr("input 'k': dimension 1 is symbolic ('n')"));
}

TEST(DataInputs, AreVectorsThatAreAddedToAnythingElse) {
  OnnxBuilder m;
  m.input("x", {1, 4, 8, 8}).input("v", {8});
  m.node("Relu", {"x"}, {"r"});
  m.node("Add", {"r", "v"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("activation(x)->r", "opaque(r,v)->y"));
}

TEST(DataInputs, AreOutputsThatAnIdentityRenames) {
  OnnxBuilder m;
  m.input("x", {1, 4, 8, 8}).input("w", {6, 4, 1, 1});
  m.node("Identity", {"w"}, {"i"});
  m.node("Conv", {"x", "i"}, {"y"});
  m.output("y").output("i");
  EXPECT_THAT(refusal(m), HasSubstr("input 'w': expected batch 1, got 6"));
}

}  // namespace
}  // namespace fusesim
