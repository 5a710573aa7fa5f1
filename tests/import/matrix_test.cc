#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;

TEST(Matrix, GemmOfAVectorIsAOneByOneConvolution) {
  for (const bool transposed : {false, true}) {
    OnnxBuilder m;
    m.input("x", {1, 6}).weight("b", {10});
    m.weight("w", transposed ? std::vector<int64_t>{10, 6} : std::vector<int64_t>{6, 10});
    m.node("Gemm", {"x", "w", "b"}, {"y"}).integer("transB", transposed ? 1 : 0);
    m.output("y");
    const Graph g = import_graph(m);
    ASSERT_THAT(summary(g), ElementsAre("conv(x)->y"));
    EXPECT_EQ(g.op(0).weights, 60);
    EXPECT_EQ(g.op(0).biases, 10);
    EXPECT_EQ(g.op(0).window.kernel_h, 1);
    EXPECT_EQ(output_shape(g, "y"), (Shape{10, 1, 1}));
  }
}

TEST(Matrix, MakesTheFlattenedMapItsKernel) {
  for (const char* type : {"Flatten", "Reshape"}) {
    OnnxBuilder m;
    m.input("x", {1, 3, 4, 5}).weight("w", {60, 7}).integers("shape", {1, -1});
    if (std::string(type) == "Flatten") m.node("Flatten", {"x"}, {"f"});
    if (std::string(type) == "Reshape") m.node("Reshape", {"x", "shape"}, {"f"});
    m.node("MatMul", {"f", "w"}, {"y"});
    m.output("y");
    const Graph g = import_graph(m);
    ASSERT_THAT(summary(g), ElementsAre("conv(x)->y")) << type;
    EXPECT_EQ(g.op(0).window.kernel_h, 4);
    EXPECT_EQ(g.op(0).window.kernel_w, 5);
    EXPECT_EQ(g.op(0).weights, 420);
    EXPECT_THAT(g.op(0).nodes, ElementsAre("f", "y"));
  }
}

TEST(Matrix, MatMulTakesItsBiasAndActivation) {
  OnnxBuilder m;
  m.input("x", {1, 6}).weight("w", {6, 10}).weight("b", {10});
  m.node("MatMul", {"x", "w"}, {"p"});
  m.node("Add", {"b", "p"}, {"q"});
  m.node("Relu", {"q"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->y"));
  EXPECT_EQ(g.op(0).biases, 10);
}

TEST(Matrix, ScalarBiasReachesEveryOutput) {
  OnnxBuilder m;
  m.input("x", {1, 6}).weight("w", {6, 10}).weight("b", {1});
  m.node("Gemm", {"x", "w", "b"}, {"y"});
  m.output("y");
  EXPECT_EQ(import_graph(m).op(0).biases, 10);
}

TEST(Matrix, DropoutAndTwoReshapesInBetweenChangeNothing) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 5}).weight("w", {60, 7}).integers("rows", {1, 3, 20}).integers("flat", {1, 60});
  m.node("Reshape", {"x", "rows"}, {"r"});
  m.node("Reshape", {"r", "flat"}, {"f"});
  m.node("Dropout", {"f"}, {"d"});
  m.node("Gemm", {"d", "w"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->y"));
  EXPECT_THAT(g.op(0).nodes, ElementsAre("r", "f", "d", "y"));
  EXPECT_EQ(g.op(0).window.kernel_h, 4);
}

TEST(Matrix, AFlattenedMapThatIsReadElsewhereIsTheMap) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 5}).weight("w", {60, 7});
  m.node("Flatten", {"x"}, {"f"});
  m.node("Gemm", {"f", "w"}, {"y"});
  m.node("Relu", {"f"}, {"z"});
  m.output("y").output("z");
  EXPECT_THAT(summary(import_graph(m, false)), ElementsAre("conv(x)->y", "activation(x)->z"));
}

TEST(Matrix, FlattenOfAVectorIsDropped) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 5}).weight("w", {3, 7});
  m.node("GlobalAveragePool", {"x"}, {"p"});
  m.node("Flatten", {"p"}, {"f"});
  m.node("Gemm", {"f", "w"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("global_avg_pool(x)->p", "conv(p)->y"));
  EXPECT_THAT(g.op(0).nodes, ElementsAre("p", "f"));
}

TEST(Matrix, ADroppedLastNodeGivesTheGraphOutputItsName) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 5});
  m.node("GlobalAveragePool", {"x"}, {"p"});
  m.node("Flatten", {"p"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("global_avg_pool(x)->y"));
}

TEST(Matrix, OtherProductsAreOpaqueAndCountTheirConstants) {
  OnnxBuilder m;
  m.input("x", {2, 5, 6}).input("a", {1, 6}).input("b", {6, 6}).weight("w", {6, 10}).weight("k", {1, 6});
  m.node("MatMul", {"x", "w"}, {"rank3"});
  m.node("MatMul", {"a", "b"}, {"two_inputs"});
  m.node("Gemm", {"k", "b"}, {"constant_left"});
  m.output("rank3").output("two_inputs").output("constant_left");
  OnnxBuilder listed = m;
  auto* inputs = listed.proto().add_metadata_props();
  inputs->set_key("fusesim.inputs");
  inputs->set_value("x\na\nb");
  EXPECT_THAT(summary(import_graph(listed)),
              ElementsAre("opaque(x)->rank3", "matmul(a,b)->two_inputs", "opaque(b)->constant_left"));
  m.graph().mutable_input()->RemoveLast();
  m.input("b", {1, 6, 6});
  m.graph().mutable_node()->RemoveLast();
  m.graph().mutable_output()->RemoveLast();
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("opaque(x)->rank3", "opaque(a,b)->two_inputs"));
  EXPECT_EQ(g.op(0).weights, 60);
  EXPECT_EQ(g.op(1).weights, 0);
}

}  // namespace
}  // namespace fusesim
