#include "dram/address_map.h"

#include <algorithm>

namespace fusesim::hw {
namespace {

int64_t size_of(AddressField field, const DramConfig& config) {
  switch (field) {
    case AddressField::channel:
      return config.channels;
    case AddressField::group:
      return config.bank_groups;
    case AddressField::column:
      return config.columns / config.burst_length;
    case AddressField::bank:
      return config.banks_per_group;
    case AddressField::rank:
      return config.ranks;
    case AddressField::row:
      return config.rows;
  }
  return 1;
}

}  // namespace

AddressMap::Digit::Digit(AddressField f, int64_t n) : field(f), size(n) {
  for (int bit = 0; bit < 62; ++bit) {
    if (int64_t{1} << bit == n) shift = bit;
  }
}

inline int64_t AddressMap::Digit::split(int64_t& number) const {
  if (shift >= 0) {
    const int64_t digit = number & (size - 1);
    number >>= shift;
    return digit;
  }
  const int64_t digit = number % size;
  number /= size;
  return digit;
}

AddressMap::AddressMap(const DramConfig& config)
    : burst_bytes_(config.burst_bytes()),
      channels_(config.channels),
      groups_(config.bank_groups),
      banks_(AddressField::bank, config.banks_per_group),
      hash_(config.bank_hash) {
  size_t next = 0;
  bool below = true;
  for (auto field = config.address_map.rbegin(); field != config.address_map.rend(); ++field) {
    if (*field == AddressField::channel) {
      below = false;
      continue;
    }
    digits_[next] = Digit(*field, size_of(*field, config));
    if (below) below_channel_ *= digits_[next].size;
    ++next;
  }
}

/// Bursts of a channel whose number is less than `burst`.
int64_t AddressMap::before(int64_t channel, int64_t burst) const {
  const int64_t round = below_channel_ * channels_;
  const int64_t in_round = burst % round - channel * below_channel_;
  return burst / round * below_channel_ + std::clamp<int64_t>(in_round, 0, below_channel_);
}

ChannelRun AddressMap::within(int64_t channel, int64_t first, int64_t end) const {
  const int64_t own_first = before(channel, first);
  return {own_first, before(channel, end) - own_first};
}

inline int64_t AddressMap::turned(int64_t bank, int64_t row) const {
  int64_t sum = bank;
  switch (hash_) {
    case BankHash::none:
      return bank;
    case BankHash::rotate:
      sum += row;
      break;
    case BankHash::fold:
      if (banks_.size == 1) return bank;
      for (int64_t rest = row; rest > 0;) sum += banks_.split(rest);
      break;
  }
  return banks_.split(sum);
}

Location AddressMap::locate(int64_t channel_burst) const {
  std::array<int64_t, kAddressFields.size()> parts{};
  int64_t rest = channel_burst;
  for (const Digit& digit : digits_) parts[static_cast<size_t>(digit.field)] = digit.split(rest);
  const auto part = [&parts](AddressField field) { return parts[static_cast<size_t>(field)]; };
  const int64_t row = part(AddressField::row);
  const int64_t group = part(AddressField::rank) * groups_ + part(AddressField::group);
  const int64_t bank = turned(part(AddressField::bank), row);
  return {static_cast<int32_t>(group * banks_.size + bank), row};
}

}  // namespace fusesim::hw
