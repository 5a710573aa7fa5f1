#include "fusesim/base/checked.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace fusesim {
namespace {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

template <class Work>
std::string refused(Work&& work) {
  try {
    named([] { return std::string("op 'a'"); }, work);
  } catch (const RangeError&) {
    return "not named";
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Checked, GivesWhatFits) {
  EXPECT_EQ(checked_add(kMost - 1, 1, "bytes"), kMost);
  EXPECT_EQ(checked_add(-kMost, -1, "bytes"), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(checked_mul(kMost / 7, 7, "bytes"), kMost / 7 * 7);
  EXPECT_EQ(checked_round(2.5, "cycles"), 3);
  EXPECT_EQ(checked_round(-0x1p61, "cycles"), -(int64_t{1} << 61));
  EXPECT_EQ(checked_floor(2.9, "cycles"), 2);
  EXPECT_EQ(named([] { return std::string("op 'a'"); }, [] { return 7; }), 7);
}

TEST(Checked, RefusesTheRestBySubject) {
  const std::string bytes = "op 'a': bytes: expected a count below 2^63, got more";
  EXPECT_EQ(refused([] { checked_add(kMost, 1, "bytes"); }), bytes);
  EXPECT_EQ(refused([] { checked_mul(int64_t{1} << 32, int64_t{1} << 31, "bytes"); }), bytes);
  for (const double value : {0x1p62, -0x1p62, HUGE_VAL, std::nan("")})
    EXPECT_EQ(refused([value] { checked_round(value, "bytes"); }), bytes);
}

}  // namespace
}  // namespace fusesim
