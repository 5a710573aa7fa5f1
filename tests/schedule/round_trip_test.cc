#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "fusesim/base/error.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/testing/random_graph.h"
#include "sample.h"

namespace fusesim {
namespace {

using testing::brr_sample;
using testing::kSampleSha256;
using testing::lbdf_sample;
using testing::sample_prediction;

void expect_same(const BrrSchedule& a, const BrrSchedule& b) {
  EXPECT_EQ(a.start, b.start);
  EXPECT_EQ(a.join, b.join);
  EXPECT_EQ(a.slice_channels, b.slice_channels);
  EXPECT_EQ(a.tile_rows, b.tile_rows);
  EXPECT_EQ(a.tiles, b.tiles);
  EXPECT_EQ(a.weights_resident, b.weights_resident);
  EXPECT_EQ(a.block_channels, b.block_channels);
  EXPECT_EQ(a.passes, b.passes);
  ASSERT_EQ(a.residency.size(), b.residency.size());
  for (size_t i = 0; i < a.residency.size(); ++i) {
    EXPECT_EQ(a.residency[i].tensor, b.residency[i].tensor);
    EXPECT_EQ(a.residency[i].residency, b.residency[i].residency);
  }
  EXPECT_EQ(a.double_buffer, b.double_buffer);
}

void expect_same(const Schedule& a, const Schedule& b) {
  EXPECT_EQ(a.graph, b.graph);
  EXPECT_EQ(a.model_name, b.model_name);
  EXPECT_EQ(a.model_sha256, b.model_sha256);
  EXPECT_TRUE(a.datatypes == b.datatypes);
  EXPECT_EQ(a.buffer_bytes, b.buffer_bytes);
  EXPECT_EQ(a.scheme, b.scheme);
  ASSERT_EQ(a.groups.size(), b.groups.size());
  for (size_t i = 0; i < a.groups.size(); ++i) {
    const GroupSchedule& x = a.groups[i];
    const GroupSchedule& y = b.groups[i];
    EXPECT_EQ(x.mode, y.mode);
    EXPECT_EQ(x.ops, y.ops);
    EXPECT_EQ(x.outgoing, y.outgoing);
    EXPECT_EQ(x.prefetch_rows, y.prefetch_rows);
    ASSERT_EQ(x.rings.size(), y.rings.size());
    for (size_t r = 0; r < x.rings.size(); ++r) {
      EXPECT_EQ(x.rings[r].tensor, y.rings[r].tensor);
      EXPECT_EQ(x.rings[r].rows, y.rings[r].rows);
    }
    if (x.mode == GroupMode::brr_tiles || x.mode == GroupMode::brr_passes) expect_same(x.brr, y.brr);
  }
}

void expect_same(const std::vector<TensorTraffic>& a, const std::vector<TensorTraffic>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].tensor, b[i].tensor);
    EXPECT_EQ(a[i].row_bytes, b[i].row_bytes);
  }
}

void expect_same(const Prediction& a, const Prediction& b) {
  ASSERT_EQ(a.groups.size(), b.groups.size());
  for (size_t i = 0; i < a.groups.size(); ++i) {
    EXPECT_TRUE(a.groups[i].traffic == b.groups[i].traffic);
    EXPECT_EQ(a.groups[i].buffer_bytes, b.groups[i].buffer_bytes);
    EXPECT_EQ(a.groups[i].f_beta_bytes, b.groups[i].f_beta_bytes);
    expect_same(a.groups[i].ifmaps, b.groups[i].ifmaps);
    expect_same(a.groups[i].ofmaps, b.groups[i].ofmaps);
  }
}

void expect_round_trip(const Schedule& schedule, const Prediction* prediction) {
  const std::string text = to_json(schedule, prediction);
  EXPECT_EQ(text, to_json(schedule, prediction));
  const StoredSchedule back = schedule_from_json(text, "s.json", schedule.graph, schedule.model_sha256);
  EXPECT_TRUE(back.has_hash);
  EXPECT_EQ(back.has_prediction, prediction != nullptr);
  expect_same(schedule, back.schedule);
  if (prediction != nullptr) expect_same(*prediction, back.prediction);
  EXPECT_EQ(to_json(back.schedule, prediction == nullptr ? nullptr : &back.prediction), text);
}

TEST(RoundTrip, SamplesOfBothSchemes) {
  for (const Schedule& schedule : {lbdf_sample(), brr_sample()}) {
    const Prediction prediction = sample_prediction(schedule);
    expect_round_trip(schedule, &prediction);
    expect_round_trip(schedule, nullptr);
  }
}

TEST(RoundTrip, HandWrittenTextHasTheDocumentedForm) {
  Schedule s = lbdf_sample();
  const std::string text = to_json(s, nullptr);
  const std::string head = R"({
  "format": "fusesim.schedule/1",
  "model": {"name": "sample", "sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
  "datatypes": {"activation_bits": 8, "weight_bits": 8, "bias_bits": 32, "partial_sum_bits": 32},
  "buffer_bytes": 65536,
  "scheme": "lbdf",
  "groups": [
    {
      "mode": "lbdf",
      "ops": [
        {"index": 0, "name": "conv_0"},
        {"index": 1, "name": "activation_1"},
        {"index": 2, "name": "conv_2"}
      ],
      "outgoing": [
        {"index": 3, "name": "t3"}
      ],
      "rings": [
        {"index": 0, "name": "t0", "rows": 3},
        {"index": 2, "name": "t2", "rows": 3},
        {"index": 3, "name": "t3", "rows": 1}
      ],
      "prefetch_rows": 1
    },
)";
  EXPECT_EQ(text.substr(0, head.size()), head);
}

TEST(RoundTrip, DoubleBufferIsWrittenOnlyWhereThereIsOne) {
  Schedule s = brr_sample();
  const std::string text = to_json(s, nullptr);
  EXPECT_NE(text.find("\"double_buffer\": \"all\""), std::string::npos);
  EXPECT_NE(text.find("\"double_buffer\": \"weights\""), std::string::npos);
  for (GroupSchedule& group : s.groups) group.brr.double_buffer = DoubleBuffer::none;
  EXPECT_EQ(to_json(s, nullptr).find("double_buffer"), std::string::npos);
}

/// Without the key a network has one image; with it, it runs as often.
TEST(RoundTrip, ImagesAreWrittenWhereThereAreSeveral) {
  Schedule s = lbdf_sample();
  EXPECT_EQ(to_json(s, nullptr).find("batch"), std::string::npos);
  const std::shared_ptr<const Graph> one = s.graph;
  auto several = std::make_shared<Graph>(*one);
  several->batch = 3;
  s.graph = several;
  const std::string text = to_json(s, nullptr);
  EXPECT_NE(text.find("\"batch\": 3"), std::string::npos);
  EXPECT_EQ(schedule_from_json(text, "s", one, kSampleSha256).schedule.graph->batch, 3);
  EXPECT_EQ(schedule_from_json(text, "s", several, kSampleSha256).schedule.graph, several);
  auto others = std::make_shared<Graph>(*one);
  others->batch = 2;
  EXPECT_THROW(schedule_from_json(text, "s", others, kSampleSha256), Error);
}

TEST(RoundTrip, NamesThatAreNotUtf8) {
  Schedule s = lbdf_sample();
  Graph graph = *s.graph;
  graph.ops[0].name = "conv\xFF\n\"";
  s.graph = std::make_shared<const Graph>(graph);
  expect_round_trip(s, nullptr);
}

/// A plan of the network that BRR can run whole: random groups where legal, else every op alone.
Schedule made_schedule(const Graph& graph, uint64_t seed, Scheme scheme, const Config& config) {
  try {
    return make_schedule(graph, testing::random_plan(graph, seed, 6), scheme, config);
  } catch (const Error&) {
    Plan plan;
    for (size_t o = 0; o < graph.ops.size(); ++o) plan.push_back({static_cast<OpId>(o)});
    return make_schedule(graph, plan, scheme, config);
  }
}

/// Schedules of the cost model are valid and survive the file, with their predictions.
void check_random(Scheme scheme, int64_t buffer_bytes) {
  Config config;
  config.brr.slice_channels = {32, 16, 8};
  config.lbdf.prefetch_rows = 2;
  config.buffer.capacity_bytes = buffer_bytes;
  int tried = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto graph = std::make_shared<const Graph>(testing::random_graph(seed));
    Schedule schedule;
    try {
      schedule = made_schedule(*graph, seed, scheme, config);
    } catch (const Error&) {
      continue;  // an op does not fit
    }
    schedule.graph = graph;
    schedule.model_name = "random";
    schedule.model_sha256 = kSampleSha256;
    ASSERT_EQ(invalid_reason(schedule), "");
    const Prediction prediction = predict(schedule, config);
    expect_round_trip(schedule, &prediction);
    if (::testing::Test::HasFailure()) return;
    ++tried;
  }
  EXPECT_GE(tried, 15);
}

TEST(RoundTrip, RandomLbdfSchedules) { check_random(Scheme::lbdf, 1 << 26); }
TEST(RoundTrip, RandomLbdfSchedulesInASmallBuffer) { check_random(Scheme::lbdf, 20000); }
TEST(RoundTrip, RandomBrrSchedules) { check_random(Scheme::brr, 1 << 26); }
TEST(RoundTrip, RandomBrrSchedulesInASmallBuffer) { check_random(Scheme::brr, 20000); }

}  // namespace
}  // namespace fusesim
