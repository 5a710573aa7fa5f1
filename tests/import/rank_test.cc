#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;

TEST(Rank3, ConvolutionsAndPoolsAreWindowsOfHeightOne) {
  OnnxBuilder m;
  m.input("x", {1, 6, 50}).weight("w", {8, 3, 5}).weight("b", {8}).weight("v", {8, 4, 3});
  m.node("Conv", {"x", "w", "b"}, {"c"})
      .integers("strides", {2})
      .integers("pads", {2, 1})
      .integers("dilations", {2})
      .integer("group", 2);
  m.batch_norm("c", "n", 8);
  m.node("Relu", {"n"}, {"r"});
  m.node("MaxPool", {"r"}, {"p"}).integers("kernel_shape", {3}).integers("strides", {2});
  m.node("ConvTranspose", {"p", "v"}, {"t"}).integers("strides", {2});
  m.node("AveragePool", {"t"}, {"a"}).integers("kernel_shape", {2});
  m.node("GlobalAveragePool", {"a"}, {"g"});
  m.output("g");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->r", "max_pool(r)->p", "conv_transpose(p)->t",
                                      "avg_pool(t)->a", "global_avg_pool(a)->g"));
  EXPECT_EQ(g.tensor(g.inputs[0]).shape, (Shape{6, 1, 50}));
  // (50 + 3 - 9) / 2 + 1
  EXPECT_EQ(output_shape(g, "c"), (Shape{8, 1, 23}));
  const Window& w = g.op(0).window;
  EXPECT_THAT((std::vector<int64_t>{w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h,
                                    w.dilation_w, w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}),
              ElementsAre(1, 5, 1, 2, 1, 2, 0, 2, 0, 1));
  EXPECT_EQ(g.op(0).weights, 8 * 3 * 5);
  EXPECT_EQ(g.op(0).biases, 8);
  EXPECT_EQ(output_shape(g, "t"), (Shape{4, 1, 23}));
  EXPECT_EQ(output_shape(g, "g"), (Shape{4, 1, 1}));
}

/// Rows of tokens, spelled with and without a batch.
TEST(Rank3, TokensOfBothRanksAreTheSame) {
  OnnxBuilder two;
  two.input("x", {128, 512}).weight("w1", {512, 256}).weight("b1", {256}).weight("w2", {256, 512});
  OnnxBuilder three = two;
  two.node("Gemm", {"x", "w1", "b1"}, {"a"}).name("up");
  two.node("Relu", {"a"}, {"r"});
  two.node("Gemm", {"r", "w2"}, {"y"}).name("down");
  two.output("y");
  auto& shape = *three.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
  shape.mutable_dim(0)->set_dim_value(1);
  shape.mutable_dim(1)->set_dim_value(128);
  shape.add_dim()->set_dim_value(512);
  three.node("MatMul", {"x", "w1"}, {"h"}).name("up");
  three.node("Add", {"h", "b1"}, {"a"});
  three.node("Relu", {"a"}, {"r"});
  three.node("MatMul", {"r", "w2"}, {"y"}).name("down");
  three.output("y");
  for (const OnnxBuilder& m : {two, three}) {
    const Graph g = import_graph(m);
    ASSERT_THAT(summary(g), ElementsAre("conv(x)->r", "conv(r)->y"));
    EXPECT_EQ(g.tensor(g.inputs[0]).shape, (Shape{512, 128, 1}));
    EXPECT_EQ(output_shape(g, "up"), (Shape{256, 128, 1}));
    EXPECT_EQ(conv_macs(g), 2 * 128 * 512 * 256);
    EXPECT_EQ(parameter_count(g), 2 * 512 * 256 + 256);
  }
}

/// A convolution into patches, tokens, a product, and back to a map.
TEST(Rank3, TokensOfAMapAreItsPositions) {
  OnnxBuilder m;
  m.input("x", {1, 3, 32, 32}).integers("rows", {1, 24, 64}).integers("map", {1, 10, 8, 8});
  m.conv("x", "c", 3, 24, 4).integers("strides", {4, 4});
  m.node("Reshape", {"c", "rows"}, {"r"});
  m.node("Transpose", {"r"}, {"t"}).integers("perm", {0, 2, 1});
  m.weight("w", {24, 10}).node("MatMul", {"t", "w"}, {"p"});
  m.node("Transpose", {"p"}, {"u"}).integers("perm", {0, 2, 1});
  m.node("Reshape", {"u", "map"}, {"v"});
  m.conv("v", "y", 10, 5, 3);
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->c", "conv(c)->p", "conv(p)->y"));
  EXPECT_EQ(output_shape(g, "p"), (Shape{10, 8, 8}));
  EXPECT_THAT(g.op(1).nodes, ElementsAre("r", "t", "p", "u", "v"));
}

/// Frames of a spectrogram: channels and frequencies of one frame are one row.
TEST(Rank3, RowsOfChannelsAndColumnsAreWindows) {
  OnnxBuilder m;
  m.input("x", {1, 1, 40, 16}).integers("rows", {1, 40, 128}).weight("w", {128, 12});
  m.conv("x", "c", 1, 8, 3).integers("pads", {1, 1, 1, 1});
  m.node("Transpose", {"c"}, {"t"}).integers("perm", {0, 2, 1, 3});
  m.node("Reshape", {"t", "rows"}, {"r"});
  m.node("MatMul", {"r", "w"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->c", "conv(c)->y"));
  EXPECT_EQ(g.op(1).window.kernel_h, 1);
  EXPECT_EQ(g.op(1).window.kernel_w, 16);
  EXPECT_EQ(output_shape(g, "y"), (Shape{12, 40, 1}));
  EXPECT_EQ(mac_count(g, g.op(1)), 40 * 128 * 12);
}

/// A product over positions, as mixers have it, needs the map in another order.
TEST(Rank3, ProductsOverPositionsReorder) {
  OnnxBuilder m;
  m.input("x", {1, 50, 24}).weight("w", {24, 24}).weight("v", {50, 30});
  m.node("MatMul", {"x", "w"}, {"a"});
  m.node("Transpose", {"a"}, {"t"}).integers("perm", {0, 2, 1});
  m.node("MatMul", {"t", "v"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  EXPECT_EQ(conv_macs(g), 50 * 24 * 24 + 24 * 50 * 30);
  EXPECT_EQ(output_shape(g, "y"), (Shape{30, 24, 1}));
}

TEST(ChannelsLast, TransposesAroundConvolutionsVanish) {
  OnnxBuilder m;
  m.input("x", {1, 32, 32, 3}).weight("scale", {16}).weight("shift", {16}).weight("fc", {16, 10});
  m.node("Transpose", {"x"}, {"t0"}).integers("perm", {0, 3, 1, 2});
  m.conv("t0", "c0", 3, 16, 3);
  m.node("Transpose", {"c0"}, {"t1"}).integers("perm", {0, 2, 3, 1});
  m.node("Mul", {"t1", "scale"}, {"s"});
  m.node("Add", {"s", "shift"}, {"a"});
  m.node("Relu", {"a"}, {"r"});
  m.node("Transpose", {"r"}, {"t2"}).integers("perm", {0, 3, 1, 2});
  m.conv("t2", "c1", 16, 16, 3);
  m.node("Transpose", {"c1"}, {"t3"}).integers("perm", {0, 2, 3, 1});
  m.node("Concat", {"t3", "t3"}, {"two"}).integer("axis", 3);
  m.node("ReduceMean", {"t3"}, {"g"}).integers("axes", {1, 2}).integer("keepdims", 0);
  m.node("MatMul", {"g", "fc"}, {"y"});
  m.output("y").output("two");
  const Graph g = import_graph(m);
  EXPECT_THAT(summary(g), ElementsAre("conv(x)->r", "conv(r)->c1", "global_avg_pool(c1)->g",
                                      "concat(c1,c1)->two", "conv(g)->y"));
  EXPECT_EQ(g.tensor(g.inputs[0]).shape, (Shape{3, 32, 32}));
  EXPECT_EQ(output_shape(g, "two"), (Shape{32, 28, 28}));
}

TEST(Rank3, BordersAreTakenByTheConvolution) {
  OnnxBuilder m;
  m.input("x", {1, 6, 50}).weight("w", {8, 6, 3}).integers("causal", {0, 0, 4, 0, 0, 0});
  m.node("Pad", {"x", "causal"}, {"p"});
  m.node("Conv", {"p", "w"}, {"y"}).integers("dilations", {2});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->y"));
  EXPECT_EQ(g.op(0).window.pad_left, 4);
  EXPECT_EQ(g.op(0).window.pad_right, 0);
  EXPECT_EQ(output_shape(g, "y"), (Shape{8, 1, 50}));
}

/// Queries, keys and values of one product.
TEST(Rank3, PartsOfRowsAreParts) {
  OnnxBuilder m;
  m.input("x", {1, 50, 24}).weight("w", {24, 36}).integers("sizes", {12, 20, 4});
  m.integers("start", {-4}).integers("end", {36}).integers("axis", {2});
  m.node("MatMul", {"x", "w"}, {"qkv"});
  m.node("Split", {"qkv", "sizes"}, {"q", "k", "v"}).integer("axis", -1);
  m.node("Slice", {"qkv", "start", "end", "axis"}, {"s"});
  m.output("q").output("k").output("s");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->qkv", "channel_slice(qkv)->q", "channel_slice(qkv)->k",
                                      "channel_slice(qkv)->s"));
  EXPECT_EQ(g.op(2).channel_begin, 12);
  EXPECT_EQ(g.out_shape(g.op(2)), (Shape{20, 50, 1}));
  EXPECT_EQ(g.op(3).channel_begin, 32);
}

/// Heads: channels are cut in parts, which lie in front of the rows or behind them.
TEST(Rank3, ReshapesToHeadsMoveNothing) {
  OnnxBuilder m;
  m.input("x", {1, 50, 24}).weight("w", {24, 36}).integers("heads", {1, 50, 3, 4, 3});
  m.node("MatMul", {"x", "w"}, {"qkv"});
  m.node("Reshape", {"qkv", "heads"}, {"h"});
  m.node("Transpose", {"h"}, {"y"}).integers("perm", {2, 0, 3, 1, 4});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("conv(x)->y"));
}

/// Tokens, and rows of channels of a map.
TEST(ChannelsLast, NormsOfRowsAreNormsOfPositions) {
  for (const bool tokens : {true, false}) {
    OnnxBuilder m(17);
    m.weight("w", {24, 10}).weight("scale", {10}).weight("shift", {10});
    m.input("x", tokens ? std::vector<Dim>{1, 40, 24} : std::vector<Dim>{1, 8, 5, 24});
    m.node("MatMul", {"x", "w"}, {"p"});
    m.node("LayerNormalization", {"p", "scale", "shift"}, {"n"});
    m.node("Softmax", {"n"}, {"y"});
    m.output("y");
    const Graph g = import_graph(m);
    ASSERT_THAT(summary(g), ElementsAre("conv(x)->p", "norm(p)->n", "norm(n)->y"));
    EXPECT_EQ(g.op(1).weights, 10);
    EXPECT_EQ(g.op(1).biases, 10);
    EXPECT_EQ(g.out_shape(g.op(1)), tokens ? (Shape{10, 40, 1}) : (Shape{10, 8, 5}));
  }
}

TEST(ChannelsLast, BordersAndPartsFollowTheirAxes) {
  OnnxBuilder m;
  m.input("x", {1, 33, 20, 3}).integers("pads", {0, 0, 2, 0, 0, 1, 0, 0});
  m.node("Pad", {"x", "pads"}, {"p"});
  m.node("Transpose", {"p"}, {"t"}).integers("perm", {0, 3, 1, 2});
  m.conv("t", "c", 3, 8, 3);
  m.node("Transpose", {"c"}, {"u"}).integers("perm", {0, 2, 3, 1});
  m.node("Split", {"u"}, {"a", "b"}).integer("axis", 3);
  m.output("a").output("b");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("conv(x)->c", "channel_slice(c)->a", "channel_slice(c)->b"));
  EXPECT_EQ(g.op(0).window.pad_bottom, 1);
  EXPECT_EQ(g.op(0).window.pad_left, 2);
  EXPECT_EQ(g.out_shape(g.op(1)), (Shape{4, 32, 20}));
}

TEST(ChannelsLast, RowsAndColumnsInAnotherOrderAreMoved) {
  OnnxBuilder m;
  m.input("x", {1, 4, 10, 12});
  m.conv("x", "a", 4, 4, 3);
  m.node("Transpose", {"a"}, {"t"}).integers("perm", {0, 1, 3, 2});
  m.conv("t", "y", 4, 4, 3);
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_EQ(g.ops.size(), 3U);
  EXPECT_EQ(g.op(1).kind, OpKind::opaque);
  EXPECT_EQ(g.out_shape(g.op(1)), (Shape{4, 10, 8}));
}

TEST(ChannelsLast, ShapesThatDoNotMatchByAxesAreNotJoined) {
  OnnxBuilder m;
  m.input("x", {1, 6, 6, 6}).input("z", {1, 6, 6, 6});
  m.conv("x", "a", 6, 6, 1);
  m.conv("z", "b", 6, 6, 1);
  m.node("Transpose", {"b"}, {"t"}).integers("perm", {0, 2, 3, 1});
  m.node("Add", {"a", "t"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_EQ(g.ops.size(), 4U);
  EXPECT_EQ(g.op(2).onnx_type, "Transpose");
  EXPECT_EQ(g.op(3).kind, OpKind::eltwise);
}

}  // namespace
}  // namespace fusesim
