#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "onnx_builder.h"

// Ops on tensors whose dimensions cut the axes of a map, as transformers have them: they follow views to the
// map.

namespace fusesim {
namespace {

using ::testing::ElementsAre;

int64_t macs_of(const Graph& graph) {
  int64_t macs = 0;
  for (const Op& op : graph.ops) macs += model_macs(graph, op);
  return macs;
}

void expect_no_opaque(const Graph& graph) {
  for (const Op& op : graph.ops) EXPECT_NE(op.kind, OpKind::opaque) << op.name;
}

/// A map of 16 channels, 8 x 8: attention of two heads of 8 inside squares of 4 x 4, as Swin spells it.
OnnxBuilder window_attention(bool mask) {
  OnnxBuilder m(17);
  m.input("x", {1, 8, 8, 16})
      .weight("wq", {16, 48})
      .weight("bq", {48})
      .weight("wo", {16, 16})
      .weight("bo", {16});
  m.weight("bias", {1, 2, 16, 16}).weight("mask", {1, 4, 1, 16, 16}).numbers("scale", {0.5F}, {});
  m.integers("cut", {1, 2, 4, 2, 4, 16}).integers("tokens", {4, 16, 16}).integers("parts", {4, 16, 3, 2, 8});
  m.integers("windows", {1, 4, 2, 16, 16}).integers("scores", {4, 2, 16, 16});
  m.integers("back", {1, 2, 2, 4, 4, 16}).integers("map", {1, 8, 8, 16});
  m.integers("zero", {0}).integers("one", {1}).integers("two", {2});
  m.node("LayerNormalization", {"x", "bo"}, {"n"}).integer("axis", -1);
  m.node("Reshape", {"n", "cut"}, {"c"});
  m.node("Transpose", {"c"}, {"t"}).integers("perm", {0, 1, 3, 2, 4, 5});
  m.node("Reshape", {"t", "tokens"}, {"w"});
  m.node("MatMul", {"w", "wq"}, {"qkv"});
  m.node("Add", {"qkv", "bq"}, {"b"});
  m.node("Reshape", {"b", "parts"}, {"p"});
  m.node("Transpose", {"p"}, {"h"}).integers("perm", {2, 0, 3, 1, 4});
  int index = 0;
  for (const char* name : {"q", "k", "v"}) {
    const std::vector<std::string> which{"zero", "one", "two"};
    m.node("Gather", {"h", which[static_cast<size_t>(index++)]}, {std::string(name) + "1"})
        .integer("axis", 0);
    m.node("Squeeze", {std::string(name) + "1", "zero"}, {name});
  }
  m.node("Mul", {"q", "scale"}, {"qs"});
  m.node("Transpose", {"k"}, {"kt"}).integers("perm", {0, 1, 3, 2});
  m.node("MatMul", {"qs", "kt"}, {"qk"});
  m.node("Add", {"qk", "bias"}, {"biased"});
  std::string scores = "biased";
  if (mask) {
    m.node("Reshape", {"biased", "windows"}, {"by_window"});
    m.node("Add", {"by_window", "mask"}, {"masked"});
    m.node("Reshape", {"masked", "scores"}, {"again"});
    scores = "again";
  }
  m.node("Softmax", {scores}, {"soft"}).integer("axis", -1);
  m.node("MatMul", {"soft", "v"}, {"av"});
  m.node("Transpose", {"av"}, {"at"}).integers("perm", {0, 2, 1, 3});
  m.node("Reshape", {"at", "tokens"}, {"o"});
  m.node("MatMul", {"o", "wo"}, {"proj"});
  m.node("Add", {"proj", "bo"}, {"pb"});
  m.node("Reshape", {"pb", "back"}, {"r"});
  m.node("Transpose", {"r"}, {"rt"}).integers("perm", {0, 1, 3, 2, 4, 5});
  m.node("Reshape", {"rt", "map"}, {"rm"});
  m.node("Add", {"x", "rm"}, {"y"});
  m.output("y");
  return m;
}

/// 64 positions by 16 x 48 and 16 x 16, and 16 others of the window by 16, twice.
TEST(Views, AttentionInsideWindowsIsProductsOfPositions) {
  for (const bool mask : {false, true}) {
    const Graph g = import_graph(window_attention(mask));
    expect_no_opaque(g);
    EXPECT_EQ(macs_of(g), 64 * (16 * 48 + 16 * 16) + 2 * 64 * 16 * 16);
    const Op& scores = find_op(g, "qk");
    EXPECT_EQ(scores.kind, OpKind::position_matmul);
    EXPECT_EQ(scores.groups, 2);
    EXPECT_EQ(scores.channel_block, 8);
    // Windows are the positions; queries, heads and keys the channels.
    EXPECT_EQ(g.out_shape(scores), (Shape{16 * 2 * 16, 2, 2}));
    EXPECT_EQ(find_op(g, "soft").kind, OpKind::norm);
    EXPECT_EQ(find_op(g, "soft").groups, 16 * 2);
    EXPECT_EQ(find_op(g, "biased").biases, 2 * 16 * 16);
    if (mask) {
      EXPECT_EQ(find_op(g, "masked").weights, 4 * 16 * 16);
    }
    EXPECT_EQ(output_shape(g, "av/map"), (Shape{16, 8, 8}));
    EXPECT_EQ(find_op(g, "qkv").biases, 48);
    EXPECT_EQ(output_shape(g, "y"), (Shape{16, 8, 8}));
  }
}

/// MobileViT: pixels at one place of every patch of 2 x 2 attend to one another. 6 channels, 4 x 8.
TEST(Views, AttentionAcrossPatchesHasPlacesAsGroups) {
  OnnxBuilder m(17);
  m.input("x", {1, 6, 4, 8})
      .weight("wq", {6, 18})
      .integers("rows", {12, 2, 4, 2})
      .integers("patches", {1, 6, 8, 4});
  m.integers("tokens", {4, 8, 6}).integers("parts", {4, 8, 3, 1, 6}).integers("planes", {1, 4, 8, 6});
  m.integers("map", {1, 6, 4, 8}).integers("zero", {0}).integers("one", {1}).integers("two", {2});
  m.conv("x", "c", 6, 6, 1);
  m.node("Reshape", {"c", "rows"}, {"r"});
  m.node("Transpose", {"r"}, {"t"}).integers("perm", {0, 2, 1, 3});
  m.node("Reshape", {"t", "patches"}, {"p"});
  m.node("Transpose", {"p"}, {"pt"}).integers("perm", {0, 3, 2, 1});
  m.node("Reshape", {"pt", "tokens"}, {"w"});
  m.node("LayerNormalization", {"w", "ln"}, {"n"}).integer("axis", -1);
  m.weight("ln", {6});
  m.node("MatMul", {"n", "wq"}, {"qkv"});
  m.node("Reshape", {"qkv", "parts"}, {"s"});
  m.node("Transpose", {"s"}, {"h"}).integers("perm", {2, 0, 3, 1, 4});
  m.node("Split", {"h"}, {"q1", "k1", "v1"}).integer("axis", 0);
  for (const char* name : {"q", "k", "v"}) m.node("Squeeze", {std::string(name) + "1", "zero"}, {name});
  m.node("Transpose", {"k"}, {"kt"}).integers("perm", {0, 1, 3, 2});
  m.node("MatMul", {"q", "kt"}, {"qk"});
  m.node("Softmax", {"qk"}, {"soft"}).integer("axis", -1);
  m.node("MatMul", {"soft", "v"}, {"av"});
  m.node("Transpose", {"av"}, {"at"}).integers("perm", {0, 2, 1, 3});
  m.node("Reshape", {"at", "tokens"}, {"o"});
  m.node("Add", {"w", "o"}, {"sum"});
  m.node("Reshape", {"sum", "planes"}, {"sp"});
  m.node("Transpose", {"sp"}, {"st"}).integers("perm", {0, 3, 2, 1});
  m.node("Reshape", {"st", "rows2"}, {"sr"});
  m.integers("rows2", {12, 4, 2, 2});
  m.node("Transpose", {"sr"}, {"sb"}).integers("perm", {0, 2, 1, 3});
  m.node("Reshape", {"sb", "map"}, {"sm"});
  m.conv("sm", "y", 6, 6, 3).integers("pads", {1, 1, 1, 1});
  m.output("y");
  const Graph g = import_graph(m);
  expect_no_opaque(g);
  // 32 positions, each against the 8 others at its place.
  EXPECT_EQ(macs_of(g), 32 * (6 * 6 + 6 * 18 + 6 * 54) + 2 * 32 * 8 * 6);
  EXPECT_EQ(find_op(g, "qk").kind, OpKind::matmul);
  EXPECT_EQ(find_op(g, "qk").groups, 4);
  EXPECT_EQ(output_shape(g, "qk"), (Shape{4 * 8, 2, 4}));
}

/// Opsets before 17 have no LayerNormalization; exporters write what it does.
TEST(Views, ANormalisationThatIsSpelledOutIsOne) {
  for (const bool square_by_product : {false, true}) {
    OnnxBuilder m;
    m.input("x", {1, 10, 16}).weight("w", {16}).weight("b", {16}).weight("wm", {16, 8});
    m.numbers("eps", {1e-5F}, {}).numbers("two", {2.0F}, {});
    m.node("ReduceMean", {"x"}, {"m"}).integers("axes", {-1});
    m.node("Sub", {"x", "m"}, {"d"});
    if (square_by_product) {
      m.node("Mul", {"d", "d"}, {"s"});
    } else {
      m.node("Pow", {"d", "two"}, {"s"});
    }
    m.node("ReduceMean", {"s"}, {"v"}).integers("axes", {-1});
    m.node("Add", {"v", "eps"}, {"e"});
    m.node("Sqrt", {"e"}, {"r"});
    m.node("Div", {"d", "r"}, {"q"});
    m.node("Mul", {"q", "w"}, {"scaled"});
    m.node("Add", {"scaled", "b"}, {"n"});
    m.node("MatMul", {"n", "wm"}, {"y"});
    m.output("y");
    const Graph g = import_graph(m);
    ASSERT_THAT(summary(g), ElementsAre("norm(x)->n", "conv(n)->y"));
    EXPECT_EQ(g.op(0).weights, 16);
    EXPECT_EQ(g.op(0).biases, 16);
    EXPECT_THAT(g.op(0).nodes, ElementsAre("m", "d", "s", "v", "e", "r", "q", "scaled", "n"));
  }
}

TEST(Views, ARootMeanSquareThatIsSpelledOutIsANorm) {
  OnnxBuilder m;
  m.input("x", {1, 10, 16}).weight("w", {16}).weight("wm", {16, 8});
  m.numbers("eps", {1e-5F}, {}).numbers("two", {2.0F}, {});
  m.node("Pow", {"x", "two"}, {"s"});
  m.node("ReduceMean", {"s"}, {"v"}).integers("axes", {-1});
  m.node("Add", {"v", "eps"}, {"e"});
  m.node("Sqrt", {"e"}, {"r"});
  m.node("Reciprocal", {"r"}, {"i"});
  m.node("Mul", {"x", "i"}, {"q"});
  m.node("Mul", {"q", "w"}, {"n"});
  m.node("MatMul", {"n", "wm"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  EXPECT_THAT(summary(g), ElementsAre("norm(x)->n", "conv(n)->y"));
}

/// As the operator of opset 18 and later: 4 groups of 4 channels, one scale and shift per channel.
TEST(Views, AGroupNormalisationThatIsSpelledOutIsOne) {
  OnnxBuilder m;
  m.input("x", {1, 8, 6, 6}).integers("cut", {0, 4, -1}).integers("map", {1, 16, 6, 6});
  m.numbers("ones", {1, 1, 1, 1}, {4})
      .numbers("zeros", {0, 0, 0, 0}, {4})
      .weight("w", {16, 1, 1})
      .weight("b", {16, 1, 1});
  m.conv("x", "c", 8, 16, 3).integers("pads", {1, 1, 1, 1});
  m.node("Reshape", {"c", "cut"}, {"r"});
  m.node("InstanceNormalization", {"r", "ones", "zeros"}, {"i"});
  m.node("Reshape", {"i", "map"}, {"n"});
  m.node("Mul", {"n", "w"}, {"scaled"});
  m.node("Add", {"scaled", "b"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->c", "moments(c)->i/moments", "eltwise(c,i/moments)->i",
                                      "activation(i)->scaled", "activation(scaled)->y"));
  EXPECT_EQ(g.op(1).groups, 4);
  EXPECT_EQ(g.op(2).weights + g.op(2).biases, 0);
}

/// Softmax over all positions of each channel.
TEST(Views, ASoftmaxOverPositionsTakesItsStatisticsFromTheMap) {
  OnnxBuilder m;
  m.input("x", {1, 8, 6, 6}).integers("rows", {1, 8, 36}).integers("map", {1, 8, 6, 6});
  m.conv("x", "c", 8, 8, 1);
  m.node("Reshape", {"c", "rows"}, {"r"});
  m.node("Softmax", {"r"}, {"s"}).integer("axis", -1);
  m.node("Reshape", {"s", "map"}, {"n"});
  m.conv("n", "y", 8, 4, 1);
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)),
              ElementsAre("conv(x)->c", "moments(c)->s/moments", "eltwise(c,s/moments)->s", "conv(s)->y"));
}

/// x by its length over the channels, as cosine attention has it.
TEST(Views, AUnitLengthThatIsSpelledOutIsANorm) {
  OnnxBuilder m;
  m.input("x", {1, 10, 16}).weight("w", {16, 16}).weight("wm", {16, 8}).numbers("least", {1e-12F}, {});
  m.integers("shape", {1, 10, 16});
  m.node("MatMul", {"x", "w"}, {"a"});
  m.node("ReduceL2", {"a"}, {"l"}).integers("axes", {-1});
  m.node("Clip", {"l", "least"}, {"k"});
  m.node("Expand", {"k", "shape"}, {"e"});
  m.node("Div", {"a", "e"}, {"n"});
  m.node("MatMul", {"n", "wm"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("conv(x)->a", "norm(a)->n", "conv(n)->y"));
}

/// One head on 16 positions of 8 channels, the operands in whatever order their labels have.
TEST(Views, AnEinsumOfTwoTensorsIsAProduct) {
  for (const bool turned : {false, true}) {
    OnnxBuilder m(17);
    m.input("x", {1, 8, 4, 4}).integers("tokens", {1, 8, 16});
    m.conv("x", "qc", 8, 8, 1);
    m.conv("x", "kc", 8, 8, 1);
    m.node("Reshape", {"qc", "tokens"}, {"q"});
    m.node("Reshape", {"kc", "tokens"}, {"k"});
    m.node("Einsum", {"q", "k"}, {"s"}).text("equation", turned ? "B D I, B D J -> B J I" : "bdi,bdj->bij");
    m.node("Softmax", {"s"}, {"y"}).integer("axis", turned ? 1 : -1);
    m.output("y");
    const Graph g = import_graph(m);
    EXPECT_EQ(macs_of(g), 2 * 16 * 8 * 8 + 16 * 16 * 8);
    EXPECT_EQ(find_op(g, "s").kind, OpKind::matmul);
    EXPECT_EQ(g.out_shape(find_op(g, "s")), (Shape{16, 4, 4}));
  }
}

/// A sum over one operand alone is no product; its work is counted all the same.
TEST(Views, OtherEinsumsAreOpaque) {
  OnnxBuilder m(17);
  m.input("x", {1, 8, 16}).input("z", {1, 8, 16});
  m.node("Einsum", {"x", "z"}, {"y"}).text("equation", "bdi,bej->bij");
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("opaque(x,z)->y"));
  EXPECT_EQ(output_shape(g, "y").elements(), 16 * 16);
}

/// A mean that somebody else reads too stays what it is.
TEST(Views, ANormalisationWhoseMeanIsReadElsewhereIsItsParts) {
  OnnxBuilder m;
  m.input("x", {1, 10, 16}).numbers("eps", {1e-5F}, {}).numbers("two", {2.0F}, {});
  m.node("ReduceMean", {"x"}, {"m"}).integers("axes", {-1});
  m.node("Sub", {"x", "m"}, {"d"});
  m.node("Pow", {"d", "two"}, {"s"});
  m.node("ReduceMean", {"s"}, {"v"}).integers("axes", {-1});
  m.node("Add", {"v", "eps"}, {"e"});
  m.node("Sqrt", {"e"}, {"r"});
  m.node("Div", {"d", "r"}, {"y"});
  m.output("y").output("m");
  const Graph g = import_graph(m);
  expect_no_opaque(g);
  EXPECT_EQ(g.op(0).kind, OpKind::channel_reduce);
}

/// Rows that leave at the top come back at the bottom: what joins them is one pass.
TEST(Views, ACyclicShiftIsTwoCropsAndOnePass) {
  OnnxBuilder m(17);
  m.input("x", {1, 8, 8, 16}).weight("w", {16, 16}).weight("ln", {16});
  m.integers("three", {3}).integers("end", {99}).integers("zero", {0}).integers("rows", {1});
  m.node("LayerNormalization", {"x", "ln"}, {"n"}).integer("axis", -1);
  m.node("Slice", {"n", "three", "end", "rows"}, {"low"});
  m.node("Slice", {"n", "zero", "three", "rows"}, {"top"});
  m.node("Concat", {"low", "top"}, {"s"}).integer("axis", 1);
  m.node("MatMul", {"s", "w"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  EXPECT_THAT(summary(g),
              ElementsAre("norm(x)->n", "crop(n)->low", "crop(n)->top", "opaque(low,top)->s", "conv(s)->y"));
  EXPECT_EQ(output_shape(g, "low"), (Shape{16, 5, 8}));
  EXPECT_EQ(output_shape(g, "s"), (Shape{16, 8, 8}));
}

/// Swin's way from 2 x 2 positions to one of four times the channels.
TEST(Views, MergedPatchesAreCropsOfEverySecondRowAndColumn) {
  OnnxBuilder m(17);
  m.input("x", {1, 8, 8, 6})
      .weight("w", {24, 12})
      .weight("ln", {6})
      .integers("end", {99})
      .integers("step", {2});
  m.integers("zero", {0}).integers("one", {1}).integers("rows", {-3}).integers("columns", {-2});
  m.node("LayerNormalization", {"x", "ln"}, {"n"}).integer("axis", -1);
  std::vector<std::string> parts;
  for (const char* column : {"zero", "one"}) {
    for (const char* row : {"zero", "one"}) {
      const std::string name = std::string(row) + "_" + column;
      m.node("Slice", {"n", row, "end", "rows", "step"}, {name + "_rows"});
      m.node("Slice", {name + "_rows", column, "end", "columns", "step"}, {name});
      parts.push_back(name);
    }
  }
  m.node("Concat", parts, {"c"}).integer("axis", -1);
  m.node("MatMul", {"c", "w"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  expect_no_opaque(g);
  EXPECT_EQ(output_shape(g, "c"), (Shape{24, 4, 4}));
  EXPECT_EQ(output_shape(g, "y"), (Shape{12, 4, 4}));
}

/// The first of several tokens, as classifiers take it.
TEST(Views, OneTokenIsACropOfOneRow) {
  OnnxBuilder m(17);
  m.input("x", {1, 10, 16}).weight("w", {16, 4}).weight("ln", {16}).integers("first", {0});
  m.node("LayerNormalization", {"x", "ln"}, {"n"}).integer("axis", -1);
  m.node("Gather", {"n", "first"}, {"t"}).integer("axis", 1);
  m.integers("row", {1, 16}).node("Reshape", {"t", "row"}, {"r"});
  m.node("Gemm", {"r", "w"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("norm(x)->n", "crop(n)->t", "conv(t)->y"));
}

TEST(Views, ADropoutThatDropsNothingIsNone) {
  OnnxBuilder m(17);
  m.input("x", {1, 10, 16}).weight("w", {16, 4}).numbers("none", {0.0F}, {}).numbers("half", {0.5F}, {});
  auto* train = m.graph().add_initializer();
  train->set_name("train");
  train->set_data_type(onnx::TensorProto::BOOL);
  train->add_int32_data(1);
  m.node("MatMul", {"x", "w"}, {"a"});
  m.node("Dropout", {"a", "none", "train"}, {"b"});
  m.node("Dropout", {"b", "half", "train"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("conv(x)->a", "opaque(a)->y"));
}

/// Constants that differ from position to position are no parameters of channels.
TEST(Views, AConstantMapIsAddedInOnePass) {
  OnnxBuilder m(17);
  m.input("x", {1, 10, 16}).weight("w", {16, 16}).weight("places", {1, 10, 16});
  m.node("MatMul", {"x", "w"}, {"a"});
  m.node("Add", {"a", "places"}, {"b"});
  m.node("MatMul", {"b", "w"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->a", "opaque(a)->b", "conv(b)->y"));
  EXPECT_EQ(g.op(1).weights, 160);
}

}  // namespace
}  // namespace fusesim
