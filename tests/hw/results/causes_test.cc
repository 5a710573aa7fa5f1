#include "fusesim/hw/causes.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace fusesim {
namespace {

TEST(Causes, EachHasAPlaceAndANameOfItsOwn) {
  std::set<std::string> names;
  for (size_t i = 0; i < kCauses; ++i) {
    EXPECT_EQ(static_cast<size_t>(kAllCauses[i]), i);
    names.insert(to_string(kAllCauses[i]));
  }
  EXPECT_EQ(names.size(), kCauses);
  EXPECT_EQ(names.count(""), 0U);
}

TEST(Causes, AddUpAndTellWorkFromWaiting) {
  CauseCycles cycles;
  cycles[Cause::array] = 5;
  cycles[Cause::port] = 2;
  cycles[Cause::weights] = 4;
  cycles[Cause::dram_overhead] = 3;
  EXPECT_EQ(cycles.total(), 14);
  EXPECT_EQ(cycles.waits(), 7);
  EXPECT_EQ(cycles.largest(), Cause::array);
  CauseCycles more;
  more[Cause::weights] = 6;
  cycles += more;
  EXPECT_EQ(cycles.total(), 20);
  EXPECT_EQ(cycles.largest(), Cause::weights);
}

}  // namespace
}  // namespace fusesim
