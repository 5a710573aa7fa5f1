#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "fusesim/base/error.h"
#include "fusesim/testing/graph_builder.h"
#include "fusesim/testing/scratch_folder.h"
#include "fusesim/timeline/chrome_trace.h"
#include "fusesim/timeline/vcd.h"
#include "fusesim/timeline/window.h"
#include "trace_file.h"
#include "vcd_file.h"

// Files of events made by hand, read again by readers that share no code with what wrote them.

namespace fusesim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

constexpr int64_t kUs = 1'000'000;

class TimelineTest : public ::testing::Test {
 protected:
  TimelineTest() {
    testing::GraphBuilder b("net");
    b.conv(b.conv(b.input({4, 8, 8}), 4, 3), 4, 3);
    schedule_.graph = std::make_shared<const Graph>(b.finish());
    schedule_.model_name = "net \"quoted\"";
    GroupSchedule first, second;
    first.ops = {0};
    second.ops = {1};
    schedule_.groups = {first, second};
  }

  std::string path(const char* name) const { return folder_.path(name); }
  static TracedBlock block(int64_t id, OpId op, int64_t begin_us, int64_t end_us,
                           std::vector<int64_t> loads) {
    TracedBlock b;
    b.id = id;
    b.op = op;
    b.last_row = 1;
    b.c1 = 4;
    b.begin_ps = b.computes_ps = begin_us * kUs;
    b.waits_ps = b.end_ps = end_us * kUs;
    b.loads = std::move(loads);
    return b;
  }
  static TracedTransfer transfer(int64_t id, TracedKind kind, int64_t begin_us, int64_t end_us) {
    TracedTransfer t;
    t.id = id;
    t.kind = kind;
    t.tensor = kind == TracedKind::ofmap ? 1 : 0;
    t.op = 0;
    t.rows = 1;
    t.bytes = 32;
    t.begin_ps = begin_us * kUs;
    t.end_ps = end_us * kUs;
    return t;
  }
  static TracedDram dram(TracedDram::Kind kind, int64_t bank, int64_t begin_us, int64_t end_us) {
    TracedDram d;
    d.kind = kind;
    d.bank = bank;
    d.row = 7;
    d.begin_ps = begin_us * kUs;
    d.end_ps = end_us * kUs;
    d.bursts = 2;
    return d;
  }

  /// Two loads that overlap, a block that fills and waits, its store, levels, and the DRAM.
  static void one_group(MachineObserver& observer, size_t group, int64_t at_us) {
    observer.on_group_begin(group, at_us * kUs);
    observer.on_transfer(transfer(1, TracedKind::ifmap, at_us, at_us + 6));
    observer.on_transfer(transfer(2, TracedKind::ifmap, at_us + 2, at_us + 8));
    observer.on_level({0, "tensor 0 (t0)", 64, 32, (at_us + 6) * kUs});
    observer.on_level({0, "tensor 0 (t0)", 64, 64, (at_us + 8) * kUs});
    TracedBlock b = block(1, static_cast<OpId>(group), at_us + 8, at_us + 20, {1, 2});
    b.computes_ps = (at_us + 10) * kUs;
    b.waits_ps = (at_us + 19) * kUs;
    observer.on_block(b);
    TracedTransfer store = transfer(3, TracedKind::ofmap, at_us + 20, at_us + 25);
    store.blocks = {1};
    observer.on_transfer(store);
    observer.on_dram(dram(TracedDram::Kind::open, 3, at_us + 1, at_us + 1));
    observer.on_dram(dram(TracedDram::Kind::read, 0, at_us + 3, at_us + 5));
    observer.on_dram(dram(TracedDram::Kind::write, 0, at_us + 21, at_us + 23));
    observer.on_dram(dram(TracedDram::Kind::close, 3, at_us + 24, at_us + 24));
    observer.on_dram(dram(TracedDram::Kind::refresh, 0, at_us + 24, at_us + 25));
    observer.on_group_end(group, (at_us + 25) * kUs);
  }

  Config config_;
  Schedule schedule_;
  ScratchFolder folder_;
};

TEST_F(TimelineTest, ATraceHasTracksArrowsAndCounters) {
  ChromeTrace trace(path("t.json"), schedule_, config_, 0);
  one_group(trace, 0, 0);
  one_group(trace, 1, 25);
  EXPECT_FALSE(std::filesystem::exists(path("t.json")));
  trace.finish();
  const testing::TraceFile file = testing::read_trace(path("t.json"));
  EXPECT_THAT(file.faults, IsEmpty());
  EXPECT_EQ(file.slices("accelerator/groups").size(), 2U);
  EXPECT_EQ(file.time_ps("accelerator/groups"), 50 * kUs);
  EXPECT_EQ(file.slices("accelerator/array").size(), 2U * 3);
  EXPECT_EQ(file.time_ps("accelerator/array"), 24 * kUs);
  EXPECT_EQ(file.slices("accelerator/DMA load rows 1").size(), 2U);
  EXPECT_EQ(file.slices("accelerator/DMA load rows 2").size(), 2U);
  EXPECT_EQ(file.slices("accelerator/DMA store rows").size(), 2U);
  EXPECT_EQ(file.arrows, 2 * (2 + 1));
  EXPECT_EQ(file.time_ps("DRAM/channel 0 data bus"), 8 * kUs);        // two of 4 us
  EXPECT_EQ(file.time_ps("DRAM/channel 0 rank 0 bank 3"), 46 * kUs);  // two of 23 us
  EXPECT_EQ(file.slices("DRAM/channel 0 rank 0 bank 3")[0].name, "row 7");
  EXPECT_EQ(file.slices("DRAM/channel 0 rank 0 refresh").size(), 2U);
  const auto& levels = file.counters.at("tensor 0 (t0)");
  ASSERT_EQ(levels.size(), 6U);
  EXPECT_EQ(levels[1].held, 64);
  EXPECT_EQ(levels[0].free, 32);
}

TEST_F(TimelineTest, ATraceNamesItsRun) {
  ChromeTrace trace(path("t.json"), schedule_, config_, 0);
  one_group(trace, 0, 0);
  trace.finish();
  const nlohmann::json about = nlohmann::json::parse(std::ifstream(path("t.json")))["otherData"];
  EXPECT_EQ(about["model"], schedule_.model_name);
  EXPECT_EQ(about["fusion"], "lbdf");
  EXPECT_EQ(about["clock_mhz"], static_cast<double>(config_.clock_khz) / 1e3);
}

TEST_F(TimelineTest, AFrameStandsAroundEventsThatCannotEndIt) {
  Graph graph = *schedule_.graph;
  for (Op& op : graph.ops) op.name = "</script>";
  schedule_.graph = std::make_shared<const Graph>(std::move(graph));
  ChromeTrace trace(path("t.html"), schedule_, config_, 0, kTimelineBytes, {"<before>", "<after>"});
  one_group(trace, 0, 0);
  trace.finish();
  std::ifstream file(path("t.html"));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string before = "<before>", after = "<after>";
  ASSERT_EQ(text.substr(0, before.size()), before);
  ASSERT_EQ(text.substr(text.size() - after.size()), after);
  const std::string events = text.substr(before.size(), text.size() - before.size() - after.size());
  EXPECT_THAT(events, Not(HasSubstr("<")));
  const nlohmann::json slices = nlohmann::json::parse(events)["traceEvents"];
  EXPECT_THAT(slices.dump(), HasSubstr("</script>"));
}

TEST_F(TimelineTest, WhatComesNearTheLimitIsDrawnTogether) {
  constexpr int64_t kLimit = 60'000;
  constexpr int64_t kBlocks = 20'000;
  ChromeTrace trace(path("t.json"), schedule_, config_, 10 * kBlocks * kUs, kLimit);
  trace.on_group_begin(0, 0);
  for (int64_t i = 0; i < kBlocks; ++i) {
    trace.on_transfer(transfer(i + 1, TracedKind::ifmap, 10 * i, 10 * i + 3));
    trace.on_block(block(i + 1, 0, 10 * i + 3, 10 * i + 9, {i + 1}));
    trace.on_level({0, "tensor 0 (t0)", 64, i % 64, (10 * i + 3) * kUs});
  }
  trace.on_group_end(0, 10 * kBlocks * kUs);
  trace.finish();
  EXPECT_LT(std::filesystem::file_size(path("t.json")), static_cast<uintmax_t>(kLimit * 11 / 10));
  const testing::TraceFile file = testing::read_trace(path("t.json"));
  EXPECT_THAT(file.faults, IsEmpty());
  int64_t blocks = 0;
  int64_t in_the_second_half = 0;
  double busy_us = 0;
  for (const testing::TraceSlice& slice : file.slices("accelerator/array")) {
    blocks += slice.args.value("slices", int64_t{1});
    in_the_second_half += slice.begin_ps > 5 * kBlocks * kUs ? 1 : 0;
    busy_us += slice.args.contains("busy_us") ? slice.args["busy_us"].get<double>()
                                              : static_cast<double>(slice.end_ps - slice.begin_ps) / 1e6;
  }
  EXPECT_EQ(blocks, kBlocks);
  // what comes late is still drawn in parts, not as one slice
  EXPECT_GT(in_the_second_half, 4);
  EXPECT_NEAR(busy_us, 6.0 * kBlocks, 1e-3);
}

TEST_F(TimelineTest, AnUnfinishedFileLeavesNothingBehind) {
  { ChromeTrace trace(path("t.json"), schedule_, config_, 0); }
  { Vcd vcd(path("t.vcd"), schedule_, config_); }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
  EXPECT_THROW(ChromeTrace(path("no/such/folder.json"), schedule_, config_, 0), Error);
}

TEST_F(TimelineTest, ADumpHasEveryChange) {
  Vcd vcd(path("t.vcd"), schedule_, config_);
  one_group(vcd, 0, 0);
  one_group(vcd, 1, 25);
  vcd.finish();
  const testing::VcdFile file = testing::read_vcd(path("t.vcd"));
  EXPECT_THAT(file.faults, IsEmpty());
  EXPECT_EQ(file.timescale, "1 ps");
  EXPECT_THAT(
      file.signals.at("accelerator.array.state"),
      ElementsAre(Pair(0, 0), Pair(8 * kUs, 1), Pair(10 * kUs, 2), Pair(19 * kUs, 3), Pair(20 * kUs, 0),
                  Pair(33 * kUs, 1), Pair(35 * kUs, 2), Pair(44 * kUs, 3), Pair(45 * kUs, 0)));
  EXPECT_THAT(file.signals.at("accelerator.array.op"), ElementsAre(Pair(0, 0), Pair(33 * kUs, 1)));
  EXPECT_THAT(file.signals.at("accelerator.group"), ElementsAre(Pair(0, 0), Pair(25 * kUs, 1)));
  EXPECT_EQ(file.time("accelerator.loads_of_rows", 2), 8 * kUs);        // two of 4 us
  EXPECT_EQ(file.time("accelerator.stores", 1), 10 * kUs);              // two of 5 us
  EXPECT_EQ(file.time("dram.channel0_bus", 1), 4 * kUs);                // two of 2 us
  EXPECT_EQ(file.time("dram.channel0_bus", 2), 4 * kUs);                // two of 2 us
  EXPECT_EQ(file.time("dram.channel0_rank0_bank3_open", 1), 46 * kUs);  // two of 23 us
  EXPECT_EQ(file.signals.at("dram.channel0_rank0_bank3_row").back().second, 7);
  EXPECT_EQ(file.time("buffer.t0_t0", 64), 34 * kUs);  // two of 17 us
}

/// Counts what it is told.
struct Counter : MachineObserver {
  void on_group_begin(size_t, int64_t) override { ++groups; }
  void on_group_end(size_t, int64_t) override { ++ended; }
  void on_block(const TracedBlock&) override { ++blocks; }
  void on_transfer(const TracedTransfer&) override { ++transfers; }
  void on_level(const TracedLevel&) override { ++levels; }
  void on_dram(const TracedDram&) override { ++events; }
  int groups = 0, ended = 0, blocks = 0, transfers = 0, levels = 0, events = 0;
};

class WindowTest : public TimelineTest {
 protected:
  Counter seen_through(const std::string& text) {
    Counter counter;
    WindowedObserver window(parse_window(text), schedule_, config_.clock_khz, {&counter});
    one_group(window, 0, 0);
    one_group(window, 1, 25);
    EXPECT_EQ(counter.groups, counter.ended);
    return counter;
  }
  static std::string refusal(const std::string& text) {
    try {
      parse_window(text);
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  }
};

TEST_F(WindowTest, ShowsAGroupAnOpOrATime) {
  EXPECT_EQ(seen_through("").blocks, 2);
  const Counter group = seen_through("group:1");
  EXPECT_EQ(group.groups, 1);
  EXPECT_EQ(group.blocks, 1);
  EXPECT_EQ(group.transfers, 3);
  EXPECT_EQ(group.events, 5);
  const Counter op = seen_through("op:" + schedule_.graph->op(0).name);
  EXPECT_EQ(op.groups, 1);
  EXPECT_EQ(op.blocks, 1);
  EXPECT_EQ(op.transfers, 3);
  // a cycle is a nanosecond: the first block, but not its store, and the second load
  const Counter time = seen_through("time:7000..20000");
  EXPECT_EQ(time.groups, 1);
  EXPECT_EQ(time.blocks, 1);
  EXPECT_EQ(time.transfers, 1);
  EXPECT_EQ(time.levels, 1);
  EXPECT_EQ(seen_through("time:..20000").groups, 1);
  EXPECT_EQ(seen_through("time:30000..").groups, 1);
  EXPECT_EQ(seen_through("time:60000..").groups, 0);
}

TEST_F(WindowTest, RefusesWhatIsNone) {
  for (const char* text :
       {"group", "group:", "group:x", "group:-1", "time:5", "time:..", "time:9..3", "ops:a"}) {
    EXPECT_EQ(refusal(text),
              std::string("--window: expected group:N, op:NAME or time:A..B (cycles), got '") + text + "'");
  }
  EXPECT_THROW(seen_through("group:2"), Error);
  EXPECT_THROW(seen_through("op:nobody"), Error);
}

}  // namespace
}  // namespace fusesim
