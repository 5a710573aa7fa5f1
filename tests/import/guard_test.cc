#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Values = std::vector<int64_t>;

OnnxBuilder with_input(int64_t opset = 13) {
  OnnxBuilder m(opset);
  m.input("x", {1, 4, 8, 8});
  return m;
}

void declare(OnnxBuilder& m, const std::string& name, const Values& dims, int32_t type) {
  onnx::ValueInfoProto& info = *m.graph().add_value_info();
  info.set_name(name);
  auto& tensor = *info.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  for (const int64_t d : dims) tensor.mutable_shape()->add_dim()->set_dim_value(d);
}

/// Reads the second output of an operator alone.
OnnxBuilder second_output(OnnxBuilder m, const std::string& type, const std::vector<std::string>& inputs) {
  m.node(type, inputs, {"first", "second"}).name("n");
  m.node("Cast", {"second"}, {"y"}).integer("to", onnx::TensorProto::FLOAT);
  m.output("y");
  return m;
}

TEST(Outputs, IndicesOfAPoolAloneMakeAnOpaqueOp) {
  OnnxBuilder m = second_output(with_input(), "MaxPool", {"x"});
  NodeBuilder(m.graph().mutable_node(0)).integers("kernel_shape", {2, 2});
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("opaque(x)->second", "opaque(second)->y"));
  EXPECT_EQ(output_shape(g, "n"), (Shape{4, 7, 7}));
}

TEST(Outputs, TheMaskOfADropoutAloneMakesAnOpaqueOp) {
  for (const bool declared : {false, true}) {
    OnnxBuilder m = second_output(with_input(), "Dropout", {"x"});
    if (declared) declare(m, "second", {1, 4, 8, 8}, onnx::TensorProto::BOOL);
    EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(x)->second", "opaque(second)->y"));
  }
}

TEST(Outputs, StatisticsOfANormalisationNeedADeclaredShape) {
  for (const bool declared : {false, true}) {
    OnnxBuilder m(9);
    m.input("x", {1, 4, 8, 8});
    NodeBuilder node = m.batch_norm("x", "n", 4);
    for (const char* name : {"mean", "var", "saved_mean", "saved_var"}) node.proto().add_output(name);
    m.node("Relu", {"mean"}, {"y"});
    m.output("y");
    if (declared) {
      declare(m, "mean", {4}, onnx::TensorProto::FLOAT);
      EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(x)->mean", "opaque(mean)->y"));
    } else {
      EXPECT_THAT(refusal(m), HasSubstr("n: shape of output 'mean' of operator BatchNormalization"));
    }
  }
}

TEST(Outputs, OneHalfOfASplitIsASlice) {
  OnnxBuilder m = with_input();
  m.node("Split", {"x"}, {"first", "second"}).name("n").integer("axis", 1);
  m.node("Relu", {"second"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m, false);
  ASSERT_THAT(summary(g), ElementsAre("channel_slice(x)->second", "activation(second)->y"));
  EXPECT_EQ(g.op(0).channel_begin, 2);
}

TEST(Outputs, ASplitThatNothingReadsIsLeftOut) {
  OnnxBuilder m = with_input();
  m.node("Split", {"x"}, {"only"}).integer("axis", 1);
  m.node("Relu", {"x"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("activation(x)->y"));
}

/// Opsets above 17 are not checked by libonnx.
TEST(Outputs, ThatAnOperatorDoesNotHaveAreRefused) {
  OnnxBuilder m = with_input(18);
  m.node("Relu", {"x"}, {"a", "b"}).name("n");
  m.node("Abs", {"b"}, {"y"});
  m.output("y").output("a");
  EXPECT_EQ(refusal(m), "n: operator Relu: expected 1 output, got 2");
  m.graph().mutable_output()->RemoveLast();
  EXPECT_EQ(refusal(m), "n: operator Relu: expected 1 output, got 2");
  OnnxBuilder none = with_input(18);
  none.node("Split", {"x"}, {"y"}).name("n").proto().clear_output();
  none.node("Relu", {"x"}, {"y"});
  none.output("y");
  EXPECT_THAT(refusal(none), HasSubstr("n: operator Split: expected at least 1 output, got 0"));
}

TEST(Operands, InNumbersThatNoOpsetHasAreRefused) {
  const auto refused = [](const std::string& type, const std::vector<std::string>& inputs) {
    OnnxBuilder m = with_input(18);
    m.node(type, inputs, {"y"});
    m.output("y");
    return refusal(m);
  };
  EXPECT_EQ(refused("Equal", {"x", "x", "x"}), "y: operator Equal: expected 2 inputs, got 3");
  EXPECT_EQ(refused("Clip", {"x", "", "", ""}), "y: operator Clip: expected 1 to 3 inputs, got 4");
  EXPECT_EQ(refused("Concat", {}), "y: operator Concat: expected at least 1 input, got 0");
  EXPECT_EQ(refused("Relu", {""}), "y: input 0 is missing");
  EXPECT_EQ(refused("MatMul", {"x", ""}), "y: input 1 is missing");
}

/// A flattened vector has rank 2 here and rank 4 where it was made.
TEST(Operands, OfAnotherRankThanTheirMapStaySums) {
  for (const bool flat : {false, true}) {
    OnnxBuilder m = with_input();
    m.input("v", {1, 4});
    m.node("GlobalAveragePool", {"x"}, {"g"});
    m.node("Flatten", {"g"}, {"f"});
    m.integers("axes", {2, 3}).node("Unsqueeze", {"v", "axes"}, {"u"});
    m.node("Add", flat ? std::vector<std::string>{"f", "v"} : std::vector<std::string>{"x", "u"}, {"y"});
    m.output("y");
    const Graph g = import_graph(m);
    EXPECT_EQ(g.ops.back().kind, OpKind::eltwise) << flat;
  }
}

TEST(Operands, OfNoElementsAreNoScalars) {
  OnnxBuilder m = with_input();
  onnx::TensorProto& train = *m.graph().add_initializer();
  train.set_name("train");
  train.set_data_type(onnx::TensorProto::BOOL);
  train.add_dims(0);
  m.node("Dropout", {"x", "", "train"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(x)->y"));
  OnnxBuilder n = with_input();
  n.numbers("none", {}, {0}).node("Clip", {"x", "none", "none"}, {"y"});
  n.output("y");
  EXPECT_THAT(summary(import_graph(n)), ElementsAre("activation(x)->y"));
}

/// Operators that have no kind, with operands that libonnx's shape inference would not look at.
TEST(Operands, OfWrongRankAreRefusedByName) {
  using onnx::TensorProto;
  const auto refused = [](OnnxBuilder m, const std::string& type, const std::vector<std::string>& inputs,
                          const Values& kernel = {}) {
    NodeBuilder node = m.node(type, inputs, {"y"});
    if (!kernel.empty()) node.integers(type == "MaxRoiPool" ? "pooled_shape" : "kernel_shape", kernel);
    m.output("y");
    return refusal(m);
  };
  EXPECT_EQ(refused(with_input().input("i", {5}, TensorProto::INT64), "MaxUnpool", {"x", "i"}, {2, 2}),
            "y: indices of shape (5) do not fit an input of shape (1,4,8,8)");
  OnnxBuilder integers(12);
  integers.input("a", {7, 4, 1}, TensorProto::INT8).input("w", {1, 8, 7, 7, 8}, TensorProto::UINT8);
  EXPECT_EQ(refused(integers, "ConvInteger", {"a", "w"}),
            "y: weight of shape (1,8,7,7,8) does not fit an input of shape (7,4,1)");
  EXPECT_THAT(refused(with_input().input("r", {3}), "MaxRoiPool", {"x", "r"}, {2, 2}),
              HasSubstr("y: expected"));
  EXPECT_THAT(refused(with_input().integers("i", Values(9, 0)), "GatherND", {"x", "i"}),
              HasSubstr("y: indices of shape (9)"));
  EXPECT_EQ(refused(with_input(), "Gemm", {"x", "x"}), "y: expected matrices");
}

TEST(Operands, ThatSetTheRankMayBeLong) {
  OnnxBuilder m(10);
  m.input("s", {int64_t{1} << 30}, onnx::TensorProto::INT64);
  m.node("ConstantOfShape", {"s"}, {"y"});
  m.output("y");
  EXPECT_THAT(refusal(m), HasSubstr("y: shape of output 'y' of operator ConstantOfShape"));
  OnnxBuilder n = with_input();
  n.integers("s", Values(4000, 1)).node("Expand", {"x", "s"}, {"y"});
  n.output("y");
  EXPECT_EQ(refusal(n), "y: a tensor of rank 4000: expected at most 64");
}

TEST(Constants, OfAnIntegerToAFloatingPowerAreIntegers) {
  OnnxBuilder m(13);
  m.input("x", {1, 3, 8, 5}).integers("a", {1, 2, 3, 4, 5}).numbers("e", {2.0F}, {1}).integers("z", {0});
  m.graph().mutable_initializer(2)->clear_dims();
  m.node("Pow", {"a", "e"}, {"k"});
  m.node("Cast", {"k"}, {"kf"}).integer("to", onnx::TensorProto::INT64);
  m.node("CumSum", {"kf", "z"}, {"c"}).integer("exclusive", 0);
  m.node("Cast", {"c"}, {"cf"}).integer("to", onnx::TensorProto::FLOAT);
  m.node("Add", {"x", "cf"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(x)->y"));
  OnnxBuilder shape(13);
  shape.input("x", {1, 16, 3, 3}).integers("two", {2, 4}).numbers("e", {2.0F}, {1});
  shape.node("Pow", {"two", "e"}, {"dims"});
  shape.node("Reshape", {"x", "dims"}, {"y"});
  shape.output("y");
  EXPECT_EQ(refusal(shape), "y: cannot reshape (1,16,3,3) to (4,16)");
}

TEST(Constants, PastEveryRangeAreRefused) {
  using onnx::TensorProto;
  OnnxBuilder pick = with_input();
  pick.integers("i", {INT64_MAX});
  pick.node("Gather", {"x", "i"}, {"y"}).integer("axis", 1);
  pick.output("y");
  EXPECT_THAT(refusal(pick), HasSubstr("y: indices: expected from -4 to 3"));
  OnnxBuilder join = with_input();
  join.integers("s", {int64_t{1} << 62});
  join.node("ConstantOfShape", {"s"}, {"long"});
  join.node("Concat", {"long", "long"}, {"longer"}).integer("axis", 0);
  join.node("Add", {"x", "longer"}, {"y"});
  join.output("y");
  EXPECT_EQ(refusal(join), "longer: elements along the axis: expected a count below 2^63, got more");
}

TEST(Attributes, OutOfRangeAreRefusedByName) {
  const auto refused = [](const std::string& type, const std::function<void(NodeBuilder&)>& set) {
    OnnxBuilder m = with_input();
    m.weight("w", {4, 4, 3, 3});
    std::vector<std::string> inputs{"x"};
    if (type == "ConvTranspose") inputs.emplace_back("w");
    NodeBuilder node = m.node(type, inputs, {"y"});
    set(node);
    m.output("y");
    return refusal(m);
  };
  EXPECT_THAT(refused("ConvTranspose",
                      [](NodeBuilder& n) {
                        n.integers("output_shape", {INT64_MIN, 8});
                      }),
              HasSubstr("y: output_shape: expected 1 to 2^30"));
  EXPECT_THAT(refused("LpPool",
                      [](NodeBuilder& n) {
                        n.integers("kernel_shape", {2, 2}).integers("strides", {0, 1});
                      }),
              HasSubstr("y: strides: expected 1 to 2^30, got 0"));
  EXPECT_THAT(refused("DepthToSpace", [](NodeBuilder& n) { n.integer("blocksize", 0); }), HasSubstr("y: "));
}

/// Operators with a shape of their own beside those of the kinds.
TEST(Shapes, OfOperatorsWithoutAKind) {
  using onnx::TensorProto;
  const auto shape = [](OnnxBuilder m) {
    m.output("y");
    return output_shape(import_graph(m), "y");
  };
  OnnxBuilder pool = with_input(17);
  pool.node("LpPool", {"x"}, {"y"}).integers("kernel_shape", {2, 2}).integers("strides", {2, 2});
  EXPECT_EQ(shape(pool), (Shape{4, 4, 4}));
  OnnxBuilder unpool = with_input();
  unpool.input("i", {1, 4, 8, 8}, TensorProto::INT64);
  unpool.node("MaxUnpool", {"x", "i"}, {"y"}).integers("kernel_shape", {2, 2}).integers("strides", {2, 2});
  EXPECT_EQ(shape(unpool), (Shape{4, 16, 16}));
  OnnxBuilder sized = with_input();
  sized.input("i", {1, 4, 8, 8}, TensorProto::INT64).integers("size", {1, 4, 17, 16});
  sized.node("MaxUnpool", {"x", "i", "size"}, {"y"})
      .integers("kernel_shape", {2, 2})
      .integers("strides", {2, 2});
  EXPECT_EQ(shape(sized), (Shape{4, 17, 16}));
  OnnxBuilder regions = with_input();
  regions.input("r", {1, 5});
  regions.node("MaxRoiPool", {"x", "r"}, {"y"}).integers("pooled_shape", {3, 2});
  EXPECT_EQ(shape(regions), (Shape{4, 3, 2}));
  OnnxBuilder picked = with_input();
  picked.input("i", {1, 5, 6, 1}, TensorProto::INT64);
  picked.node("GatherND", {"x", "i"}, {"y"}).integer("batch_dims", 1);
  EXPECT_EQ(shape(picked), (Shape{int64_t{5} * 6 * 8 * 8, 1, 1}));
  OnnxBuilder frames(17);
  frames.input("x", {1, 100, 1}).integers("step", {10}).weight("window", {20});
  frames.graph().mutable_initializer(0)->clear_dims();
  frames.node("STFT", {"x", "step", "window"}, {"y"});
  EXPECT_EQ(shape(frames), (Shape{9, 11, 2}));
}

/// libonnx makes a list of this length before it looks for the body.
TEST(Shapes, OfAScanWithoutABodyAreNotAskedFor) {
  OnnxBuilder m(21);
  m.input("x", {1, 4, 8, 8});
  m.node("Scan", {"x"}, {"y"}).integer("num_scan_inputs", int64_t{1} << 50);
  m.output("y");
  EXPECT_THAT(refusal(m), HasSubstr("y: shape of output 'y' of operator Scan of opset 21 is not known"));
}

TEST(Shapes, OfQuantisedConvolutions) {
  using onnx::TensorProto;
  OnnxBuilder m;
  m.input("x", {1, 4, 8, 8}, TensorProto::UINT8).input("w", {6, 4, 3, 3}, TensorProto::UINT8);
  m.numbers("s", {1.0F}, {}).input("z", {}, TensorProto::UINT8);
  m.node("QLinearConv", {"x", "s", "z", "w", "s", "z", "s", "z"}, {"q"}).integers("strides", {2, 2});
  m.node("ConvInteger", {"q", "w2"}, {"y"});
  m.input("w2", {5, 6, 1, 1}, TensorProto::UINT8).output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->q", "conv(q)->y"));
  EXPECT_EQ(output_shape(g, "q"), (Shape{6, 3, 3}));
  EXPECT_EQ(output_shape(g, "y"), (Shape{5, 3, 3}));
}

}  // namespace
}  // namespace fusesim
