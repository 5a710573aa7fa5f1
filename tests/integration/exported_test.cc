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
  // Two branches read the input. Each head writes its boxes where the list has them.
  expect_bytes(m, 2 * 16 * 256 + 2 * 16 * 21 + 21 * (256 + 64));
}

/// Four strided slices as a stem, pools of three sizes side by side, and heads of three scales in one list of
/// boxes: all one group, in which everything moves once.
TEST(Exported, ADetectorMovesItsImageWeightsAndBoxes) {
  OnnxBuilder m(11);
  m.input("x", {1, 3, 64, 64}).integers("end", {INT64_MAX}).integers("two", {2}).integers("zero", {0});
  m.integers("one", {1}).integers("three", {3}).integers("flat", {1, -1, 7});
  std::vector<std::string> parts;
  for (const char* place : {"zero zero", "one zero", "zero one", "one one"}) {
    const std::string row = std::string(place).substr(0, std::string(place).find(' '));
    const std::string column = std::string(place).substr(row.size() + 1);
    const std::string n = row + "_" + column;
    m.node("Slice", {"x", row, "end", "two", "two"}, {"rows_" + n});
    m.node("Slice", {"rows_" + n, column, "end", "three", "two"}, {n});
    parts.push_back(n);
  }
  m.node("Concat", parts, {"focus"}).integer("axis", 1);
  const auto conv = [&m](const std::string& in, const std::string& out, int64_t from, int64_t to,
                         int64_t kernel, int64_t stride) {
    const int64_t pad = kernel / 2;
    m.conv(in, out, from, to, kernel, true)
        .integers("pads", {pad, pad, pad, pad})
        .integers("strides", {stride, stride});
  };
  conv("focus", "stem", 12, 16, 3, 1);
  m.node("Sigmoid", {"stem"}, {"sig"});
  m.node("Mul", {"stem", "sig"}, {"silu"});
  conv("silu", "p3", 16, 32, 3, 2);
  conv("p3", "p4", 32, 48, 3, 2);
  for (const int64_t k : {5, 9, 13}) {
    m.node("MaxPool", {"p4"}, {"pool" + std::to_string(k)})
        .integers("kernel_shape", {k, k})
        .integers("pads", {k / 2, k / 2, k / 2, k / 2})
        .integers("strides", {1, 1});
  }
  m.node("Concat", {"p4", "pool5", "pool9", "pool13"}, {"spp"}).integer("axis", 1);
  conv("spp", "q4", 192, 48, 1, 1);
  conv("q4", "p5", 48, 64, 3, 2);
  struct Head {
    const char* from;
    int64_t channels, size;
  };
  std::vector<std::string> flat;
  for (const Head& head : {Head{"p3", 32, 16}, Head{"q4", 48, 8}, Head{"p5", 64, 4}}) {
    const std::string n = head.from;
    conv(n, n + "_head", head.channels, 21, 1, 1);
    m.integers(n + "_anchors", {1, 3, 7, head.size, head.size});
    m.node("Reshape", {n + "_head", n + "_anchors"}, {n + "_a"});
    m.node("Transpose", {n + "_a"}, {n + "_t"}).integers("perm", {0, 1, 3, 4, 2});
    m.node("Sigmoid", {n + "_t"}, {n + "_s"});
    m.node("Reshape", {n + "_s", "flat"}, {n + "_f"});
    flat.push_back(n + "_f");
  }
  m.node("Concat", flat, {"boxes"}).integer("axis", 1);
  m.output("boxes");
  const int64_t weights = 9 * (12 * 16 + 16 * 32 + 32 * 48 + 48 * 64) + 192 * 48 + 21 * (32 + 48 + 64);
  const int64_t biases = 16 + 32 + 48 + 48 + 64 + 3 * 21;
  const int64_t boxes = 21 * (256 + 64 + 16);
  EXPECT_EQ(3 * 64 * 64 + weights + 4 * biases + boxes, 80476);
  expect_bytes(m, 3 * 64 * 64 + weights + 4 * biases + boxes);
}

/// A perceptron of 128 tokens of 512 channels: Gemm on rows, and MatMul and Add on three dimensions.
TEST(Exported, ProductsWithABiasCostTheSameInBothSpellings) {
  const int64_t parameters = 2 * 512 * 256 + 4 * (256 + 512);
  OnnxBuilder rows;
  rows.input("x", {128, 512}).weight("w1", {512, 256}).weight("b1", {256});
  rows.weight("w2", {256, 512}).weight("b2", {512});
  rows.node("Gemm", {"x", "w1", "b1"}, {"h"});
  rows.node("Relu", {"h"}, {"a"});
  rows.node("Gemm", {"a", "w2", "b2"}, {"y"});
  rows.output("y");
  OnnxBuilder image;
  image.input("x", {1, 128, 512}).weight("w1", {512, 256}).weight("b1", {256});
  image.weight("w2", {256, 512}).weight("b2", {512});
  image.node("MatMul", {"x", "w1"}, {"p"});
  image.node("Add", {"p", "b1"}, {"h"});
  image.node("Relu", {"h"}, {"a"});
  image.node("MatMul", {"a", "w2"}, {"q"});
  image.node("Add", {"q", "b2"}, {"y"});
  image.output("y");
  for (const OnnxBuilder* m : {&rows, &image}) {
    const Graph graph = import_graph(*m);
    // The weights of both do not fit together with a row: between them 128 * 256 bytes go out and in.
    EXPECT_EQ(least_bytes(graph, Scheme::lbdf), 2 * 128 * 512 + 2 * 128 * 256 + parameters);
    EXPECT_EQ(least_bytes(graph, Scheme::brr), 2 * 128 * 512 + parameters);
  }
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

/// One head on maps of two sizes, as detectors have it, and the same twice over one behind the other.
TEST(Exported, SharedWeightsMoveOnce) {
  OnnxBuilder m;
  m.input("image", {1, 3, 16, 16}).weight("w", {16, 16, 3, 3}).weight("b", {16});
  m.conv("image", "x", 3, 16, 3).integers("pads", {1, 1, 1, 1});
  m.node("MaxPool", {"x"}, {"half"}).integers("kernel_shape", {2, 2}).integers("strides", {2, 2});
  for (const char* from : {"x", "half"}) {
    const std::string n = from;
    m.node("Identity", {"w"}, {"w_" + n});
    m.node("Conv", {n, "w", "b"}, {"first_" + n}).integers("pads", {1, 1, 1, 1});
    m.node("Relu", {"first_" + n}, {"between_" + n});
    m.node("Conv", {"between_" + n, "w_" + n, "b"}, {"second_" + n}).integers("pads", {1, 1, 1, 1});
    m.output("second_" + n);
  }
  const int64_t head = 16 * 16 * 9 + 16 * 4;
  const int64_t others = 3 * 256 + 16 * 27 + 16 * (256 + 64);
  Graph graph = import_graph(m);
  EXPECT_EQ(least_bytes(graph, Scheme::lbdf), others + head);
  EXPECT_EQ(least_bytes(graph, Scheme::brr), others + head);
  for (Op& op : graph.ops) op.parameters_of = -1;
  EXPECT_EQ(least_bytes(graph, Scheme::lbdf), others + 4 * head);
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
