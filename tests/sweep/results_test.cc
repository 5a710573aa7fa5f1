#include "fusesim/sweep/results.h"

#include <gmock/gmock.h>

#include <sstream>

#include "sample.h"

namespace fusesim {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

PointResult good(int64_t bytes, bool optimal = true) {
  return {PointStatus::ok, "", sample_report(bytes, optimal), 1.5};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(SweepCsv, HasOneLineForEachPointAndTimesLast) {
  const Sweep sweep = sample_sweep(2);
  const SweepResults results{sweep, {good(100), {PointStatus::failed, "a, \"b\"", nullptr, 0.5}}, {}};
  const std::vector<std::string> lines = lines_of(sweep_csv(results));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[0], testing::StartsWith("id,buffer,status,reason,buffer_bytes,analytic_ifmap_bytes,"));
  EXPECT_THAT(lines[0], testing::EndsWith(",version,commit,search_seconds,wall_seconds"));
  EXPECT_THAT(lines[1], testing::StartsWith("point-0,1KiB,ok,,1024,100,10,5,115,100,10,5,115,"));
  EXPECT_THAT(lines[1], testing::EndsWith(",1.0,c0ffee,0.25,1.500"));
  EXPECT_THAT(lines[2], testing::StartsWith("point-1,2KiB,failed,\"a, \"\"b\"\"\",2048,,,"));
  const auto commas = [](const std::string& line) { return std::count(line.begin(), line.end(), ','); };
  EXPECT_EQ(commas(lines[0]), commas(lines[1]));
  EXPECT_EQ(commas(lines[0]) + 1, commas(lines[2]));
}

TEST(SweepJson, ListsPointsAndHoldsNoTimes) {
  const Sweep sweep = sample_sweep(2);
  SweepResults results{sweep, {good(100), {PointStatus::failed, "broken", nullptr, 0.5}}, {}};
  const std::string text = sweep_json(results);
  const ordered_json json = ordered_json::parse(text);
  EXPECT_EQ(json["format"], "fusesim.sweep/1");
  EXPECT_EQ(json["axes"][0]["values"], (std::vector<std::string>{"1KiB", "2KiB"}));
  EXPECT_EQ(json["points"][1]["id"], "point-1");
  EXPECT_EQ(json["points"][1]["axes"]["buffer"], "2KiB");
  EXPECT_EQ(json["points"][1]["reason"], "broken");
  EXPECT_THAT(text, Not(HasSubstr("seconds")));
  results.points[0].seconds = 99;
  EXPECT_EQ(sweep_json(results), text);
}

TEST(Monotone, FindsMoreTrafficAtALargerBuffer) {
  const Sweep sweep = sample_sweep(3);
  const std::vector<NotMonotone> found = check_monotone(sweep, {good(90), good(100), good(100)});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].smaller, 0U);
  EXPECT_EQ(found[0].larger, 1U);
  EXPECT_EQ(found[0].smaller_bytes, 105);
  EXPECT_EQ(found[0].larger_bytes, 115);
  const SweepResults results{sweep, {good(90), good(100), good(100)}, found};
  EXPECT_FALSE(results.good());
  ASSERT_EQ(complaints(results).size(), 1U);
  EXPECT_EQ(
      complaints(results)[0],
      "buffer=2KiB: expected at most the 105 bytes of buffer=1KiB, which has a smaller buffer, got 115");
}

TEST(Monotone, GoesByBufferSizeNotByOrder) {
  Sweep sweep = sample_sweep(2);
  std::swap(sweep.points[0].buffer_bytes, sweep.points[1].buffer_bytes);
  EXPECT_THAT(check_monotone(sweep, {good(90), good(100)}), IsEmpty());
  EXPECT_EQ(check_monotone(sweep, {good(100), good(90)}).size(), 1U);
}

TEST(Monotone, LooksAtProvenOptimaOfOneFamilyOnly) {
  Sweep sweep = sample_sweep(2);
  EXPECT_THAT(check_monotone(sweep, {good(90), good(100, false)}), IsEmpty());
  EXPECT_THAT(check_monotone(sweep, {good(90), {PointStatus::failed, "x", nullptr, 0.0}}), IsEmpty());
  sweep.points[1].family = "two";
  EXPECT_THAT(check_monotone(sweep, {good(90), good(100)}), IsEmpty());
}

}  // namespace
}  // namespace fusesim
