#pragma once

#include <string>

namespace fusesim {

/// SHA-256 of these bytes, 64 lower-case hexadecimal digits. Throws std::bad_alloc if memory runs out.
std::string sha256_hex(const std::string& bytes);

}  // namespace fusesim
