#pragma once

#include <array>
#include <cstdint>

#include "fusesim/config/config.h"

namespace fusesim::hw {

/// A burst's place within its channel. `bank` counts over the channel: (rank * groups + group) *
/// banks_per_group + bank.
struct Location {
  int32_t bank = 0;
  int64_t row = 0;
};

/// Some consecutive bursts of one channel.
struct ChannelRun {
  int64_t first = 0, count = 0;
};

/// A burst's number (address / burst_bytes) is made of digits: DramPart::address_map from high to low, which
/// by default alternates between channels and bank groups burst by burst and reads whole rows before it goes
/// on to the next bank. Sizes need not be powers of two. The number of the bank within its group is turned by
/// the row's (DramPart::bank_hash), so that regions whose distance is a multiple of all rows of one number
/// (128 KiB for ddr4_2400) do not all lie in one bank. Under `rotate` they still do at multiples of
/// banks_per_group times that; under `fold` regions a power of two apart share a bank only where carries
/// cancel, in about one row of banks_per_group.
class AddressMap {
 public:
  explicit AddressMap(const DramConfig& config);

  int64_t burst_bytes() const { return burst_bytes_; }
  int64_t channels() const { return channels_; }
  /// Of bursts [first, end) those of a channel, numbered within it: they follow one another.
  ChannelRun within(int64_t channel, int64_t first, int64_t end) const;
  /// Where a burst lies that has this number within its channel.
  Location locate(int64_t channel_burst) const;

 private:
  /// Splits off the lowest digit of a number in mixed radix; a shift where the radix is a power of two.
  struct Digit {
    AddressField field = AddressField::row;
    int64_t size = 1;
    int shift = -1;
    Digit() = default;
    Digit(AddressField f, int64_t n);
    int64_t split(int64_t& number) const;
  };

  int64_t turned(int64_t bank, int64_t row) const;
  int64_t before(int64_t channel, int64_t burst) const;

  int64_t burst_bytes_;
  int64_t channels_;
  int64_t below_channel_ = 1;  // bursts that lie on one channel in a row
  int64_t groups_;
  Digit banks_;
  BankHash hash_;
  std::array<Digit, kAddressFields.size() - 1> digits_;  // without the channel, the lowest first
};

}  // namespace fusesim::hw
