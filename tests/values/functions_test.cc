#include "fusesim/values/functions.h"

#include <gtest/gtest.h>

namespace fusesim {
namespace {

constexpr ValueFormat kBytes{8, 8, 32, 32};

/// Entry of value q.
int at(const FunctionTable& made, int q) { return made.table[static_cast<size_t>(q + 128)]; }

TEST(FunctionTable, KeepsTheFractionOfARelu) {
  const FunctionTable made = make_table({{"Relu", 0.0F, 0.0F}}, 3, kBytes);
  ASSERT_EQ(made.table.size(), 256U);
  EXPECT_EQ(made.fraction, 3);
  for (int q = -128; q < 128; ++q) EXPECT_EQ(at(made, q), q < 0 ? 0 : q);
}

TEST(FunctionTable, GivesTheFinestFractionThatHoldsEveryResult) {
  // of 8 bits with fraction 4, x is at most 127 / 16; a sigmoid stays below 1: 127 / 128 is its most
  const FunctionTable sigmoid = make_table({{"Sigmoid", 0.0F, 0.0F}}, 4, kBytes);
  EXPECT_EQ(sigmoid.fraction, 7);
  EXPECT_EQ(at(sigmoid, 0), 64);
  EXPECT_EQ(at(sigmoid, -128), 0);  // 128 / (1 + e^8) = 0.04
  EXPECT_EQ(at(sigmoid, 127), 127);
  // min(x, 6) is at most 6 = 96 / 16
  const FunctionTable clip = make_table({{"Clip", 0.0F, 6.0F}}, 3, kBytes);
  EXPECT_EQ(clip.fraction, 4);
  EXPECT_EQ(at(clip, 8), 16);
  EXPECT_EQ(at(clip, 127), 96);
}

TEST(FunctionTable, AppliesFunctionsInOrderWithoutRoundingBetween) {
  // -(x^+) of x = q / 2
  const FunctionTable made = make_table({{"Relu", 0.0F, 0.0F}, {"Neg", 0.0F, 0.0F}}, 1, kBytes);
  EXPECT_EQ(made.fraction, 1);
  EXPECT_EQ(at(made, 5), -5);
  EXPECT_EQ(at(made, -5), 0);
}

TEST(FunctionTable, IsEmptyForWhatIsNoFunctionOfOneElement) {
  EXPECT_TRUE(make_table({{"Softmax", 0.0F, 0.0F}}, 4, kBytes).table.empty());
  EXPECT_TRUE(make_table({}, 4, kBytes).table.empty());
}

TEST(FunctionTable, EndsOfTheRangeStandForWhatIsInfinite) {
  const FunctionTable made = make_table({{"Log", 0.0F, 0.0F}}, 2, kBytes);
  EXPECT_EQ(at(made, 0), -128);
  EXPECT_EQ(at(made, -3), 0);  // no number
}

}  // namespace
}  // namespace fusesim
