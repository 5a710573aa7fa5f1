#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

int64_t macs_of(const Graph& graph) {
  int64_t macs = 0;
  for (const Op& op : graph.ops) {
    if (op.kind == OpKind::conv || op.kind == OpKind::matmul) macs += mac_count(graph, op);
  }
  return macs;
}

/// x as `cut`, its dimensions in another order, and the result as `joined`.
Graph rearranged(const std::vector<Dim>& in, const std::vector<int64_t>& cut,
                 const std::vector<int64_t>& order, const std::vector<int64_t>& joined) {
  OnnxBuilder m;
  m.input("x", in).integers("cut", cut).integers("joined", joined);
  m.node("Reshape", {"x", "cut"}, {"r"});
  m.node("Transpose", {"r"}, {"t"}).integers("perm", order);
  m.node("Reshape", {"t", "joined"}, {"y"});
  m.output("y");
  return import_graph(m);
}

TEST(Layout, ReshapeTransposeReshapeOfChannelsIsAShuffle) {
  const Graph g = rearranged({1, 48, 28, 28}, {1, 3, 16, 28, 28}, {0, 2, 1, 3, 4}, {1, 48, 28, 28});
  ASSERT_THAT(summary(g), ElementsAre("channel_shuffle(x)->y"));
  EXPECT_EQ(g.op(0).groups, 3);
  EXPECT_THAT(g.op(0).nodes, ElementsAre("r", "t", "y"));
  // Channel 1 of the result is the first of the second group of 16.
  EXPECT_EQ(shuffled_channel(g, g.op(0), 1), 16);
  EXPECT_EQ(shuffled_channel(g, g.op(0), 3), 1);
}

TEST(Layout, AShuffleMayKeepBlocksOfChannelsTogether) {
  const Graph g = rearranged({1, 24, 4, 4}, {1, 2, 3, 4, 16}, {0, 2, 1, 3, 4}, {1, 24, 4, 4});
  ASSERT_THAT(summary(g), ElementsAre("channel_shuffle(x)->y"));
  EXPECT_EQ(g.op(0).groups, 2);
  EXPECT_EQ(g.op(0).channel_block, 4);
  EXPECT_EQ(shuffled_channel(g, g.op(0), 5), 13);
}

/// Depth and space in both orders against their own operators.
TEST(Layout, BlocksSpelledOutAreTheSameOps) {
  const Graph crd = rearranged({1, 12, 5, 7}, {1, 3, 2, 2, 5, 7}, {0, 1, 4, 2, 5, 3}, {1, 3, 10, 14});
  ASSERT_THAT(summary(crd), ElementsAre("depth_to_space(x)->y"));
  EXPECT_TRUE(crd.op(0).block.innermost);
  const Graph dcr = rearranged({1, 12, 5, 7}, {1, 2, 2, 3, 5, 7}, {0, 3, 4, 1, 5, 2}, {1, 3, 10, 14});
  ASSERT_THAT(summary(dcr), ElementsAre("depth_to_space(x)->y"));
  EXPECT_FALSE(dcr.op(0).block.innermost);
  const Graph deep = rearranged({1, 3, 10, 14}, {1, 3, 5, 2, 7, 2}, {0, 3, 5, 1, 2, 4}, {1, 12, 5, 7});
  ASSERT_THAT(summary(deep), ElementsAre("space_to_depth(x)->y"));
  EXPECT_FALSE(deep.op(0).block.innermost);
  EXPECT_EQ(deep.op(0).block.size, 2);
  const Graph inner = rearranged({1, 3, 10, 14}, {1, 3, 5, 2, 7, 2}, {0, 1, 3, 5, 2, 4}, {1, 12, 5, 7});
  ASSERT_THAT(summary(inner), ElementsAre("space_to_depth(x)->y"));
  EXPECT_TRUE(inner.op(0).block.innermost);
}

TEST(Layout, BlocksOfTheirOwnOperators) {
  OnnxBuilder m;
  m.input("x", {1, 4, 24, 24});
  m.node("SpaceToDepth", {"x"}, {"s"}).integer("blocksize", 2);
  m.node("DepthToSpace", {"s"}, {"y"}).integer("blocksize", 4).text("mode", "CRD");
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("space_to_depth(x)->s", "depth_to_space(s)->y"));
  EXPECT_FALSE(g.op(0).block.innermost);
  EXPECT_EQ(output_shape(g, "y"), (Shape{1, 48, 48}));
}

TEST(Layout, ElementwiseOpsBetweenTransposesWorkOnTheMap) {
  OnnxBuilder m;
  m.input("x", {1, 6, 4, 5});
  m.conv("x", "c", 6, 6, 1);
  m.node("Transpose", {"c"}, {"rows"}).integers("perm", {0, 2, 3, 1});
  m.node("Sigmoid", {"rows"}, {"s"});
  m.node("Mul", {"rows", "s"}, {"g"});
  m.node("Tanh", {"g"}, {"t"});
  m.node("Transpose", {"t"}, {"back"}).integers("perm", {0, 3, 1, 2});
  m.conv("back", "y", 6, 2, 1);
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("conv(x)->t", "conv(t)->y"));
}

TEST(Layout, WhatLeavesInAnotherOrderIsOnePass) {
  OnnxBuilder m;
  m.input("x", {1, 6, 4, 5});
  m.conv("x", "c", 6, 6, 1);
  m.node("Transpose", {"c"}, {"y"}).integers("perm", {0, 1, 3, 2});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("conv(x)->c", "opaque(c)->y"));
}

/// Anchors in front of rows and columns, their numbers behind: what a writer of rows can leave.
TEST(Layout, AHeadLeavesItsAnchorsWhereTheyBelong) {
  OnnxBuilder m;
  m.input("x", {1, 6, 4, 5}).integers("anchors", {1, 3, 7, 4, 5});
  m.conv("x", "c", 6, 21, 1);
  m.node("Reshape", {"c", "anchors"}, {"a"});
  m.node("Transpose", {"a"}, {"y"}).integers("perm", {0, 1, 3, 4, 2});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("conv(x)->y"));
}

/// Two heads in one list, which an operator without a kind reads.
TEST(Layout, AListOfPartsIsThePartsToWhoeverMovesBytes) {
  for (const bool read : {true, false}) {
    OnnxBuilder m;
    m.domain("org.example").input("x", {1, 6, 4, 5}).integers("flat", {1, -1, 7});
    std::vector<std::string> parts;
    for (const char* n : {"p", "q"}) {
      m.conv("x", n, 6, 21, 1);
      m.integers(std::string(n) + "5", {1, 3, 7, 4, 5});
      m.node("Reshape", {n, std::string(n) + "5"}, {std::string(n) + "a"});
      m.node("Transpose", {std::string(n) + "a"}, {std::string(n) + "t"}).integers("perm", {0, 1, 3, 4, 2});
      m.node("Reshape", {std::string(n) + "t", "flat"}, {std::string(n) + "f"});
      parts.push_back(std::string(n) + "f");
    }
    m.node("Concat", parts, {"all"}).integer("axis", 1);
    if (read) {
      m.node("Choose", {"all"}, {"y"}).proto().set_domain("org.example");
      m.declare("y", {1, 10, 7}).output("y");
    } else {
      m.output("all");
    }
    const ImportedModel model = import_model(m);
    if (read) {
      EXPECT_THAT(summary(*model.graph), ElementsAre("conv(x)->p", "conv(x)->q", "opaque(p,q)->y"));
    } else {
      EXPECT_THAT(summary(*model.graph), ElementsAre("conv(x)->p", "conv(x)->q"));
      EXPECT_EQ(model.graph->outputs.size(), 2U);
      EXPECT_THAT(model.notes, Contains("graph output 'all' is written in parts: 'p', 'q'"));
    }
    const std::vector<std::string>& nodes = model.graph->op(1).nodes;
    EXPECT_EQ(std::count(nodes.begin(), nodes.end(), "all"), 1);
  }
}

/// A tensor that lies in one list already has to be written again for the other.
TEST(Layout, APartOfTwoListsIsCopied) {
  OnnxBuilder m;
  m.input("x", {1, 6, 4, 5}).integers("flat", {1, 20, 7});
  m.conv("x", "p", 6, 7, 1);
  m.conv("x", "q", 6, 7, 1);
  for (const char* n : {"p", "q"}) m.node("Reshape", {n, "flat"}, {std::string(n) + "f"});
  m.node("Concat", {"pf", "qf"}, {"one"}).integer("axis", 1);
  m.node("Concat", {"qf", "pf"}, {"two"}).integer("axis", 1);
  m.output("one").output("two");
  EXPECT_THAT(summary(import_graph(m)),
              ElementsAre("conv(x)->p", "conv(x)->q", "opaque(p,q)->one", "opaque(q,p)->two"));
}

/// One block of self-attention on a 16 x 16 map of 32 channels with two heads of 16: 4 convolutions of 3,840
/// weights in all but the first and last at 256 positions, and two products of 256 x 256 x 16 per head.
OnnxBuilder attention() {
  OnnxBuilder m(17);
  m.input("x", {1, 32, 16, 16}).integers("heads", {1, 2, 48, 256}).integers("parts", {16, 16, 16});
  m.integers("map", {1, 32, 16, 16}).numbers("quarter", {0.25F}, {});
  m.conv("x", "qkv", 32, 96, 1);
  m.node("Reshape", {"qkv", "heads"}, {"h"});
  m.node("Split", {"h", "parts"}, {"q", "k", "v"}).integer("axis", 2);
  m.node("Transpose", {"q"}, {"qt"}).integers("perm", {0, 1, 3, 2});
  m.node("MatMul", {"qt", "k"}, {"qk"});
  m.node("Mul", {"qk", "quarter"}, {"scaled"});
  m.node("Softmax", {"scaled"}, {"soft"}).integer("axis", -1);
  m.node("Transpose", {"soft"}, {"st"}).integers("perm", {0, 1, 3, 2});
  m.node("MatMul", {"v", "st"}, {"av"});
  m.node("Reshape", {"av", "map"}, {"o"});
  m.conv("o", "y", 32, 32, 1);
  m.output("y");
  return m;
}

TEST(Attention, HeadsAreGroupsAndNothingIsOpaque) {
  const Graph g = import_graph(attention());
  EXPECT_EQ(macs_of(g), 256 * (32 * 96 + 32 * 32) + 2 * 2 * 256 * 256 * 16);
  for (const Op& op : g.ops) EXPECT_NE(op.kind, OpKind::opaque) << op.name;
  const Op& scores = find_op(g, "qk");
  EXPECT_EQ(scores.groups, 2);
  EXPECT_EQ(g.out_shape(scores), (Shape{512, 16, 16}));
  const Op& softmax = find_op(g, "soft");
  EXPECT_EQ(softmax.kind, OpKind::norm);
  EXPECT_EQ(softmax.groups, 2);
  EXPECT_EQ(output_shape(g, "av"), (Shape{32, 16, 16}));
}

TEST(Attention, OtherProductsOfTwoTensorsStayOpaque) {
  OnnxBuilder m;
  m.input("a", {1, 4, 6, 5}).input("b", {1, 4, 5, 6});
  m.node("MatMul", {"a", "b"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(a,b)->y"));
}

}  // namespace
}  // namespace fusesim
