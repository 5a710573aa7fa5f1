#include "blocks/transfer_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "fusesim/testing/graph_builder.h"
#include "testing/engine_bench.h"
#include "testing/lbdf_schedules.h"

namespace fusesim::hw {
namespace {

using Guard = SimulationError::Guard;
using ::testing::HasSubstr;

struct TransferCheckTest : ::testing::Test {
  TransferCheckTest() {
    testing::GraphBuilder b("g");
    b.conv(b.input({2, 3, 5}), 4, 1);
    graph = b.finish();
    group = lbdf_group(graph, {0}, {{0, 1}, {1, 1}});
    result.ifmaps = {{0, {10, 10, 10}}};
    result.weight_bytes = {2 * 4 + 4 * 4};
  }

  Guard check() {
    return tripped_guard([&] { check_fetched_once(graph, Datatypes{}, group, result, widths); }, &message);
  }

  const std::function<int64_t(TensorId)> widths = [this](TensorId t) { return graph.tensor(t).shape.w; };
  Graph graph;
  GroupSchedule group;
  GroupResult result;
  std::string message;
};

TEST_F(TransferCheckTest, AcceptsEverythingOnce) {
  check_fetched_once(graph, Datatypes{}, group, result, widths);
}

TEST_F(TransferCheckTest, ARowFetchedTwiceIsADoubleTransfer) {
  result.ifmaps[0].row_bytes[1] = 20;
  EXPECT_EQ(check(), Guard::double_transfer);
  EXPECT_EQ(message, "tensor 0 (t0) row 1: expected 10 bytes to be fetched, got 20");
}

TEST_F(TransferCheckTest, AMissingRowIsAnIncompleteTensor) {
  result.ifmaps[0].row_bytes[2] = 0;
  EXPECT_EQ(check(), Guard::incomplete_tensor);
  EXPECT_THAT(message, HasSubstr("row 2"));
}

TEST_F(TransferCheckTest, ATensorThatNeverMovedIsIncomplete) {
  result.ifmaps.clear();
  EXPECT_EQ(check(), Guard::incomplete_tensor);
}

TEST_F(TransferCheckTest, WeightsFetchedTwiceAreADoubleTransfer) {
  result.weight_bytes[0] *= 2;
  EXPECT_EQ(check(), Guard::double_transfer);
  EXPECT_THAT(message, HasSubstr("weights of op 0 (conv_0)"));
}

TEST_F(TransferCheckTest, AnOutgoingTensorMustBeWholeInDram) {
  DramImage image(graph, Datatypes{}, DramConfig{});
  std::vector<uint64_t> row(4);
  for (int64_t y = 0; y < 3; ++y) {
    EXPECT_EQ(tripped_guard([&] { check_stored(graph, group, image); }), Guard::incomplete_tensor);
    Segment segment;
    segment.kind = TransferKind::ofmap;
    segment.tensor = 1;
    segment.row = y;
    segment.c1 = 4;
    segment.hashes = row.data();
    image.begin_store(segment);
    image.finish_store(segment);
  }
  check_stored(graph, group, image);
}

}  // namespace
}  // namespace fusesim::hw
