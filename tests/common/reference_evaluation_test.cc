#include "fusesim/testing/reference_evaluation.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fusesim/testing/graph_builder.h"
#include "fusesim/testing/random_graph.h"

namespace fusesim::testing {
namespace {

uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}
uint64_t h(uint64_t a, uint64_t b) { return mix(mix(a) + b); }
uint64_t in(uint64_t t, uint64_t c, uint64_t y) { return h(h(h(1, t), c), y); }
uint64_t out(uint64_t o, uint64_t c, uint64_t y, uint64_t acc) { return h(h(h(h(2, o), c), y), acc); }

TEST(ReferenceEvaluation, SplitMixKnownValue) { EXPECT_EQ(mix(0), 0xe220a8397b1dcdafULL); }

/// 3x3, stride 2, pad 1 on two channels of four rows: row 0 reads rows 0 and 1 with k 2 and 3, row 1 rows 1
/// to 3.
TEST(ReferenceEvaluation, ConvolutionByHand) {
  GraphBuilder builder("conv");
  const TensorId x = builder.input({2, 4, 4});
  builder.conv(x, ConvSpec{2, square_window(3, 2, 1), 1, true});
  const Graph graph = builder.finish();
  const ProvenanceMap got = reference_evaluation(graph).at(0);
  ASSERT_EQ(got.size(), 4U);
  for (uint64_t co = 0; co < 2; ++co) {
    uint64_t acc0 = h(h(5, 0), co);
    uint64_t acc1 = acc0;
    for (uint64_t ci = 0; ci < 2; ++ci) {
      const uint64_t weight = h(h(3, 0), co) + h(h(4, 0), ci);
      acc0 += weight * (h(2, in(0, ci, 0)) + h(3, in(0, ci, 1)));
      acc1 += weight * (h(1, in(0, ci, 1)) + h(2, in(0, ci, 2)) + h(3, in(0, ci, 3)));
    }
    EXPECT_EQ(got[co * 2 + 0], out(0, co, 0, acc0));
    EXPECT_EQ(got[co * 2 + 1], out(0, co, 1, acc1));
  }
}

TEST(ReferenceEvaluation, BroadcastsByHand) {
  GraphBuilder builder("mul");
  const TensorId x = builder.input({2, 3, 1});
  const TensorId scale = builder.input({2, 1, 1});
  const TensorId map = builder.input({1, 3, 1});
  builder.eltwise(EltwiseKind::mul, {x, scale, map});
  const ProvenanceMap got = reference_evaluation(builder.finish()).at(0);
  for (uint64_t c = 0; c < 2; ++c) {
    for (uint64_t y = 0; y < 3; ++y) {
      EXPECT_EQ(got[c * 3 + y], out(0, c, y, h(1, in(0, c, y)) + h(2, in(1, c, 0)) + h(3, in(2, 0, y))));
    }
  }
}

/// Kernel 2, stride 2, no pads: output row y gets input row y / 2 through kernel row y % 2.
TEST(ReferenceEvaluation, ConvTransposeByHand) {
  GraphBuilder builder("up");
  const TensorId x = builder.input({1, 2, 1});
  builder.conv_transpose(x, ConvSpec{1, square_window(2, 2), 1, false});
  const ProvenanceMap got = reference_evaluation(builder.finish()).at(0);
  ASSERT_EQ(got.size(), 4U);
  for (uint64_t y = 0; y < 4; ++y) {
    EXPECT_EQ(got[y], out(0, 0, y, (h(h(3, 0), 0) + h(h(4, 0), 0)) * h(y % 2 + 1, in(0, 0, y / 2))));
  }
}

/// Half-pixel linear 2 -> 4 rows: coordinates -0.25, 0.25, 0.75, 1.25.
TEST(ReferenceEvaluation, LinearResizeByHand) {
  GraphBuilder builder("resize");
  const TensorId x = builder.input({1, 2, 1});
  Resize resize;
  resize.mode = ResizeMode::linear;
  builder.resize(x, 4, 1, resize);
  const ProvenanceMap got = reference_evaluation(builder.finish()).at(0);
  const uint64_t first = h(1, in(0, 0, 0));
  const uint64_t both = first + h(2, in(0, 0, 1));
  const uint64_t last = h(1, in(0, 0, 1));
  const uint64_t expected[] = {first, both, both, last};
  for (uint64_t y = 0; y < 4; ++y) EXPECT_EQ(got[y], out(0, 0, y, expected[y])) << y;
}

/// Half-pixel nearest 4 -> 2 rows: coordinates 0.5 and 2.5, so the rounding decides.
TEST(ReferenceEvaluation, NearestRoundingsByHand) {
  const uint64_t rows[4][2] = {{0, 2}, {1, 3}, {0, 2}, {1, 3}};
  for (int rounding = 0; rounding < 4; ++rounding) {
    GraphBuilder builder("resize");
    const TensorId x = builder.input({1, 4, 1});
    Resize resize;
    resize.rounding = static_cast<ResizeRounding>(rounding);
    builder.resize(x, 2, 1, resize);
    const ProvenanceMap got = reference_evaluation(builder.finish()).at(0);
    for (uint64_t y = 0; y < 2; ++y) EXPECT_EQ(got[y], out(0, 0, y, h(1, in(0, 0, rows[rounding][y]))));
  }
}

TEST(ReferenceEvaluation, PoolSliceConcatMeanByHand) {
  GraphBuilder builder("chain");
  const TensorId x = builder.input({3, 2, 1});
  const TensorId high = builder.channel_slice(x, 2, 1);
  builder.concat({high, x});
  builder.global_avg_pool(high);
  const std::vector<ProvenanceMap> got = reference_evaluation(builder.finish());
  ASSERT_EQ(got.size(), 2U);
  const uint64_t high0 = out(0, 0, 0, h(1, in(0, 2, 0)));
  const uint64_t high1 = out(0, 0, 1, h(1, in(0, 2, 1)));
  EXPECT_EQ(got[0][0], out(1, 0, 0, h(1, high0)));
  EXPECT_EQ(got[0][2 * 2 + 1], out(1, 2, 1, h(1, in(0, 1, 1))));
  EXPECT_EQ(got[1][0], out(2, 0, 0, h(1, high0) + h(2, high1)));
}

TEST(ReferenceEvaluation, ActivationAndOpaqueByHand) {
  GraphBuilder builder("misc");
  const TensorId x = builder.input({1, 1, 1});
  const TensorId a = builder.activation(x, "Affine", true, true);
  builder.opaque({a, x}, {{1, 1, 1}, {1, 2, 1}}, 3, 0);
  const std::vector<ProvenanceMap> got = reference_evaluation(builder.finish());
  const uint64_t hash_a = out(0, 0, 0, (h(h(3, 0), 0) + h(h(4, 0), 0)) * h(1, in(0, 0, 0)) + h(h(5, 0), 0));
  const uint64_t acc = h(h(h(1, 0), 0), hash_a) + h(h(h(2, 0), 0), in(0, 0, 0)) + h(3, 1);
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0][0], h(h(h(h(h(2, 1), 0), 0), 0), acc));
  EXPECT_EQ(got[1][1], h(h(h(h(h(2, 1), 1), 0), 1), acc));
}

TEST(ReferenceEvaluation, EveryRandomOutputDependsOnItsPlace) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const Graph graph = random_graph(seed);
    const std::vector<ProvenanceMap> maps = reference_evaluation(graph);
    for (size_t i = 0; i < maps.size(); ++i) {
      const Shape& s = graph.tensor(graph.outputs[i]).shape;
      ASSERT_EQ(maps[i].size(), static_cast<size_t>(s.c * s.h));
      std::vector<uint64_t> sorted = maps[i];
      std::sort(sorted.begin(), sorted.end());
      EXPECT_EQ(std::unique(sorted.begin(), sorted.end()), sorted.end()) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace fusesim::testing
