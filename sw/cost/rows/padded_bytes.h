#pragma once

#include <cstdint>

#include "fusesim/base/ceil_div.h"

namespace fusesim {

/// Elements one after another, the last byte filled up.
inline int64_t padded_bytes(int64_t elements, int64_t bits) { return ceil_div(elements * bits, int64_t{8}); }

}  // namespace fusesim
