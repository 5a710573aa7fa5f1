#include "fusesim/gnn/metrics.h"

#include <gtest/gtest.h>

namespace fusesim::gnn {
namespace {

TEST(Confusion, GivesTheFiguresOfAWorkedExample) {
  Confusion c;
  for (int i = 0; i < 6; ++i) c.add(1, 1);
  for (int i = 0; i < 2; ++i) c.add(1, 0);
  for (int i = 0; i < 9; ++i) c.add(0, 0);
  for (int i = 0; i < 3; ++i) c.add(0, 1);
  EXPECT_EQ(c.total(), 20);
  EXPECT_DOUBLE_EQ(c.accuracy(), 0.75);
  EXPECT_DOUBLE_EQ(c.f1_invalid(), 12.0 / 17.0);
  EXPECT_DOUBLE_EQ(c.f1_valid(), 18.0 / 23.0);
  EXPECT_DOUBLE_EQ(c.majority(), 0.55);
}

TEST(Confusion, OfNothingIsZero) {
  EXPECT_EQ(Confusion().accuracy(), 0.0);
  EXPECT_EQ(Confusion().f1_invalid(), 0.0);
}

LabelledGroup group_of(int64_t weight_bytes, int64_t row_bytes) {
  LabelledGroup group;
  group.weight_bytes = weight_bytes;
  group.row_bytes = row_bytes;
  group.f_beta_bytes = weight_bytes;
  return group;
}

TEST(LogisticBaseline, LearnsThatWeightsDecide) {
  std::vector<LabelledGroup> groups;
  for (int64_t w = 10'000; w < 10'000'000; w = w * 11 / 10) groups.push_back(group_of(w, 1000 + w % 777));
  const LogisticBaseline baseline(groups);
  Confusion c;
  for (const LabelledGroup& group : groups) {
    for (const int64_t buffer : kBufferBytes) c.add(baseline.predict(group, buffer), group.label(buffer));
  }
  EXPECT_GT(c.accuracy(), 0.97);
}

}  // namespace
}  // namespace fusesim::gnn
