#pragma once

#include <cstdint>

#include "fusesim/config/config.h"

namespace fusesim::hw {

/// A burst's place within its channel. `bank` counts over the channel: (rank * groups + group) *
/// banks_per_group + bank.
struct Location {
  int32_t bank = 0;
  int64_t row = 0;
};

/// Address bits from low to high: burst offset, channel, bank group, column, bank, rank, row. A stream thus
/// alternates between channels and bank groups burst by burst and reads whole rows before it goes on to the
/// next bank. The bank is rotated by the row number, so that tensors whose regions lie a power of two apart
/// do not fight for one bank. Sizes need not be powers of two.
class AddressMap {
 public:
  explicit AddressMap(const DramConfig& config);

  int64_t burst_bytes() const { return burst_bytes_; }
  int64_t channels() const { return channels_; }
  /// Burst `index` (address / burst_bytes) is burst index / channels() of channel index % channels().
  Location locate(int64_t channel_burst) const;

 private:
  /// Splits off the lowest digit of a number in mixed radix; a shift where the radix is a power of two.
  struct Digit {
    int64_t size = 1;
    int shift = -1;
    explicit Digit(int64_t n);
    int64_t split(int64_t& number) const;
  };

  int64_t burst_bytes_;
  int64_t channels_;
  Digit groups_, columns_, banks_, ranks_;
};

}  // namespace fusesim::hw
