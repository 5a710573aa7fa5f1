#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

OpParameters parameters_of(const OnnxBuilder& model, const std::string& op) {
  ImportOptions options;
  options.with_parameters = true;
  const ImportedModel imported = import_model(model, options);
  const auto at = &find_op(*imported.graph, op) - imported.graph->ops.data();
  return imported.parameters.at(static_cast<size_t>(at));
}

OnnxBuilder two_channels() {
  OnnxBuilder m;
  m.input("x", {1, 2, 4, 4}).output("y");
  return m;
}

/// 2 x and 3 x, then + 1 and - 1, less the means 0 and 1, times 2 and 4 by deviations 1 and 2, + 5 and + 6,
/// all times 10.
TEST(RealParameters, OfAConvolutionHoldWhatItTookOver) {
  OnnxBuilder m = two_channels();
  m.numbers("w", {2, 0, 0, 3}, {2, 2, 1, 1}).numbers("b", {1, -1}, {2}).numbers("ten", {10}, {1});
  m.numbers("scale", {2, 4}, {2}).numbers("shift", {5, 6}, {2}).numbers("mean", {0, 1}, {2});
  m.numbers("variance", {1, 4}, {2});
  m.node("Conv", {"x", "w", "b"}, {"c"});
  m.node("BatchNormalization", {"c", "scale", "shift", "mean", "variance"}, {"n"}).number("epsilon", 0);
  m.node("Mul", {"n", "ten"}, {"y"});
  const OpParameters p = parameters_of(m, "c");
  EXPECT_THAT(p.weights, ElementsAre(40, 0, 0, 60));
  EXPECT_THAT(p.biases, ElementsAre(10 * (2 * 1 + 5), 10 * (2 * (-1 - 1) + 6)));
}

TEST(RealParameters, OfAMatrixComeOutputByOutput) {
  OnnxBuilder m;
  m.input("x", {1, 3}).output("y");
  m.numbers("w", {1, 2, 3, 4, 5, 6}, {3, 2}).numbers("c", {10, 20}, {2});
  m.node("Gemm", {"x", "w", "c"}, {"y"}).number("alpha", 2).number("beta", 0.5F);
  const OpParameters p = parameters_of(m, "y");
  EXPECT_THAT(p.weights, ElementsAre(2, 6, 10, 4, 8, 12));
  EXPECT_THAT(p.biases, ElementsAre(5, 10));
}

/// Input i, output o of two and tap t: 100 i + 10 o + t.
TEST(RealParameters, OfATransposedConvolutionComeOutputByOutput) {
  OnnxBuilder m = two_channels();
  m.numbers("w", {0, 1, 10, 11, 100, 101, 110, 111}, {2, 2, 1, 2});
  m.node("ConvTranspose", {"x", "w"}, {"y"});
  EXPECT_THAT(parameters_of(m, "y").weights, ElementsAre(0, 1, 100, 101, 10, 11, 110, 111));
}

TEST(RealParameters, AreThoseBeforeTheFileQuantisedThem) {
  OnnxBuilder m = two_channels();
  m.numbers("q", {1, 2, 3, 4}, {2, 2, 1, 1}).numbers("s", {0.5F, 2}, {2});
  m.graph().mutable_initializer(0)->Clear();
  auto& tensor = *m.graph().mutable_initializer(0);
  tensor.set_name("q");
  tensor.set_data_type(onnx::TensorProto::INT8);
  for (const int64_t d : {2, 2, 1, 1}) tensor.add_dims(d);
  tensor.set_raw_data(std::string("\x01\x02\x03\xfc", 4));
  m.node("DequantizeLinear", {"q", "s"}, {"d"}).integer("axis", 0);
  m.node("Transpose", {"d"}, {"w"}).integers("perm", {1, 0, 2, 3});
  m.node("Conv", {"x", "w"}, {"y"});
  EXPECT_THAT(parameters_of(m, "y").weights, ElementsAre(0.5F, 6, 1, -8));
}

/// x / 2 - 3 and 7 - x, each an op of its own.
TEST(RealParameters, OfScalesAndShifts) {
  OnnxBuilder m = two_channels();
  m.numbers("half", {2, 4}, {2, 1, 1})
      .numbers("three", {3, 1}, {2, 1, 1})
      .numbers("seven", {7, 8}, {2, 1, 1});
  m.node("Div", {"x", "half"}, {"a"});
  m.node("Sub", {"seven", "a"}, {"y"});
  EXPECT_THAT(parameters_of(m, "a").weights, ElementsAre(0.5F, 0.25F));
  EXPECT_THAT(parameters_of(m, "y").biases, ElementsAre(7, 8));
}

TEST(RealParameters, AreEmptyWhereTheFileHasNone) {
  OnnxBuilder m = two_channels();
  m.bare("w", {2, 2, 1, 1});
  m.node("Conv", {"x", "w"}, {"y"});
  EXPECT_THAT(parameters_of(m, "y").weights, IsEmpty());
  EXPECT_THAT(import_model(m).parameters, IsEmpty());
}

}  // namespace
}  // namespace fusesim
