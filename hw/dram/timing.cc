#include "dram/timing.h"

#include <algorithm>
#include <string>

#include "fusesim/base/error.h"

namespace fusesim::hw {
namespace {

void at_least(int64_t& value, int64_t bound) { value = std::max(value, bound); }

}  // namespace

Timing::Timing(const DramConfig& c)
    : rcd(c.rcd),
      rp(c.rp),
      ras(c.ras),
      rc(std::max(c.rc, c.ras + c.rp)),
      rrd_s(c.rrd_s),
      rrd_l(c.rrd_l),
      faw(c.faw),
      rtp(c.rtp),
      rfc(c.rfc),
      refi(c.refi),
      data((c.burst_length + 1) / 2),
      read_latency(c.cl + data),
      write_latency(c.cwl + data),
      ccd_s(std::max(c.ccd_s, data)),
      ccd_l(std::max(c.ccd_l, data)),
      write_read_s(write_latency + c.wtr_s),
      write_read_l(write_latency + c.wtr_l),
      write_recovery(write_latency + c.wr),
      read_write(read_latency + c.rtrs - c.cwl),
      other_same(data + c.rtrs),
      other_write_read(write_latency + c.rtrs - c.cl),
      closest_bursts(c.ranks > 1 ? std::min(ccd_s, other_same) : ccd_s) {
  // Closing the rows, the refresh, then opening one: what is left must do for a burst, or none is ever
  // served.
  const int64_t least_refi = rfc + 2 * (rc + read_latency + write_recovery);
  if (refi >= least_refi) return;
  throw Error("dram.refi: expected at least " + std::to_string(least_refi) +
              " cycles, so that a burst fits between two refreshes, got " + std::to_string(refi) + " (" +
              c.name + ")");
}

BankStates::BankStates(const DramConfig& config)
    : timing_(config),
      banks_per_group_(static_cast<int32_t>(config.banks_per_group)),
      banks_per_rank_(static_cast<int32_t>(config.banks_per_group * config.bank_groups)),
      groups_per_rank_(static_cast<int32_t>(config.bank_groups)),
      banks_(static_cast<size_t>(config.ranks * banks_per_rank_)),
      groups_(static_cast<size_t>(config.ranks * groups_per_rank_)),
      ranks_(static_cast<size_t>(config.ranks)) {
  reset();
}

void BankStates::reset() {
  for (int32_t b = 0; b < banks(); ++b) {
    Bank& bank = banks_[static_cast<size_t>(b)];
    bank = Bank();
    bank.rank = b / banks_per_rank_;
    bank.group = b / banks_per_group_;
  }
  std::fill(groups_.begin(), groups_.end(), Level());
  const auto rank_count = static_cast<int64_t>(ranks_.size());
  for (int64_t r = 0; r < rank_count; ++r) {
    Rank& rank = ranks_[static_cast<size_t>(r)];
    rank = Rank();
    rank.refresh_due = timing_.refi * (r + 1) / rank_count;  // staggered
    std::fill(std::begin(rank.last_activates), std::end(rank.last_activates), -timing_.faw);
  }
  next_refresh_due_ = ranks_.front().refresh_due;
}

// Closed banks count too: one that closes itself must be left to do so.
int64_t BankStates::earliest_precharge_all(int32_t rank) const {
  int64_t cycle = 0;
  for (int32_t b = first_bank(rank); b < first_bank(rank + 1); ++b) {
    at_least(cycle, banks_[static_cast<size_t>(b)].precharge);
  }
  return cycle;
}

// A refresh activates rows in every bank, so it waits for what an activate of each bank waits for (tRP, tRC,
// tRFC).
int64_t BankStates::earliest_refresh(int32_t rank) const {
  int64_t cycle = 0;
  for (int32_t b = first_bank(rank); b < first_bank(rank + 1); ++b) {
    at_least(cycle, banks_[static_cast<size_t>(b)].activate);
  }
  return cycle;
}

void BankStates::activate(int32_t b, int64_t row, int64_t cycle) {
  Bank& bank = banks_[static_cast<size_t>(b)];
  Rank& rank = ranks_[static_cast<size_t>(bank.rank)];
  bank.row = row;
  bank.burst = cycle + timing_.rcd;
  bank.precharge = cycle + timing_.ras;
  bank.activate = cycle + timing_.rc;
  groups_[static_cast<size_t>(bank.group)].activate = cycle + timing_.rrd_l;
  at_least(rank.activate, cycle + timing_.rrd_s);
  rank.last_activates[rank.oldest_activate] = cycle;
  rank.oldest_activate = (rank.oldest_activate + 1) % 4;
  at_least(rank.activate, rank.last_activates[rank.oldest_activate] + timing_.faw);
  ++rank.open;
}

void BankStates::precharge(int32_t b, int64_t cycle) {
  Bank& bank = banks_[static_cast<size_t>(b)];
  bank.row = kClosed;
  at_least(bank.activate, cycle + timing_.rp);
  --ranks_[static_cast<size_t>(bank.rank)].open;
}

void BankStates::burst(int32_t b, bool write, int64_t cycle) {
  Bank& bank = banks_[static_cast<size_t>(b)];
  Level& group = groups_[static_cast<size_t>(bank.group)];
  if (write) {
    at_least(bank.precharge, cycle + timing_.write_recovery);
    at_least(group.write, cycle + timing_.ccd_l);
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

void BankStates::auto_precharge(int32_t bank) { precharge(bank, earliest_precharge(bank)); }

int32_t BankStates::precharge_all(int32_t rank, int64_t cycle) {
  int32_t closed = 0;
  for (int32_t b = first_bank(rank); b < first_bank(rank + 1); ++b) {
    if (open_row(b) == kClosed) continue;
    precharge(b, cycle);
    ++closed;
  }
  return closed;
}

void BankStates::refresh(int32_t r, int64_t cycle) {
  for (int32_t b = first_bank(r); b < first_bank(r + 1); ++b) {
    at_least(banks_[static_cast<size_t>(b)].activate, cycle + timing_.rfc);
  }
  ranks_[static_cast<size_t>(r)].refresh_due += timing_.refi;
  next_refresh_due_ = kNever;
  for (const Rank& rank : ranks_) next_refresh_due_ = std::min(next_refresh_due_, rank.refresh_due);
}

}  // namespace fusesim::hw
