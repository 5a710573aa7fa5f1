#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Opset, OldOnesAreRefusedWithARemedy) {
  OnnxBuilder m(8);
  m.input("x", {1, 3, 4, 4});
  m.node("Relu", {"x"}, {"y"});
  m.output("y");
  EXPECT_EQ(refusal(m), "opset 8 is older than 9: convert the file with onnx.version_converter to opset 13");
}

TEST(Opset, AMissingOneIsRefused) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 4});
  m.node("Relu", {"x"}, {"y"});
  m.output("y");
  m.proto().clear_opset_import();
  EXPECT_THAT(refusal(m), HasSubstr("imports no default operator set"));
}

TEST(Opset, UnknownOperatorsOfNewOnesAreRefusedWithOpsetAndRemedy) {
  OnnxBuilder m(21);
  m.input("x", {1, 3, 4, 4});
  m.node("Relu", {"x"}, {"r"});
  m.node("Col2Im", {"r"}, {"y"});
  m.output("y");
  EXPECT_EQ(
      refusal(m),
      "y: shape of output 'y' of operator Col2Im of opset 21 is not known: export the model with opset 17 or "
      "older, or save it with value_info that gives the shape");
}

TEST(Opset, UnknownOperatorsOfKnownOnesAreInvalid) {
  OnnxBuilder m(13);
  m.input("x", {1, 3, 4, 4});
  m.node("Frobnicate", {"x"}, {"y"});
  m.output("y");
  EXPECT_THAT(refusal(m), HasSubstr("not a valid ONNX model: No Op registered for Frobnicate"));
}

TEST(Opset, NewFormatVersionsOfKnownOpsetsAreRead) {
  OnnxBuilder m(17);
  m.proto().set_ir_version(10);
  m.input("x", {1, 3, 4, 4});
  m.node("Relu", {"x"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("activation(x)->y"));
}

TEST(Opset, DilatedAveragePoolsOfNewOnesAreRead) {
  OnnxBuilder m(19);
  m.input("x", {1, 3, 9, 9});
  m.node("AveragePool", {"x"}, {"y"}).integers("kernel_shape", {3, 3}).integers("dilations", {2, 2});
  m.output("y");
  EXPECT_EQ(output_shape(import_graph(m), "y"), (Shape{3, 5, 5}));
}

/// Newer opsets do without libonnx's checker and shape inference: the whole zoo must be covered by our own
/// rules.
TEST(Opset, TheZooReadsTheSameWithoutLibonnx) {
  const std::string directory = FUSESIM_SOURCE_DIR;
  for (const std::string& name : zoo_models(directory)) {
    std::ifstream file(resolve_model(name, directory), std::ios::binary);
    OnnxBuilder m;
    ASSERT_TRUE(m.proto().ParseFromIstream(&file)) << name;
    const std::vector<std::string> with_libonnx = full_text(import_graph(m));
    m.proto().mutable_opset_import(0)->set_version(22);
    EXPECT_EQ(full_text(import_graph(m)), with_libonnx) << name;
  }
}

}  // namespace
}  // namespace fusesim
