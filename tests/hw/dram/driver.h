#pragma once

#include <map>
#include <utility>
#include <vector>

#include "dram/memory_system.h"
#include "fusesim/config/config.h"
#include "timing_checker.h"

namespace fusesim::hw {

/// Where a burst lies, in the part's own terms.
struct Place {
  int64_t channel = 0, rank = 0, group = 0, bank = 0, row = 0, column = 0;  // column: of bursts
};

/// The bank number that, turned by the row's, is the bank of a place.
inline int64_t unturned_bank(const DramConfig& p, const Place& at) {
  int64_t turn = 0;
  if (p.bank_hash == BankHash::rotate) turn = at.row;
  if (p.bank_hash == BankHash::fold && p.banks_per_group > 1) {
    for (int64_t rest = at.row; rest > 0; rest /= p.banks_per_group) turn += rest % p.banks_per_group;
  }
  return ((at.bank - turn) % p.banks_per_group + p.banks_per_group) % p.banks_per_group;
}

/// The address of a place: its parts as digits in the order of the part's address map.
inline int64_t address_of(const DramConfig& p, const Place& at) {
  const std::map<AddressField, std::pair<int64_t, int64_t>> digits = {
      {AddressField::channel, {at.channel, p.channels}},
      {AddressField::group, {at.group, p.bank_groups}},
      {AddressField::column, {at.column, p.columns / p.burst_length}},
      {AddressField::bank, {unturned_bank(p, at), p.banks_per_group}},
      {AddressField::rank, {at.rank, p.ranks}},
      {AddressField::row, {at.row, p.rows}}};
  int64_t index = 0;
  for (const AddressField field : p.address_map) {
    index = index * digits.at(field).second + digits.at(field).first;
  }
  return index * p.burst_bytes();
}

/// A memory under test: every command is audited, every end recorded.
class Driver {
 public:
  explicit Driver(const DramConfig& part) : part_(part), memory_(part), checker_(part) {
    memory_.observe(&checker_);
  }

  /// Requests; each returns a serial number from 0.
  size_t accept(int64_t address, int64_t bytes, bool write, int64_t cycle) {
    owner_[memory_.accept(address, bytes, write, cycle)] = ends_.size();
    ends_.push_back(-1);
    return ends_.size() - 1;
  }
  size_t burst(const Place& at, bool write, int64_t cycle) {
    return accept(address_of(part_, at), part_.burst_bytes(), write, cycle);
  }
  size_t read(const Place& at, int64_t cycle) { return burst(at, false, cycle); }
  size_t write(const Place& at, int64_t cycle) { return burst(at, true, cycle); }

  /// Runs until nothing is under way. Returns the cycle in which the last piece ended.
  int64_t finish() {
    int64_t last = 0;
    for (int64_t next = memory_.next_event(); next != kNever; next = memory_.next_event()) {
      last = advance(next);
    }
    return last;
  }
  /// Advances to a cycle and records what has ended; returns the cycle.
  int64_t advance(int64_t cycle) {
    memory_.advance(cycle);
    for (int32_t ticket = memory_.take_finished(cycle); ticket >= 0; ticket = memory_.take_finished(cycle)) {
      ends_[owner_.at(ticket)] = cycle;
    }
    return cycle;
  }

  const DramConfig& part() const { return part_; }
  MemorySystem& memory() { return memory_; }
  TimingChecker& checker() { return checker_; }
  /// Cycle in which a request was seen to have ended; -1 if not yet.
  int64_t end(size_t serial) const { return ends_.at(serial); }
  const std::vector<int64_t>& ends() const { return ends_; }
  /// Rows of the bursts in the order of their commands.
  std::vector<int64_t> burst_rows() const {
    std::vector<int64_t> rows;
    for (const Command& c : checker_.trace()) {
      if (c.kind == CommandKind::read || c.kind == CommandKind::write) rows.push_back(c.row);
    }
    return rows;
  }

 private:
  DramConfig part_;
  MemorySystem memory_;
  TimingChecker checker_;
  std::map<int32_t, size_t> owner_;  // by ticket
  std::vector<int64_t> ends_;
};

}  // namespace fusesim::hw
