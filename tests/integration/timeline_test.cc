#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "program.h"
#include "trace_file.h"
#include "vcd_file.h"

// Timelines and waveforms of whole runs against the report of the same run.

namespace fusesim {
namespace {

using nlohmann::json;
using ::testing::IsEmpty;

constexpr int64_t kCycle = 1000;  // ps

/// A group ends with its last transfer, somewhere in a cycle.
void expect_time(int64_t ps, const json& cycles) {
  EXPECT_LE(std::abs(ps - cycles.get<int64_t>() * kCycle), kCycle);
}

class TimelineFiles : public RunSimTest, public ::testing::WithParamInterface<const char*> {
 protected:
  json run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--model", "squeezenet1_1", "--search", "local", "--budget", "100",
                                       "--no-alternatives", "--out", "out", "--vcd", "t.vcd"});
    if (std::find(arguments.begin(), arguments.end(), "--timeline") == arguments.end())
      arguments.insert(arguments.end(), {"--timeline", "t.json"});
    const Finished finished = run_sim(arguments);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return json::parse(read("out/report.json"));
  }
  static int64_t sum_of(const std::vector<testing::TraceSlice>& slices, const char* key) {
    int64_t sum = 0;
    for (const testing::TraceSlice& slice : slices) sum += slice.args.value(key, int64_t{0});
    return sum;
  }
  std::string path(const char* name) const { return (folder() / name).string(); }
};

TEST_P(TimelineFiles, AgreeWithTheReport) {
  const json simulated = run({"--fusion", GetParam()})["totals"]["simulated"];
  const testing::TraceFile trace = testing::read_trace(path("t.json"));
  EXPECT_THAT(trace.faults, IsEmpty());
  expect_time(trace.time_ps("accelerator/groups"), simulated["cycles"]);
  EXPECT_EQ(trace.time_ps("accelerator/array"), simulated["pe_busy_cycles"].get<int64_t>() * kCycle);
  EXPECT_EQ(trace.time_ps("accelerator/vector unit"),
            simulated["vector_busy_cycles"].get<int64_t>() * kCycle);
  EXPECT_EQ(sum_of(trace.slices("accelerator/DMA load rows"), "bytes"), simulated["ifmap_bytes"]);
  EXPECT_EQ(sum_of(trace.slices("accelerator/DMA load weights"), "bytes"), simulated["weight_bytes"]);
  EXPECT_EQ(sum_of(trace.slices("accelerator/DMA store rows"), "bytes"), simulated["ofmap_bytes"]);
  EXPECT_EQ(sum_of(trace.slices("DRAM/channel 0 data bus"), "bursts"),
            simulated["dram_reads"].get<int64_t>() + simulated["dram_writes"].get<int64_t>());
  EXPECT_EQ(trace.slices("DRAM/channel 0 rank 0 refresh").size(), simulated["refreshes"].get<size_t>());
  EXPECT_EQ(trace.slices("DRAM/channel 0 rank 0 bank").size(), simulated["activates"].get<size_t>());
  EXPECT_GT(trace.arrows, 100);

  const testing::VcdFile vcd = testing::read_vcd(path("t.vcd"));
  EXPECT_THAT(vcd.faults, IsEmpty());
  int64_t busy = 0;
  for (const int64_t state : {1, 2, 3}) busy += vcd.time("accelerator.array.state", state);
  EXPECT_EQ(busy, simulated["pe_busy_cycles"].get<int64_t>() * kCycle);
  EXPECT_EQ(vcd.time("dram.channel0_bus", 1) + vcd.time("dram.channel0_bus", 2),
            trace.time_ps("DRAM/channel 0 data bus"));
}

TEST_P(TimelineFiles, AWindowShowsItsGroupAlone) {
  const json group = run({"--fusion", GetParam(), "--window", "group:1"})["groups"][1];
  const testing::TraceFile trace = testing::read_trace(path("t.json"));
  EXPECT_THAT(trace.faults, IsEmpty());
  expect_time(trace.time_ps("accelerator/groups"), group["simulated"]["cycles"]);
  EXPECT_EQ(trace.time_ps("accelerator/array"), group["simulated"]["pe_busy_cycles"].get<int64_t>() * kCycle);
  EXPECT_EQ(sum_of(trace.slices("accelerator/DMA store rows"), "bytes"), group["simulated"]["ofmap_bytes"]);
  EXPECT_GE(trace.arrows, static_cast<int64_t>(trace.slices("accelerator/DMA store rows").size()));
  int64_t capacity = 0;
  for (const auto& [name, levels] : trace.counters) capacity += levels.front().held + levels.front().free;
  EXPECT_LE(capacity, group["simulated"]["allocated_bytes"]);
  EXPECT_GT(capacity, 0);
  EXPECT_THAT(testing::read_vcd(path("t.vcd")).faults, IsEmpty());
}

TEST_P(TimelineFiles, ChangeNothing) {
  json with = run({"--fusion", GetParam()});
  const Finished finished = run_sim({"--model", "squeezenet1_1", "--search", "local", "--budget", "100",
                                     "--no-alternatives", "--out", "plain", "--fusion", GetParam()});
  EXPECT_EQ(finished.exit_code, 0);
  json without = json::parse(read("plain/report.json"));
  with["search"].erase("seconds");
  without["search"].erase("seconds");
  EXPECT_EQ(with, without);
}

TEST_P(TimelineFiles, ArePagesWhereTheyAreCalledSo) {
  run({"--fusion", GetParam()});
  run({"--fusion", GetParam(), "--timeline", "t.html"});
  const std::string page = read("t.html");
  const std::string open = R"(id="timeline-data">)";
  const size_t from = page.find(open) + open.size();
  EXPECT_EQ(page.substr(from, page.find("</script>", from) - from), read("t.json"));
}

INSTANTIATE_TEST_SUITE_P(Schemes, TimelineFiles, ::testing::Values("lbdf", "brr"));

TEST_F(RunSimTest, RefusesAWindowThatIsNone) {
  expect_refused({"--model", "squeezenet1_1", "--fusion", "lbdf", "--window", "group:1"},
                 {"--window: expected --timeline or --vcd with it"});
  expect_refused(
      {"--model", "squeezenet1_1", "--fusion", "lbdf", "--timeline", "t.json", "--window", "row:1"},
      {"--window: expected group:N, op:NAME or time:A..B (cycles), got 'row:1'"});
  expect_refused(
      {"--model", "squeezenet1_1", "--fusion", "lbdf", "--timeline", "t.json", "--window", "group:999"},
      {"--window: expected a group below"});
}

}  // namespace
}  // namespace fusesim
