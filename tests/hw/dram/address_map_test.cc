#include "dram/address_map.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <tuple>

#include "driver.h"
#include "testing/dram_parts.h"

namespace fusesim::hw {
namespace {

TEST(AddressMap, FindsThePlaceThatAnAddressWasMadeFrom) {
  std::mt19937_64 random(1);
  for (const DramConfig& part : {ddr4(), two_ranks(), lpddr4(), odd_part()}) {
    const AddressMap map(part);
    const auto pick = [&random](int64_t n) {
      return static_cast<int64_t>(random() % static_cast<uint64_t>(n));
    };
    for (int i = 0; i < 2000; ++i) {
      const Place at = {pick(part.channels),        pick(part.ranks), pick(part.bank_groups),
                        pick(part.banks_per_group), pick(part.rows),  pick(part.columns / part.burst_length)};
      const int64_t burst = address_of(part, at) / part.burst_bytes();
      EXPECT_EQ(burst % part.channels, at.channel);
      const Location location = map.locate(burst / part.channels);
      EXPECT_EQ(location.row, at.row);
      EXPECT_EQ(location.bank, (at.rank * part.bank_groups + at.group) * part.banks_per_group + at.bank);
    }
  }
}

TEST(AddressMap, UsesEveryRowOfThePartAndNoOther) {
  const DramConfig part = odd_part();
  const AddressMap map(part);
  const int64_t bursts = part.capacity_bytes() / part.burst_bytes() / part.channels;
  std::vector<int64_t> uses(
      static_cast<size_t>(part.ranks * part.bank_groups * part.banks_per_group * part.rows), 0);
  for (int64_t b = 0; b < bursts; ++b) {
    const Location at = map.locate(b);
    ASSERT_LT(at.row, part.rows);
    ++uses[static_cast<size_t>(at.bank * part.rows + at.row)];
  }
  for (const int64_t n : uses) ASSERT_EQ(n, part.columns / part.burst_length);
}

TEST(AddressMap, NeighbourBurstsLieInDifferentBankGroups) {
  const AddressMap map(ddr4());
  std::set<int32_t> banks;
  for (int64_t b = 0; b < 4; ++b) banks.insert(map.locate(b).bank / 4);
  EXPECT_EQ(banks.size(), 4U);
}

TEST(AddressMap, RegionsThatLieARowApartInEveryBankUseDifferentBanks) {
  const DramConfig part = ddr4();
  const AddressMap map(part);
  const int64_t apart = part.capacity_bytes() / part.rows / part.burst_bytes();
  EXPECT_NE(map.locate(0).bank, map.locate(apart).bank);
  EXPECT_NE(map.locate(0).row, map.locate(apart).row);
}

}  // namespace
}  // namespace fusesim::hw
