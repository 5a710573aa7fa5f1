#include "fusesim/report/comparison.h"

#include <gmock/gmock.h>

#include <fstream>

#include "fusesim/base/error.h"
#include "sample.h"

namespace fusesim {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string write(const std::string& name, const std::string& text) {
  // Tests may run side by side.
  std::string path = testing::TempDir() + "comparison-" +
                     testing::UnitTest::GetInstance()->current_test_info()->name() + "-" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

json sample_json() { return json::parse(to_json(Sample().report())); }

/// What compare_reports says of the sample and of what `change` makes of it.
template <class Change>
ReportComparison compared(Change change) {
  json other = sample_json();
  change(other);
  return compare_reports(write("a.json", sample_json().dump()), write("b.json", other.dump()));
}

const ComparedFigure& total(const ReportComparison& comparison, size_t kind, const std::string& name) {
  for (const ComparedFigure& figure : comparison.totals.at(kind).figures) {
    if (figure.name == name) return figure;
  }
  throw Error("no figure " + name);
}

TEST(Comparison, FindsNothingInOneRun) {
  const ReportComparison same = compared([](json&) {});
  EXPECT_THAT(same.settings, IsEmpty());
  EXPECT_EQ(same.same_groups, 2U);
  EXPECT_THAT(same.changed, IsEmpty());
  EXPECT_THAT(to_table(same), HasSubstr("model, configuration and search are the same"));
  EXPECT_THAT(to_table(same), HasSubstr("groups: 2 the same, 0 with other figures"));
}

TEST(Comparison, NamesSettingsThatDiffer) {
  const ReportComparison other = compared([](json& report) {
    report["config"]["pe"]["rows"] = 7;
    report["search"]["objective"] = "edp";
    report["config"].erase("name");
    report["config"]["dram"]["name"] = "other";
    report["config"]["dram"]["cl"] = 99;
    report["config"]["dram"]["rp"] = 99;
  });
  std::vector<std::string> keys;
  for (const ChangedSetting& setting : other.settings) keys.push_back(setting.key);
  EXPECT_THAT(keys, ElementsAre("dram.cl", "dram.name", "dram.rp", "name", "pe.rows", "search.objective"));
  EXPECT_THAT(setting_rows(other.settings),
              ElementsAre(ElementsAre("dram.name", "ddr4_2400", "other (2 more keys of dram)"),
                          ElementsAre("name", "default", "none"), ElementsAre("pe.rows", "32", "7"),
                          ElementsAre("search.objective", "dram", "edp")));
}

TEST(Comparison, ShowsKeysOfTheSameDramPart) {
  const ReportComparison other = compared([](json& report) { report["config"]["dram"]["cl"] = 99; });
  EXPECT_THAT(setting_rows(other.settings), ElementsAre(ElementsAre("dram.cl", "16", "99")));
}

TEST(Comparison, GivesTotalsWithPerCent) {
  // The sample moves 238 bytes.
  const ReportComparison other =
      compared([](json& report) { report["totals"]["simulated"]["total_bytes"] = 357; });
  EXPECT_EQ(total(other, 0, "total").a, 238);
  EXPECT_EQ(total(other, 0, "total").b, 357);
  EXPECT_EQ(per_cent_text(238, 357), "+50.00 %");
  EXPECT_THAT(to_table(other), HasSubstr("+50.00 %"));
  EXPECT_DOUBLE_EQ(json::parse(to_json(other))["totals"]["dram_bytes"]["total"]["per_cent"].get<double>(),
                   50);
}

TEST(Comparison, HasNoPerCentOfNothing) {
  EXPECT_EQ(per_cent_text(0, 0), "same");
  EXPECT_EQ(per_cent_text(0, 5), "");
  EXPECT_EQ(per_cent_text(nullptr, 5), "");
  EXPECT_EQ(per_cent_text(nullptr, nullptr), "");
  EXPECT_EQ(per_cent_text(8, 7), "-12.50 %");
}

TEST(Comparison, TakesAReportWithoutTheNewerFigures) {
  const ReportComparison other =
      compared([](json& report) { report["totals"]["simulated"].erase("causes"); });
  EXPECT_TRUE(total(other, 1, "array").b.is_null());
  EXPECT_FALSE(total(other, 1, "array").a.is_null());
}

TEST(Comparison, MatchesGroupsByTheirOps) {
  const ReportComparison other = compared([](json& report) {
    std::swap(report["groups"][0], report["groups"][1]);
    report["groups"][0]["brr"]["tile_rows"] = 2;
    report["groups"][0]["simulated"]["cycles"] = 10;
  });
  EXPECT_EQ(other.same_groups, 1U);
  ASSERT_THAT(other.changed, SizeIs(1));
  EXPECT_THAT(other.changed[0].ops, ElementsAre(1));
  EXPECT_EQ(other.changed[0].a, 1U);
  EXPECT_EQ(other.changed[0].b, 0U);
  EXPECT_THAT(to_table(other), HasSubstr("tile_rows=1 -> tile_rows=2\n"));
}

TEST(Comparison, ListsGroupsOfOneRunAlone) {
  const ReportComparison other = compared([](json& report) {
    json& first = report["groups"][0];
    first["ops"].push_back(report["groups"][1]["ops"][0]);
    report["groups"].erase(1);
  });
  EXPECT_THAT(other.only_a, SizeIs(2));
  ASSERT_THAT(other.only_b, SizeIs(1));
  EXPECT_THAT(other.only_b[0].ops, ElementsAre(0, 1));
  EXPECT_FALSE(other.only_b[0].a.has_value());
  EXPECT_TRUE(other.only_b[0].figures[0].a.is_null());
  EXPECT_THAT(to_table(other), HasSubstr("2 only in A, 1 only in B"));
}

TEST(Comparison, MatchesGroupsOfAnotherModelByName) {
  const ReportComparison other = compared([](json& report) {
    report["model"]["sha256"] = std::string(64, 'b');
    report["groups"][0]["ops"][0]["index"] = 4;
    report["groups"][1]["ops"][0]["name"] = "renamed";
  });
  EXPECT_EQ(other.same_groups, 1U);
  EXPECT_THAT(other.only_a, SizeIs(1));
  EXPECT_THAT(other.only_b, SizeIs(1));
}

TEST(Comparison, RefusesWhatIsNoReport) {
  const std::string good = write("a.json", sample_json().dump());
  const auto fault = [&](const std::string& text) {
    try {
      compare_reports(good, write("bad.json", text));
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("taken");
  };
  EXPECT_THAT(fault(""), HasSubstr("bad.json:"));
  EXPECT_THAT(fault("{}"), HasSubstr("bad.json: format: expected a value"));
  EXPECT_THAT(fault(R"({"format": "fusesim.schedule/1"})"),
              HasSubstr("format: expected 'fusesim.report/1', got 'fusesim.schedule/1'"));
  json report = sample_json();
  report["groups"][1]["ops"][0]["index"] = "x";
  EXPECT_THAT(fault(report.dump()), HasSubstr("groups[1].ops[0].index: expected an integer"));
  report = sample_json();
  report["groups"][0]["ops"] = json::array();
  EXPECT_THAT(fault(report.dump()), HasSubstr("groups[0].ops: expected ops, got none"));
  report = sample_json();
  report["totals"]["simulated"] = 3;
  EXPECT_THAT(fault(report.dump()), HasSubstr("totals.simulated: expected an object"));
  EXPECT_THROW(compare_reports(good, testing::TempDir() + "absent"), Error);
  EXPECT_THROW(compare_reports(good, testing::TempDir()), Error) << "a directory without a report";
}

}  // namespace
}  // namespace fusesim
