#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;

void add_slice(OnnxBuilder& m, int64_t opset, const std::string& in, const std::string& out,
               const std::vector<int64_t>& starts, const std::vector<int64_t>& ends,
               const std::vector<int64_t>& axes, const std::vector<int64_t>& steps = {}) {
  if (opset < 10) {
    m.node("Slice", {in}, {out}).integers("starts", starts).integers("ends", ends).integers("axes", axes);
    return;
  }
  m.integers(out + ".starts", starts).integers(out + ".ends", ends).integers(out + ".axes", axes);
  std::vector<std::string> inputs{in, out + ".starts", out + ".ends", out + ".axes"};
  if (!steps.empty()) {
    m.integers(out + ".steps", steps);
    inputs.push_back(out + ".steps");
  }
  m.node("Slice", inputs, {out});
}

TEST(Slice, OfChannelsInEveryOpset) {
  for (const int64_t opset : {9, 10, 11, 13, 17, 19}) {
    OnnxBuilder m(opset);
    m.input("x", {1, 10, 4, 4});
    add_slice(m, opset, "x", "y", {-7}, {std::numeric_limits<int64_t>::max()}, {1});
    m.output("y");
    const Graph g = import_graph(m);
    ASSERT_THAT(summary(g), ElementsAre("channel_slice(x)->y")) << opset;
    EXPECT_EQ(g.op(0).channel_begin, 3);
    EXPECT_EQ(output_shape(g, "y"), (Shape{7, 4, 4}));
  }
}

TEST(Slice, OfChannelsWithStepsIsOpaque) {
  const auto imported = [](const std::vector<int64_t>& axes, const std::vector<int64_t>& steps) {
    OnnxBuilder m;
    m.input("x", {1, 10, 4, 4});
    add_slice(m, 13, "x", "y", {0}, {3}, axes, steps);
    m.output("y");
    return summary(import_graph(m));
  };
  EXPECT_THAT(imported({1}, {2}), ElementsAre("opaque(x)->y"));
}

TEST(Slice, OfEverythingIsDropped) {
  OnnxBuilder m;
  m.input("x", {1, 10, 4, 4});
  m.conv("x", "c", 10, 10, 1);
  add_slice(m, 13, "c", "y", {0, 0}, {100, 4}, {1, 2});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->y"));
  EXPECT_THAT(g.op(0).nodes, ElementsAre("c", "y"));
}

TEST(Split, BecomesOneChannelSlicePerOutputInEveryOpset) {
  for (const int64_t opset : {9, 11, 13, 17, 18}) {
    OnnxBuilder m(opset);
    m.input("x", {1, 10, 4, 4});
    if (opset < 13) {
      m.node("Split", {"x"}, {"a", "b", "c"}).integers("split", {2, 3, 5}).integer("axis", 1);
    } else {
      m.integers("sizes", {2, 3, 5});
      m.node("Split", {"x", "sizes"}, {"a", "b", "c"}).integer("axis", -3);
    }
    m.output("a").output("b").output("c");
    const Graph g = import_graph(m);
    ASSERT_THAT(summary(g), ElementsAre("channel_slice(x)->a", "channel_slice(x)->b", "channel_slice(x)->c"));
    EXPECT_EQ(g.op(2).channel_begin, 5);
    EXPECT_EQ(g.out_shape(g.op(2)), (Shape{5, 4, 4}));
    EXPECT_THAT(g.op(2).nodes, ElementsAre("a"));
    EXPECT_NE(g.op(1).name, g.op(2).name);
  }
}

TEST(Split, IntoEqualPartsAndWithANumberOfOutputs) {
  OnnxBuilder even(13);
  even.input("x", {1, 10, 4, 4});
  even.node("Split", {"x"}, {"a", "b"}).integer("axis", 1);
  even.output("a").output("b");
  EXPECT_EQ(import_graph(even).op(1).channel_begin, 5);
  OnnxBuilder uneven(18);
  uneven.input("x", {1, 10, 4, 4});
  uneven.node("Split", {"x"}, {"a", "b", "c"}).integer("axis", 1).integer("num_outputs", 3);
  uneven.output("a").output("b").output("c");
  const Graph g = import_graph(uneven);
  EXPECT_EQ(g.op(2).channel_begin, 8);
  EXPECT_EQ(g.out_shape(g.op(2)).c, 2);
}

TEST(Split, OutputsThatNothingReadsMakeNoOp) {
  OnnxBuilder m;
  m.input("x", {1, 10, 4, 4});
  m.node("Split", {"x"}, {"a", "b"}).integer("axis", 1);
  m.node("Relu", {"b"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m, false)), ElementsAre("channel_slice(x)->b", "activation(b)->y"));
}

TEST(Slice, OfRowsAndColumnsIsACrop) {
  OnnxBuilder m;
  m.input("x", {1, 10, 9, 8});
  add_slice(m, 13, "x", "y", {1, -5}, {8, 100}, {2, 3}, {2, 1});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("crop(x)->y"));
  EXPECT_EQ(output_shape(g, "y"), (Shape{10, 4, 5}));  // rows 1, 3, 5 and 7, columns 3 to 7
  const Window& w = g.op(0).window;
  EXPECT_EQ(w.stride_h, 2);
  EXPECT_EQ(w.pad_top, -1);
  EXPECT_EQ(w.pad_bottom, -1);
  EXPECT_EQ(w.pad_left, -3);
}

TEST(Slice, OfRowsBackwardsIsOpaque) {
  OnnxBuilder m;
  m.input("x", {1, 10, 9, 8});
  add_slice(m, 13, "x", "y", {-1}, {-100}, {2}, {-1});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(x)->y"));
}

TEST(Split, OfRowsIsACropForEachPart) {
  OnnxBuilder m;
  m.input("x", {1, 10, 4, 4});
  m.node("Split", {"x"}, {"a", "b"}).integer("axis", 2);
  m.output("a").output("b");
  const Graph g = import_graph(m);
  EXPECT_THAT(summary(g), ElementsAre("crop(x)->a", "crop(x)->b"));
  EXPECT_EQ(find_op(g, "a[1]").window.pad_top, -2);
}

TEST(Concat, OfChannelsKeepsTheOrderOfItsOperands) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 4}).input("z", {1, 5, 4, 4});
  m.node("Concat", {"z", "x", "z"}, {"y"}).integer("axis", -3);
  m.output("y");
  const Graph g = import_graph(m);
  EXPECT_THAT(summary(g), ElementsAre("concat(z,x,z)->y"));
  EXPECT_EQ(output_shape(g, "y"), (Shape{13, 4, 4}));
}

TEST(Concat, OfOneTensorStaysAnOp) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 4});
  m.node("Concat", {"x"}, {"y"}).integer("axis", 1);
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("concat(x)->y"));
}

TEST(Concat, OfRowsOrWithAConstantIsOpaque) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 4}).weight("k", {1, 2, 4, 4});
  m.node("Concat", {"x", "x"}, {"rows"}).integer("axis", 2);
  m.node("Concat", {"x", "k"}, {"mixed"}).integer("axis", 1);
  m.output("rows").output("mixed");
  const Graph g = import_graph(m);
  EXPECT_THAT(summary(g), ElementsAre("opaque(x,x)->rows", "opaque(x)->mixed"));
  EXPECT_EQ(g.op(1).weights, 32);
}

TEST(Views, OfVectorsAreDroppedInEverySpelling) {
  for (const int64_t opset : {11, 13}) {
    OnnxBuilder m(opset);
    m.input("x", {1, 6, 4, 4}).weight("w", {6, 6, 1, 1});
    m.node("GlobalAveragePool", {"x"}, {"p"});
    if (opset < 13) {
      m.node("Squeeze", {"p"}, {"q"}).integers("axes", {2, 3});
      m.node("Unsqueeze", {"q"}, {"u"}).integers("axes", {2, 3});
    } else {
      m.integers("axes", {2, 3}).integers("last", {-1});
      m.node("Squeeze", {"p", "last"}, {"q1"});
      m.node("Squeeze", {"q1", "last"}, {"q"});
      m.node("Unsqueeze", {"q", "axes"}, {"u"});
    }
    m.node("Conv", {"u", "w"}, {"y"});
    m.output("y");
    const Graph g = import_graph(m);
    EXPECT_THAT(summary(g), ElementsAre("global_avg_pool(x)->p", "conv(p)->y")) << opset;
    EXPECT_EQ(g.op(0).nodes.size(), opset < 13 ? 3U : 4U);
  }
}

/// The first one writes another tensor than the graph's input, the last one is the output of the one before.
TEST(Views, ReshapesAroundATransposeThatReordersMoveNothing) {
  OnnxBuilder m;
  m.input("x", {1, 6, 4, 4}).integers("groups", {1, 2, 3, 4, 4}).integers("back", {1, 6, 4, 4});
  m.node("Reshape", {"x", "groups"}, {"r"});
  m.node("Transpose", {"r"}, {"t"}).integers("perm", {0, 3, 1, 2, 4});
  m.node("Reshape", {"t", "back"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(x)->y"));
}

TEST(Views, ReshapesOfAnInputAloneWriteAnOutput) {
  OnnxBuilder m;
  m.input("x", {1, 6, 4, 4}).integers("rows", {1, 6, 16});
  m.node("Reshape", {"x", "rows"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(x)->y"));
}

TEST(Views, ThereAndBackAgainIsDropped) {
  OnnxBuilder m;
  m.input("x", {1, 6, 4, 4}).integers("rows", {1, 6, 16}).integers("back", {1, 6, 4, 4});
  m.node("Relu", {"x"}, {"a"});
  m.node("Reshape", {"a", "rows"}, {"r"});
  m.node("Reshape", {"r", "back"}, {"b"});
  m.node("GlobalAveragePool", {"b"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  EXPECT_THAT(summary(g), ElementsAre("activation(x)->a", "global_avg_pool(a)->y"));
  EXPECT_THAT(g.op(0).nodes, ElementsAre("a", "r", "b"));
}

TEST(Dropped, NodesOnAGraphInputAreListedWithItsFirstReader) {
  OnnxBuilder m;
  m.input("x", {1, 6, 4, 4});
  m.node("Identity", {"x"}, {"i"});
  m.node("Dropout", {"i"}, {"d"});
  m.node("Relu", {"d"}, {"y"});
  m.node("Tanh", {"i"}, {"z"});
  m.output("y").output("z");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("activation(x)->y", "activation(x)->z"));
  EXPECT_THAT(g.op(0).nodes, ElementsAre("i", "d", "y"));
  EXPECT_THAT(g.op(1).nodes, ElementsAre("z"));
}

TEST(Dropped, DropoutStaysWhereItTrainsOrItsMaskIsRead) {
  OnnxBuilder m;
  m.input("x", {1, 6, 4, 4}).numbers("ratio", {0.5F}, {});
  auto& flag = *m.graph().add_initializer();
  flag.set_name("train");
  flag.set_data_type(onnx::TensorProto::BOOL);
  flag.add_int32_data(1);
  m.node("Dropout", {"x", "ratio", "train"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(x)->y"));
}

TEST(Arrangement, ASliceOfChannelsAndRowsIsOneOfEach) {
  OnnxBuilder m;
  m.input("x", {1, 8, 10, 12}).integers("begin", {2, 1}).integers("end", {6, 9}).integers("axes", {1, 2});
  m.node("Slice", {"x", "begin", "end", "axes"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("channel_slice(x)->y/channels", "crop(y/channels)->y"));
  EXPECT_EQ(g.op(0).channel_begin, 2);
  EXPECT_EQ(output_shape(g, "y"), (Shape{4, 8, 12}));
}

}  // namespace
}  // namespace fusesim
