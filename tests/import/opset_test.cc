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

/// With libonnx (opset 13) and without (opset 21).
TEST(Opset, OperatorsHaveTheSameShapesWithAndWithoutLibonnx) {
  for (const int64_t opset : {13, 21}) {
    OnnxBuilder m(opset);
    m.input("x", {1, 8, 6, 10}).integers("twice", {1, 1, 2, 1}).integers("pick", {1, 0, 1});
    m.integers("shape", {2, 1, 1, 1});
    m.node("DepthToSpace", {"x"}, {"d"}).integer("blocksize", 2);
    m.node("SpaceToDepth", {"d"}, {"s"}).integer("blocksize", 2);
    m.node("Tile", {"s", "twice"}, {"t"});
    m.node("Gather", {"t", "pick"}, {"g"}).integer("axis", 3);
    m.node("Softmax", {"g"}, {"f"}).integer("axis", 1);
    m.node("Expand", {"f", "shape"}, {"e"});
    m.node("Transpose", {"e"}, {"p"}).integers("perm", {3, 0, 2, 1});
    m.output("p");
    const Graph g = import_graph(m, false);
    EXPECT_THAT(summary(g), ElementsAre("depth_to_space(x)->d", "space_to_depth(d)->s", "opaque(s)->t",
                                        "opaque(t)->g", "norm(g)->f", "opaque(f)->e", "opaque(e)->p"));
    EXPECT_EQ(output_shape(g, "d"), (Shape{2, 12, 20}));
    EXPECT_EQ(output_shape(g, "s"), (Shape{8, 6, 10}));
    EXPECT_EQ(output_shape(g, "t"), (Shape{8, 12, 10}));
    EXPECT_EQ(output_shape(g, "g"), (Shape{8, 12, 3}));
    EXPECT_EQ(output_shape(g, "e"), (Shape{int64_t{2} * 8 * 12 * 3, 1, 1}));
    EXPECT_EQ(output_shape(g, "p"), (Shape{int64_t{2} * 8 * 12 * 3, 1, 1}));
  }
}

TEST(Opset, SwishIsSilu) {
  OnnxBuilder m(24);
  m.input("x", {1, 16, 16, 16});
  m.conv("x", "c", 16, 16, 1);
  m.node("Swish", {"c"}, {"s"});
  m.node("Swish", {"s"}, {"y"}).number("alpha", 0.5F);
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->y"));
  EXPECT_EQ(g.op(0).activations[0].type, "Silu");
  EXPECT_EQ(g.op(0).activations[1].type, "Swish");
  EXPECT_EQ(g.op(0).activations[1].alpha, 0.5F);
}

TEST(Opset, RmsNormalizationKeepsShapeAndScales) {
  OnnxBuilder m(23);
  m.input("x", {1, 16, 12, 10}).input("scale", {10});
  m.node("RMSNormalization", {"x", "scale"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  EXPECT_EQ(output_shape(g, "y").elements(), 16 * 12 * 10);
  EXPECT_EQ(g.op(0).weights, 10);
  EXPECT_EQ(g.inputs.size(), 1U);
}

TEST(Opset, ReductionsTakeTheirAxesFromAnInput) {
  for (const char* type : {"ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"}) {
    OnnxBuilder m(18);
    m.input("x", {1, 16, 12, 10}).integers("axes", {2, 3});
    m.node(type, {"x", "axes"}, {"y"});
    m.output("y");
    EXPECT_EQ(output_shape(import_graph(m), "y"), (Shape{16, 1, 1})) << type;
  }
}

/// Operators that have not changed since keep the shapes that libonnx knows.
TEST(Opset, OlderOperatorsAreKnownInNewOnes) {
  OnnxBuilder m(24);
  m.input("x", {1, 4, 8, 6}).input("places", {1, 4, 8, 2}, onnx::TensorProto::INT64).integers("k", {3});
  m.node("GatherElements", {"x", "places"}, {"g"}).integer("axis", 3);
  m.node("TopK", {"x", "k"}, {"values", "indices"}).integer("axis", 2);
  m.output("g").output("values");
  const Graph g = import_graph(m);
  EXPECT_EQ(output_shape(g, "g"), (Shape{4, 8, 2}));
  EXPECT_EQ(output_shape(g, "values"), (Shape{4, 3, 6}));
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
