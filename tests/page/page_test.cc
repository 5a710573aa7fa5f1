#include "fusesim/page/page.h"

#include <gmock/gmock.h>

#include "fusesim/base/error.h"
#include "sweep_files.h"

namespace fusesim {
namespace {

using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::ordered_json;

/// The shipped page around a stand-in for ECharts.
std::string page_of(const SweepFiles& files) {
  return sweep_page(files.path(), {FUSESIM_SOURCE_DIR "/web", files.packages()});
}

Json data_of(const std::string& page) {
  const std::string open = R"(id="data">)";
  const size_t from = page.find(open) + open.size();
  return Json::parse(page.substr(from, page.find("</script>", from) - from));
}

std::string refusal(const SweepFiles& files) {
  try {
    page_of(files);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Page, HoldsEveryPointAndDrawsANetworkOnce) {
  const Json data = data_of(page_of(SweepFiles()));
  ASSERT_EQ(data["points"].size(), 3);
  EXPECT_EQ(data["points"][0]["groups"]["ops"], Json({{0}, {1}, {2}}));
  EXPECT_EQ(data["points"][1]["groups"]["simulated_bytes"], Json({20, 10}));
  EXPECT_EQ(data["points"][1]["groups"]["predicted_cycles"], Json({10, 5}));
  EXPECT_EQ(data["points"][1]["groups"]["bound_by"], Json({"array", "array"}));
  EXPECT_EQ(data["points"][1]["groups"]["causes"][1]["array"], 3);
  EXPECT_EQ(data["points"][1]["groups"]["roofline"][0]["attained"], 2.5);
  EXPECT_EQ(data["points"][1]["groups"]["op_figures"]["cycles"], Json({{3, 4}, {5}}));
  EXPECT_EQ(data["points"][1]["groups"]["op_figures"]["cause"], Json({{"fill", "fill"}, {"fill"}}));
  EXPECT_EQ(data["points"][1]["groups"]["op_figures"]["macs"], Json({{nullptr, nullptr}, {nullptr}}));
  EXPECT_EQ(data["points"][1]["alternatives"][0]["name"], "every op alone");
  EXPECT_EQ(data["points"][1]["warnings"], Json::array({"slow"}));
  EXPECT_EQ(data["points"][1]["buffer_bytes"], 1024);
  EXPECT_EQ(data["points"][2]["reason"], "why");
  EXPECT_FALSE(data["points"][2].contains("groups"));
  ASSERT_EQ(data["graphs"].size(), 1);
  EXPECT_EQ(data["graphs"][0]["ops"]["name"], Json({"a", "b", "c"}));
}

TEST(Page, SaysWhichAxesAdvanceTogether) {
  SweepFiles files;
  EXPECT_EQ(data_of(page_of(files))["sweep"]["zip"], Json::array());
  files.sweep["zip"] = Json::parse(R"([["buffer", "pe.rows"]])");
  files.write_sweep();
  EXPECT_EQ(data_of(page_of(files))["sweep"]["zip"], files.sweep["zip"]);
}

TEST(Page, DrawsTwoNetworksOfOneNameApart) {
  const SweepFiles files;
  Json other = SweepFiles::report({{0, 1, 2}});
  other["groups"][0]["ops"][2]["inputs"] = {0, 1};
  files.write("points/p2/report.json", other.dump());
  const Json data = data_of(page_of(files));
  EXPECT_EQ(data["graphs"].size(), 2);
  EXPECT_EQ(data["points"][1]["graph"], 1);
}

TEST(Page, IsTheSameForTheSameResults) {
  const SweepFiles files;
  const std::string first = page_of(files);
  Json again = SweepFiles::report({{0}, {1}, {2}});
  again["search"]["seconds"] = 1.5;
  files.write("points/p1/report.json", again.dump());
  EXPECT_EQ(page_of(files), first);
}

TEST(Page, LeavesNoPlaceholderAndNamesNoOtherFile) {
  const std::string page = page_of(SweepFiles());
  EXPECT_THAT(page, Not(HasSubstr("{{")));
  EXPECT_THAT(page, HasSubstr("/* charts */"));
  EXPECT_THAT(page, Not(HasSubstr("src=")));
  EXPECT_THAT(page, Not(HasSubstr("<link")));
}

TEST(Page, PassesLicencesOn) {
  const SweepFiles files;
  files.write("node_modules/zrender/LICENSE", "<zrender's>");
  EXPECT_THAT(page_of(files), HasSubstr("the notice\n\n&lt;zrender's&gt;\n\nd3's"));
}

TEST(Page, EscapesNames) {
  SweepFiles files;
  files.sweep["name"] = "</title><b>\"&{{report.css}}";
  files.sweep["points"][2]["reason"] = "</script><script>alert(1)</script>";
  files.write_sweep();
  const std::string page = page_of(files);
  EXPECT_THAT(page, HasSubstr("<title>&lt;/title&gt;&lt;b&gt;&quot;&amp;{{report.css}}: FuseSim"));
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_EQ(data_of(page)["points"][2]["reason"], "</script><script>alert(1)</script>");
}

TEST(Page, RefusesFilesThatWouldEndTheirScript) {
  const SweepFiles files;
  files.write("node_modules/echarts/dist/echarts.common.min.js", "'</script>'");
  EXPECT_THAT(refusal(files), HasSubstr("echarts.common.min.js: expected no closing script or style tag"));
}

TEST(Page, NamesTheFileAndTheFieldThatIsMissing) {
  SweepFiles files;
  Json report = SweepFiles::report({{0, 1, 2}});
  report["groups"][0]["ops"][1].erase("inputs");
  files.write("points/p2/report.json", report.dump());
  EXPECT_THAT(refusal(files), HasSubstr("points/p2/report.json: inputs: expected a value, got nothing"));
  files.write("points/p2/report.json", "{");
  EXPECT_THAT(refusal(files), HasSubstr("points/p2/report.json: expected JSON"));
  files.write("points/p2/report.json", R"({"format": "other"})");
  EXPECT_THAT(refusal(files), HasSubstr("format: expected \"fusesim.report/1\", got \"other\""));
  files.sweep["points"][0]["id"] = "../p1";
  files.write_sweep();
  EXPECT_THAT(refusal(files), HasSubstr("sweep.json: points: id: expected a folder's name, got \"../p1\""));
}

TEST(Page, RefusesGroupsThatAreNoPlan) {
  const SweepFiles files;
  files.write("points/p1/report.json", SweepFiles::report({{0}, {2}}).dump());
  EXPECT_THAT(refusal(files), HasSubstr("points/p1/report.json: groups: expected op 1 in one of them"));
  Json report = SweepFiles::report({{0, 1, 2}});
  report["groups"][0]["ops"][0]["inputs"] = {2};
  files.write("points/p1/report.json", report.dump());
  EXPECT_THAT(refusal(files), HasSubstr("points/p1/report.json: ops: inputs: expected an earlier op, got 2"));
}

TEST(Page, ATimelineStandsInAFrameThatNamesNoOtherFile) {
  const TimelineFrame frame = timeline_frame("</title>{{data}}", FUSESIM_SOURCE_DIR "/web");
  EXPECT_THAT(frame.before, HasSubstr("<title>&lt;/title&gt;{{data}}: FuseSim timeline</title>"));
  EXPECT_EQ(frame.before.substr(frame.before.rfind('<')),
            R"(<script type="application/json" id="timeline-data">)");
  EXPECT_EQ(frame.after.substr(0, 9), "</script>");
  for (const std::string& part : {frame.before, frame.after}) {
    EXPECT_THAT(part, Not(HasSubstr("{{report")));
    EXPECT_THAT(part, Not(HasSubstr("src=")));
    EXPECT_THAT(part, Not(HasSubstr("<link")));
  }
  EXPECT_THROW(timeline_frame("", "/nonexistent"), Error);
}

TEST(Page, RefusesADirectoryWithoutASweep) {
  EXPECT_THROW(sweep_page("/nonexistent", {FUSESIM_SOURCE_DIR "/web", ""}), Error);
}

}  // namespace
}  // namespace fusesim
