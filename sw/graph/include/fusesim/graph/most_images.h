#pragma once

#include <cstdint>

namespace fusesim {

/// Graph::batch at most, so that elements of all images of a tensor are a 64-bit number.
inline constexpr int64_t kMostImages = int64_t{1} << 16;

}  // namespace fusesim
