#include "fusesim/cost/scheme.h"
#include "fusesim/testing/cost_model.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "fusesim/testing/random_graph.h"
#include "fusesim/testing/whole_graph.h"

namespace fusesim {
namespace {

using testing::finish;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::whole;

constexpr uint64_t kCases = 3000;

CostParams small_array(uint64_t seed) {
  CostParams p;
  p.pe_rows = 4;
  p.slice_channels = {4, 2, 1};
  p.prefetch_rows = static_cast<int64_t>(seed % 2);
  if (seed % 3 == 0) p.datatypes = {2, 2, 4, 4};
  return p;
}

int64_t sum(const BufferBreakdown& breakdown) {
  int64_t bytes = 0;
  for (const BufferPart& part : breakdown.parts) bytes += part.bytes;
  return bytes;
}

int64_t bytes_of(const BufferBreakdown& breakdown, BufferUse use, int32_t id) {
  int64_t bytes = 0;
  for (const BufferPart& part : breakdown.parts) {
    if (part.use == use && (part.op == id || part.tensor == id)) bytes += part.bytes;
  }
  return bytes;
}

TEST(Breakdown, SumsToTheFootprintOfRandomGroups) {
  int64_t tiles = 0, passes = 0, illegal = 0;
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    const Graph graph = testing::random_graph(seed);
    const Group group = testing::random_group(graph, seed, seed % 4 == 0 ? 1 : 12);
    CostParams params = small_array(seed);
    params.double_buffer = double_buffer_names()[seed % 5 % 3].second;
    const testing::CostModel model(graph, params);
    const BufferBreakdown lbdf = testing::buffer_breakdown(graph, group, Scheme::lbdf, params);
    ASSERT_EQ(lbdf.f_beta_bytes, model.lbdf_f_beta(group)) << testing::describe(graph, group);
    ASSERT_EQ(sum(lbdf), lbdf.f_beta_bytes);
    const BufferBreakdown brr = testing::buffer_breakdown(graph, group, Scheme::brr, params);
    ASSERT_EQ(brr.f_beta_bytes, model.brr_f_beta(group)) << testing::describe(graph, group);
    ASSERT_EQ(brr.illegal_reason, model.brr_illegal_reason(group));
    if (!brr.illegal_reason.empty()) {
      ++illegal;
      continue;
    }
    ASSERT_EQ(sum(brr), brr.f_beta_bytes) << testing::describe(graph, group);
    ++(brr.variant->mode == GroupMode::brr_passes ? passes : tiles);
  }
  EXPECT_GT(tiles, 100);
  EXPECT_GT(passes, 10);
  EXPECT_GT(illegal, 10);
}

TEST(Breakdown, NamesRingsWithTheRowsOfTheCostModel) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const Graph graph = testing::random_graph(seed);
    const Group group = testing::random_group(graph, seed, 12);
    CostParams params = small_array(seed);
    params.prefetch_rows = 0;
    std::vector<std::pair<TensorId, int64_t>> expected, rings;
    for (const Ring& r : testing::CostModel(graph, params).lbdf(group).rings)
      expected.emplace_back(r.tensor, r.rows);
    for (const BufferPart& p : testing::buffer_breakdown(graph, group, Scheme::lbdf, params).parts) {
      EXPECT_EQ(p.bytes, p.use == BufferUse::rows ? p.rows * p.row_bytes : p.bytes);
      if (p.use == BufferUse::rows) rings.emplace_back(p.tensor, p.rows);
    }
    std::sort(rings.begin(), rings.end());
    ASSERT_EQ(rings, expected) << testing::describe(graph, group);
  }
}

TEST(Breakdown, ComesWithTheLargestPartFirst) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const Graph graph = testing::random_graph(seed);
    const Group group = testing::random_group(graph, seed, 12);
    for (const Scheme scheme : all_schemes()) {
      const auto parts = testing::buffer_breakdown(graph, group, scheme, small_array(seed)).parts;
      EXPECT_TRUE(std::is_sorted(parts.begin(), parts.end(),
                                 [](const BufferPart& a, const BufferPart& b) { return a.bytes > b.bytes; }));
    }
  }
}

TEST(Breakdown, OfTwoConvsByHand) {
  GraphBuilder b("net");
  const TensorId x = b.input({4, 16, 10});
  const TensorId t = b.conv(x, 8, 3);
  const TensorId y = b.conv(t, 4, 3);
  const Graph g = finish(b, {y});
  CostParams p = small_array(1);
  p.prefetch_rows = 0;
  p.slice_channels = {4};
  const BufferBreakdown lbdf = testing::buffer_breakdown(g, whole(g), Scheme::lbdf, p);
  EXPECT_EQ(bytes_of(lbdf, BufferUse::weights, 0), 4 * 8 * 9 + 8 * 4);
  EXPECT_EQ(bytes_of(lbdf, BufferUse::weights, 1), 8 * 4 * 9 + 4 * 4);
  EXPECT_EQ(bytes_of(lbdf, BufferUse::rows, x), 3 * 40);
  EXPECT_EQ(bytes_of(lbdf, BufferUse::rows, t), 3 * 80);
  EXPECT_EQ(bytes_of(lbdf, BufferUse::rows, y), 40);
  // x FULL, five rows; a slice of four of t's channels, three rows; y accumulates over slices.
  const BufferBreakdown brr = testing::buffer_breakdown(g, whole(g), Scheme::brr, p);
  EXPECT_EQ(brr.variant->start, BrrStart::full);
  EXPECT_EQ(brr.variant->slice_channels, 4);
  EXPECT_EQ(bytes_of(brr, BufferUse::weight_block, 0), 4 * 4 * 9 + 4 * 4);
  EXPECT_EQ(bytes_of(brr, BufferUse::rows, x), 5 * 40);
  EXPECT_EQ(bytes_of(brr, BufferUse::rows, t), 3 * 40);
  EXPECT_EQ(bytes_of(brr, BufferUse::rows, y), 40);
  EXPECT_EQ(bytes_of(brr, BufferUse::partial_sums, y), 40 * 3);
}

TEST(Breakdown, SaysWhatIsIllegalUnderBrr) {
  GraphBuilder b("se");
  const TensorId map = b.conv(b.input({8, 20, 20}), 8, 3);
  const TensorId fc = b.conv(b.global_avg_pool(map), 8, 1);
  const Graph se = finish(b, {b.mul(map, fc)});
  const BufferBreakdown inside = testing::buffer_breakdown(se, whole(se), Scheme::brr, CostParams{});
  EXPECT_EQ(inside.f_beta_bytes, kNeverFits);
  EXPECT_TRUE(inside.parts.empty());
  EXPECT_THAT(inside.illegal_reason, HasSubstr("squeeze-and-excite inside the group"));
  EXPECT_THAT(inside.illegal_reason, HasSubstr("op '" + se.op(3).name + "' rescales"));
  const BufferBreakdown head = testing::buffer_breakdown(se, {0, 1, 2}, Scheme::brr, CostParams{});
  EXPECT_THAT(head.illegal_reason, StartsWith("GlobalAvgPool '" + se.op(1).name + "' is not last"));
}

TEST(Breakdown, NamesTheOpWhereRatiosDisagree) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 20, 20});
  const TensorId halved = b.conv(x, 8, 3, 2);
  const TensorId narrowed = b.conv(x, {8, testing::square_window(11)});
  const Graph g = finish(b, {b.add(halved, narrowed)});
  const std::string reason = testing::buffer_breakdown(g, whole(g), Scheme::brr, CostParams{}).illegal_reason;
  EXPECT_THAT(reason, HasSubstr("ratios disagree"));
  EXPECT_THAT(reason, HasSubstr("op '" + g.op(2).name + "'"));
}

}  // namespace
}  // namespace fusesim
