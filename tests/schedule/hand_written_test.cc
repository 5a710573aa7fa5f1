#include "fusesim/schedule/hand_written.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "fusesim/base/error.h"
#include "fusesim/config/load.h"
#include "fusesim/cost/complete_schedule.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/testing/random_graph.h"
#include "sample.h"

namespace fusesim {
namespace {

using nlohmann::json;
using testing::brr_sample;
using ::testing::HasSubstr;
using testing::lbdf_sample;

const std::string kSha256(64, 'a');

json without_hash(const Schedule& schedule) {
  json document = json::parse(to_json(schedule, nullptr));
  document.erase("content_sha256");
  return document;
}

/// Reads and completes.
Schedule completed(const json& document, const Schedule& original, const Config& config) {
  const HandWritten written =
      hand_written_from_json(document.dump(), "s.json", original.graph, original.model_sha256);
  Schedule schedule = written.stored.schedule;
  complete_schedule(schedule, written.open_groups, config, least_traffic());
  EXPECT_EQ(invalid_reason(schedule), "");
  return schedule;
}

/// A random network under the schedule that the cost model chooses.
struct Drawn {
  Config config;
  Schedule schedule;
};

std::optional<Drawn> draw(uint64_t seed, Scheme scheme) {
  Drawn drawn{load_config(""), {}};
  drawn.config.buffer.capacity_bytes = int64_t{96} * 1024;
  const auto graph = std::make_shared<const Graph>(testing::random_graph(seed));
  try {
    drawn.schedule = make_schedule(*graph, testing::random_plan(*graph, seed, 6), scheme, drawn.config);
  } catch (const Error&) {
    return std::nullopt;  // a group does not fit
  }
  drawn.schedule.graph = graph;
  drawn.schedule.model_name = "drawn";
  drawn.schedule.model_sha256 = kSha256;
  return drawn;
}

/// What follows from the rest, of one group.
void leave_out_derived(json& group) {
  group.erase("outgoing");
  group.erase("rings");
  group.erase("prefetch_rows");
  if (!group.contains("brr")) return;
  for (const char* key : {"residency", "tiles", "passes"}) group["brr"].erase(key);
}

class LeftOut : public ::testing::TestWithParam<Scheme> {};

TEST_P(LeftOut, DerivedFieldsAreWorkedOut) {
  int drawn = 0;
  for (uint64_t seed = 0; seed < 80; ++seed) {
    const std::optional<Drawn> one = draw(seed, GetParam());
    if (!one) continue;
    ++drawn;
    json document = without_hash(one->schedule);
    for (json& group : document["groups"]) leave_out_derived(group);
    EXPECT_EQ(to_json(completed(document, one->schedule, one->config), nullptr),
              to_json(one->schedule, nullptr))
        << seed;
  }
  EXPECT_GT(drawn, 30);
}

TEST_P(LeftOut, GroupsOfOpsAloneGetTheScheduleOfTheCostModel) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const std::optional<Drawn> one = draw(seed, GetParam());
    if (!one) continue;
    json document = without_hash(one->schedule);
    for (json& group : document["groups"]) {
      json indices = json::array();
      for (const json& op : group["ops"]) indices.push_back(op["index"]);
      group = {{"ops", indices}};
    }
    EXPECT_EQ(to_json(completed(document, one->schedule, one->config), nullptr),
              to_json(one->schedule, nullptr))
        << seed;
  }
}

std::string name_of_scheme(const ::testing::TestParamInfo<Scheme>& info) { return to_string(info.param); }

INSTANTIATE_TEST_SUITE_P(Schemes, LeftOut, ::testing::Values(Scheme::lbdf, Scheme::brr), name_of_scheme);

std::string fault(const json& document, const Schedule& original) {
  try {
    hand_written_from_json(document.dump(), "s.json", original.graph, original.model_sha256);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(HandWritten, AFileThatSaysAllIsComplete) {
  for (const Schedule& schedule : {lbdf_sample(), brr_sample()}) {
    const HandWritten written =
        hand_written_from_json(to_json(schedule, nullptr), "s.json", schedule.graph, schedule.model_sha256);
    EXPECT_TRUE(written.complete());
    EXPECT_TRUE(written.stored.has_hash);
    EXPECT_EQ(to_json(written.stored.schedule, nullptr), to_json(schedule, nullptr));
  }
}

TEST(HandWritten, WhatIsThereIsCheckedAsEver) {
  const Schedule schedule = lbdf_sample();
  json document = without_hash(schedule);
  document["groups"][0]["outgoing"][0]["index"] = 2;
  document["groups"][0]["outgoing"][0]["name"] = schedule.graph->tensor(2).name;
  EXPECT_THAT(fault(document, schedule), HasSubstr("groups[0].outgoing[0]: expected tensor 3"));
  document = without_hash(schedule);
  document["groups"][0]["ops"][0]["name"] = "other";
  EXPECT_THAT(fault(document, schedule), HasSubstr("groups[0].ops[0].name: expected"));
  document = without_hash(schedule);
  document["groups"][0]["ops"] = {0, 1, 99};
  EXPECT_THAT(fault(document, schedule),
              HasSubstr("groups[0].ops[2].index: expected an integer from 0 to 4"));
  document = without_hash(schedule);
  document["groups"][0].erase("mode");
  EXPECT_THAT(fault(document, schedule), HasSubstr("groups[0].mode: expected a value"));
  document = without_hash(schedule);
  document["groups"][0] = {{"ops", {0, 2}}};
  EXPECT_THAT(fault(document, schedule), HasSubstr("groups[0]: expected a connected group"));
}

TEST(HandWritten, AModeThatAGroupMayNotHaveIsRefusedOnceItIsComplete) {
  const auto refused = [](const Schedule& original, size_t group, const json& value) {
    json document = without_hash(original);
    document["groups"][group] = value;
    const HandWritten written =
        hand_written_from_json(document.dump(), "s.json", original.graph, original.model_sha256);
    Schedule schedule = written.stored.schedule;
    complete_schedule(schedule, written.open_groups, load_config(""), least_traffic());
    return invalid_reason(schedule);
  };
  EXPECT_EQ(refused(lbdf_sample(), 1, {{"ops", {3}}, {"mode", "lbdf"}}),
            "groups[1].mode: expected opaque for an opaque op, got lbdf");
  EXPECT_EQ(refused(brr_sample(), 2, {{"ops", {3}}, {"mode", "lbdf"}}),
            "groups[2].mode: expected opaque for an opaque op, got lbdf");
  EXPECT_THAT(refused(brr_sample(), 0, {{"ops", {0, 1}}, {"mode", "lbdf"}}),
              HasSubstr("groups[0].mode: expected brr_tiles"));
}

TEST(HandWritten, TheStrictReaderTakesNothingLess) {
  const Schedule schedule = lbdf_sample();
  for (const char* key : {"outgoing", "rings", "prefetch_rows", "mode"}) {
    json document = without_hash(schedule);
    document["groups"][0].erase(key);
    EXPECT_THROW(schedule_from_json(document.dump(), "s.json", schedule.graph, schedule.model_sha256), Error)
        << key;
  }
}

TEST(HandWritten, AGroupThatDoesNotFitIsRefusedWithWhatItNeeds) {
  const std::optional<Drawn> one = draw(3, Scheme::lbdf);
  ASSERT_TRUE(one);
  json document = without_hash(one->schedule);
  for (json& group : document["groups"]) group = {{"ops", group["ops"]}};
  document["buffer_bytes"] = 1;
  const HandWritten written = hand_written_from_json(document.dump(), "s.json", one->schedule.graph, kSha256);
  Schedule schedule = written.stored.schedule;
  Config small = one->config;
  small.buffer.capacity_bytes = 1;
  try {
    complete_schedule(schedule, written.open_groups, small, least_traffic());
    FAIL() << "fits";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("groups["));
    EXPECT_THAT(error.what(), HasSubstr("bytes on chip, buffer.capacity is 1 and must be larger"));
  }
}

}  // namespace
}  // namespace fusesim
