#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

onnx::TensorProto& initialiser(OnnxBuilder& m, const std::string& name) {
  for (auto& tensor : *m.graph().mutable_initializer()) {
    if (tensor.name() == name) return tensor;
  }
  throw std::runtime_error("no initialiser is named " + name);
}

/// Leaves the elements in a file beside the model.
std::string move_out(onnx::TensorProto& tensor, const std::string& location) {
  std::string bytes = tensor.raw_data();
  tensor.clear_raw_data();
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  auto& entry = *tensor.add_external_data();
  entry.set_key("location");
  entry.set_value(location);
  return bytes;
}

TEST(File, InitialisersWithoutElementsAreShapes) {
  OnnxBuilder m;
  m.input("x", {1, 8, 32, 32}).bare("w1", {16, 8, 3, 3}).bare("w2", {32, 16, 3, 3});
  m.node("Conv", {"x", "w1"}, {"a"}).integers("pads", {1, 1, 1, 1});
  m.node("Conv", {"a", "w2"}, {"y"}).integers("pads", {1, 1, 1, 1});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->a", "conv(a)->y"));
  EXPECT_EQ(parameter_count(g), 16 * 8 * 9 + 32 * 16 * 9);
  EXPECT_EQ(conv_macs(g), 32 * 32 * (16 * 8 * 9 + 32 * 16 * 9));
}

TEST(File, ShapesThatAreLeftOutAreAskedFor) {
  OnnxBuilder m;
  m.input("x", {1, 24}).bare("target", {2}, onnx::TensorProto::INT64);
  m.node("Reshape", {"x", "target"}, {"y"});
  m.output("y");
  EXPECT_EQ(refusal(m), "y: input 'target' must be constant: its values are not known");
}

/// 24 GB at four bytes each, in 64 MiB of address space.
TEST(File, DeclaredWeightsAreNotTouched) {
  OnnxBuilder m;
  m.input("x", {1, 100000}).bare("w", {100000, 60000});
  move_out(initialiser(m, "w"), "w.bin");
  m.node("MatMul", {"x", "w"}, {"y"});
  m.output("y");
  ImportOptions options;
  options.limits = ImportLimits{int64_t{64} << 20, 10};
  const ImportedModel model = import_model(m, options);
  EXPECT_EQ(model.graph->op(0).weights, 6000000000);
}

/// A network whose Resize takes its size from a tensor beside the model.
OnnxBuilder resized(std::string& bytes, const std::string& location) {
  OnnxBuilder m;
  m.input("x", {1, 3, 5, 6}).integers("size", {1, 3, 10, 18});
  bytes = move_out(initialiser(m, "size"), location);
  m.node("Resize", {"x", "", "", "size"}, {"y"});
  m.output("y");
  return m;
}

TEST(File, SmallTensorsBesideTheModelAreRead) {
  std::string bytes;
  const OnnxBuilder m = resized(bytes, "values.bin");
  const ScratchFile file(m.bytes());
  std::ofstream(std::filesystem::path(file.path()).parent_path() / "values.bin", std::ios::binary) << bytes;
  EXPECT_EQ(output_shape(*import_onnx(file.path()).graph, "y"), (Shape{3, 10, 18}));
}

TEST(File, AtTheirOffset) {
  std::string bytes;
  OnnxBuilder m = resized(bytes, "values.bin");
  auto& entry = *initialiser(m, "size").add_external_data();
  entry.set_key("offset");
  entry.set_value("5");
  const ScratchFile file(m.bytes());
  std::ofstream(std::filesystem::path(file.path()).parent_path() / "values.bin", std::ios::binary)
      << "12345" << bytes << "6";
  EXPECT_EQ(output_shape(*import_onnx(file.path()).graph, "y"), (Shape{3, 10, 18}));
}

TEST(File, NothingOutsideTheModelsFolderIsRead) {
  std::string bytes;
  const ScratchFile outside("");
  for (const std::string& location : {outside.path(), "../" + outside.path(), std::string("absent.bin")}) {
    const OnnxBuilder m = resized(bytes, location);
    std::ofstream(outside.path(), std::ios::binary) << bytes;
    EXPECT_EQ(refusal(m), "y: input 'size' must be constant: its values are not known") << location;
  }
}

TEST(File, TensorsBesideTheModelThatAreTooShortAreUnknown) {
  std::string bytes;
  const OnnxBuilder m = resized(bytes, "net.onnx.bin");
  const ScratchFile file(m.bytes());
  std::ofstream(file.path() + ".bin", std::ios::binary) << bytes.substr(1);
  EXPECT_THROW(import_onnx(file.path()), std::exception);
}

constexpr int32_t kUint4 = 21;
constexpr int32_t kInt4 = 22;

/// Two elements in a byte, an odd one alone.
TEST(File, FourBitWeights) {
  for (const int32_t type : {kUint4, kInt4}) {
    OnnxBuilder m(21);
    m.input("x", {1, 3, 16, 16}).bare("packed", {5, 3, 3, 3}, type).numbers("scale", {1, 1, 1, 1, 1}, {5});
    initialiser(m, "packed").set_raw_data(std::string(68, '\0'));
    m.node("DequantizeLinear", {"packed", "scale"}, {"w"}).integer("axis", 0);
    m.node("Conv", {"x", "w"}, {"y"});
    m.output("y");
    const Graph g = import_graph(m);
    ASSERT_THAT(summary(g), ElementsAre("conv(x)->y"));
    EXPECT_EQ(g.op(0).weights, 135);
    initialiser(m, "packed").set_raw_data(std::string(67, '\0'));
    EXPECT_EQ(refusal(m), "initialiser 'packed': shape (5,3,3,3) needs 135 elements of 4 bits, got 67 bytes");
  }
}

/// The low half of a byte comes first, and the highest bit is a sign.
TEST(File, FourBitNumbersAreRead) {
  OnnxBuilder m(21);
  m.input("x", {1, 6, 2, 2}).bare("packed", {3}, kInt4);
  initialiser(m, "packed").set_raw_data(std::string("\x31\x0e", 2));  // 1, 3, -2
  m.integers("minus", {-1, -1, 1});
  m.node("Cast", {"packed"}, {"wide"}).integer("to", onnx::TensorProto::INT64);
  m.node("Mul", {"wide", "minus"}, {"target"});  // -1, -3, -2
  m.node("Neg", {"target"}, {"t"});
  m.node("Reshape", {"x", "t2"}, {"y"});
  m.integers("last", {4}).node("Concat", {"t", "last"}, {"t2"}).integer("axis", 0);
  m.output("y");
  EXPECT_EQ(output_shape(import_graph(m), "y"), (Shape{3, 2, 4}));
}

TEST(File, EightBitFloatsAreWeights) {
  constexpr int32_t kFloat8 = 17;
  OnnxBuilder m(21);
  m.input("x", {1, 3, 16, 16}).bare("packed", {8, 3, 1, 1}, kFloat8).numbers("scale", {1}, {});
  initialiser(m, "packed").set_raw_data(std::string(24, '\0'));
  m.node("DequantizeLinear", {"packed", "scale"}, {"w"});
  m.node("Conv", {"x", "w"}, {"y"});
  m.output("y");
  EXPECT_EQ(import_graph(m).op(0).weights, 24);
}

TEST(File, WrongDeclaredShapesAreToldWithBoth) {
  OnnxBuilder m;
  m.input("x", {1, 3, 16, 16});
  m.conv("x", "c", 3, 8, 3).text("auto_pad", "SAME_LOWER").integers("strides", {2, 2});
  m.node("Relu", {"c"}, {"y"});
  m.declare("c", {1, 8, 16, 16}).output("y");
  auto& shape = *m.graph().mutable_output(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
  for (const int64_t d : {1, 99, 8, 8}) shape.add_dim()->set_dim_value(d);
  const ImportedModel model = import_model(m);
  EXPECT_EQ(output_shape(*model.graph, "c"), (Shape{8, 8, 8}));
  EXPECT_THAT(model.notes, ElementsAre("tensor 'c' is declared as (1,8,16,16), its operator makes (1,8,8,8)",
                                       "tensor 'y' is declared as (1,99,8,8), its operator makes (1,8,8,8)"));
}

TEST(File, ManyWrongShapesAreCounted) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 4});
  std::string last = "x";
  for (int i = 0; i < 14; ++i) {
    const std::string next = "t" + std::to_string(i);
    m.node("Relu", {last}, {next});
    m.declare(next, {1, 3, 4, 5});
    last = next;
  }
  m.output(last);
  const ImportedModel model = import_model(m);
  ASSERT_EQ(model.notes.size(), 11U);
  EXPECT_EQ(model.notes.back(), "4 more declared shapes are wrong");
}

/// Shapes that were declared for another input do not count.
TEST(File, DeclaredShapesOfAnotherSizeAreNotWrong) {
  OnnxBuilder m;
  m.input("x", {1, 3, 16, 16});
  m.node("Relu", {"x"}, {"r"});
  m.node("Relu", {"r"}, {"y"});
  m.declare("r", {1, 3, 16, 16}).output("y");
  ImportOptions options;
  options.input_shapes["x"] = {1, 3, 8, 8};
  EXPECT_THAT(import_model(m, options).notes, IsEmpty());
}

TEST(File, OutputsThatShareATensorAreNamed) {
  OnnxBuilder m;
  m.input("x", {1, 4, 16, 16});
  m.conv("x", "y", 4, 8, 3);
  m.node("Identity", {"y"}, {"z"});
  m.output("y").output("z");
  const ImportedModel model = import_model(m);
  EXPECT_EQ(model.graph->outputs.size(), 1U);
  EXPECT_THAT(model.notes, ElementsAre("graph output 'z' is 'y' under another name"));
}

TEST(File, TheSameOutputTwiceNeedsNoWord) {
  OnnxBuilder m;
  m.input("x", {1, 4, 16, 16});
  m.conv("x", "y", 4, 8, 3);
  m.output("y").output("y");
  EXPECT_THAT(import_model(m).notes, IsEmpty());
}

/// Every operator that nobody knows runs as an opaque one once its shape is declared.
TEST(File, UnknownOperatorsNeedDeclaredShapesInAnyDomainAndOpset) {
  for (const int64_t opset : {9, 13, 17, 21, 24, 30}) {
    for (const char* domain : {"", "ai.onnx", "ai.onnx.ml", "com.microsoft", "org.example"}) {
      SCOPED_TRACE(std::to_string(opset) + " " + domain);
      OnnxBuilder m(opset);
      m.input("x", {1, 4, 6, 6}).weight("k", {3, 3});
      m.node("Sharpen", {"x", "k"}, {"s"}).proto().set_domain(domain);
      m.node("Relu", {"s"}, {"y"});
      m.output("y");
      EXPECT_THAT(refusal(m), HasSubstr("save"));
      EXPECT_THAT(refusal(m), HasSubstr("value_info that gives"));
      m.declare("s", {1, 4, 6, 6});
      const Graph g = import_graph(m, false);
      ASSERT_THAT(summary(g), ElementsAre("opaque(x)->s", "activation(s)->y"));
      EXPECT_EQ(g.op(0).weights, 9);
    }
  }
}

/// Exporters write operators of newer sets under the label of an older one.
TEST(File, OperatorsOfNewerSetsAreReadUnderAnOlderLabel) {
  OnnxBuilder m(13);
  m.input("x", {1, 4, 6, 6});
  m.node("Gelu", {"x"}, {"g"});
  m.node("Swish", {"g"}, {"s"});
  m.node("Mish", {"s"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m, false)),
              ElementsAre("activation(x)->g", "activation(g)->s", "activation(s)->y"));
}

}  // namespace
}  // namespace fusesim
