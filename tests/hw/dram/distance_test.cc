#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "distances.h"
#include "dram/timing.h"
#include "fusesim/config/config.h"
#include "timing_checker.h"

namespace fusesim::hw {
namespace {

using Kind = CommandKind;

/// Commands that somebody gives by hand, to the states of the banks and to a checker with the rules of the
/// part's standard. Cycles are those of first clocks.
class Commands {
 public:
  explicit Commands(const DramConfig& part) : part_(part), banks_(part), checker_(part) {}

  void give(Kind kind, int32_t bank, int64_t cycle) {
    checker_.on_command(command(kind, bank, cycle));
    const int64_t ends = cycle + clocks(kind) - 1;
    switch (kind) {
      case Kind::activate:
        return banks_.activate(bank, kRow, ends);
      case Kind::precharge:
        return banks_.precharge(bank, ends);
      case Kind::precharge_all:
        banks_.precharge_all(banks_.unit_of(bank), ends);
        return;
      case Kind::refresh:
        return banks_.refresh(banks_.unit_of(bank), ends);
      case Kind::read:
      case Kind::write:
      case Kind::read_auto_precharge:
      case Kind::write_auto_precharge:
        banks_.burst(bank, writes(kind), ends);
        if (kind != Kind::read && kind != Kind::write) banks_.auto_precharge(bank);
        return;
    }
  }

  /// It may go then, and one cycle earlier neither the states nor the standard allow it.
  void expect(const char* what, Kind kind, int32_t bank, int64_t cycle) const {
    const std::string name = part_.name + ", refresh " + std::to_string(static_cast<int>(part_.refresh)) +
                             ", " + std::to_string(part_.ranks) + " ranks: " + what;
    EXPECT_EQ(earliest(kind, bank), cycle) << name;
    EXPECT_EQ(checker_.why_illegal(command(kind, bank, cycle)), "") << name;
    EXPECT_NE(checker_.why_illegal(command(kind, bank, cycle - 1)), "") << name;
  }

  int64_t earliest(Kind kind, int32_t bank) const {
    const auto first = [&](int64_t last) { return last - clocks(kind) + 1; };
    switch (kind) {
      case Kind::activate:
        return first(banks_.earliest_activate(bank));
      case Kind::precharge:
        return first(banks_.earliest_precharge(bank));
      case Kind::precharge_all:
        return first(banks_.earliest_precharge_all(banks_.unit_of(bank)));
      case Kind::refresh:
        return first(banks_.earliest_refresh(banks_.unit_of(bank)));
      case Kind::read:
      case Kind::write:
      case Kind::read_auto_precharge:
      case Kind::write_auto_precharge:
        return first(banks_.earliest_burst(bank, writes(kind)));
    }
    return 0;
  }

  int64_t due(int32_t bank) const { return banks_.refresh_due(banks_.unit_of(bank)); }
  const std::vector<std::string>& violations() const { return checker_.violations(); }

 private:
  static constexpr int64_t kRow = 5;
  static bool writes(Kind kind) { return kind == Kind::write || kind == Kind::write_auto_precharge; }
  int64_t clocks(Kind kind) const {
    if (is_burst(kind)) return part_.burst_clocks;
    if (kind == Kind::activate) return part_.activate_clocks;
    return kind == Kind::refresh ? part_.refresh_clocks : part_.precharge_clocks;
  }
  Command command(Kind kind, int32_t bank, int64_t cycle) const {
    Command c;
    c.cycle = cycle;
    c.kind = kind;
    c.rank = banks_.rank_of(bank);
    c.group = banks_.group_of(bank);
    c.bank = banks_.bank_of(bank);
    const bool several = kind == Kind::precharge_all || kind == Kind::refresh;
    if (several && part_.refresh != RefreshMode::per_bank) c.group = 0;
    if (several && part_.refresh == RefreshMode::all_bank) c.bank = 0;
    if (is_burst(kind) || kind == Kind::activate) c.row = kRow;
    return c;
  }

  DramConfig part_;
  BankStates banks_;
  TimingChecker checker_;
};

DramConfig preset(const std::string& name) { return load_config("", {"dram=" + name}).dram; }

constexpr int32_t kBank = 2;
constexpr int32_t kSameGroup = 3;
/// A bank of the next group, if there is one.
int32_t other_group(const DramConfig& part) { return static_cast<int32_t>(part.banks_per_group) + kBank; }

/// Everything has settled by then, and no refresh is due before.
constexpr int64_t kLater = 400;

/// One test for each distance of a standard.
class EachDistance : public testing::TestWithParam<std::string> {
 protected:
  DramConfig part_ = preset(GetParam());
  Distances d_ = published_distances(GetParam());
};

TEST_P(EachDistance, FromActivates) {
  const auto opened = [this](int32_t first) {
    Commands commands(part_);
    commands.give(Kind::activate, first, 10);
    return commands;
  };
  const Commands one = opened(kBank);
  one.expect("tRCD", Kind::read, kBank, 10 + d_.activate_read);
  one.expect("tRCD of writes", Kind::write, kBank, 10 + d_.activate_write);
  one.expect("tRAS", Kind::precharge, kBank, 10 + d_.activate_precharge);
  one.expect("tRRD_L", Kind::activate, kSameGroup, 10 + d_.activate_activate_l);
  if (part_.bank_groups > 1)
    one.expect("tRRD_S", Kind::activate, other_group(part_), 10 + d_.activate_activate_s);
  Commands closed = opened(kBank);
  closed.give(Kind::precharge, kBank, 10 + d_.activate_precharge);
  closed.expect("tRC", Kind::activate, kBank, 10 + d_.activate_activate);
}

TEST_P(EachDistance, OfFourActivates) {
  Commands commands(part_);
  for (int32_t i = 0; i < 4; ++i) {
    const auto groups = static_cast<int32_t>(part_.bank_groups);
    const int32_t bank = i % groups * static_cast<int32_t>(part_.banks_per_group) + (groups == 1 ? i : 0);
    commands.give(Kind::activate, bank, i == 0 ? 10 : commands.earliest(Kind::activate, bank));
  }
  commands.expect("tFAW", Kind::activate, part_.bank_groups == 1 ? 4 : 1, 10 + d_.four_activates);
}

TEST_P(EachDistance, BetweenBursts) {
  for (const Kind first : {Kind::read, Kind::write}) {
    Commands commands(part_);
    commands.give(Kind::activate, kBank, 10);
    commands.give(Kind::activate, kSameGroup, 60);
    if (part_.bank_groups > 1) commands.give(Kind::activate, other_group(part_), 110);
    commands.give(first, kBank, kLater);
    const bool read = first == Kind::read;
    commands.expect("tCCD_L", first, kSameGroup, kLater + (read ? d_.read_read_l : d_.write_write_l));
    const Kind second = read ? Kind::write : Kind::read;
    commands.expect("turnaround", second, kSameGroup, kLater + (read ? d_.read_write : d_.write_read_l));
    commands.expect("tRTP or tWR", Kind::precharge, kBank,
                    kLater + (read ? d_.read_precharge : d_.write_precharge));
    if (part_.bank_groups == 1) continue;
    commands.expect("tCCD_S", first, other_group(part_), kLater + (read ? d_.read_read_s : d_.write_write_s));
    commands.expect("turnaround of other groups", second, other_group(part_),
                    kLater + (read ? d_.read_write : d_.write_read_s));
  }
}

TEST_P(EachDistance, FromPrecharges) {
  Commands one(part_);
  one.give(Kind::activate, kBank, 10);
  one.give(Kind::activate, kSameGroup, 60);
  one.give(Kind::precharge, kBank, kLater);
  one.expect("tRP", Kind::activate, kBank, kLater + d_.precharge_activate);
  if (d_.precharge_precharge > 0)
    one.expect("tPPD", Kind::precharge, kSameGroup, kLater + d_.precharge_precharge);
  Commands all(part_);
  all.give(Kind::activate, kBank, 10);
  all.give(Kind::precharge_all, kBank, kLater);
  all.expect("tRPab", Kind::activate, kBank, kLater + d_.precharge_all_activate);
}

TEST_P(EachDistance, OfBurstsThatCloseTheirBank) {
  for (const Kind kind : {Kind::read_auto_precharge, Kind::write_auto_precharge}) {
    Commands commands(part_);
    commands.give(Kind::activate, kBank, 10);
    commands.give(kind, kBank, kLater);
    const bool read = kind == Kind::read_auto_precharge;
    commands.expect("auto-precharge", Kind::activate, kBank,
                    kLater + (read ? d_.read_precharge : d_.write_precharge) + d_.precharge_activate);
  }
}

TEST_P(EachDistance, OfRefreshesOfARank) {
  Commands opened(part_);
  const int64_t due = opened.due(kBank);
  opened.give(Kind::activate, kBank, due - kLater);
  opened.give(Kind::precharge, kBank, due);
  opened.expect("tRP before refresh", Kind::refresh, kBank, due + d_.precharge_refresh);
  Commands all(part_);
  all.give(Kind::activate, kBank, due - kLater);
  all.give(Kind::precharge_all, kBank, due);
  all.expect("tRPab before refresh", Kind::refresh, kBank, due + d_.precharge_all_refresh);
  Commands cycle(part_);
  cycle.give(Kind::activate, kBank, due);
  cycle.give(Kind::precharge, kBank, due + d_.activate_precharge);
  cycle.expect("tRC before refresh", Kind::refresh, kBank, due + d_.activate_refresh);
  Commands refreshed(part_);
  refreshed.give(Kind::refresh, kBank, due);
  refreshed.expect("tRFC", Kind::activate, kBank, due + d_.refresh_activate);
  for (const Commands& commands : {opened, all, cycle, refreshed})
    EXPECT_THAT(commands.violations(), testing::IsEmpty());
}

TEST_P(EachDistance, OfRefreshesOfBanks) {
  if (part_.rfc_bank == 0) return;
  part_.refresh = part_.standard == "DDR5" ? RefreshMode::same_bank : RefreshMode::per_bank;
  Commands refreshed(part_);
  const int64_t due = refreshed.due(kSameGroup);
  refreshed.give(Kind::refresh, kBank, due);
  refreshed.expect("tRFC of a bank", Kind::activate, kBank, due + d_.bank_refresh_activate);
  refreshed.expect("refresh to another bank", Kind::activate, kSameGroup, due + d_.refresh_activate_other);
  refreshed.expect("refresh gap", Kind::refresh, kSameGroup, due + d_.refresh_refresh_other);
  Commands opened(part_);
  opened.give(Kind::activate, kBank, due);
  opened.expect("tRRD_L before refresh", Kind::refresh, kSameGroup, due + d_.activate_refresh_other_l);
  if (part_.refresh == RefreshMode::same_bank || part_.bank_groups == 1) return;
  Commands elsewhere(part_);
  elsewhere.give(Kind::activate, other_group(part_), due);
  elsewhere.expect("tRRD_S before refresh", Kind::refresh, kSameGroup, due + d_.activate_refresh_other_s);
}

TEST_P(EachDistance, BetweenRanks) {
  part_.ranks = 2;
  const auto other_rank = static_cast<int32_t>(part_.bank_groups * part_.banks_per_group) + kBank;
  for (const Kind first : {Kind::read, Kind::write}) {
    Commands commands(part_);
    commands.give(Kind::activate, kBank, 10);
    commands.give(Kind::activate, other_rank, 60);
    commands.give(first, kBank, kLater);
    const bool read = first == Kind::read;
    commands.expect("bursts of two ranks", first, other_rank, kLater + d_.data + d_.pause);
    const int64_t turned =
        read ? d_.read_ends + d_.pause - d_.write_data : d_.write_ends + d_.pause - d_.read_data;
    // Where data come so late that the commands may go in any order.
    if (turned <= d_.burst_length) continue;
    commands.expect("turnaround of two ranks", read ? Kind::write : Kind::read, other_rank, kLater + turned);
  }
}

INSTANTIATE_TEST_SUITE_P(Presets, EachDistance, testing::ValuesIn(published_parts()),
                         [](const auto& part) { return part.param; });

}  // namespace
}  // namespace fusesim::hw
