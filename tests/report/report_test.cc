#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "fusesim/report/csv_field.h"
#include "sample.h"

namespace fusesim {
namespace {

using nlohmann::ordered_json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> keys(const ordered_json& object) {
  std::vector<std::string> result;
  for (const auto& item : object.items()) result.push_back(item.key());
  return result;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

TEST(ReportJson, HasTheFieldsOfItsFormat) {
  const ordered_json json = ordered_json::parse(to_json(Sample().report()));
  EXPECT_EQ(json["format"], "fusesim.report/1");
  EXPECT_THAT(keys(json), ElementsAre("format", "model", "fusion", "config", "search", "totals", "groups",
                                      "alternatives", "warnings", "unfusable", "mismatches", "outputs"));
  EXPECT_THAT(keys(json["search"]), ElementsAre("algorithm", "objective", "explainer", "budget", "evaluated",
                                                "seed", "seconds", "optimal", "lower_bound_bytes"));
  EXPECT_THAT(
      keys(json["totals"]),
      ElementsAre("analytic", "predicted", "simulated", "peaks", "roofline", "fusable_bytes", "unfused_bytes",
                  "compulsory_bytes", "groups", "mismatched_groups", "cycles_confirmed", "area_mm2"));
  EXPECT_THAT(
      keys(json["groups"][0]),
      ElementsAre("index", "scheme", "mode", "ops", "buffer_bytes", "f_beta_bytes", "analytic", "predicted",
                  "simulated", "bound_by", "roofline", "utilization", "recomputed", "confirmed"));
  EXPECT_THAT(keys(json["groups"][1]["brr"]), ElementsAre("start", "join", "slice_channels", "tile_rows",
                                                          "tiles", "weights_resident", "passes"));
}

TEST(ReportJson, SumsGroupsIntoTotals) {
  const ordered_json totals = ordered_json::parse(to_json(Sample().report()))["totals"];
  EXPECT_EQ(totals["analytic"]["ifmap_bytes"], 100);
  EXPECT_EQ(totals["analytic"]["ofmap_bytes"], 72);
  EXPECT_EQ(totals["analytic"]["weight_bytes"], 66);
  EXPECT_EQ(totals["simulated"]["total_bytes"], 238);
  EXPECT_EQ(totals["simulated"]["peak_buffer_bytes"], 110);
  EXPECT_EQ(totals["mismatched_groups"], 0);
}

TEST(ReportJson, AddsUpTheArea) {
  Sample s;
  s.config.area = {2.5, 0.001, 0.25};
  s.config.pe.rows = 20;
  s.config.pe.columns = 10;
  s.config.pe.stripe = 0;
  const ordered_json area = ordered_json::parse(to_json(s.report()))["totals"]["area_mm2"];
  EXPECT_DOUBLE_EQ(area["buffer"], 2.5);
  EXPECT_DOUBLE_EQ(area["array"], 0.2);
  EXPECT_DOUBLE_EQ(area["other"], 0.25);
  EXPECT_DOUBLE_EQ(area["total"], 2.95);
  EXPECT_THAT(to_table(s.report()), HasSubstr("area 2.950 mm2: buffer 2.500, array 0.200, other 0.250\n"));
}

/// c1: 54 weights at 4 x 5 positions. p1 made opaque with 9 multiply-accumulates.
TEST(ReportJson, NamesAndCountsWhatIsNotModelled) {
  Sample s;
  EXPECT_THAT(to_table(s.report()), Not(HasSubstr("opaque")));
  auto graph = std::make_shared<Graph>(*s.schedule.graph);
  graph->ops[1].kind = OpKind::opaque;
  graph->ops[1].onnx_type = "Einsum";
  graph->ops[1].opaque_macs = 9;
  s.schedule.graph = graph;
  s.schedule.groups[1] = {};
  s.schedule.groups[1].mode = GroupMode::opaque;
  s.schedule.groups[1].ops = {1};
  s.schedule.groups[1].outgoing = {2};
  s.run.groups[0].macs = 1080;
  Report report = s.report();
  report.baselines.rejected = {{1, Rejection::opaque, 0, 0, 0, 0, ""}};
  const ordered_json json = ordered_json::parse(to_json(report));
  EXPECT_EQ(json["model"]["macs"], 1089);
  EXPECT_EQ(json["model"]["opaque_ops"], 1);
  EXPECT_EQ(json["model"]["opaque_macs"], 9);
  EXPECT_EQ(json["unfusable"][0]["macs"], 9);
  const std::string table = to_table(report);
  EXPECT_THAT(table, HasSubstr("1,080 MACs, 1.00 times 1,080 of the network's 1,089\n"));
  EXPECT_THAT(table, HasSubstr("1 op with about 9 MACs runs as an opaque transfer: 1 p1.einsum\n"));
  EXPECT_THAT(table, HasSubstr("opaque: ONNX Einsum, 9 MACs\n"));
}

TEST(ReportJson, ListsFoldedNodesWithTheirOp) {
  const ordered_json op = ordered_json::parse(to_json(Sample().report()))["groups"][0]["ops"][0];
  EXPECT_EQ(op["name"], "c1");
  EXPECT_THAT(op["nodes"].get<std::vector<std::string>>(), ElementsAre("c1", "relu1"));
}

TEST(ReportJson, HoldsTheGraphOfOps) {
  const ordered_json groups = ordered_json::parse(to_json(Sample().report()))["groups"];
  EXPECT_EQ(groups[0]["ops"][0]["inputs"], ordered_json({-1}));
  EXPECT_EQ(groups[1]["ops"][0]["inputs"], ordered_json::array({0}));
  EXPECT_EQ(groups[1]["ops"][0]["shape"], ordered_json({3, 2, 2}));
}

TEST(ReportJson, CountsAGroupWithTwoMismatchesOnce) {
  Sample s;
  s.run.groups[1].allocated_bytes = 41;
  s.run.groups[1].ifmaps[0].row_bytes[0] = 0;
  const ordered_json json = ordered_json::parse(to_json(s.report()));
  EXPECT_EQ(json["totals"]["mismatched_groups"], 1);
  EXPECT_EQ(json["mismatches"].size(), 2);
  EXPECT_EQ(json["groups"][0]["confirmed"], true);
  EXPECT_EQ(json["groups"][1]["confirmed"], false);
}

TEST(ReportJson, HoldsTheConfigurationUnderItsOwnKeys) {
  const ordered_json config = ordered_json::parse(to_json(Sample().report()))["config"];
  EXPECT_EQ(config["pe"]["rows"], 32);
  EXPECT_EQ(config["dram"]["name"], "ddr4_2400");
  EXPECT_EQ(config["graph"]["fold_epilogues"], true);
}

TEST(ReportJson, IsNullWhereNothingIsKnown) {
  const Sample s;
  Report report = s.report();
  report.baselines.unfused_bytes.reset();
  const ordered_json json = ordered_json::parse(to_json(report));
  EXPECT_TRUE(json["totals"]["unfused_bytes"].is_null());
  EXPECT_TRUE(json["search"]["lower_bound_bytes"].is_null());
}

TEST(ReportJson, DigestsProvenanceOfEveryOutput) {
  Sample s;
  const auto digest = [](const Sample& sample) {
    return ordered_json::parse(to_json(sample.report()))["outputs"][0]["provenance"].get<std::string>();
  };
  const std::string before = digest(s);
  EXPECT_EQ(before.size(), 16U);
  s.run.outputs[0].hashes[5] ^= uint64_t{1} << 63;
  EXPECT_NE(digest(s), before);
}

TEST(ReportCsv, HasOneLinePerGroupAndAsManyFieldsAsItsHeader) {
  const std::vector<std::string> table = lines(to_csv(Sample().report()));
  ASSERT_EQ(table.size(), 3U);
  for (const std::string& line : table) {
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), std::count(table[0].begin(), table[0].end(), ','))
        << line;
  }
  EXPECT_THAT(table[1], HasSubstr("0,lbdf,lbdf,c1+relu1,111,111,111,110,40,60,66,166,40,60,66,166,"));
}

TEST(ReportCsv, QuotesNamesWithCommas) {
  Sample s;
  auto graph = std::make_shared<Graph>(*s.schedule.graph);
  graph->ops[1].nodes = {"a,\"b\""};
  s.schedule.graph = graph;
  EXPECT_THAT(to_csv(s.report()), HasSubstr(",\"a,\"\"b\"\"\","));
}

TEST(ReportTable, ShowsBaselinesAndVerdict) {
  const std::string table = to_table(Sample().report());
  EXPECT_THAT(table, HasSubstr("2 of 2 groups confirmed to the byte"));
  EXPECT_THAT(table, HasSubstr("compulsory"));
  EXPECT_THAT(table, HasSubstr("every op alone"));
}

TEST(ReportTable, SaysWhatAnOpNeedsAndLacks) {
  const Sample s;
  Report report = s.report();
  report.baselines.rejected = {{1, Rejection::too_large, 1234567, 234568, 1200000, 34566, ""}};
  const std::string table = to_table(report);
  EXPECT_THAT(table, HasSubstr("needs   1,234,567 bytes (weights 1,200,000, rows 34,566), lacks 234,568"));
  const ordered_json json = ordered_json::parse(to_json(report))["unfusable"][0];
  EXPECT_THAT(keys(json), ElementsAre("op", "index", "rejection", "needs_bytes", "lacks_bytes",
                                      "weight_bytes", "row_bytes"));
}

TEST(ReportTable, ListsMismatches) {
  Sample s;
  s.run.groups[0].allocated_bytes = 112;
  const std::string table = to_table(s.report());
  EXPECT_THAT(table, HasSubstr("1 of 2 groups confirmed"));
  EXPECT_THAT(table, HasSubstr("mismatch: group 0: allocated: expected 111 bytes, got 112"));
}

TEST(Report, ConfirmsCyclesWithinItsTolerance) {
  Sample s;
  s.config.dram.rfc = 0;
  s.config.confirm.cycles_tolerance = 0.1;
  s.prediction.groups[0].time.cycles = 600;
  s.prediction.groups[1].time.cycles = 300;
  s.run.cycles.total = 1000;
  EXPECT_TRUE(s.report().cycles_confirmed());
  s.run.cycles.total = 1001;
  EXPECT_FALSE(s.report().cycles_confirmed());
  EXPECT_THAT(to_table(s.report()),
              HasSubstr("cycles NOT CONFIRMED: predicted 900, simulated 1,001, +10.09 %"));
  // 60 cycles of the DRAM's clock at 1200 MHz are 50 of the accelerator's, for each of two groups
  s.config.dram.rfc = 60;
  EXPECT_TRUE(s.report().cycles_confirmed());
}

TEST(Report, WarnsOfAPlanThatIsSlowerThanNoFusion) {
  Sample s;
  s.prediction.groups[0].time.cycles = 1500;
  s.prediction.groups[0].time.energy_pj = 90;
  Report report = s.report();
  report.alternatives = {{"every op alone", "", {0, 1000, 100, 0}, false, 0.0},
                         {"least EDP", "edp", {2'000'000, 800, 80, 0}, true, 1.0}};
  const std::string table = to_table(report);
  EXPECT_THAT(table,
              HasSubstr("warning: this plan takes 1.50 times the time of every op alone; --objective edp "
                        "finds one that takes 0.80 times it and moves 2.000 MB"));
  EXPECT_THAT(table, ::testing::Not(HasSubstr("times the energy")));
  report.alternatives.clear();
  EXPECT_THAT(to_table(report), ::testing::Not(HasSubstr("warning")));
}

/// 100 cycles of group 0 and 50 of group 1, with their ops.
Sample timed_sample() {
  Sample s;
  GroupResult& conv = s.run.groups[0];
  conv.cycles.total = 100;
  conv.macs = 1000;
  conv.dram.reads = 3;
  conv.dram.writes = 1;
  conv.dram.row_hits = 3;
  conv.causes[Cause::array] = 70;
  conv.causes[Cause::weights] = 20;
  conv.causes[Cause::dram_overhead] = 10;
  OpResult op;
  op.op = 0;
  op.cycles = conv.causes;
  op.macs = 1000;
  op.payload = conv.payload;
  op.bursts = 4;
  op.row_hits = 3;
  conv.ops = {op};
  GroupResult& pool = s.run.groups[1];
  pool.cycles.total = 50;
  pool.causes[Cause::ofmap] = 30;
  pool.causes[Cause::vector_unit] = 20;
  for (const GroupResult& group : s.run.groups) {
    s.run.causes += group.causes;
    s.run.cycles += group.cycles;
  }
  return s;
}

TEST(Report, SaysWhatTheCyclesOfAGroupGoTo) {
  const Sample s = timed_sample();
  const ordered_json json = ordered_json::parse(to_json(s.report()));
  const ordered_json& group = json["groups"][0];
  EXPECT_EQ(group["bound_by"], "array");
  EXPECT_EQ(json["groups"][1]["bound_by"], "ofmap");
  EXPECT_THAT(keys(group["simulated"]["causes"]), ElementsAre("array", "vector_unit", "buffer_port", "fill",
                                                              "dram_overhead", "ifmap", "weights", "ofmap"));
  EXPECT_EQ(group["simulated"]["causes"]["weights"], 20);
  EXPECT_EQ(json["totals"]["simulated"]["causes"]["array"], 70);
  EXPECT_EQ(json["totals"]["simulated"]["causes"]["ofmap"], 30);
  const ordered_json& op = group["ops"][0]["simulated"];
  EXPECT_EQ(op["cycles"], 100);
  EXPECT_EQ(op["causes"], group["simulated"]["causes"]);
  EXPECT_EQ(op["weight_bytes"], 66);
  const std::string table = to_table(s.report());
  EXPECT_THAT(table, HasSubstr("array 70 %"));
  EXPECT_THAT(table, HasSubstr("ofmap 60 %"));
  EXPECT_THAT(table, HasSubstr("time: array 46.7 %, ofmap 20.0 %, vector unit 13.3 %, weights 13.3 %, "
                               "DRAM overhead 6.7 %\n"));
  EXPECT_THAT(lines(to_csv(s.report()))[1], HasSubstr(",array,70,0,0,0,10,0,20,0,"));
}

TEST(Report, PutsGroupsAndOpsUnderTheRoofs) {
  Sample s = timed_sample();
  s.config.pe.rows = 4;
  s.config.pe.columns = 5;
  s.config.clock_khz = 600'000;
  // DDR4-2400: 64 bytes in 4 clocks of 1.2 GHz, 32 bytes in a cycle of 600 MHz; 166 bytes for 1000 MACs
  const ordered_json json = ordered_json::parse(to_json(s.report()));
  EXPECT_EQ(json["totals"]["peaks"]["macs_per_cycle"], 20);
  EXPECT_EQ(json["totals"]["peaks"]["bytes_per_cycle"], 32);
  const ordered_json& conv = json["groups"][0]["roofline"];
  EXPECT_DOUBLE_EQ(conv["macs_per_byte"], 1000.0 / 166);
  EXPECT_DOUBLE_EQ(conv["attained"], 10);
  EXPECT_DOUBLE_EQ(conv["attainable"], 20);
  EXPECT_DOUBLE_EQ(conv["array_share"], 0.5);
  EXPECT_DOUBLE_EQ(conv["bandwidth_share"], 166.0 / (32 * 100));
  EXPECT_DOUBLE_EQ(conv["row_hit_rate"], 0.75);
  EXPECT_EQ(json["groups"][0]["ops"][0]["simulated"]["roofline"], conv);
  const ordered_json& pool = json["groups"][1]["roofline"];
  EXPECT_DOUBLE_EQ(pool["attainable"], 0);
  EXPECT_TRUE(pool["row_hit_rate"].is_null());
  s.run.groups[0].macs = 100;  // 0.6 MACs a byte: the pins are the roof
  EXPECT_DOUBLE_EQ(ordered_json::parse(to_json(s.report()))["groups"][0]["roofline"]["attainable"],
                   100.0 / 166 * 32);
  s.run.groups[0].payload = {};
  EXPECT_TRUE(ordered_json::parse(to_json(s.report()))["groups"][0]["roofline"]["macs_per_byte"].is_null());
  s.config.dram.beats_per_clock = 8;  // a burst of 8 beats in one clock
  EXPECT_EQ(ordered_json::parse(to_json(s.report()))["totals"]["peaks"]["bytes_per_cycle"], 4 * 32);
}

/// A spreadsheet takes a cell that begins so for a formula.
TEST(CsvField, IsNoFormula) {
  EXPECT_EQ(csv_field("=1+1"), "'=1+1");
  EXPECT_EQ(csv_field("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(csv_field("-conv"), "'-conv");
  EXPECT_EQ(csv_field("+cmd|' /C calc'!A0"), "'+cmd|' /C calc'!A0");
  EXPECT_EQ(csv_field("=a,b"), "\"'=a,b\"");
  for (const char* number : {"-1", "+2.5e3", "-0x10", "-inf", "7", "", "conv=1"})
    EXPECT_EQ(csv_field(number), number);
}

}  // namespace
}  // namespace fusesim
