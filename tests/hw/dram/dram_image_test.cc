#include "dram/dram_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fusesim/hw/simulation_error.h"
#include "testing/dram_parts.h"
#include "testing/small_graph.h"

namespace fusesim::hw {
namespace {

using Guard = SimulationError::Guard;
using testing::ElementsAre;
using testing::HasSubstr;

Segment row_segment(TransferKind kind, TensorId tensor, int64_t row, int64_t c0, int64_t c1,
                    uint64_t* hashes) {
  Segment s;
  s.kind = kind;
  s.tensor = tensor;
  s.row = row;
  s.c0 = c0;
  s.c1 = c1;
  s.hashes = hashes;
  return s;
}
Segment weight_segment(OpId op, int64_t offset_bytes, int64_t bytes) {
  Segment s;
  s.kind = TransferKind::weight;
  s.op = op;
  s.offset_bytes = offset_bytes;
  s.bytes = bytes;
  return s;
}

/// Runs f and checks which guard trips with which words.
template <typename F>
void expect_guard(Guard guard, const char* words, F f) {
  try {
    f();
    ADD_FAILURE() << "expected a SimulationError about " << words;
  } catch (const SimulationError& e) {
    EXPECT_EQ(e.guard(), guard);
    EXPECT_THAT(e.what(), HasSubstr(words));
  }
}

class DramImageTest : public testing::Test {
 protected:
  void store(TensorId tensor, int64_t row, int64_t c0, std::vector<uint64_t> hashes) {
    const Segment s = row_segment(TransferKind::ofmap, tensor, row, c0,
                                  c0 + static_cast<int64_t>(hashes.size()), hashes.data());
    image_.begin_store(s);
    image_.finish_store(s);
  }
  std::vector<uint64_t> load(TensorId tensor, int64_t row, int64_t c0, int64_t c1) {
    std::vector<uint64_t> hashes(static_cast<size_t>(c1 - c0));
    const Segment s = row_segment(TransferKind::ifmap, tensor, row, c0, c1, hashes.data());
    image_.begin_load(s);
    image_.finish_load(s);
    return hashes;
  }

  Graph graph_ = small_graph();
  DramImage image_{graph_, Datatypes(), ddr4()};
};

TEST_F(DramImageTest, ChannelRangesOfARowAreContiguous) {
  const int64_t row = image_.address(row_segment(TransferKind::ifmap, 1, 2, 0, 6, nullptr));
  EXPECT_EQ(image_.address(row_segment(TransferKind::ifmap, 1, 2, 4, 6, nullptr)), row + int64_t{4} * 5);
  EXPECT_EQ(image_.bytes(row_segment(TransferKind::ifmap, 1, 2, 4, 6, nullptr)), 2 * 5);
  EXPECT_EQ(image_.address(row_segment(TransferKind::ifmap, 1, 1, 0, 6, nullptr)), row - int64_t{6} * 5);
}

TEST_F(DramImageTest, RegionsAreAlignedAndApart) {
  // x 60, t1 90, t2 30, weights 24 + 6 * 4 and 12 bytes; each in multiples of 256 (a burst in every bank
  // group)
  EXPECT_EQ(image_.allocated_bytes(), 5 * 256);
  EXPECT_EQ(image_.address(row_segment(TransferKind::ifmap, 1, 0, 0, 1, nullptr)), 256);
  EXPECT_EQ(image_.address(weight_segment(1, 3, 4)), 4 * 256 + 3);
}

TEST_F(DramImageTest, GraphInputsAreThereFromTheStart) {
  EXPECT_TRUE(image_.complete(0));
  EXPECT_FALSE(image_.complete(1));
  const std::vector<uint64_t> row = load(0, 1, 2, 4);
  const std::vector<uint64_t> all = image_.hashes(0);  // c * H + y
  EXPECT_THAT(row, ElementsAre(all[2 * 3 + 1], all[3 * 3 + 1]));
}

TEST_F(DramImageTest, GivesBackWhatWasStored) {
  store(1, 0, 0, {1, 2, 3});
  store(1, 0, 3, {4, 5, 6});
  EXPECT_THAT(load(1, 0, 1, 5), ElementsAre(2, 3, 4, 5));
}

TEST_F(DramImageTest, ATensorIsCompleteWithItsLastChannelRow) {
  for (int64_t y = 0; y < 3; ++y) {
    store(2, y, 1, {static_cast<uint64_t>(10 + y)});
    EXPECT_FALSE(image_.complete(2));
    if (y == 2) expect_guard(Guard::incomplete_tensor, "tensor 2 (t2)", [&] { image_.hashes(2); });
    store(2, y, 0, {static_cast<uint64_t>(y)});
  }
  EXPECT_TRUE(image_.complete(2));
  EXPECT_THAT(image_.hashes(2), ElementsAre(0, 1, 2, 10, 11, 12));
}

TEST_F(DramImageTest, RefusesToReadWhatWasNotWritten) {
  expect_guard(Guard::incomplete_tensor, "tensor 1 (t1): row 0, channel 0", [&] { load(1, 0, 0, 6); });
  store(1, 0, 0, {1, 2, 3});
  expect_guard(Guard::incomplete_tensor, "tensor 1 (t1): row 0, channel 3", [&] { load(1, 0, 0, 6); });
}

TEST_F(DramImageTest, RefusesToReadARowThatIsStillBeingStored) {
  uint64_t hash = 1;
  image_.begin_store(row_segment(TransferKind::ofmap, 1, 0, 0, 1, &hash));
  expect_guard(Guard::incomplete_tensor, "row 0, channel 0", [&] { load(1, 0, 0, 1); });
}

TEST_F(DramImageTest, RefusesASecondWrite) {
  store(1, 0, 0, {1, 2, 3});
  expect_guard(Guard::double_transfer, "tensor 1 (t1): row 0, channel 2", [&] { store(1, 0, 2, {9, 9}); });
  expect_guard(Guard::double_transfer, "tensor 0 (x)", [&] { store(0, 0, 0, {1}); });
  uint64_t hash = 1;
  image_.begin_store(row_segment(TransferKind::ofmap, 2, 0, 0, 1, &hash));  // still under way
  expect_guard(Guard::double_transfer, "tensor 2 (t2)", [&] { store(2, 0, 0, {9}); });
}

TEST_F(DramImageTest, RefusesSegmentsOutsideTheirTensor) {
  expect_guard(Guard::bad_schedule, "got row 3", [&] { load(0, 3, 0, 4); });
  expect_guard(Guard::bad_schedule, "channels [2, 5)", [&] { load(0, 0, 2, 5); });
  expect_guard(Guard::bad_schedule, "tensor 9", [&] { load(9, 0, 0, 1); });
  expect_guard(Guard::bad_schedule, "op 0: expected a transfer within its 48 bytes of weights, got [40, 49)",
               [&] { image_.address(weight_segment(0, 40, 9)); });
  expect_guard(Guard::bad_schedule, "op 2", [&] { image_.address(weight_segment(2, 0, 1)); });
}

TEST_F(DramImageTest, ResetLeavesTheInputsOnly) {
  const std::vector<uint64_t> input = image_.hashes(0);
  store(1, 0, 0, {1, 2, 3, 4, 5, 6});
  image_.reset();
  EXPECT_EQ(image_.hashes(0), input);
  expect_guard(Guard::incomplete_tensor, "tensor 1", [&] { load(1, 0, 0, 1); });
  store(1, 0, 0, {7});
  EXPECT_THAT(load(1, 0, 0, 1), ElementsAre(7));
}

TEST(DramImage, SaysWhenANetworkDoesNotFitThePart) {
  DramConfig part = ddr4();
  part.rows = 1;
  Graph graph = small_graph();
  for (Tensor& t : graph.tensors) t.shape.h = 100'000;
  try {
    const DramImage image(graph, Datatypes(), part);
    FAIL() << "expected an Error";
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("expected a network of at most 131072 bytes"));
    EXPECT_THAT(e.what(), HasSubstr("(small)"));
  }
}

}  // namespace
}  // namespace fusesim::hw
