#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "fusesim/testing/cost_model.h"
#include "fusesim/testing/whole_graph.h"
#include "rings_of.h"

namespace fusesim {
namespace {

using testing::finish;
using testing::GraphBuilder;
using testing::rings;
using testing::whole;

TEST(LbdfRings, TwoConvsAndIdentityAdd) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 20, 20});
  const TensorId t1 = b.conv(x, 8, 3);
  const TensorId t2 = b.conv(t1, 8, 3);
  const TensorId add = b.add(t2, x);
  const Graph g = finish(b, {add});
  const std::map<TensorId, int64_t> expected{{x, 3}, {t1, 3}, {t2, 1}, {add, 1}};
  EXPECT_EQ(rings(g), expected);
}

TEST(LbdfRings, BottleneckWithIdentity) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 20, 20});
  const TensorId t1 = b.conv(x, 4, 1);
  const TensorId t2 = b.conv(t1, 4, 3);
  const TensorId t3 = b.conv(t2, 8, 1);
  const TensorId add = b.add(t3, x);
  const Graph g = finish(b, {add});
  const std::map<TensorId, int64_t> expected{{x, 2}, {t1, 3}, {t2, 1}, {t3, 1}, {add, 1}};
  EXPECT_EQ(rings(g), expected);
}

TEST(LbdfRings, StridedBottleneckWithLateProjection) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 20, 20});
  const TensorId t1 = b.conv(x, 4, 1);
  const TensorId t2 = b.conv(t1, 4, 3, 2);
  const TensorId t3 = b.conv(t2, 8, 1);
  const TensorId proj = b.conv(x, 8, 1, 2);
  const TensorId add = b.add(t3, proj);
  const Graph g = finish(b, {add});
  const std::map<TensorId, int64_t> expected{{x, 1}, {t1, 3}, {t2, 1}, {t3, 1}, {proj, 1}, {add, 1}};
  EXPECT_EQ(rings(g), expected);
}

TEST(LbdfRings, StridedBottleneckWithEarlyProjection) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 20, 20});
  const TensorId proj = b.conv(x, 8, 1, 2);
  const TensorId t1 = b.conv(x, 4, 1);
  const TensorId t2 = b.conv(t1, 4, 3, 2);
  const TensorId t3 = b.conv(t2, 8, 1);
  const TensorId add = b.add(t3, proj);
  const Graph g = finish(b, {add});
  const std::map<TensorId, int64_t> expected{{x, 2}, {t1, 3}, {t2, 1}, {t3, 1}, {proj, 1}, {add, 1}};
  EXPECT_EQ(rings(g), expected);
}

TEST(LbdfRings, StemConvAndPool) {
  GraphBuilder b("net");
  const TensorId x = b.input({3, 40, 40});
  const TensorId conv = b.conv(x, 8, 7, 2);
  const TensorId pool = b.max_pool(conv, testing::square_window(3, 2, 1));
  const Graph g = finish(b, {pool});
  const std::map<TensorId, int64_t> expected{{x, 7}, {conv, 3}, {pool, 1}};
  EXPECT_EQ(rings(g), expected);
}

TEST(LbdfRings, SqueezeAndExciteKeepsTheWholeMap) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 20, 20});
  const TensorId map = b.conv(x, 8, 3);
  const TensorId pool = b.global_avg_pool(map);
  const TensorId fc = b.conv(pool, 8, 1);
  const TensorId mul = b.mul(map, fc);
  const Graph g = finish(b, {mul});
  EXPECT_EQ(rings(g)[map], 20);
}

TEST(LbdfRings, AtrousPyramid) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 33, 33});
  const TensorId a = b.conv(x, 4, 1);
  const TensorId c6 = b.conv(x, {4, testing::square_window(3, 1, 6, 6)});
  const TensorId c12 = b.conv(x, {4, testing::square_window(3, 1, 12, 12)});
  const TensorId c18 = b.conv(x, {4, testing::square_window(3, 1, 18, 18)});
  const TensorId cat = b.concat({a, c6, c12, c18});
  const Graph g = finish(b, {cat});
  EXPECT_EQ(rings(g)[x], 33);
}

TEST(LbdfRings, ConvAndGlobalAvgPool) {
  for (const bool conv_outgoing : {false, true}) {
    GraphBuilder b("net");
    const TensorId x = b.input({8, 20, 20});
    const TensorId conv = b.conv(x, 8, 3);
    const TensorId pool = b.global_avg_pool(conv);
    std::vector<TensorId> outputs{pool};
    if (conv_outgoing) outputs.push_back(conv);
    const Graph g = finish(b, outputs);
    EXPECT_EQ(rings(g)[conv], 1) << "conv outgoing: " << conv_outgoing;
  }
}

TEST(LbdfRings, FireModuleAndPool) {
  GraphBuilder b("net");
  const TensorId x = b.input({16, 27, 27});
  const TensorId squeeze = b.conv(x, 4, 1);
  const TensorId e1 = b.conv(squeeze, 8, 1);
  const TensorId e3 = b.conv(squeeze, 8, 3);
  const TensorId cat = b.concat({e1, e3});
  const TensorId pool = b.max_pool(cat, testing::square_window(3, 2, 0));
  const Graph g = finish(b, {pool});
  const std::map<TensorId, int64_t> expected{{x, 1}, {squeeze, 3}, {e1, 1}, {e3, 1}, {cat, 3}, {pool, 1}};
  EXPECT_EQ(rings(g), expected);
}

TEST(LbdfRings, ActivationKeptAsAnOpWorksInPlace) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 20, 20});
  const TensorId conv = b.conv(x, 8, 3);
  const TensorId relu = b.activation(conv, "Relu");
  const TensorId conv2 = b.conv(relu, 8, 3);
  const Graph g = finish(b, {conv2});
  const std::map<TensorId, int64_t> expected{{x, 3}, {relu, 3}, {conv2, 1}};
  EXPECT_EQ(rings(g), expected);
}

TEST(LbdfCost, BytesOfOneConv) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 20, 10});
  const TensorId y = b.conv(x, 4, 3);
  const Graph g = finish(b, {y});
  const testing::LbdfCost cost = testing::CostModel(g, CostParams{}).lbdf(whole(g));
  const int64_t weights = 4 * 8 * 9 + 4 * 4;
  EXPECT_EQ(cost.f_beta_bytes, weights + (3 * 8 * 10 + 4 * 10));
  EXPECT_EQ(cost.traffic, (Traffic{int64_t{8} * 20 * 10, int64_t{4} * 20 * 10, weights}));
}

/// Two convolutions with the same 8 x 8 x 9 weights and 8 biases, one after the other: on chip once.
TEST(LbdfCost, SharedWeightsAreOnChipAndFetchedOnce) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 20, 10});
  Graph g = finish(b, {b.conv(b.conv(x, 8, 3), 8, 3)});
  const int64_t weights = 8 * 8 * 9 + 8 * 4;
  const int64_t rows = (3 + 3 + 1) * 80;
  const Traffic apart{int64_t{8} * 200, int64_t{8} * 200, 2 * weights};
  EXPECT_EQ(testing::CostModel(g, CostParams{}).lbdf(whole(g)).traffic, apart);
  EXPECT_EQ(testing::CostModel(g, CostParams{}).lbdf_f_beta(whole(g)), 2 * weights + rows);
  g.ops[1].parameters_of = 0;
  const testing::LbdfCost cost = testing::CostModel(g, CostParams{}).lbdf(whole(g));
  EXPECT_EQ(cost.f_beta_bytes, weights + rows);
  EXPECT_EQ(cost.traffic, (Traffic{int64_t{8} * 200, int64_t{8} * 200, weights}));
  // In two groups each fetches them.
  EXPECT_EQ(testing::CostModel(g, CostParams{}).lbdf({1}).traffic.weight_bytes, weights);
}

TEST(LbdfCost, ImagesComeOneByOneAndWeightsOnce) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 20, 10});
  Graph g = finish(b, {b.conv(x, 4, 3)});
  const int64_t one = testing::CostModel(g, CostParams{}).lbdf_f_beta(whole(g));
  g.batch = 5;
  const testing::LbdfCost cost = testing::CostModel(g, CostParams{}).lbdf(whole(g));
  EXPECT_EQ(cost.f_beta_bytes, one);
  EXPECT_EQ(cost.traffic, (Traffic{int64_t{5} * 8 * 200, int64_t{5} * 4 * 200, 4 * 8 * 9 + 4 * 4}));
}

/// An op without a kind keeps nothing on chip.
TEST(LbdfCost, OpaqueOpsFetchTheirWeightsForEveryImage) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 20, 10});
  Graph g = finish(b, b.opaque({x}, {{3, 1, 1}}, 70, 3));
  g.batch = 5;
  EXPECT_EQ(testing::CostModel(g, CostParams{}).lbdf(whole(g)).traffic,
            (Traffic{int64_t{5} * 8 * 200, 5 * 3, 5 * (70 + 3 * 4)}));
}

TEST(LbdfCost, PrefetchRowsAreChargedToExternalInputs) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 20, 10});
  const TensorId y = b.conv(x, 4, 3);
  const Graph g = finish(b, {y});
  CostParams ahead;
  ahead.prefetch_rows = 2;
  EXPECT_EQ(testing::CostModel(g, ahead).lbdf_f_beta(whole(g)),
            testing::CostModel(g, CostParams{}).lbdf_f_beta(whole(g)) + int64_t{2} * 80);
}

TEST(LbdfCost, GlobalAvgPoolKeepsItsRowInPartialSums) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 20, 10});
  const TensorId y = b.global_avg_pool(x);
  const Graph g = finish(b, {y});
  EXPECT_EQ(testing::CostModel(g, CostParams{}).lbdf_f_beta(whole(g)), 80 + 8 * 4);
}

}  // namespace
}  // namespace fusesim
