#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

OnnxBuilder relu(const std::vector<Dim>& dims) {
  OnnxBuilder m;
  m.input("x", dims);
  m.node("Relu", {"x"}, {"y"});
  m.output("y");
  return m;
}

ImportOptions with_shape(const std::string& name, const std::vector<int64_t>& dims) {
  ImportOptions options;
  options.input_shapes[name] = dims;
  return options;
}

TEST(Inputs, SymbolicDimensionsNeedAShape) {
  EXPECT_EQ(refusal(relu({"batch", 3, "height", 20})),
            "input 'x': dimension 0 is symbolic ('batch'): set the shape with --input-shape x=1,3,224,20");
  const ImportedModel model = import_model(relu({"batch", 3, "height", 20}), with_shape("x", {1, 3, 10, 20}));
  EXPECT_EQ(output_shape(*model.graph, "y"), (Shape{3, 10, 20}));
}

TEST(Inputs, ASymbolMeansTheSameForEveryInput) {
  OnnxBuilder m;
  m.input("x", {1, 3, "h", "w"}).input("z", {1, 3, "h", "w"});
  m.node("Add", {"x", "z"}, {"y"});
  m.output("y");
  const ImportedModel model = import_model(m, with_shape("z", {1, 3, 5, 6}));
  EXPECT_EQ(output_shape(*model.graph, "y"), (Shape{3, 5, 6}));
}

TEST(Inputs, UnknownDimensionsAndMissingShapesAreNamed) {
  OnnxBuilder m = relu({1, 3, 8, 8});
  m.graph()
      .mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(2)
      ->clear_value();
  EXPECT_THAT(refusal(m), HasSubstr("input 'x': dimension 2 is unknown"));
  m.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->clear_shape();
  EXPECT_THAT(refusal(m), HasSubstr("input 'x': has no shape"));
  EXPECT_EQ(import_model(m, with_shape("x", {1, 3, 8, 8})).graph->ops.size(), 1U);
}

ImportOptions images(int64_t batch) {
  ImportOptions options;
  options.batch = batch;
  return options;
}

TEST(Inputs, ABatchOfTheFileRunsAsImages) {
  OnnxBuilder m;
  m.input("x", {4, 3, 8, 8}).input("z", {4, 3, 8, 8});
  m.node("Add", {"x", "z"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  EXPECT_EQ(g.batch, 4);
  EXPECT_EQ(output_shape(g, "y"), (Shape{3, 8, 8}));
  EXPECT_EQ(import_model(m, images(4)).graph->batch, 4);
  EXPECT_EQ(refusal(m, images(8)),
            "--batch: expected 4 as the file has it, got 8: leave it out, or set --input-shape x=1,3,8,8 "
            "--input-shape z=1,3,8,8");
  ImportOptions options = images(8);
  options.input_shapes = {{"x", {1, 3, 8, 8}}, {"z", {1, 3, 8, 8}}};
  EXPECT_EQ(import_model(m, options).graph->batch, 8);
}

TEST(Inputs, ABatchThatTheFileLeavesOpenIsSet) {
  OnnxBuilder m;
  m.input("x", {"N", 3, 8, 8}).integers("rows", {-1, 8}).weight("w", {8, 10});
  m.conv("x", "c", 3, 8, 3);
  m.node("GlobalAveragePool", {"c"}, {"g"});
  m.node("Reshape", {"g", "rows"}, {"view"});
  m.node("Gemm", {"view", "w"}, {"y"});
  m.output("y");
  const ImportedModel model = import_model(m, images(6));
  EXPECT_EQ(model.graph->batch, 6);
  EXPECT_EQ(output_shape(*model.graph, "y"), (Shape{10, 1, 1}));
  EXPECT_THAT(refusal(m), HasSubstr("dimension 0 is symbolic ('N')"));
  // One image in the file: equal images all the same.
  EXPECT_EQ(import_model(relu({1, 3, 4, 4}), images(6)).graph->batch, 6);
  EXPECT_EQ(import_graph(relu({1, 3, 4, 4})).batch, 1);
}

TEST(Inputs, InputsOfSeveralBatchesAreRefused) {
  OnnxBuilder m;
  m.input("x", {4, 3, 8, 8}).input("z", {2, 3, 8, 8});
  m.node("Relu", {"x"}, {"y"});
  m.node("Relu", {"z"}, {"v"});
  m.output("y").output("v");
  EXPECT_EQ(refusal(m),
            "input 'x': expected batch 1, got 4, and others: set --input-shape x=1,3,8,8 "
            "--input-shape z=1,3,8,8");
}

TEST(Inputs, ABatchThatConstantsFixHasAnotherRemedy) {
  OnnxBuilder m;
  m.input("x", {4, 3, 16, 16}).integers("rows", {4, 8}).weight("w", {8, 10});
  m.conv("x", "c", 3, 8, 3);
  m.node("GlobalAveragePool", {"c"}, {"g"});
  m.node("Reshape", {"g", "rows"}, {"view"});
  m.node("Gemm", {"view", "w"}, {"y"});
  m.output("y");
  EXPECT_EQ(
      refusal(m),
      "input 'x': expected batch 1, got 4, and constants of the file fix it (with batch 1: view: cannot "
      "reshape (1,8,1,1) to (4,8)): export the model with batch 1");
}

TEST(Inputs, ShapesSetAnotherBatch) {
  EXPECT_EQ(import_graph(relu({8, 3, 4, 4})).batch, 8);
  EXPECT_EQ(import_model(relu({8, 3, 4, 4}), with_shape("x", {1, 3, 4, 4})).graph->batch, 1);
  EXPECT_EQ(import_model(relu({1, 3, 4, 4}), with_shape("x", {5, 3, 4, 4})).graph->batch, 5);
}

TEST(Inputs, BadOverridesAreRefused) {
  EXPECT_EQ(refusal(relu({1, 3, 4, 4}), with_shape("image", {1, 3, 4, 4})),
            "--input-shape names 'image': expected an input of the model (x)");
  EXPECT_THAT(refusal(relu({1, 3, 4, 4}), with_shape("x", {3, 4, 4})),
              HasSubstr("expected a shape of 4 dimensions"));
  EXPECT_THAT(refusal(relu({1, 3, "h", 4}), with_shape("x", {1, 3, 0, 4})), HasSubstr("got 0"));
}

TEST(Inputs, ThatNothingReadsMayHaveAnyShape) {
  OnnxBuilder m = relu({1, 3, 4, 4});
  m.input("unused", {"n", 7});
  EXPECT_THAT(import_model(m).graph->inputs.size(), 1U);
}

TEST(Inputs, ThatAreOutputsArePartOfTheGraph) {
  OnnxBuilder m = relu({1, 3, 4, 4});
  m.input("z", {1, 3, 4, 4}).output("z");
  const Graph g = import_graph(m);
  EXPECT_EQ(g.inputs.size(), 2U);
  EXPECT_EQ(g.outputs.size(), 2U);
}

OnnxBuilder small_network() {
  OnnxBuilder m;
  m.input("x", {1, 3, 16, 16});
  m.conv("x", "c", 3, 8, 3, true);
  m.batch_norm("c", "n", 8);
  m.node("Relu", {"n"}, {"r"});
  m.node("Identity", {"c.b"}, {"shared"});
  m.weight("w2", {8, 1, 3, 3});
  m.node("Conv", {"r", "w2", "shared"}, {"d"}).integer("group", 8);
  m.weight("slope", {8, 1, 1});
  m.node("PRelu", {"d", "slope"}, {"e"});
  m.node("GlobalAveragePool", {"e"}, {"p"});
  m.node("Flatten", {"p"}, {"f"});
  m.weight("fw", {4, 8}).weight("fb", {4});
  m.node("Gemm", {"f", "fw", "fb"}, {"y"}).integer("transB", 1);
  m.output("y");
  return m;
}

TEST(Weightless, GivesTheSameGraphAsTheFullFile) {
  const std::vector<std::string> full = full_text(import_graph(small_network()));
  OnnxBuilder bare = small_network();
  bare.strip_weights();
  EXPECT_EQ(full_text(import_graph(bare)), full);
  auto* listed = bare.proto().add_metadata_props();
  listed->set_key("fusesim.inputs");
  listed->set_value("x");
  EXPECT_EQ(full_text(import_graph(bare)), full);
}

TEST(Weightless, MetadataDecidesWhereTheUseDoesNot) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 4}).input("k", {1, 3, 4, 4});
  m.node("Mul", {"x", "k"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("eltwise(x,k)->y"));
  auto* listed = m.proto().add_metadata_props();
  listed->set_key("fusesim.inputs");
  listed->set_value("x");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("opaque(x)->y"));
  EXPECT_EQ(g.op(0).weights, 48);
  listed->set_value("x\nimage");
  EXPECT_THAT(refusal(m), HasSubstr("names 'image', which is no graph input"));
}

TEST(Weightless, ExternalDataNeedsNoFile) {
  OnnxBuilder m = small_network();
  const std::vector<std::string> full = full_text(import_graph(m));
  for (auto& tensor : *m.graph().mutable_initializer()) {
    tensor.clear_float_data();
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    auto* location = tensor.add_external_data();
    location->set_key("location");
    location->set_value("absent.bin");
  }
  EXPECT_EQ(full_text(import_graph(m)), full);
}

TEST(Weightless, OldFilesListInitialisersAsInputs) {
  OnnxBuilder m = small_network();
  const std::vector<std::string> full = full_text(import_graph(m));
  m.proto().set_ir_version(3);
  for (const auto& tensor : m.graph().initializer()) {
    m.input(tensor.name(), std::vector<Dim>(tensor.dims().begin(), tensor.dims().end()));
  }
  EXPECT_EQ(full_text(import_graph(m)), full);
}

TEST(Weightless, InitialisersInHalfPrecisionAndRawData) {
  OnnxBuilder m;
  m.input("x", {1, 3, 5, 6});
  auto& scales = *m.graph().add_initializer();
  scales.set_name("scales");
  scales.set_data_type(onnx::TensorProto::FLOAT);
  scales.add_dims(4);
  const float values[] = {1, 1, 2, 2};
  scales.set_raw_data(values, sizeof values);
  m.node("Resize", {"x", "", "scales"}, {"y"});
  m.output("y");
  EXPECT_EQ(output_shape(import_graph(m), "y"), (Shape{3, 10, 12}));
}

}  // namespace
}  // namespace fusesim
