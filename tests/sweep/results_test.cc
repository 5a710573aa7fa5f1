#include "fusesim/sweep/results.h"

#include <gmock/gmock.h>

#include <map>
#include <sstream>

#include "sample.h"

namespace fusesim {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;
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

TEST(SweepJson, GivesEveryReportItsFigures) {
  const Sweep sweep = sample_sweep(2);
  const SweepResults results{sweep, {good(100), {PointStatus::failed, "broken", nullptr, 0.5}}, {}};
  const ordered_json json = ordered_json::parse(sweep_json(results));
  const ordered_json& figures = json["points"][0]["figures"];
  EXPECT_EQ(figures["dram_bytes"], 115);
  EXPECT_EQ(figures["predicted_cycles"], 990);
  EXPECT_EQ(figures["cycles"], 1000);
  EXPECT_EQ(figures["area_mm2"], 2.0);
  // 12.5e-9 mJ for 0.01 ms
  EXPECT_DOUBLE_EQ(figures["edp_mj_ms"], 1.25e-10);
  EXPECT_DOUBLE_EQ(figures["edp_area_mj_ms_mm2"], 2.5e-10);
  EXPECT_FALSE(json["points"][1].contains("figures"));
}

/// Values of a CSV's line under the names of its header.
std::map<std::string, std::string> named_values(const std::string& header, const std::string& line) {
  std::map<std::string, std::string> values;
  std::istringstream names(header), cells(line);
  for (std::string name, cell; std::getline(names, name, ',');) {
    std::getline(cells, cell, ',');
    values[name] = cell;
  }
  return values;
}

TEST(SweepCsv, PutsPredictionMachineAndOtherPlansSideBySide) {
  const Sweep sweep = sample_sweep(1);
  PointResult point = good(100);
  point.report["alternatives"] = {
      {{"objective", "edp"}, {"dram_bytes", 120}, {"cycles", 800}, {"energy_pj", 9}, {"optimal", true}},
      {{"objective", nullptr}, {"dram_bytes", 300}, {"cycles", 900}, {"energy_pj", 20}, {"optimal", false}}};
  const std::vector<std::string> lines = lines_of(sweep_csv({sweep, {point}, {}}));
  const auto values = named_values(lines[0], lines[1]);
  EXPECT_EQ(values.at("predicted_cycles"), "990");
  EXPECT_EQ(values.at("cycles"), "1000");
  EXPECT_EQ(values.at("predicted_energy_pj"), "12");
  EXPECT_EQ(values.at("buffer_mm2"), "1.5");
  EXPECT_EQ(values.at("edp_mj_ms"), "1.25e-10");
  EXPECT_EQ(values.at("alone_bytes"), "300");
  EXPECT_EQ(values.at("alone_energy_pj"), "20");
  EXPECT_EQ(values.at("least_edp_cycles"), "800");
  EXPECT_EQ(values.at("least_time_cycles"), "");
}

}  // namespace
}  // namespace fusesim
