#include "columns/label_table.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace fusesim {
namespace {

using State = std::array<uint8_t, 8>;

std::vector<std::pair<int64_t, int64_t>> labels_of(const LabelTable& table, size_t state) {
  std::vector<std::pair<int64_t, int64_t>> labels;
  for (int32_t e = table.first(state); e >= 0; e = table.next(e))
    labels.emplace_back(table.label(e).storage_bytes, table.label(e).value);
  return labels;
}

TEST(LabelTable, KeepsWhatNoOtherLabelMakesNeedless) {
  LabelTable table(8);
  table.clear(1);
  const State state = {1, 2, 3};
  EXPECT_TRUE(table.add(state.data(), {-5, 30, 0}));
  EXPECT_TRUE(table.add(state.data(), {-2, 10, 1}));
  EXPECT_FALSE(table.add(state.data(), {-2, 20, 2}));
  EXPECT_FALSE(table.add(state.data(), {-5, 40, 3}));
  EXPECT_TRUE(table.add(state.data(), {-9, 40, 4}));
  using Pairs = std::vector<std::pair<int64_t, int64_t>>;
  EXPECT_EQ(labels_of(table, 0), (Pairs{{10, -2}, {30, -5}, {40, -9}}));
  EXPECT_TRUE(table.add(state.data(), {-9, 20, 5}));
  EXPECT_EQ(labels_of(table, 0), (Pairs{{10, -2}, {20, -9}}));
  EXPECT_EQ(table.labels(), 2U);
}

TEST(LabelTable, MergesABucketToTheLeastOfBoth) {
  LabelTable table(8);
  table.clear(16);
  const State state = {};
  table.add(state.data(), {-1, 17, 0});
  EXPECT_TRUE(table.add(state.data(), {-4, 30, 1}));
  EXPECT_FALSE(table.add(state.data(), {-3, 18, 2}));
  ASSERT_EQ(table.labels(), 1U);
  EXPECT_EQ(table.label(table.first(0)).storage_bytes, 17);
  EXPECT_EQ(table.label(table.first(0)).value, -4);
  EXPECT_EQ(table.label(table.first(0)).trace, 1);
}

TEST(LabelTable, TellsManyStatesApart) {
  LabelTable table(8);
  table.clear(1);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 5000; ++i) {
      const State state = {static_cast<uint8_t>(i % 256), static_cast<uint8_t>(i / 256)};
      EXPECT_EQ(table.add(state.data(), {i, 0, 0}), round == 0);
    }
  }
  EXPECT_EQ(table.states(), 5000U);
  EXPECT_EQ(table.labels(), 5000U);
}

TEST(LabelTable, KeepsTheBest) {
  LabelTable table(8);
  table.clear(1);
  for (uint8_t i = 0; i < 10; ++i) {
    const State state = {i};
    table.add(state.data(), {i / 2, 0, i});
  }
  table.keep_best(5);
  EXPECT_EQ(table.labels(), 5U);
  size_t left = 0;
  for (size_t s = 0; s < table.states(); ++s) {
    for (int32_t e = table.first(s); e >= 0; e = table.next(e)) {
      EXPECT_LE(table.label(e).value, 2);
      ++left;
    }
  }
  EXPECT_EQ(left, 5U);
}

}  // namespace
}  // namespace fusesim
