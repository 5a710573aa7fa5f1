#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// What PyTorch writes for x.view(x.size(0), -1) and for a resize to another map's size.
TEST(Shapes, ArithmeticOnShapesFoldsAway) {
  OnnxBuilder m;
  m.input("x", {1, 3, 6, 8})
      .weight("w", {144, 5})
      .integers("zero", {0})
      .integers("minus", {-1})
      .integers("axis", {0});
  m.node("Shape", {"x"}, {"s"});
  m.node("Gather", {"s", "zero"}, {"n"}).integer("axis", 0);
  m.node("Squeeze", {"n", "axis"}, {"n0"});
  m.node("Unsqueeze", {"n0", "axis"}, {"n1"});
  m.node("Concat", {"n1", "minus"}, {"target"}).integer("axis", 0);
  m.node("Reshape", {"x", "target"}, {"f"});
  m.node("Gemm", {"f", "w"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->y"));
  EXPECT_EQ(g.op(0).weights, 144 * 5);
}

TEST(Shapes, ResizeToTwiceTheSizeOfAnotherMap) {
  OnnxBuilder m;
  m.input("x", {1, 3, 6, 8}).integers("two", {2}).integers("end", {1000}).integers("axis", {0});
  m.numbers("factor", {2.0F}, {});
  m.node("GlobalAveragePool", {"x"}, {"p"});
  m.node("Shape", {"x"}, {"s"});
  m.node("Slice", {"s", "two", "end", "axis"}, {"hw"});
  m.node("Cast", {"hw"}, {"f"}).integer("to", onnx::TensorProto::FLOAT);
  m.node("Mul", {"f", "factor"}, {"f2"});
  m.node("Floor", {"f2"}, {"f3"});
  m.node("Cast", {"f3"}, {"hw2"}).integer("to", onnx::TensorProto::INT64);
  m.node("Shape", {"p"}, {"ps"});
  m.integers("begin", {0});
  m.node("Slice", {"ps", "begin", "two", "axis"}, {"nc"});
  m.node("Concat", {"nc", "hw2"}, {"sizes"}).integer("axis", 0);
  m.node("Resize", {"p", "", "", "sizes"}, {"y"}).text("mode", "linear");
  m.output("y");
  EXPECT_EQ(output_shape(import_graph(m), "y"), (Shape{3, 12, 16}));
}

/// Evaluates one node on integers: its result becomes the shape of a Reshape of 24 elements.
Shape reshaped(const std::function<void(OnnxBuilder&)>& make_target, int64_t opset = 13) {
  OnnxBuilder m(opset);
  m.input("x", {1, 24});
  make_target(m);
  m.node("Reshape", {"x", "t"}, {"y"});
  m.output("y");
  return output_shape(import_graph(m), "y");
}

TEST(Shapes, EveryOperatorOfShapeArithmetic) {
  const Shape expected{2, 3, 4};
  const auto of = [](const std::vector<int64_t>& v) {
    return [v](OnnxBuilder& m) -> OnnxBuilder& { return m.integers("a", v); };
  };
  const auto unary = [&](const std::string& type, const std::vector<int64_t>& v) {
    return reshaped([&](OnnxBuilder& m) { of(v)(m).node(type, {"a"}, {"t"}); });
  };
  const auto binary = [&](const std::string& type, const std::vector<int64_t>& v,
                          const std::vector<int64_t>& w) {
    return reshaped([&](OnnxBuilder& m) { of(v)(m).integers("b", w).node(type, {"a", "b"}, {"t"}); });
  };
  EXPECT_EQ(unary("Identity", {1, 2, 3, 4}), expected);
  EXPECT_EQ(unary("Neg", {-1, -2, -3, -4}), expected);
  EXPECT_EQ(unary("Abs", {1, -2, 3, -4}), expected);
  EXPECT_EQ(binary("Add", {0, 1, 2, 3}, {1}), expected);
  EXPECT_EQ(binary("Sub", {2, 3, 4, 5}, {1}), expected);
  EXPECT_EQ(binary("Mul", {1, 1, 3, 2}, {1, 2, 1, 2}), expected);
  EXPECT_EQ(binary("Div", {7, 15, 21, 29}, {7}), expected);
  EXPECT_EQ(binary("Div", {1, -2, -3, 4}, {1, -1, -1, 1}), expected);
  EXPECT_EQ(binary("Mod", {-6, 9, 10, 11}, {7}), expected);
  EXPECT_EQ(binary("Max", {1, 0, 3, 0}, {0, 2, 0, 4}), expected);
  EXPECT_EQ(binary("Min", {1, 5, 3, 4}, {9, 2, 9, 4}), expected);
}

TEST(Shapes, OperatorsThatMoveElements) {
  const Shape expected{2, 3, 4};
  EXPECT_EQ(reshaped([](OnnxBuilder& m) {
              m.integers("a", {4, 3, 2, 1}).integers("s", {-1}).integers("e", {-100}).integers("x0", {0});
              m.integers("st", {-1});
              m.node("Slice", {"a", "s", "e", "x0", "st"}, {"t"});
            }),
            expected);
  EXPECT_EQ(reshaped([](OnnxBuilder& m) {
              m.integers("a", {9, 1, 2, 3, 4}).integers("i", {1, -3, 3, -1});
              m.node("Gather", {"a", "i"}, {"t"});
            }),
            expected);
  EXPECT_EQ(reshaped([](OnnxBuilder& m) {
              m.integers("a", {1, 2, 3, 4, 5, 6});
              m.integers("sizes", {4, 2});
              m.node("Split", {"a", "sizes"}, {"t", "rest"});
            }),
            expected);
  EXPECT_EQ(reshaped([](OnnxBuilder& m) {
              m.integers("start", {1}).integers("limit", {5}).integers("delta", {1}).integers("x0", {0});
              for (const char* n : {"start", "limit", "delta"})
                m.node("Squeeze", {n, "x0"}, {std::string(n) + "0"});
              m.node("Range", {"start0", "limit0", "delta0"}, {"t"});
            }),
            expected);
  EXPECT_EQ(reshaped([](OnnxBuilder& m) {
              m.integers("shape", {4}).integers("a", {1, 2, 3, 4}).integers("b", {-1, -1, -1, -1});
              m.node("ConstantOfShape", {"shape"}, {"zeros"});
              m.node("Cast", {"zeros"}, {"z"}).integer("to", onnx::TensorProto::INT64);
              m.node("Equal", {"a", "z"}, {"same"});
              m.node("Where", {"same", "b", "a"}, {"t"});
            }),
            expected);
  EXPECT_EQ(reshaped([](OnnxBuilder& m) {
              m.integers("a", {1, 3, 2, 4}).integers("sq", {2, 2}).integers("flat", {4});
              m.node("Reshape", {"a", "sq"}, {"r"});
              m.node("Transpose", {"r"}, {"tr"}).integers("perm", {1, 0});
              m.node("Reshape", {"tr", "flat"}, {"t"});
            }),
            expected);
}

TEST(Shapes, ProductOfAShapeAndItsPart) {
  EXPECT_EQ(reshaped(
                [](OnnxBuilder& m) {
                  m.integers("a", {2, 3, 4}).integers("one", {1});
                  m.node("ReduceProd", {"a"}, {"p"}).integers("axes", {0});
                  m.node("Shape", {"x"}, {"s"}).integer("start", -1);
                  m.node("Sub", {"s", "p"}, {"nothing"});
                  m.node("Add", {"nothing", "one"}, {"n"});
                  m.node("Concat", {"n", "a"}, {"t"}).integer("axis", 0);
                },
                15),
            (Shape{2, 3, 4}));
}

TEST(Shapes, ConstantsInEveryForm) {
  EXPECT_EQ(reshaped([](OnnxBuilder& m) {
              m.node("Constant", {}, {"t"}).integers("value_ints", {1, 2, 3, 4});
            }),
            (Shape{2, 3, 4}));
  EXPECT_EQ(reshaped([](OnnxBuilder& m) {
              auto* attribute = m.node("Constant", {}, {"t"}).proto().add_attribute();
              attribute->set_name("value");
              attribute->set_type(onnx::AttributeProto::TENSOR);
              attribute->mutable_t()->set_data_type(onnx::TensorProto::INT64);
              attribute->mutable_t()->add_dims(4);
              for (const int64_t v : {1, 2, 3, 4}) attribute->mutable_t()->add_int64_data(v);
            }),
            (Shape{2, 3, 4}));
}

TEST(Shapes, ThatDependOnTheDataAreRefused) {
  OnnxBuilder m;
  m.input("x", {1, 24}).input("target", {4}, onnx::TensorProto::INT64);
  m.node("Reshape", {"x", "target"}, {"y"});
  m.output("y");
  EXPECT_THAT(refusal(m), HasSubstr("y: input 'target' must be constant: it depends on the graph's inputs"));
  OnnxBuilder n;
  n.input("x", {1, 24});
  n.node("NonZero", {"x"}, {"y"});
  n.output("y");
  EXPECT_THAT(refusal(n),
              HasSubstr("y: shape of output 'y' of operator NonZero does not follow from the shapes"));
}

TEST(Shapes, BadArithmeticIsRefused) {
  const auto refused = [](const std::string& type, const std::vector<int64_t>& a,
                          const std::vector<int64_t>& b) {
    OnnxBuilder m;
    m.input("x", {1, 24}).integers("a", a).integers("b", b);
    m.node(type, {"a", "b"}, {"t"});
    m.node("Reshape", {"x", "t"}, {"y"});
    m.output("y");
    return refusal(m);
  };
  EXPECT_THAT(refused("Div", {1, 2}, {0}), HasSubstr("t: division by 0"));
  EXPECT_THAT(refused("Mul", {INT64_MAX, 2}, {2}), HasSubstr("t: the arithmetic on shapes overflows"));
  EXPECT_THAT(refused("Div", {INT64_MIN, 2}, {-1}), HasSubstr("t: the arithmetic on shapes overflows"));
  EXPECT_THAT(refused("Gather", {1, 2}, {5}), HasSubstr("t: index 5 is outside a dimension of 2"));
  EXPECT_THAT(refused("Add", {1, 5}, {0}), HasSubstr("y: cannot reshape (1,24) to (1,5)"));
}

TEST(Shapes, HugeConstantsAreNeverMade) {
  OnnxBuilder m;
  m.input("x", {1, 24}).integers("shape", {int64_t{1} << 40});
  m.node("ConstantOfShape", {"shape"}, {"c"});
  m.node("Shape", {"c"}, {"n"});
  m.node("Cast", {"n"}, {"f"}).integer("to", onnx::TensorProto::FLOAT);
  m.node("Add", {"x", "f"}, {"y"});
  m.output("y");
  EXPECT_EQ(output_shape(import_graph(m), "y"), (Shape{24, 1, 1}));
}

}  // namespace
}  // namespace fusesim
