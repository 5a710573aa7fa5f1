#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fusesim/search/exact.h"
#include "onnx_builder.h"

// Traffic of networks as exporters write them, each against arithmetic on its shapes.

namespace fusesim {
namespace {

using onnx::TensorProto;

/// Bytes of the best plan, one per element and four per bias, in 256 KiB.
int64_t least_bytes(const Graph& graph, Scheme scheme) {
  const Config config = load_config("", {});
  const SearchResult found = exact_search(SearchProblem(graph, scheme, config));
  EXPECT_TRUE(found.optimal);
  return found.network_bytes;
}

void expect_bytes(const OnnxBuilder& model, int64_t bytes) {
  const Graph graph = import_graph(model);
  EXPECT_EQ(least_bytes(graph, Scheme::lbdf), bytes);
  EXPECT_EQ(least_bytes(graph, Scheme::brr), bytes);
}

/// Image of bytes -> Cast -> Div by 255 -> Sub of a mean, Div by a deviation per channel -> stem.
TEST(Exported, PreprocessingIsPartOfTheStem) {
  OnnxBuilder m;
  m.input("image", {1, 3, 16, 16}, TensorProto::UINT8);
  m.node("Cast", {"image"}, {"f"}).integer("to", TensorProto::FLOAT);
  m.numbers("scale", {255}, {}).weight("mean", {1, 3, 1, 1}).weight("deviation", {3, 1, 1});
  m.node("Div", {"f", "scale"}, {"n"});
  m.node("Sub", {"n", "mean"}, {"c"});
  m.node("Div", {"c", "deviation"}, {"d"});
  m.conv("d", "y", 3, 8, 3).integers("pads", {1, 1, 1, 1});
  m.output("y");
  // One scale of one byte, three means of four bytes, three deviations of one byte.
  expect_bytes(m, 3 * 256 + 8 * 256 + 8 * 27 + 1 + 12 + 3);
}

/// Half precision inside, Casts at the borders and around a Resize that stays in full precision.
TEST(Exported, CastsOfMixedPrecisionAreFree) {
  OnnxBuilder m;
  m.input("x", {1, 3, 24, 24});
  m.node("Cast", {"x"}, {"h"}).integer("to", TensorProto::FLOAT16);
  m.conv("h", "a", 3, 8, 3).integers("pads", {1, 1, 1, 1});
  m.node("Cast", {"a"}, {"f"}).integer("to", TensorProto::FLOAT);
  m.numbers("scales", {1, 1, 2, 2}, {4}).node("Resize", {"f", "", "scales"}, {"u"}).text("mode", "linear");
  m.node("Cast", {"u"}, {"g"}).integer("to", TensorProto::FLOAT16);
  m.conv("g", "b", 8, 8, 3).integers("pads", {1, 1, 1, 1});
  m.node("Cast", {"b"}, {"y"}).integer("to", TensorProto::FLOAT);
  m.output("y");
  expect_bytes(m, 3 * 576 + 8 * 2304 + 8 * 27 + 8 * 72);
}

/// Two quantised convolutions and a residual sum of ONNX Runtime.
TEST(Exported, QuantisedNetworksFuse) {
  OnnxBuilder m;
  m.domain("com.microsoft").input("x", {1, 16, 16, 16}, TensorProto::UINT8);
  m.numbers("s", {0.5F}, {})
      .bytes_weight("z", {}, TensorProto::UINT8)
      .weight("sw", {16})
      .bytes_weight("zw", {16});
  m.bytes_weight("w0", {16, 16, 3, 3}).bytes_weight("w1", {16, 16, 3, 3});
  m.node("QLinearConv", {"x", "s", "z", "w0", "sw", "zw", "s", "z"}, {"a"}).integers("pads", {1, 1, 1, 1});
  m.node("QLinearConv", {"a", "s", "z", "w1", "sw", "zw", "s", "z"}, {"b"}).integers("pads", {1, 1, 1, 1});
  m.node("QLinearAdd", {"x", "s", "z", "b", "s", "z", "s", "z"}, {"y"}).proto().set_domain("com.microsoft");
  m.output("y");
  expect_bytes(m, 2 * 16 * 256 + 2 * 16 * 144);
}

/// A TensorFlow export: rows of channels outside, channels first around the convolutions.
TEST(Exported, TransposesOfChannelsMoveNothing) {
  OnnxBuilder m;
  m.input("x", {1, 32, 32, 3});
  m.node("Transpose", {"x"}, {"t0"}).integers("perm", {0, 3, 1, 2});
  m.conv("t0", "c0", 3, 16, 3, true).integers("pads", {1, 1, 1, 1});
  m.node("Transpose", {"c0"}, {"t1"}).integers("perm", {0, 2, 3, 1});
  m.node("Transpose", {"t1"}, {"t2"}).integers("perm", {0, 3, 1, 2});
  m.conv("t2", "c1", 16, 16, 3, true).integers("pads", {1, 1, 1, 1});
  m.node("Transpose", {"c1"}, {"y"}).integers("perm", {0, 2, 3, 1});
  m.output("y");
  expect_bytes(m, 3 * 1024 + 16 * 1024 + 16 * 27 + 16 * 144 + 2 * 16 * 4);
}

/// Heads of a detector: five dimensions, one Transpose that re-orders, a Sigmoid on its way, one list of
/// boxes.
TEST(Exported, ReshapesOfADetectorMoveNothing) {
  OnnxBuilder m;
  m.input("x", {1, 16, 16, 16});
  m.node("MaxPool", {"x"}, {"small"}).integers("kernel_shape", {2, 2}).integers("strides", {2, 2});
  m.integers("flat", {1, -1, 7});
  for (const int64_t size : {16, 8}) {
    const std::string n = std::to_string(size);
    m.conv(size == 16 ? "x" : "small", "h" + n, 16, 21, 1).integers("pads", {0, 0, 0, 0});
    m.integers("anchors" + n, {1, 3, 7, size, size});
    m.node("Reshape", {"h" + n, "anchors" + n}, {"a" + n});
    m.node("Transpose", {"a" + n}, {"t" + n}).integers("perm", {0, 1, 3, 4, 2});
    m.node("Sigmoid", {"t" + n}, {"s" + n});
    m.node("Reshape", {"s" + n, "flat"}, {"f" + n});
  }
  m.node("Concat", {"f16", "f8"}, {"y"}).integer("axis", 1);
  m.output("y");
  // Two branches read the input. The heads' maps go out and in again on both sides of the Transposes.
  const int64_t boxes = int64_t{21} * (256 + 64);
  expect_bytes(m, 2 * 16 * 256 + 2 * 16 * 21 + boxes + 4 * boxes);
}

/// A perceptron of 128 tokens, three dimensions or two.
TEST(Exported, TokensAreRowsOfOneImage) {
  for (const bool batch : {true, false}) {
    OnnxBuilder m;
    const std::vector<Dim> dims{1, 128, 64};
    m.input("x", batch ? dims : std::vector<Dim>{128, 64}).weight("w1", {64, 256}).weight("w2", {256, 64});
    m.node("MatMul", {"x", "w1"}, {"h"});
    m.node("Relu", {"h"}, {"r"});
    m.node("MatMul", {"r", "w2"}, {"y"});
    m.output("y");
    expect_bytes(m, 2 * 128 * 64 + 2 * 64 * 256);
  }
}

/// A stack of convolutions over a signal.
TEST(Exported, SignalsFuse) {
  OnnxBuilder m;
  m.input("x", {1, 8, 200}).weight("w1", {16, 8, 3}).weight("w2", {16, 16, 3});
  m.node("Conv", {"x", "w1"}, {"a"}).integers("pads", {2, 0});
  m.node("Relu", {"a"}, {"b"});
  m.node("Conv", {"b", "w2"}, {"y"}).integers("pads", {4, 0}).integers("dilations", {2});
  m.output("y");
  expect_bytes(m, 8 * 200 + 16 * 200 + 16 * 24 + 16 * 48);
}

}  // namespace
}  // namespace fusesim
