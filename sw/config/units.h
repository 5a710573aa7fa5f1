#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace fusesim {

/// "010", "-007", "00.5": digits after a leading zero. YAML readers disagree whether that is octal.
bool looks_octal(const std::string& text);
/// Decimal integer, optional minus, no leading zeros, no plus, no exponent; nothing if malformed or over 64
/// bits.
std::optional<int64_t> parse_integer(const std::string& text);
/// Finite decimal number with optional fraction and exponent, no leading zeros.
std::optional<double> parse_decimal(const std::string& text);
/// Shortest text that parse_decimal maps back to the same double.
std::string decimal_text(double value);

/// A count of units written as a decimal, e.g. "0.5" of 1024: exact product, or nothing if it is malformed,
/// not whole or does not fit 63 bits.
std::optional<int64_t> parse_scaled(const std::string& text, int64_t unit);
/// "933.333" MHz -> 933333 kHz; nothing if malformed or finer than 1 kHz.
inline std::optional<int64_t> parse_megahertz(const std::string& text) { return parse_scaled(text, 1000); }
/// 933333 kHz -> "933.333".
std::string megahertz_text(int64_t khz);

/// Outcome of reading a size: bytes, or what was expected instead.
struct SizeResult {
  std::optional<int64_t> bytes;
  std::string expected;
};
SizeResult parse_size(const std::string& text);
/// A number and the largest unit that divides, "256 KiB" or "1500 B". Files have sizes in this one form.
std::string size_text(int64_t bytes);

}  // namespace fusesim
