#include "units.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <vector>

#include "fusesim/base/error.h"
#include "fusesim/config/config.h"
#include "fusesim/config/diagnostics.h"

namespace fusesim {
namespace {

struct Unit {
  const char* name;
  int64_t bytes;
};
constexpr int64_t kKibi = 1024;
constexpr int64_t kKilo = 1000;
constexpr Unit kUnits[] = {
    {"B", 1},      {"KiB", kKibi},       {"MiB", kKibi* kKibi},      {"GiB", kKibi* kKibi* kKibi},
    {"KB", kKilo}, {"MB", kKilo* kKilo}, {"GB", kKilo* kKilo* kKilo}};
constexpr const char* kSizeForm = "a size such as 262144, 256KiB, 1MiB or 64KB";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(const std::string& s) { return !s.empty() && std::all_of(s.begin(), s.end(), is_digit); }

std::string magnitude(const std::string& text) {
  return !text.empty() && text[0] == '-' ? text.substr(1) : text;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// "K" and "kib" are most likely KiB, "kb" KB.
std::string near_unit(const std::string& unit) {
  for (const Unit& known : kUnits) {
    const std::string name = lower(known.name);
    if (lower(unit) == name || lower(unit) + "ib" == name) return known.name;
  }
  return "";
}

std::string trimmed(const std::string& s) {
  const size_t first = s.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return s.substr(first, s.find_last_not_of(' ') - first + 1);
}

}  // namespace

bool looks_octal(const std::string& text) {
  const std::string digits = magnitude(text);
  return digits.size() > 1 && digits[0] == '0' && is_digit(digits[1]);
}

std::optional<int64_t> parse_integer(const std::string& text) {
  if (!all_digits(magnitude(text)) || looks_octal(text)) return std::nullopt;
  int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_decimal(const std::string& text) {
  const std::string digits = magnitude(text);
  if (digits.empty() || !is_digit(digits[0]) || looks_octal(text)) return std::nullopt;
  double value = 0.0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string decimal_text(double value) {
  char buffer[64];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
  return std::string(buffer, result.ptr);
}

std::optional<int64_t> parse_scaled(const std::string& text, int64_t unit) {
  if (looks_octal(text)) return std::nullopt;
  const size_t point = text.find('.');
  const std::string whole = text.substr(0, point);
  std::string fraction = point == std::string::npos ? "0" : text.substr(point + 1);
  if (!all_digits(whole) || !all_digits(fraction)) return std::nullopt;
  fraction.erase(fraction.find_last_not_of('0') + 1);

  const std::optional<int64_t> units = parse_integer(whole);
  int64_t total = 0;
  if (!units || __builtin_mul_overflow(*units, unit, &total)) return std::nullopt;
  int64_t numerator = 0;
  int64_t denominator = 1;
  for (const char digit : fraction) {
    if (__builtin_mul_overflow(numerator, int64_t{10}, &numerator)) return std::nullopt;
    if (__builtin_mul_overflow(denominator, int64_t{10}, &denominator)) return std::nullopt;
    numerator += digit - '0';
  }
  int64_t part = 0;
  if (__builtin_mul_overflow(numerator, unit, &part) || part % denominator != 0) return std::nullopt;
  if (__builtin_add_overflow(total, part / denominator, &total)) return std::nullopt;
  return total;
}

std::string megahertz_text(int64_t khz) {
  std::string text = std::to_string(khz / 1000);
  if (khz % 1000 == 0) return text;
  std::string fraction = std::to_string(1000 + khz % 1000).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return text + "." + fraction;
}

SizeResult parse_size(const std::string& text) {
  const std::string clean = trimmed(text);
  const size_t digits = clean.find_first_not_of("0123456789.");
  const std::string number = clean.substr(0, digits);
  const std::string unit = digits == std::string::npos ? "B" : trimmed(clean.substr(digits));
  if (number.empty()) return {std::nullopt, kSizeForm};
  if (looks_octal(number)) return {std::nullopt, std::string(kSizeForm) + ", without leading zeros"};
  const auto* known =
      std::find_if(std::begin(kUnits), std::end(kUnits), [&](const Unit& u) { return unit == u.name; });
  if (known == std::end(kUnits)) {
    const std::string near = near_unit(unit);
    const std::string hint = near.empty() ? "" : " (nearest: " + number + near + ")";
    return {std::nullopt, "a size in B, KiB, MiB, GiB, KB, MB or GB" + hint};
  }
  const std::optional<int64_t> bytes = parse_scaled(number, known->bytes);
  if (!bytes) return {std::nullopt, "a size of a whole number of bytes below 2^63"};
  return {bytes, ""};
}

std::string size_text(int64_t bytes) {
  for (const Unit& unit : {kUnits[3], kUnits[2], kUnits[1]}) {
    if (bytes > 0 && bytes % unit.bytes == 0) return std::to_string(bytes / unit.bytes) + " " + unit.name;
  }
  return std::to_string(bytes) + " B";
}

int64_t parse_bytes(const std::string& text, const std::string& what) {
  const SizeResult size = parse_size(text);
  if (!size.bytes) throw Error(what + ": expected " + size.expected + ", got \"" + printable(text) + "\"");
  return *size.bytes;
}

}  // namespace fusesim
