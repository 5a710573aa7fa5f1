#pragma once

#include <string>

namespace fusesim {

/// SHA-256 of these bytes, 64 lower-case hexadecimal digits. Throws Error if the cryptographic library fails.
std::string sha256_hex(const std::string& bytes);

}  // namespace fusesim
