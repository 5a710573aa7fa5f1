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

/// Every order that keeps its row on top, and some that do not.
std::vector<DramConfig> parts_with_other_maps() {
  using F = AddressField;
  std::vector<DramConfig> parts;
  for (const AddressOrder& order :
       {AddressOrder{F::row, F::rank, F::bank, F::group, F::column, F::channel},
        AddressOrder{F::channel, F::row, F::rank, F::bank, F::column, F::group},
        AddressOrder{F::row, F::column, F::rank, F::channel, F::bank, F::group},
        AddressOrder{F::rank, F::bank, F::row, F::group, F::channel, F::column}}) {
    for (const BankHash hash : {BankHash::none, BankHash::rotate, BankHash::fold}) {
      for (DramConfig part : {ddr4(), two_ranks(), lpddr4(), odd_part()}) {
        part.address_map = order;
        part.bank_hash = hash;
        parts.push_back(part);
      }
    }
  }
  return parts;
}

TEST(AddressMap, FollowsTheOrderOfItsFields) {
  std::mt19937_64 random(2);
  for (const DramConfig& part : parts_with_other_maps()) {
    const AddressMap map(part);
    const auto pick = [&random](int64_t n) {
      return static_cast<int64_t>(random() % static_cast<uint64_t>(n));
    };
    for (int i = 0; i < 200; ++i) {
      const Place at = {pick(part.channels),        pick(part.ranks), pick(part.bank_groups),
                        pick(part.banks_per_group), pick(part.rows),  pick(part.columns / part.burst_length)};
      const int64_t burst = address_of(part, at) / part.burst_bytes();
      for (int64_t channel = 0; channel < part.channels; ++channel) {
        EXPECT_EQ(map.within(channel, burst, burst + 1).count, channel == at.channel ? 1 : 0);
      }
      const Location location = map.locate(map.within(at.channel, burst, burst + 1).first);
      EXPECT_EQ(location.row, at.row);
      EXPECT_EQ(location.bank, (at.rank * part.bank_groups + at.group) * part.banks_per_group + at.bank);
    }
  }
}

TEST(AddressMap, GivesEveryBurstOfAPieceToOneChannelInOrder) {
  for (const DramConfig& part : parts_with_other_maps()) {
    const AddressMap map(part);
    const int64_t first = 777;
    const int64_t end = 5000;
    int64_t bursts = 0;
    for (int64_t channel = 0; channel < part.channels; ++channel) {
      const ChannelRun run = map.within(channel, first, end);
      bursts += run.count;
      const int64_t half = 2345;
      EXPECT_EQ(map.within(channel, first, half).count + map.within(channel, half, end).count, run.count);
      EXPECT_EQ(map.within(channel, half, end).first, run.first + map.within(channel, first, half).count);
    }
    EXPECT_EQ(bursts, end - first);
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

/// Of rows of two regions so far apart the share that lies in one bank.
double share_in_one_bank(DramConfig part, BankHash hash, int64_t apart_bytes) {
  part.bank_hash = hash;
  const AddressMap map(part);
  const int64_t stretch = part.row_bytes() * part.bank_groups / part.burst_bytes();
  const int64_t apart = apart_bytes / part.burst_bytes();
  int64_t same = 0;
  constexpr int64_t kRows = 256;
  for (int64_t row = 0; row < kRows; ++row) {
    same += map.locate(row * stretch).bank == map.locate(row * stretch + apart).bank ? 1 : 0;
  }
  return static_cast<double>(same) / static_cast<double>(kRows);
}

TEST(AddressMap, RegionsAPowerOfTwoApartSeldomShareABank) {
  const DramConfig part = ddr4();
  constexpr int64_t kKiB = 1024;
  for (int64_t apart = 128 * kKiB; apart <= 256 * 1024 * kKiB; apart *= 2) {
    EXPECT_EQ(share_in_one_bank(part, BankHash::none, apart), 1.0) << apart;
    EXPECT_EQ(share_in_one_bank(part, BankHash::rotate, apart), apart < 512 * kKiB ? 0.0 : 1.0) << apart;
    EXPECT_LE(share_in_one_bank(part, BankHash::fold, apart), 0.25) << apart;
  }
}

// Two regions in turn, two bursts each: where they share a bank, each closes the other's rows.
TEST(AddressMap, FoldedBanksMoveRegionsAPowerOfTwoApartAsFastAsOthers) {
  const auto cycles = [](BankHash hash, int64_t apart) {
    DramConfig part = ddr4();
    part.bank_hash = hash;
    Driver dram(part);
    for (int64_t at = 0; at < 1 << 18; at += 128) {
      dram.accept(at, 128, false, 0);
      dram.accept(apart + at, 128, false, 0);
    }
    return static_cast<double>(dram.finish());
  };
  const int64_t mib = 1 << 20;
  const double elsewhere = cycles(BankHash::rotate, mib + 128 * 1024);
  EXPECT_GT(cycles(BankHash::rotate, mib), 1.08 * elsewhere);
  EXPECT_LT(cycles(BankHash::fold, mib), 1.01 * elsewhere);
}

}  // namespace
}  // namespace fusesim::hw
