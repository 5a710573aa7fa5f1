#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "onnx_builder.h"

// Values that an operator repeats over a map, or that the operator beside it repeats anyway.

namespace fusesim {
namespace {

using ::testing::ElementsAre;

/// x (1, 4, 6, 6) beside a vector, a plane and a scalar that depend on it.
OnnxBuilder with_parts() {
  OnnxBuilder m(18);
  m.input("x", {1, 4, 6, 6}).integers("map", {1, 4, 6, 6}).integers("c", {1}).integers("all", {0, 1, 2, 3});
  m.node("GlobalAveragePool", {"x"}, {"vector"});
  m.node("ReduceMean", {"x", "c"}, {"plane"}).integer("keepdims", 1);
  return m;
}

TEST(Repeat, AVectorAllOverAMapIsAResize) {
  for (const bool tiled : {false, true}) {
    OnnxBuilder m = with_parts();
    m.integers("times", {1, 1, 6, 6});
    m.node(tiled ? "Tile" : "Expand", {"vector", tiled ? "times" : "map"}, {"y"});
    m.output("y");
    const Graph g = import_graph(m);
    EXPECT_THAT(summary(g), ElementsAre("global_avg_pool(x)->vector", "resize(vector)->y"));
    EXPECT_EQ(g.op(1).resize.mode, ResizeMode::nearest);
    EXPECT_EQ(output_shape(g, "y"), (Shape{4, 6, 6}));
  }
}

TEST(Repeat, WhatAnEltwiseOpRepeatsByItselfIsNotRepeatedBefore) {
  for (const char* part : {"vector", "plane"}) {
    OnnxBuilder m = with_parts();
    m.node("Expand", {part, "map"}, {"e"});
    m.node("Mul", {"x", "e"}, {"y"});
    m.output("y");
    const Graph g = import_graph(m);
    EXPECT_EQ(g.ops.size(), 2U);
    EXPECT_THAT(summary(g)[1], "eltwise(x," + std::string(part) + ")->y");
    EXPECT_THAT(g.op(1).nodes, ElementsAre("e", "y"));
  }
}

/// A reader of another kind, or one that has nothing else of the map's size, wants all of it.
TEST(Repeat, OtherReadersGetTheMap) {
  OnnxBuilder both = with_parts();
  both.node("Expand", {"vector", "map"}, {"e"});
  both.node("Mul", {"x", "e"}, {"a"});
  both.conv("e", "b", 4, 2, 3);
  both.output("a").output("b");
  EXPECT_THAT(summary(import_graph(both)), ElementsAre("global_avg_pool(x)->vector", "resize(vector)->e",
                                                       "eltwise(x,vector)->a", "conv(e)->b"));
  OnnxBuilder parts = with_parts();
  parts.node("Expand", {"vector", "map"}, {"e"});
  parts.node("Expand", {"plane", "map"}, {"f"});
  parts.node("Mul", {"e", "f"}, {"y"});
  parts.output("y");
  const Graph g = import_graph(parts);
  const Op& product = find_op(g, "y");
  EXPECT_TRUE(g.in_shape(product, 0) == (Shape{4, 6, 6}) || g.in_shape(product, 1) == (Shape{4, 6, 6}));
}

/// Rows repeated as rows are another map.
TEST(Repeat, OfMoreThanOneElementIsOpaque) {
  OnnxBuilder m(13);
  m.input("x", {1, 4, 3, 6}).integers("times", {1, 1, 2, 1});
  m.node("Tile", {"x", "times"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(x)->y"));
}

TEST(Repeat, NothingIsAnotherName) {
  OnnxBuilder m = with_parts();
  m.node("Expand", {"x", "map"}, {"e"});
  m.conv("e", "y", 4, 4, 1);
  m.output("y");
  const Graph g = import_graph(m);
  EXPECT_THAT(summary(g), ::testing::Contains("conv(x)->y"));
}

/// A scalar of any rank, on either side: it fills one channel, which the op repeats.
TEST(Scalar, FillsAChannelAndThenEveryOther) {
  for (const int64_t rank : {0, 1, 4}) {
    for (const bool first : {false, true}) {
      std::vector<Dim> dims(static_cast<size_t>(rank), Dim(1));
      OnnxBuilder m(13);
      m.input("x", {1, 4, 5, 6}).input("s", dims).conv("x", "c", 4, 4, 1);
      m.node("Sub", first ? std::vector<std::string>{"s", "c"} : std::vector<std::string>{"c", "s"}, {"y"});
      m.output("y");
      const Graph g = import_graph(m);
      const std::string both = first ? "(y/plane,c)" : "(c,y/plane)";
      EXPECT_THAT(summary(g), ElementsAre("conv(x)->c", "resize(s)->y/plane", "eltwise" + both + "->y"));
      EXPECT_EQ(output_shape(g, "y/plane"), (Shape{1, 5, 6}));
    }
  }
}

TEST(Scalar, BesideAVectorIsAnOperandAsItIs) {
  OnnxBuilder m(13);
  m.input("x", {1, 4, 5, 6}).input("s", {});
  m.node("GlobalAveragePool", {"x"}, {"p"});
  m.node("Mul", {"p", "s"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("global_avg_pool(x)->p", "eltwise(p,s)->y"));
}

TEST(Choice, OfAConditionThatIsKnownAndTheSameEverywhereIsThatOperand) {
  const std::vector<std::vector<float>> all{{0, 0, 0}, {1, 1, 1}, {0.5F, 2, -1}, {0, 1, 0}};
  for (const std::vector<float>& flags : all) {
    OnnxBuilder m(13);
    m.input("x", {1, 4, 5, 3});
    m.conv("x", "a", 4, 4, 1);
    m.conv("x", "b", 4, 4, 1);
    m.numbers("flags", flags, {3});
    m.node("Cast", {"flags"}, {"condition"}).integer("to", onnx::TensorProto::BOOL);
    m.node("Where", {"condition", "a", "b"}, {"w"});
    m.conv("w", "y", 4, 4, 1);
    m.output("y");
    const std::vector<std::string> ops = summary(import_graph(m));
    if (flags[0] == 0 && flags[1] == 1) {
      EXPECT_THAT(ops, ElementsAre("conv(x)->a", "conv(x)->b", "opaque(a,b)->w", "conv(w)->y"));
    } else {
      const std::string chosen = flags[0] == 0 ? "b" : "a";
      EXPECT_THAT(ops, ElementsAre("conv(x)->" + chosen, "conv(" + chosen + ")->y"));
    }
  }
}

TEST(Least, OfTensorsIsAnEltwiseOp) {
  OnnxBuilder m(13);
  m.input("x", {1, 4, 5, 6}).input("v", {1, 4, 1, 1});
  m.node("Min", {"x", "v"}, {"a"});
  m.node("Min", {"a", "x", "v"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  EXPECT_THAT(summary(g), ElementsAre("eltwise(x,v)->a", "eltwise(a,x,v)->y"));
  EXPECT_EQ(g.op(0).eltwise, EltwiseKind::max);
  EXPECT_EQ(g.op(0).onnx_type, "Min");
}

/// Windows like those of a mean, whatever their elements come to.
TEST(LengthPool, IsAPool) {
  OnnxBuilder m(13);
  m.input("x", {1, 4, 6, 6});
  m.node("LpPool", {"x"}, {"p"})
      .integers("kernel_shape", {3, 3})
      .integers("strides", {2, 2})
      .integers("pads", {1, 1, 1, 1});
  m.node("LpPool", {"p"}, {"y"}).integers("kernel_shape", {3, 3}).integer("p", 1);
  m.output("y");
  const Graph g = import_graph(m);
  EXPECT_THAT(summary(g), ElementsAre("avg_pool(x)->p", "global_avg_pool(p)->y"));
  EXPECT_EQ(output_shape(g, "p"), (Shape{4, 3, 3}));
  OnnxBuilder whole(13);
  whole.input("x", {1, 4, 6, 6}).node("GlobalLpPool", {"x"}, {"y"});
  whole.output("y");
  EXPECT_THAT(summary(import_graph(whole)), ElementsAre("global_avg_pool(x)->y"));
}

}  // namespace
}  // namespace fusesim
