#include <gtest/gtest.h>

#include "sample.h"

namespace fusesim {
namespace {

using testing::brr_sample;
using testing::lbdf_sample;

TEST(InvalidReason, SamplesAreValid) {
  EXPECT_EQ(invalid_reason(lbdf_sample()), "");
  EXPECT_EQ(invalid_reason(brr_sample()), "");
}

TEST(InvalidReason, NoGraph) {
  Schedule s = lbdf_sample();
  s.graph = nullptr;
  EXPECT_EQ(invalid_reason(s), "graph: expected a network, got none");
}

TEST(InvalidReason, DatatypesAndBuffer) {
  Schedule s = lbdf_sample();
  s.datatypes.activation_bytes = 2;
  s.datatypes.partial_sum_bytes = 1;
  EXPECT_EQ(invalid_reason(s), "datatypes.partial_sum_bits: expected from 16 to 64, got 8");
  s = lbdf_sample();
  s.buffer_bytes = 0;
  EXPECT_EQ(invalid_reason(s), "buffer_bytes: expected from 1 to 1099511627776, got 0");
}

TEST(InvalidReason, PlanMissesAnOp) {
  Schedule s = lbdf_sample();
  s.groups.pop_back();
  EXPECT_EQ(invalid_reason(s), "op 'max_pool_4' is in no group");
}

TEST(InvalidReason, PlanRunsAReaderFirst) {
  Schedule s = lbdf_sample();
  std::swap(s.groups[1], s.groups[2]);
  EXPECT_EQ(invalid_reason(s), "groups[1] runs before groups[2] that it reads");
}

TEST(InvalidReason, GroupIsNotConnected) {
  Schedule s = lbdf_sample();
  s.groups[0].ops = {0, 2};
  EXPECT_EQ(invalid_reason(s),
            "groups[0]: expected a connected group, got several parts: nothing inside joins op 'conv_2' to "
            "op 'conv_0'");
}

TEST(InvalidReason, ModeMustSuitOpsAndScheme) {
  Schedule s = lbdf_sample();
  s.groups[1].mode = GroupMode::lbdf;
  EXPECT_EQ(invalid_reason(s), "groups[1].mode: expected opaque for an opaque op, got lbdf");
  s = lbdf_sample();
  s.groups[2].mode = GroupMode::opaque;
  EXPECT_EQ(invalid_reason(s), "groups[2].mode: expected opaque for opaque ops only, got opaque");
  s = lbdf_sample();
  s.scheme = Scheme::brr;
  EXPECT_EQ(invalid_reason(s),
            "groups[0].mode: expected brr_tiles, brr_passes or opaque under scheme brr, got lbdf");
  s = brr_sample();
  s.scheme = Scheme::lbdf;
  EXPECT_EQ(invalid_reason(s),
            "groups[0].mode: expected lbdf for a group of several ops under scheme lbdf, got brr_tiles");
  s = brr_sample();
  s.groups[0].mode = GroupMode::brr_passes;
  EXPECT_EQ(invalid_reason(s),
            "groups[0].mode: expected brr_passes for a group of one convolution only, got brr_passes");
}

TEST(InvalidReason, FieldsOfAnotherMode) {
  Schedule s = brr_sample();
  s.groups[0].rings = {{0, 3}};
  EXPECT_EQ(invalid_reason(s), "groups[0].rings: expected none with mode brr_tiles, got 1");
  s = brr_sample();
  s.groups[1].prefetch_rows = 2;
  EXPECT_EQ(invalid_reason(s), "groups[1].prefetch_rows: expected 0 with mode brr_passes, got 2");
  s = lbdf_sample();
  s.groups[0].brr.residency = {{0, Residency::full}};
  EXPECT_EQ(invalid_reason(s), "groups[0].brr.residency: expected none with mode lbdf, got 1");
  s = lbdf_sample();
  s.groups[1].brr.double_buffer = DoubleBuffer::all;
  EXPECT_EQ(invalid_reason(s), "groups[1].brr.double_buffer: expected none with mode opaque, got all");
}

TEST(InvalidReason, OutgoingIsTheBoundary) {
  Schedule s = lbdf_sample();
  s.groups[0].outgoing = {2};
  EXPECT_EQ(invalid_reason(s), "groups[0].outgoing[0]: expected tensor 3 ('t3'), got tensor 2 ('t2')");
  s.groups[0].outgoing = {};
  EXPECT_EQ(invalid_reason(s), "groups[0].outgoing[0]: expected tensor 3 ('t3'), got nothing");
  s.groups[0].outgoing = {3, 99};
  EXPECT_EQ(invalid_reason(s), "groups[0].outgoing[1]: expected nothing more, got tensor 99");
}

TEST(InvalidReason, EveryTensorThatDoesNotWorkInPlaceOwnsARing) {
  Schedule s = lbdf_sample();
  s.groups[0].rings = {{0, 3}, {3, 1}};
  EXPECT_EQ(invalid_reason(s), "groups[0].rings[1]: expected tensor 2 ('t2'), got tensor 3 ('t3')");
  s.groups[0].rings = {{0, 3}, {1, 1}, {2, 3}, {3, 1}};
  EXPECT_EQ(invalid_reason(s), "groups[0].rings[1]: expected tensor 2 ('t2'), got tensor 1 ('t1')");
  s.groups[0].rings = {{0, 3}, {2, 3}};
  EXPECT_EQ(invalid_reason(s), "groups[0].rings[2]: expected tensor 3 ('t3'), got nothing");
}

TEST(InvalidReason, RingRowsWithinTheMap) {
  Schedule s = lbdf_sample();
  for (const int64_t rows : {int64_t{0}, int64_t{-1}, int64_t{9}}) {
    s.groups[0].rings[1].rows = rows;
    EXPECT_EQ(invalid_reason(s),
              "groups[0].rings[1].rows: expected from 1 to 8, got " + std::to_string(rows));
  }
}

TEST(InvalidReason, ResidencyCoversEveryTensor) {
  Schedule s = brr_sample();
  s.groups[0].brr.residency.erase(s.groups[0].brr.residency.begin());
  EXPECT_EQ(invalid_reason(s), "groups[0].brr.residency[0]: expected tensor 0 ('t0'), got tensor 1 ('t1')");
  s.groups[0].brr.residency.clear();
  EXPECT_EQ(invalid_reason(s), "groups[0].brr.residency[0]: expected tensor 0 ('t0'), got nothing");
}

TEST(InvalidReason, TileNumbers) {
  Schedule s = brr_sample();
  s.groups[0].brr.slice_channels = 0;
  EXPECT_EQ(invalid_reason(s), "groups[0].brr.slice_channels: expected from 1 to 65536, got 0");
  s = brr_sample();
  s.groups[0].brr.tile_rows = 9;
  EXPECT_EQ(invalid_reason(s), "groups[0].brr.tile_rows: expected from 1 to 8, got 9");
  s = brr_sample();
  s.groups[0].brr.tiles = 0;
  EXPECT_EQ(invalid_reason(s), "groups[0].brr.tiles: expected from 1 to 8, got 0");
}

TEST(InvalidReason, PassNumbers) {
  Schedule s = brr_sample();
  s.groups[1].brr.block_channels = 11;
  EXPECT_EQ(invalid_reason(s), "groups[1].brr.block_channels: expected from 1 to 10, got 11");
  s.groups[1].brr.block_channels = 6;
  EXPECT_EQ(invalid_reason(s),
            "groups[1].brr.block_channels: expected a multiple of slice_channels (4) or all 10, got 6");
  s.groups[1].brr.block_channels = 10;
  EXPECT_EQ(invalid_reason(s), "groups[1].brr.passes: expected 1, got 2");
}

}  // namespace
}  // namespace fusesim
