#include "dram/address_map.h"

namespace fusesim::hw {

AddressMap::Digit::Digit(int64_t n) : size(n) {
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
      columns_(config.columns / config.burst_length),
      banks_(config.banks_per_group),
      ranks_(config.ranks) {}

Location AddressMap::locate(int64_t channel_burst) const {
  int64_t rest = channel_burst;
  const int64_t group = groups_.split(rest);
  columns_.split(rest);
  const int64_t bank = banks_.split(rest);
  const int64_t rank = ranks_.split(rest);
  const int64_t row = rest;
  int64_t turned = bank + row;
  const int64_t rotated = banks_.split(turned);
  return {static_cast<int32_t>((rank * groups_.size + group) * banks_.size + rotated), row};
}

}  // namespace fusesim::hw
