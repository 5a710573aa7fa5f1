#include "columns/label_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace fusesim {
namespace {

using State = std::array<uint8_t, 8>;

constexpr size_t kMany = 1'000'000;
constexpr int64_t kBufferBytes = 1 << 20;
const StateLayout kPlain(8, false);
const StateLayout kRanked(8, true);

/// Storage and value, in order of storage.
std::vector<std::pair<int64_t, int64_t>> labels_of(LabelTable& table) {
  table.finish(kMany, kBufferBytes);
  std::vector<std::pair<int64_t, int64_t>> labels;
  for (size_t i = 0; i < table.labels(); ++i)
    labels.emplace_back(table.label(i).storage_bytes, table.label(i).value);
  std::sort(labels.begin(), labels.end());
  return labels;
}

TEST(LabelTable, KeepsWhatNoOtherLabelMakesNeedless) {
  LabelTable table(kPlain);
  table.clear(1);
  const State state = {1, 2, 3};
  EXPECT_TRUE(table.add(state.data(), {-5, 30, 0}));
  EXPECT_TRUE(table.add(state.data(), {-2, 10, 1}));
  table.add(state.data(), {-2, 20, 2});
  EXPECT_FALSE(table.add(state.data(), {-5, 40, 3})) << "the best one is known at once";
  EXPECT_TRUE(table.add(state.data(), {-9, 40, 4}));
  using Pairs = std::vector<std::pair<int64_t, int64_t>>;
  EXPECT_EQ(labels_of(table), (Pairs{{10, -2}, {30, -5}, {40, -9}}));
  EXPECT_TRUE(table.add(state.data(), {-9, 20, 5}));
  EXPECT_EQ(labels_of(table), (Pairs{{10, -2}, {20, -9}}));
}

TEST(LabelTable, MergesABucketToTheLeastOfBoth) {
  LabelTable table(kPlain);
  table.clear(16);
  const State state = {};
  table.add(state.data(), {-1, 17, 0});
  EXPECT_TRUE(table.add(state.data(), {-4, 30, 1}));
  EXPECT_FALSE(table.add(state.data(), {-3, 18, 2}));
  table.finish(kMany, kBufferBytes);
  ASSERT_EQ(table.labels(), 1U);
  EXPECT_EQ(table.label(0).storage_bytes, 17);
  EXPECT_EQ(table.label(0).value, -4);
  EXPECT_EQ(table.label(0).trace, 1);
}

TEST(LabelTable, WidensItsBucketsWhereLabelsAreTooMany) {
  LabelTable table(kPlain);
  table.clear(1);
  const State state = {};
  for (int i = 0; i < 64; ++i) table.add(state.data(), {-i, i, i});
  table.finish(8, kBufferBytes);
  EXPECT_LE(table.labels(), 8U);
  std::vector<std::pair<int64_t, int64_t>> labels = labels_of(table);
  EXPECT_EQ(labels.back().second, -63);
  for (const auto& [bytes, value] : labels) EXPECT_LE(bytes, -value) << "no more than the label had";
}

/// Key, levels, flags and kinds of one slot.
std::array<uint8_t, 32> ranked(uint8_t key, uint8_t level, uint8_t flags, uint8_t kind) {
  std::array<uint8_t, 32> state = {};
  state[0] = key;
  state[8] = level;
  state[16] = flags;
  state[24] = kind;
  return state;
}

size_t left_of(const std::array<uint8_t, 32>& one, const std::array<uint8_t, 32>& other) {
  LabelTable table(kRanked);
  table.clear(1);
  table.add(one.data(), {-3, 10, 0});
  table.add(other.data(), {-2, 10, 1});
  table.finish(kMany, kBufferBytes);
  return table.labels();
}

TEST(LabelTable, ComparesWhatIsBehindTheKey) {
  EXPECT_EQ(left_of(ranked(1, 2, 1, 0), ranked(1, 2, 1, 0)), 1U);
  EXPECT_EQ(left_of(ranked(1, 2, 1, 0), ranked(2, 2, 1, 0)), 2U) << "another key";
  EXPECT_EQ(left_of(ranked(1, 1, 1, 0), ranked(1, 2, 1, 0)), 1U) << "a lower level";
  EXPECT_EQ(left_of(ranked(1, 127, 1, 0), ranked(1, 2, 1, 0)), 2U) << "a higher level";
  EXPECT_EQ(left_of(ranked(1, 2, 1, 0), ranked(1, 2, 3, 0)), 1U) << "fewer flags";
  EXPECT_EQ(left_of(ranked(1, 2, 2, 0), ranked(1, 2, 1, 0)), 2U) << "other flags";
  EXPECT_EQ(left_of(ranked(1, 2, 1, 0), ranked(1, 2, 1, 4)), 1U) << "of any kind";
  EXPECT_EQ(left_of(ranked(1, 2, 1, 3), ranked(1, 2, 1, 3)), 1U) << "of the same kind";
  EXPECT_EQ(left_of(ranked(1, 2, 1, 3), ranked(1, 2, 1, 4)), 2U) << "of another kind";
}

/// A label with more storage is better if that is all for rows that the other one may yet have to hold.
TEST(LabelTable, ComparesStorageWithoutWhatFollowsFromRanks) {
  const std::array<uint8_t, 32> state = ranked(1, 2, 0, 0);
  LabelTable table(kRanked);
  table.clear(1);
  table.add(state.data(), {-3, 10, 0}, 8);
  table.add(state.data(), {-4, 12, 1}, 10);
  table.finish(kMany, kBufferBytes);
  ASSERT_EQ(table.labels(), 1U);
  EXPECT_EQ(table.label(0).value, -4);
  std::array<uint8_t, 32> copy = {};
  table.copy_state(0, copy.data());
  EXPECT_EQ(copy, state);
}

TEST(LabelTable, TellsManyStatesApart) {
  LabelTable table(kPlain);
  table.clear(1);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 5000; ++i) {
      const State state = {static_cast<uint8_t>(i % 256), static_cast<uint8_t>(i / 256)};
      EXPECT_EQ(table.add(state.data(), {i, 0, 0}), round == 0);
    }
  }
  table.finish(kMany, kBufferBytes);
  EXPECT_EQ(table.labels(), 5000U);
}

TEST(LabelTable, KeepsTheBest) {
  LabelTable table(kPlain);
  table.clear(1);
  for (uint8_t i = 0; i < 10; ++i) {
    const State state = {i};
    table.add(state.data(), {i / 2, 0, i});
  }
  table.finish(kMany, kBufferBytes);
  table.keep_best(5);
  ASSERT_EQ(table.labels(), 5U);
  for (size_t i = 0; i < table.labels(); ++i) EXPECT_LE(table.label(i).value, 2);
}

}  // namespace
}  // namespace fusesim
