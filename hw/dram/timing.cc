#include "dram/timing.h"

#include <algorithm>
#include <string>

#include "fusesim/base/error.h"

namespace fusesim::hw {
namespace {

void at_least(int64_t& value, int64_t bound) { value = std::max(value, bound); }

}  // namespace

Timing::Timing(const DramConfig& c)
    : rcd_read(c.rcd),
      rcd_write(c.activate_to_write()),
      rp(c.rp),
      rp_ab(c.precharge_all_time()),
      ras(c.ras),
      rc(std::max(c.rc, c.ras + c.rp)),
      rrd_s(c.rrd_s),
      rrd_l(c.rrd_l),
      faw(c.faw),
      rtp(c.rtp),
      ppd(c.ppd),
      refi(c.refi),
      rfc(c.refresh == RefreshMode::all_bank ? c.rfc : c.rfc_bank),
      refresh_gap(c.refresh_gap),
      refresh_activate(c.refresh_activate),
      data(c.data_clocks()),
      read_latency(c.cl + c.dqsck + data),
      write_latency(c.cwl + c.dqss + data),
      ccd_s(std::max(c.ccd_s, data)),
      ccd_l(std::max(c.ccd_l, data)),
      ccd_l_write(std::max(c.write_to_write_l(), ccd_l)),
      write_read_s(write_latency + c.wtr_s),
      write_read_l(write_latency + c.wtr_l),
      write_recovery(write_latency + c.wr),
      read_write(read_latency + c.rtrs - c.cwl),
      other_same(data + c.rtrs),
      other_write_read(write_latency + c.rtrs - c.cl),
      closest_bursts(std::max(c.burst_clocks, c.ranks > 1 ? std::min(ccd_s, other_same) : ccd_s)) {
  if (refi >= c.least_refi()) return;
  throw Error("dram.refi: expected at least " + std::to_string(c.least_refi()) +
              " cycles, so that a burst fits between two refreshes, got " + std::to_string(refi) + " (" +
              c.name + ")");
}

BankStates::BankStates(const DramConfig& config)
    : timing_(config),
      mode_(config.refresh),
      banks_per_group_(static_cast<int32_t>(config.banks_per_group)),
      banks_per_rank_(static_cast<int32_t>(config.banks_per_group * config.bank_groups)),
      groups_per_rank_(static_cast<int32_t>(config.bank_groups)),
      units_per_rank_(static_cast<int32_t>(config.refreshes_per_rank())),
      banks_(static_cast<size_t>(config.ranks * banks_per_rank_)),
      groups_(static_cast<size_t>(config.ranks * groups_per_rank_)),
      ranks_(static_cast<size_t>(config.ranks)),
      unit_banks_(static_cast<size_t>(config.ranks * units_per_rank_)),
      open_(unit_banks_.size()),
      due_(unit_banks_.size()) {
  for (int32_t b = 0; b < banks(); ++b) {
    Bank& bank = banks_[static_cast<size_t>(b)];
    bank.rank = b / banks_per_rank_;
    bank.group = b / banks_per_group_;
    const int32_t within = b % banks_per_rank_;
    const int32_t number = mode_ == RefreshMode::per_bank ? within : within % units_per_rank_;
    bank.unit = bank.rank * units_per_rank_ + number;
    unit_banks_[static_cast<size_t>(bank.unit)].push_back(b);
  }
  reset();
}

void BankStates::reset() {
  for (Bank& bank : banks_) {
    bank.row = kClosed;
    bank.activate = bank.precharge = bank.read = bank.write = 0;
  }
  std::fill(groups_.begin(), groups_.end(), Level());
  for (Rank& rank : ranks_) {
    rank = Rank();
    std::fill(std::begin(rank.last_activates), std::end(rank.last_activates), -timing_.faw);
  }
  std::fill(open_.begin(), open_.end(), 0);
  reset_refreshes();
}

/// Spread over the interval.
void BankStates::reset_refreshes() {
  const auto rank_count = static_cast<int64_t>(ranks_.size());
  for (int32_t unit = 0; unit < units(); ++unit) {
    const int64_t rank = unit / units_per_rank_;
    const int64_t number = unit % units_per_rank_;
    const int64_t place = number * rank_count + rank + 1;
    due_[static_cast<size_t>(unit)] = timing_.refi * place / (rank_count * units_per_rank_);
  }
  next_refresh_due_ = *std::min_element(due_.begin(), due_.end());
}

// Closed banks count too: one that closes itself must be left to do so.
int64_t BankStates::earliest_precharge_all(int32_t unit) const {
  int64_t cycle = 0;
  for (const int32_t b : banks_of_unit(unit)) at_least(cycle, earliest_precharge(b));
  return cycle;
}

// A refresh activates rows in every bank, so it waits for what an activate of each bank waits for (tRP, tRC,
// tRFC); one of less than a rank is an activate to the rest of the rank, too (tRRD, tFAW).
int64_t BankStates::earliest_refresh(int32_t unit) const {
  int64_t cycle = 0;
  for (const int32_t b : banks_of_unit(unit)) {
    const Bank& bank = banks_[static_cast<size_t>(b)];
    at_least(cycle, mode_ == RefreshMode::all_bank ? bank.activate : earliest_activate(b));
  }
  if (mode_ == RefreshMode::all_bank) return cycle;
  return std::max(cycle, ranks_[static_cast<size_t>(unit / units_per_rank_)].refresh);
}

int64_t BankStates::burst_distance(int32_t from, bool from_writes, int32_t to, bool to_writes) const {
  const Bank& a = banks_[static_cast<size_t>(from)];
  const Bank& b = banks_[static_cast<size_t>(to)];
  if (!from_writes && to_writes) return timing_.read_write;
  if (a.rank != b.rank) return from_writes == to_writes ? timing_.other_same : timing_.other_write_read;
  const bool group = a.group == b.group;
  if (from_writes != to_writes) return group ? timing_.write_read_l : timing_.write_read_s;
  if (!group) return timing_.ccd_s;
  return from_writes ? timing_.ccd_l_write : timing_.ccd_l;
}

void BankStates::activate(int32_t b, int64_t row, int64_t cycle) {
  Bank& bank = banks_[static_cast<size_t>(b)];
  Rank& rank = ranks_[static_cast<size_t>(bank.rank)];
  bank.row = row;
  bank.read = cycle + timing_.rcd_read;
  bank.write = cycle + timing_.rcd_write;
  bank.precharge = cycle + timing_.ras;
  bank.activate = cycle + timing_.rc;
  at_least(groups_[static_cast<size_t>(bank.group)].activate, cycle + timing_.rrd_l);
  at_least(rank.activate, cycle + timing_.rrd_s);
  rank.last_activates[rank.oldest_activate] = cycle;
  rank.oldest_activate = (rank.oldest_activate + 1) % 4;
  at_least(rank.activate, rank.last_activates[rank.oldest_activate] + timing_.faw);
  ++open_[static_cast<size_t>(bank.unit)];
  if (rank.open++ == 0) rank.opened_at = std::max(cycle, rank.closed_at);
}

void BankStates::close(int32_t b, int64_t cycle) {
  Bank& bank = banks_[static_cast<size_t>(b)];
  Rank& rank = ranks_[static_cast<size_t>(bank.rank)];
  bank.row = kClosed;
  at_least(bank.activate, cycle + timing_.rp);
  --open_[static_cast<size_t>(bank.unit)];
  at_least(rank.closed_at, cycle);
  if (--rank.open == 0) rank.active_cycles += std::max<int64_t>(0, rank.closed_at - rank.opened_at);
}

void BankStates::precharge(int32_t b, int64_t cycle) {
  close(b, cycle);
  at_least(ranks_[static_cast<size_t>(rank_of(b))].precharge, cycle + timing_.ppd);
}

void BankStates::burst(int32_t b, bool write, int64_t cycle) {
  Bank& bank = banks_[static_cast<size_t>(b)];
  Level& group = groups_[static_cast<size_t>(bank.group)];
  if (write) {
    at_least(bank.precharge, cycle + timing_.write_recovery);
    at_least(group.write, cycle + timing_.ccd_l_write);
    at_least(group.read, cycle + timing_.write_read_l);
  } else {
    at_least(bank.precharge, cycle + timing_.rtp);
    at_least(group.read, cycle + timing_.ccd_l);
  }
  for (int32_t r = 0; r < static_cast<int32_t>(ranks_.size()); ++r) {
    Rank& rank = ranks_[static_cast<size_t>(r)];
    const int64_t same = r == bank.rank ? timing_.ccd_s : timing_.other_same;
    const int64_t write_read = r == bank.rank ? timing_.write_read_s : timing_.other_write_read;
    at_least(write ? rank.write : rank.read, cycle + same);
    at_least(write ? rank.read : rank.write, cycle + (write ? write_read : timing_.read_write));
  }
}

void BankStates::auto_precharge(int32_t bank) { close(bank, banks_[static_cast<size_t>(bank)].precharge); }

int32_t BankStates::precharge_all(int32_t unit, int64_t cycle) {
  int32_t closed = 0;
  for (const int32_t b : banks_of_unit(unit)) {
    if (open_row(b) != kClosed) {
      close(b, cycle);
      ++closed;
    }
    if (mode_ == RefreshMode::all_bank) {
      at_least(banks_[static_cast<size_t>(b)].activate, cycle + timing_.rp_ab);
    }
  }
  at_least(ranks_[static_cast<size_t>(unit / units_per_rank_)].precharge, cycle + timing_.ppd);
  return closed;
}

void BankStates::refresh(int32_t unit, int64_t cycle) {
  for (const int32_t b : banks_of_unit(unit)) {
    at_least(banks_[static_cast<size_t>(b)].activate, cycle + timing_.rfc);
  }
  if (mode_ != RefreshMode::all_bank) {
    Rank& rank = ranks_[static_cast<size_t>(unit / units_per_rank_)];
    at_least(rank.refresh, cycle + timing_.refresh_gap);
    at_least(rank.activate, cycle + timing_.refresh_activate);
  }
  due_[static_cast<size_t>(unit)] += timing_.refi;
  next_refresh_due_ = *std::min_element(due_.begin(), due_.end());
}

/// visit(time, other) for every earliest cycle of two states of one channel.
template <class Visit>
void BankStates::visit_times(BankStates& states, const BankStates& others, const Visit& visit) {
  const auto visit_level = [&visit](Level& level, const Level& other) {
    visit(level.activate, other.activate);
    visit(level.read, other.read);
    visit(level.write, other.write);
  };
  for (size_t b = 0; b < states.banks_.size(); ++b) {
    Bank& bank = states.banks_[b];
    const Bank& other = others.banks_[b];
    visit(bank.activate, other.activate);
    visit(bank.precharge, other.precharge);
    visit(bank.read, other.read);
    visit(bank.write, other.write);
  }
  for (size_t g = 0; g < states.groups_.size(); ++g) visit_level(states.groups_[g], others.groups_[g]);
  for (size_t r = 0; r < states.ranks_.size(); ++r) {
    visit_level(states.ranks_[r], others.ranks_[r]);
    visit(states.ranks_[r].precharge, others.ranks_[r].precharge);
    visit(states.ranks_[r].refresh, others.ranks_[r].refresh);
  }
  for (size_t u = 0; u < states.due_.size(); ++u) visit(states.due_[u], others.due_[u]);
  visit(states.next_refresh_due_, others.next_refresh_due_);
}

bool BankStates::repeats(const BankStates& before, int64_t period, int64_t now) const {
  const auto is_open = [](const Rank& rank) { return rank.open > 0; };
  if (std::any_of(ranks_.begin(), ranks_.end(), is_open)) return false;
  bool alike = true;
  BankStates after = *this;
  visit_times(after, before, [&](int64_t time, int64_t other) {
    alike = alike && (time == other + period || (time == other && time <= now));
  });
  return alike;
}

void BankStates::repeat(const BankStates& before, int64_t times) {
  visit_times(*this, before, [&](int64_t& time, int64_t other) { time += (time - other) * times; });
}

int64_t BankStates::active_cycles(int64_t cycle) const {
  int64_t cycles = 0;
  for (const Rank& rank : ranks_) {
    cycles += rank.active_cycles;
    if (rank.open > 0) cycles += std::max<int64_t>(0, cycle - rank.opened_at);
  }
  return cycles;
}

}  // namespace fusesim::hw
