#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "fusesim/hw/simulate.h"
#include "fusesim/testing/graph_builder.h"
#include "testing/lbdf_schedules.h"

// What an observer of a run is told, where the rows of a convolution say it.

namespace fusesim::hw {
namespace {

using ::testing::ElementsAre;

/// Keeps all that it is told.
struct Recorder : MachineObserver {
  void on_group_begin(size_t, int64_t at_ps) override { begins.push_back(at_ps); }
  void on_group_end(size_t, int64_t at_ps) override { ends.push_back(at_ps); }
  void on_block(const TracedBlock& block) override { blocks.push_back(block); }
  void on_transfer(const TracedTransfer& transfer) override { transfers.push_back(transfer); }
  void on_level(const TracedLevel& level) override { levels.push_back(level); }
  void on_dram(const TracedDram& event) override { dram.push_back(event); }

  const TracedTransfer& transfer(int64_t id) const {
    for (const TracedTransfer& t : transfers) {
      if (t.id == id) return t;
    }
    throw Error("no such transfer");
  }

  std::vector<int64_t> begins, ends;
  std::vector<TracedBlock> blocks;
  std::vector<TracedTransfer> transfers;
  std::vector<TracedLevel> levels;
  std::vector<TracedDram> dram;
};

class TraceOfAConv : public ::testing::Test {
 protected:
  TraceOfAConv() {
    testing::GraphBuilder b("one");
    b.conv(b.input({16, 12, 10}), 32, 3);
    graph_ = std::make_shared<const Graph>(b.finish());
    options_.observer = &seen_;
  }

  /// Rows that a block is the first to read, and whether weights came for it.
  void expect_loads(const TracedBlock& block, const std::set<int64_t>& rows, bool weights) {
    std::set<int64_t> loaded;
    bool weighted = false;
    for (const int64_t id : block.loads) {
      const TracedTransfer& load = seen_.transfer(id);
      EXPECT_LE(load.end_ps, block.begin_ps);
      weighted = weighted || load.kind == TracedKind::weights;
      if (load.kind == TracedKind::ifmap) loaded.insert(load.first_row);
    }
    EXPECT_EQ(loaded, rows);
    EXPECT_EQ(weighted, weights);
  }

  const Config config_ = roomy_config();
  std::shared_ptr<const Graph> graph_;
  Recorder seen_;
  SimOptions options_;
};

TEST_F(TraceOfAConv, LoadsBlocksAndStoresBelongTogether) {
  const Schedule schedule = lbdf_schedule(graph_, {{0}}, config_);
  const GroupResult group = simulate(config_, {schedule}, options_).runs.at(0).groups.at(0);
  ASSERT_EQ(seen_.blocks.size(), 12U);
  for (int64_t y = 0; y < 12; ++y) {
    SCOPED_TRACE("row " + std::to_string(y));
    const TracedBlock& block = seen_.blocks[static_cast<size_t>(y)];
    EXPECT_EQ(block.first_row, y);
    EXPECT_EQ(block.last_row, y + 1);
    EXPECT_EQ(block.c1, 32);
    // rows y - 1 to y + 1, of which one is new
    std::set<int64_t> rows;
    if (y == 0) rows.insert(0);
    if (y + 1 < 12) rows.insert(y + 1);
    expect_loads(block, rows, y == 0);
  }
  int64_t row = 0;
  for (const TracedTransfer& t : seen_.transfers) {
    if (t.kind != TracedKind::ofmap) continue;
    EXPECT_EQ(t.first_row, row);
    EXPECT_THAT(t.blocks, ElementsAre(seen_.blocks[static_cast<size_t>(row)].id));
    EXPECT_GE(t.begin_ps, seen_.blocks[static_cast<size_t>(row++)].end_ps);
  }
  EXPECT_EQ(row, 12);
  ASSERT_EQ(seen_.ends.size(), 1U);
  EXPECT_EQ(seen_.begins.at(0), 0);
  EXPECT_NEAR(static_cast<double>(seen_.ends[0]), 1000.0 * static_cast<double>(group.cycles.total), 1000.0);
}

TEST_F(TraceOfAConv, LevelsAreThoseOfItsRings) {
  const Schedule schedule = lbdf_schedule(graph_, {{0}}, config_);
  simulate(config_, {schedule}, options_);
  std::map<int64_t, int64_t> most, capacity, last;
  for (const TracedLevel& level : seen_.levels) {
    most[level.part] = std::max(most[level.part], level.bytes);
    capacity[level.part] = level.capacity_bytes;
    last[level.part] = level.bytes;
    EXPECT_EQ(level.bytes % (level.part == 0 ? 160 : 320), 0);
  }
  // three rows of the input, one of the result
  EXPECT_EQ(capacity, (std::map<int64_t, int64_t>{{0, 3 * 16 * 10}, {1, 32 * 10}}));
  EXPECT_EQ(most, capacity);
  EXPECT_EQ(last, (std::map<int64_t, int64_t>{{0, 0}, {1, 0}}));
}

TEST_F(TraceOfAConv, TheDramIsSeenBurstByBurst) {
  const Schedule schedule = lbdf_schedule(graph_, {{0}}, config_);
  const GroupResult group = simulate(config_, {schedule}, options_).runs.at(0).groups.at(0);
  int64_t reads = 0, writes = 0, opened = 0;
  for (const TracedDram& event : seen_.dram) {
    reads += event.kind == TracedDram::Kind::read ? event.bursts : 0;
    writes += event.kind == TracedDram::Kind::write ? event.bursts : 0;
    opened += event.kind == TracedDram::Kind::open ? 1 : 0;
  }
  EXPECT_EQ(reads, group.dram.reads);
  EXPECT_EQ(writes, group.dram.writes);
  EXPECT_EQ(opened, group.dram.activates);
}

}  // namespace
}  // namespace fusesim::hw
