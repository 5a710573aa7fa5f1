#include <gtest/gtest.h>

#include "fusesim/hw/simulate.h"
#include "fusesim/testing/graph_builder.h"
#include "fusesim/testing/reference_evaluation.h"
#include "testing/lbdf_schedules.h"

namespace fusesim::hw {
namespace {

/// conv 3x3 16 -> 16, then 1x1 16 -> 64 and 1x1 64 -> 16, on 12x12. The first keeps the array busy for 12
/// rows of 12 * 9 + 64 cycles: time to bring the weights of the others.
std::shared_ptr<const Graph> three_convs() {
  testing::GraphBuilder b("three");
  b.conv(b.conv(b.conv(b.input({16, 12, 12}), 16, 3), 64, 1), 16, 1);
  return std::make_shared<const Graph>(b.finish());
}

constexpr int64_t kInput = int64_t{16} * 12 * 12;  // bytes, as all of these
constexpr int64_t kFirstWeights = 16 * 16 * 9 + 16 * 4;
constexpr int64_t kSecondWeights = 16 * 64 + 64 * 4;
constexpr int64_t kThirdWeights = 64 * 16 + 16 * 4;
/// First group: three rows of the input, one of the result.
constexpr int64_t kFirstBuffer = kFirstWeights + int64_t{4} * 16 * 12;

RunResult run(const std::shared_ptr<const Graph>& graph, int64_t buffer_bytes) {
  Config config;
  config.buffer.capacity_bytes = buffer_bytes;
  config.prefetch_next_group = true;
  return simulate(config, {lbdf_schedule(graph, {{0}, {1, 2}}, config)}).runs.at(0);
}

int64_t read_bytes(const GroupResult& group) { return group.dram.reads * 64; }

void expect_weights_counted_where_they_belong(const RunResult& run) {
  EXPECT_EQ(run.groups[0].payload.weight_bytes, kFirstWeights);
  EXPECT_EQ(run.groups[1].payload.weight_bytes, kSecondWeights + kThirdWeights);
  EXPECT_EQ(run.groups[1].weight_bytes, (std::vector<int64_t>{kSecondWeights, kThirdWeights}));
  EXPECT_EQ(run.groups[0].allocated_bytes, kFirstBuffer);
  EXPECT_LE(run.groups[0].peak_buffer_bytes, kFirstBuffer);
}

TEST(NextGroup, ItsWeightsComeWhileAGroupRunsAndCountForIt) {
  const auto graph = three_convs();
  const RunResult result = run(graph, 1 << 20);
  expect_weights_counted_where_they_belong(result);
  EXPECT_GE(read_bytes(result.groups[0]), kInput + kFirstWeights + kSecondWeights + kThirdWeights);
  // nothing but its input is left, in rows of 192 bytes
  EXPECT_EQ(read_bytes(result.groups[1]), kInput);
  EXPECT_EQ(result.outputs.at(0).hashes, testing::reference_evaluation(*graph).at(0));
}

TEST(NextGroup, WhatDoesNotFitBesideTheRunningGroupWaits) {
  // room for one of the two, one byte below the capacity
  const RunResult result = run(three_convs(), kFirstBuffer + kSecondWeights + kThirdWeights);
  expect_weights_counted_where_they_belong(result);
  EXPECT_GE(read_bytes(result.groups[1]), kInput + kThirdWeights);
  EXPECT_LT(read_bytes(result.groups[1]), kInput + kThirdWeights + kSecondWeights);
}

}  // namespace
}  // namespace fusesim::hw
