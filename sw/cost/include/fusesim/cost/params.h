#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "fusesim/config/config.h"

namespace fusesim {

/// What the cost models need of a configuration.
struct CostParams {
  Datatypes datatypes;
  int64_t pe_rows = 32;
  std::vector<int64_t> slice_channels = {32, 16, 8};
  int64_t prefetch_rows = 0;
  DoubleBuffer double_buffer = DoubleBuffer::none;  ///< of brr groups
};
CostParams cost_params(const Config& config);

/// F_beta of a group that no buffer can hold, and the cost of one that does not fit.
inline constexpr int64_t kNeverFits = std::numeric_limits<int64_t>::max();

}  // namespace fusesim
