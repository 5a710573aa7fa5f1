#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "fusesim/search/exact.h"
#include "fusesim/testing/child_process.h"
#include "fusesim/testing/confirm.h"
#include "onnx_builder.h"
#include "token_network.h"

// Networks with operators that mix channels, keep a whole map or move rows: traffic under both schemes
// against arithmetic on their shapes, and the machine's run against the prediction, to the byte and by
// provenance.

namespace fusesim {
namespace {

/// What the machine and the prediction of the best plan in 256 KiB disagree in; empty: nothing.
std::string run_on_machine(const Graph& graph, const Plan& plan, Scheme scheme, const Config& config) {
  const testing::ScheduledNetwork network = testing::scheduled(graph, plan, scheme, config);
  const testing::ChildResult child = testing::run_in_child([&] {
    std::string text;
    try {
      const SimResults results = simulate(config, {network.schedule}, {});
      for (const testing::Mismatch& m : testing::mismatches(network, results.runs.at(0)))
        text += m.text + "\n";
    } catch (const SimulationError& e) {
      text = e.what();
    }
    return text;
  });
  EXPECT_TRUE(child.finished) << child.text;
  return child.text;
}

int64_t confirmed_bytes(const OnnxBuilder& model, Scheme scheme) {
  const Graph graph = import_graph(model);
  for (const Op& op : graph.ops) EXPECT_NE(op.kind, OpKind::opaque) << op.name;
  const Config config = load_config("", {});
  const SearchResult found = exact_search(SearchProblem(graph, scheme, config));
  EXPECT_TRUE(found.optimal);
  EXPECT_EQ(run_on_machine(graph, found.plan, scheme, config), "");
  return found.network_bytes;
}

void expect_bytes(const OnnxBuilder& model, int64_t lbdf_bytes, int64_t brr_bytes) {
  EXPECT_EQ(confirmed_bytes(model, Scheme::lbdf), lbdf_bytes);
  EXPECT_EQ(confirmed_bytes(model, Scheme::brr), brr_bytes);
}

/// Grouped 1x1, shuffle, depthwise 3x3, grouped 1x1, sum.
TEST(MixingNetworks, AShuffleUnitMovesWhatEntersAndLeaves) {
  OnnxBuilder m;
  m.input("x", {1, 48, 28, 28}).integers("cut", {1, 3, 16, 28, 28}).integers("join", {1, 48, 28, 28});
  m.conv("x", "a", 16, 48, 1).integer("group", 3);
  m.node("Relu", {"a"}, {"r"});
  m.node("Reshape", {"r", "cut"}, {"s5"});
  m.node("Transpose", {"s5"}, {"t"}).integers("perm", {0, 2, 1, 3, 4});
  m.node("Reshape", {"t", "join"}, {"s4"});
  m.conv("s4", "d", 1, 48, 3).integer("group", 48).integers("pads", {1, 1, 1, 1});
  m.conv("d", "g", 16, 48, 1).integer("group", 3);
  m.node("Add", {"g", "x"}, {"y"});
  m.output("y");
  const int64_t bytes = 2 * 48 * 784 + 48 * 16 + 48 * 9 + 48 * 16;
  expect_bytes(m, bytes, bytes);
}

/// Convolution, squares of 2 x 2 out of channels, convolution.
TEST(MixingNetworks, APixelShuffleCostsTheSameInBothSpellings) {
  const int64_t bytes = 16 * 144 + 3 * 576 + 16 * 12 * 9 + 3 * 3 * 9;
  for (const bool spelled : {false, true}) {
    OnnxBuilder m;
    m.input("x", {1, 16, 12, 12}).integers("cut", {1, 3, 2, 2, 12, 12}).integers("join", {1, 3, 24, 24});
    m.conv("x", "c", 16, 12, 3).integers("pads", {1, 1, 1, 1});
    if (spelled) {
      m.node("Reshape", {"c", "cut"}, {"r"});
      m.node("Transpose", {"r"}, {"t"}).integers("perm", {0, 1, 4, 2, 5, 3});
      m.node("Reshape", {"t", "join"}, {"d"});
    } else {
      m.node("DepthToSpace", {"c"}, {"d"}).integer("blocksize", 2).text("mode", "CRD");
    }
    m.conv("d", "y", 3, 3, 3).integers("pads", {1, 1, 1, 1});
    m.output("y");
    expect_bytes(m, bytes, bytes);
  }
}

/// Under LBDF keys and values stay on chip; under BRR queries, keys and values leave and come back.
TEST(MixingNetworks, AttentionFusesAroundItsMatrices) {
  OnnxBuilder m(17);
  m.input("x", {1, 32, 16, 16}).integers("heads", {1, 2, 48, 256}).integers("parts", {16, 16, 16});
  m.integers("map", {1, 32, 16, 16});
  m.conv("x", "qkv", 32, 96, 1);
  m.node("Reshape", {"qkv", "heads"}, {"h"});
  m.node("Split", {"h", "parts"}, {"q", "k", "v"}).integer("axis", 2);
  m.node("Transpose", {"q"}, {"qt"}).integers("perm", {0, 1, 3, 2});
  m.node("MatMul", {"qt", "k"}, {"qk"});
  m.node("Softmax", {"qk"}, {"soft"}).integer("axis", -1);
  m.node("Transpose", {"soft"}, {"st"}).integers("perm", {0, 1, 3, 2});
  m.node("MatMul", {"v", "st"}, {"av"});
  m.node("Reshape", {"av", "map"}, {"o"});
  m.conv("o", "y", 32, 32, 1);
  m.output("y");
  const int64_t map = int64_t{32} * 256;
  const int64_t bytes = 2 * map + int64_t{32} * (96 + 32);
  expect_bytes(m, bytes, bytes + 6 * map);
}

/// A row of squares is all that a row of them needs, under tiles as well: two heads of 8, squares of 4 x 4.
TEST(MixingNetworks, AttentionInsideWindowsFusesWholly) {
  OnnxBuilder m(17);
  m.input("x", {1, 16, 16, 16}).integers("cut", {1, 3, 2, 8, 4, 4, 4, 4}).integers("map", {1, 16, 16, 16});
  m.integers("parts", {1, 1, 1}).integers("first", {0});
  m.conv("x", "qkv", 16, 48, 1);
  m.node("Reshape", {"qkv", "cut"}, {"c"});
  // Parts, windows, heads, positions, width.
  m.node("Transpose", {"c"}, {"t"}).integers("perm", {1, 0, 4, 6, 2, 5, 7, 3});
  m.integers("tokens", {3, 16, 2, 16, 8}).node("Reshape", {"t", "tokens"}, {"h"});
  m.node("Split", {"h", "parts"}, {"q1", "k1", "v1"}).integer("axis", 0);
  for (const char* name : {"q", "k", "v"}) m.node("Squeeze", {std::string(name) + "1", "first"}, {name});
  m.node("Transpose", {"k"}, {"kt"}).integers("perm", {0, 1, 3, 2});
  m.node("MatMul", {"q", "kt"}, {"qk"});
  m.node("Softmax", {"qk"}, {"soft"}).integer("axis", -1);
  m.node("MatMul", {"soft", "v"}, {"av"});
  m.integers("squares", {1, 4, 4, 2, 4, 4, 8}).node("Reshape", {"av", "squares"}, {"s"});
  m.node("Transpose", {"s"}, {"b"}).integers("perm", {0, 3, 6, 1, 4, 2, 5});
  m.node("Reshape", {"b", "map"}, {"o"});
  m.conv("o", "y", 16, 16, 1);
  m.output("y");
  const int64_t bytes = 2 * 16 * 256 + int64_t{16} * (48 + 16);
  expect_bytes(m, bytes, bytes);
}

/// Under LBDF only what enters, leaves and is learnt moves; under BRR queries, keys and values of the grid
/// and the map that they are added to leave and come back. Attention has biases of 4 bytes where they differ
/// by channel: those of places of a window, not those of cells.
TEST(MixingNetworks, AttentionInWindowsAndThenInAGridWorksOnTheMap) {
  const Shape map{16, 8, 8};
  const TokenGroups groups{map, Grouping::windows, 4};
  const int64_t parameters = 2 * 16 * 16 + 2 * attention_parameters(groups, 2);
  const int64_t bytes = 2 * map.elements() + parameters + 3 * (2 * 16 + 2 * 16 * 16);
  expect_bytes(windows_then_grid(map, 4, 2), bytes, bytes + 8 * map.elements());
}

/// LBDF keeps the map; BRR moves it out and in again, with two numbers per channel.
TEST(MixingNetworks, AGroupNormalisationIsReadTwiceUnderTiles) {
  OnnxBuilder m(21);
  m.input("x", {1, 8, 12, 12}).weight("scale", {16}).weight("shift", {16});
  m.conv("x", "c", 8, 16, 3).integers("pads", {1, 1, 1, 1});
  m.node("GroupNormalization", {"c", "scale", "shift"}, {"n"}).integer("num_groups", 4);
  m.conv("n", "y", 16, 8, 1);
  m.output("y");
  const Graph graph = import_graph(m);
  const int64_t parameters = 8 * 16 * 9 + 16 * 8 + graph.op(3).weights + 4 * graph.op(3).biases;
  EXPECT_EQ(graph.op(3).weights + graph.op(3).biases, 32);
  const int64_t bytes = int64_t{16} * 144 + parameters;
  expect_bytes(m, bytes, bytes + int64_t{32} * 144 + 64);
}

/// Four groups of four channels, between two convolutions.
TEST(MixingNetworks, GroupNormalisationsCostTheSameInEverySpelling) {
  for (const Scheme scheme : {Scheme::lbdf, Scheme::brr}) {
    std::vector<int64_t> bytes;
    for (const bool spelled : {false, true}) {
      OnnxBuilder m(21);
      m.input("x", {1, 8, 12, 12}).weight("scale", {16}).weight("shift", {16});
      m.conv("x", "c", 8, 16, 3).integers("pads", {1, 1, 1, 1});
      if (spelled) {
        m.integers("cut", {0, 4, -1}).integers("map", {1, 16, 12, 12}).integers("column", {16, 1, 1});
        m.numbers("ones", {1, 1, 1, 1}, {4}).numbers("zeros", {0, 0, 0, 0}, {4});
        m.node("Reshape", {"c", "cut"}, {"r"});
        m.node("InstanceNormalization", {"r", "ones", "zeros"}, {"i"});
        m.node("Reshape", {"i", "map"}, {"b"});
        m.node("Reshape", {"scale", "column"}, {"s"});
        m.node("Reshape", {"shift", "column"}, {"t"});
        m.node("Mul", {"b", "s"}, {"scaled"});
        m.node("Add", {"scaled", "t"}, {"n"});
      } else {
        m.node("GroupNormalization", {"c", "scale", "shift"}, {"n"}).integer("num_groups", 4);
      }
      m.conv("n", "y", 16, 8, 1);
      m.output("y");
      bytes.push_back(confirmed_bytes(m, scheme));
    }
    EXPECT_EQ(bytes[0], bytes[1]);
  }
}

/// Tokens through a normalisation, as one operator and as what exporters of older opsets write.
TEST(MixingNetworks, NormalisationsOfTokensCostTheSameInEverySpelling) {
  for (const bool spelled : {false, true}) {
    OnnxBuilder m(17);
    m.input("x", {1, 24, 32}).weight("w", {32, 64}).weight("scale", {32}).weight("shift", {32});
    if (spelled) {
      m.numbers("eps", {1e-5F}, {}).numbers("two", {2.0F}, {});
      m.node("ReduceMean", {"x"}, {"mean"}).integers("axes", {-1});
      m.node("Sub", {"x", "mean"}, {"d"});
      m.node("Pow", {"d", "two"}, {"square"});
      m.node("ReduceMean", {"square"}, {"variance"}).integers("axes", {-1});
      m.node("Add", {"variance", "eps"}, {"e"});
      m.node("Sqrt", {"e"}, {"root"});
      m.node("Div", {"d", "root"}, {"q"});
      m.node("Mul", {"q", "scale"}, {"s"});
      m.node("Add", {"s", "shift"}, {"n"});
    } else {
      m.node("LayerNormalization", {"x", "scale", "shift"}, {"n"}).integer("axis", -1);
    }
    m.node("MatMul", {"n", "w"}, {"y"});
    m.output("y");
    const int64_t bytes = 24 * 32 + 24 * 64 + 32 * 64 + 32 + 4 * 32;
    expect_bytes(m, bytes, bytes);
  }
}

TEST(MixingNetworks, PoolsAndProductsOfVectorsCostTheSameInEverySpelling) {
  const int64_t bytes = 16 * 64 + 10 + 16 * 32 * 9 + 320;
  for (const char* pool : {"GlobalAveragePool", "ReduceMean", "AveragePool"}) {
    for (const char* product : {"Gemm", "MatMul", "Conv"}) {
      OnnxBuilder m;
      m.input("x", {1, 16, 8, 8}).weight("w", {32, 10});
      m.conv("x", "c", 16, 32, 3).integers("pads", {1, 1, 1, 1});
      NodeBuilder node = m.node(pool, {"c"}, {"p"});
      if (std::string(pool) == "ReduceMean") node.integers("axes", {2, 3});
      if (std::string(pool) == "AveragePool") node.integers("kernel_shape", {8, 8});
      if (std::string(product) == "Conv") {
        m.conv("p", "y", 32, 10, 1);
      } else {
        m.node("Flatten", {"p"}, {"f"});
        m.node(product, {"f", "w"}, {"y"});
      }
      m.output("y");
      SCOPED_TRACE(std::string(pool) + " " + product);
      expect_bytes(m, bytes, bytes + 64);
    }
  }
}

/// One operator between two convolutions; nothing is opaque, and the machine confirms both schemes.
void expect_fused(int64_t opset, const std::string& type, const std::vector<std::string>& operands,
                  const std::function<void(NodeBuilder&)>& attributes) {
  SCOPED_TRACE(type + " of opset " + std::to_string(opset));
  OnnxBuilder m(opset);
  m.input("x", {1, 8, 12, 12}).weight("scale", {16}).weight("shift", {16}).weight("column", {16, 1, 1});
  m.integers("border", {0, 0, 2, 2, 0, 0, 2, 2}).integers("from", {1, 2}).integers("to", {9, 10});
  m.integers("sides", {2, 3}).numbers("twice", {1, 1, 2, 2}, {4}).numbers("two", {2}, {});
  m.conv("x", "c", 8, 16, 3).integers("pads", {1, 1, 1, 1});
  std::vector<std::string> inputs{"c"};
  inputs.insert(inputs.end(), operands.begin(), operands.end());
  NodeBuilder node = m.node(type, inputs, {"n"});
  attributes(node);
  m.conv("n", "y", 16, 8, 1);
  m.output("y");
  confirmed_bytes(m, Scheme::lbdf);
  confirmed_bytes(m, Scheme::brr);
}

TEST(MixingNetworks, OperatorsOfManyKindsFuse) {
  const auto none = [](NodeBuilder&) {};
  const auto axis = [](int64_t value) { return [value](NodeBuilder& n) { n.integer("axis", value); }; };
  const auto mode = [](const char* value) { return [value](NodeBuilder& n) { n.text("mode", value); }; };
  expect_fused(13, "Softmax", {}, axis(1));
  expect_fused(13, "Softmax", {}, axis(3));
  expect_fused(13, "LogSoftmax", {}, axis(1));
  expect_fused(9, "Upsample", {"twice"}, mode("nearest"));
  expect_fused(13, "Resize", {"", "twice"}, mode("linear"));
  expect_fused(13, "Pad", {"border"}, mode("constant"));
  expect_fused(13, "Slice", {"from", "to", "sides"}, none);
  expect_fused(13, "InstanceNormalization", {"scale", "shift"}, none);
  expect_fused(21, "GroupNormalization", {"scale", "shift"},
               [](NodeBuilder& n) { n.integer("num_groups", 4); });
  expect_fused(13, "MeanVarianceNormalization", {}, none);
  expect_fused(13, "LRN", {}, [](NodeBuilder& n) { n.integer("size", 5); });
  expect_fused(13, "LpNormalization", {}, axis(1));
  expect_fused(18, "Mish", {}, none);
  expect_fused(14, "HardSwish", {}, none);
  expect_fused(24, "Swish", {}, none);
  expect_fused(20, "Gelu", {}, none);
  expect_fused(13, "Pow", {"two"}, none);
  expect_fused(13, "Shrink", {}, none);
  expect_fused(13, "PRelu", {"column"}, none);
}

/// A vector, a plane and a scalar, all computed, beside a map.
TEST(MixingNetworks, RepeatedValuesFuse) {
  OnnxBuilder m(13);
  m.input("x", {1, 8, 12, 12}).integers("map", {1, 16, 12, 12}).input("s", {});
  m.conv("x", "c", 8, 16, 3).integers("pads", {1, 1, 1, 1});
  m.node("GlobalAveragePool", {"c"}, {"v"});
  m.node("Expand", {"v", "map"}, {"e"});
  m.node("Min", {"c", "e"}, {"least"});
  m.node("ReduceMax", {"least"}, {"plane"}).integers("axes", {1});
  m.node("Expand", {"plane", "map"}, {"f"});
  m.node("Sub", {"least", "f"}, {"d"});
  m.node("Mul", {"d", "s"}, {"scaled"});
  m.node("LpPool", {"scaled"}, {"n"}).integers("kernel_shape", {2, 2}).integers("strides", {2, 2});
  m.conv("n", "y", 16, 8, 1);
  m.output("y");
  const int64_t bytes = 8 * 144 + 1 + 8 * 36 + 8 * 16 * 9 + 16 * 8;
  EXPECT_EQ(confirmed_bytes(m, Scheme::lbdf), bytes);
  // Under tiles what goes into the mean over the map leaves, and so does the mean; both come back.
  EXPECT_EQ(confirmed_bytes(m, Scheme::brr), bytes + 2 * 16 * 144 + 2 * 16);
}

/// What a reduction makes scales the map; over rows and columns, or over channels.
TEST(MixingNetworks, ReductionsOverTheMapOrChannelsFuse) {
  for (const char* type : {"ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceProd",
                           "ReduceSumSquare", "ReduceLogSumExp"}) {
    for (const bool channels : {true, false}) {
      SCOPED_TRACE(type);
      OnnxBuilder m;
      m.input("x", {1, 8, 12, 12});
      m.conv("x", "c", 8, 16, 3).integers("pads", {1, 1, 1, 1});
      m.node(type, {"c"}, {"r"})
          .integers("axes", channels ? std::vector<int64_t>{1} : std::vector<int64_t>{2, 3});
      m.node("Mul", {"c", "r"}, {"n"});
      m.conv("n", "y", 16, 8, 1);
      m.output("y");
      confirmed_bytes(m, Scheme::lbdf);
      confirmed_bytes(m, Scheme::brr);
    }
  }
}

/// The four phases of a map, one after another in channels, and back to a strip of rows.
TEST(MixingNetworks, SlicesOfRowsAndColumnsFuse) {
  OnnxBuilder m;
  m.input("x", {1, 4, 16, 16}).integers("axes", {2, 3}).integers("step", {2, 2}).integers("end", {99, 99});
  std::vector<std::string> parts;
  for (const int64_t row : {0, 1}) {
    for (const int64_t column : {0, 1}) {
      const std::string name = "s" + std::to_string(2 * row + column);
      m.integers(name + ".start", {row, column});
      m.node("Slice", {"x", name + ".start", "end", "axes", "step"}, {name});
      parts.push_back(name);
    }
  }
  m.node("Concat", parts, {"c"}).integer("axis", 1);
  m.conv("c", "f", 16, 8, 3).integers("pads", {1, 1, 1, 1});
  m.integers("from", {2}).integers("to", {6}).integers("rows", {2});
  m.node("Slice", {"f", "from", "to", "rows"}, {"y"});
  m.output("y");
  const int64_t bytes = 4 * 256 + 8 * 4 * 8 + 16 * 8 * 9;
  expect_bytes(m, bytes, bytes);
}

}  // namespace
}  // namespace fusesim
