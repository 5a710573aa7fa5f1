#pragma once

#include <cstdint>
#include <string>

namespace fusesim {

/// 1234567 -> "1,234,567"
std::string grouped(int64_t value);

}  // namespace fusesim
