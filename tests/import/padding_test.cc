#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;

constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

/// Pad of (top, left, bottom, right) in the form of its opset.
void add_pad(OnnxBuilder& m, int64_t opset, const std::string& input, const std::string& output,
             const std::vector<int64_t>& hw, float value = 0.0F) {
  const std::vector<int64_t> pads{0, 0, hw[0], hw[1], 0, 0, hw[2], hw[3]};
  if (opset < 11) {
    m.node("Pad", {input}, {output}).integers("pads", pads).number("value", value);
    return;
  }
  m.integers(output + ".pads", pads).numbers(output + ".value", {value}, {});
  m.node("Pad", {input, output + ".pads", output + ".value"}, {output});
}

TEST(Padding, GoesIntoAConvolutionInEveryOpset) {
  for (const int64_t opset : {9, 11, 13, 17, 18}) {
    OnnxBuilder m(opset);
    m.input("x", {1, 3, 8, 8});
    add_pad(m, opset, "x", "p", {1, 2, 3, 4});
    m.conv("p", "y", 3, 4, 3).integers("pads", {1, 1, 1, 1});
    m.output("y");
    const Graph g = import_graph(m);
    ASSERT_THAT(summary(g), ElementsAre("conv(x)->y")) << opset;
    EXPECT_THAT(g.op(0).nodes, ElementsAre("p", "y"));
    const Window& w = g.op(0).window;
    EXPECT_THAT((std::vector<int64_t>{w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}),
                ElementsAre(2, 3, 4, 5));
    EXPECT_EQ(output_shape(g, "y"), (Shape{4, 12, 14}));
  }
}

TEST(Padding, AxesInputOfNewerOpsetsIsRead) {
  OnnxBuilder m(18);
  m.input("x", {1, 3, 8, 8});
  m.integers("pads", {1, 2, 3, 4}).integers("axes", {-1, 2});
  m.node("Pad", {"x", "pads", "", "axes"}, {"p"});
  m.conv("p", "y", 3, 4, 3);
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->y"));
  const Window& w = g.op(0).window;
  EXPECT_THAT((std::vector<int64_t>{w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}),
              ElementsAre(2, 1, 4, 3));
}

TEST(Padding, CountsInTheDivisorOfAnAveragePool) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8});
  add_pad(m, 13, "x", "p", {1, 1, 1, 1});
  m.node("AveragePool", {"p"}, {"y"}).integers("kernel_shape", {3, 3});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("avg_pool(x)->y"));
  EXPECT_TRUE(g.op(0).count_include_pad);
  EXPECT_EQ(g.op(0).window.pad_top, 1);
}

TEST(Padding, CannotJoinPadsThatAnAveragePoolLeavesOut) {
  for (const bool include : {false, true}) {
    OnnxBuilder m;
    m.input("x", {1, 3, 8, 8});
    add_pad(m, 13, "x", "p", {1, 1, 1, 1});
    m.node("AveragePool", {"p"}, {"y"})
        .integers("kernel_shape", {3, 3})
        .integers("pads", {1, 1, 1, 1})
        .integer("count_include_pad", include ? 1 : 0);
    m.output("y");
    EXPECT_EQ(import_graph(m).ops.size(), include ? 1U : 2U);
  }
}

TEST(Padding, OfMinusInfinityGoesIntoAMaxPoolOnly) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8});
  add_pad(m, 13, "x", "p", {1, 1, 1, 1}, kMinusInfinity);
  m.node("MaxPool", {"p"}, {"a"}).integers("kernel_shape", {3, 3});
  m.node("AveragePool", {"p"}, {"b"}).integers("kernel_shape", {3, 3});
  m.conv("p", "c", 3, 3, 3);
  m.output("a").output("b").output("c");
  EXPECT_THAT(summary(import_graph(m)),
              ElementsAre("crop(x)->p", "max_pool(x)->a", "avg_pool(p)->b", "conv(p)->c"));
}

TEST(Padding, ZerosGoIntoAMaxPoolOfWhatCannotBeNegative) {
  struct Case {
    const char* activation;
    bool folds;
  };
  for (const Case& c : {Case{"Relu", true}, Case{"Sigmoid", true}, Case{"HardSigmoid", true},
                        Case{"Tanh", false}, Case{"LeakyRelu", false}}) {
    for (const bool epilogues : {true, false}) {
      OnnxBuilder m;
      m.input("x", {1, 3, 8, 8});
      m.node(c.activation, {"x"}, {"r"});
      m.node("AveragePool", {"r"}, {"q"}).integers("kernel_shape", {2, 2});
      m.node("Concat", {"q", "q"}, {"d"}).integer("axis", 1);
      add_pad(m, 13, "d", "p", {1, 1, 1, 1});
      m.node("MaxPool", {"p"}, {"y"}).integers("kernel_shape", {3, 3});
      m.output("y");
      const Graph g = import_graph(m, epilogues);
      EXPECT_EQ(find_op(g, "y").window.pad_top, c.folds ? 1 : 0) << c.activation;
    }
  }
}

TEST(Padding, ZerosStayWhereAMaxPoolWindowWouldSeeNothingElse) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8});
  m.node("Relu", {"x"}, {"r"});
  add_pad(m, 13, "r", "p", {2, 2, 2, 2});
  m.node("MaxPool", {"p"}, {"y"}).integers("kernel_shape", {2, 2});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("activation(x)->r", "crop(r)->p", "max_pool(p)->y"));
}

TEST(Padding, OtherReadersKeepABorderOfItsOwn) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8});
  add_pad(m, 13, "x", "p", {1, 1, 1, 1});
  m.conv("p", "c", 3, 3, 3);
  m.node("Relu", {"p"}, {"r"});
  m.output("c").output("r");
  EXPECT_THAT(summary(import_graph(m, false)), ElementsAre("crop(x)->p", "conv(x)->c", "activation(p)->r"));
}

TEST(Padding, FoldsIntoEveryConvolutionThatReadsIt) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8});
  add_pad(m, 13, "x", "p", {1, 1, 1, 1});
  m.conv("p", "c", 3, 3, 3);
  m.conv("p", "d", 3, 3, 3);
  m.output("c").output("d");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->c", "conv(x)->d"));
  EXPECT_THAT(g.op(0).nodes, ElementsAre("p", "c"));
  EXPECT_THAT(g.op(1).nodes, ElementsAre("p", "d"));
}

TEST(Padding, TakesThePlaceOfItsFirstNode) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8});
  add_pad(m, 13, "x", "p", {1, 1, 1, 1});
  m.node("Relu", {"x"}, {"r"});
  m.conv("p", "c", 3, 3, 3);
  m.node("Add", {"c", "r"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("conv(x)->c", "activation(x)->r", "eltwise(c,r)->y"));
}

std::vector<std::string> padded(const std::vector<int64_t>& pads, float value, const std::string& mode,
                                int64_t kernel = 3) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8}).integers("pads", pads).numbers("value", {value}, {});
  m.node("Pad", {"x", "pads", "value"}, {"p"}).text("mode", mode);
  m.conv("p", "y", 3 + pads[1] + pads[5], 4, kernel);
  m.output("y");
  return summary(import_graph(m));
}

TEST(Padding, OtherConstantsAndNegativePadsAreCrops) {
  const auto crop = ElementsAre("crop(x)->p", "conv(p)->y");
  EXPECT_THAT(padded({0, 0, 1, 1, 0, 0, 1, 1}, 1.0F, "constant"), crop);
  EXPECT_THAT(padded({0, 0, -1, 0, 0, 0, 0, 0}, 0.0F, "constant"), crop);
  EXPECT_THAT(padded({0, 0, -1, 2, 0, 0, 0, 0}, 0.0F, "constant"), crop);
}

/// A kernel of 3 at row 0 holds rows 0 and 1: all that a mirror of one row, or copies of the first, repeat.
TEST(Padding, MirroredRowsLieInsideTheWindowThatTakesThem) {
  const auto folded = ElementsAre("conv(x)->y");
  const auto opaque = ElementsAre("opaque(x)->p", "conv(p)->y");
  EXPECT_THAT(padded({0, 0, 1, 1, 0, 0, 1, 1}, 0.0F, "reflect"), folded);
  EXPECT_THAT(padded({0, 0, 2, 2, 0, 0, 2, 2}, 0.0F, "reflect"), opaque);
  EXPECT_THAT(padded({0, 0, 2, 2, 0, 0, 2, 2}, 0.0F, "reflect", 5), folded);
  EXPECT_THAT(padded({0, 0, 2, 2, 0, 0, 2, 2}, 0.0F, "edge"), folded);
  EXPECT_THAT(padded({0, 0, 3, 0, 0, 0, 0, 0}, 0.0F, "edge"), opaque);
}

TEST(Padding, OfChannelsIsOpaque) {
  EXPECT_THAT(padded({0, 1, 0, 0, 0, 1, 0, 0}, 0.0F, "constant"), ElementsAre("opaque(x)->p", "conv(p)->y"));
}

TEST(Padding, ByNothingGoesWithItsReader) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8});
  m.conv("x", "c", 3, 3, 1);
  add_pad(m, 13, "c", "p", {0, 0, 0, 0});
  m.node("AveragePool", {"p"}, {"y"}).integers("kernel_shape", {3, 3}).integers("pads", {1, 1, 1, 1});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->c", "avg_pool(c)->y"));
  EXPECT_THAT(g.op(1).nodes, ElementsAre("p", "y"));
  EXPECT_FALSE(g.op(1).count_include_pad);
}

}  // namespace
}  // namespace fusesim
