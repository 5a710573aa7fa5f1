#include "fusesim/base/text.h"

#include <algorithm>
#include <cstdio>

namespace fusesim {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

size_t utf8_length(std::string_view text, size_t at) {
  const auto byte = [&](size_t k) {
    return k < text.size() ? static_cast<unsigned char>(text[k]) : static_cast<unsigned char>(0);
  };
  if (at >= text.size()) return 0;
  const unsigned lead = byte(at);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                        : lead >> 4U == 0xE            ? 3
                        : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                       : 0;
  for (size_t k = 1; k < length; ++k) {
    if ((byte(at + k) & 0xC0U) != 0x80U) return 0;
  }
  const unsigned second = byte(at + 1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return 0;
  if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return 0;
  return length;
}

std::string escape_controls(const std::string& text) {
  if (std::none_of(text.begin(), text.end(), is_control)) return text;
  std::string out;
  for (const char c : text) {
    if (!is_control(c)) {
      out += c;
      continue;
    }
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += escape;
  }
  return out;
}

std::string plain_name(const std::string& name) {
  std::string plain;
  for (size_t i = 0; i < name.size();) {
    const size_t length = utf8_length(name, i);
    const std::string sequence = name.substr(i, std::max<size_t>(length, 1));
    const bool no_character = sequence == "\xEF\xBF\xBE" || sequence == "\xEF\xBF\xBF";
    plain += length == 0 || is_control(sequence.front()) || no_character ? "?" : sequence;
    i += sequence.size();
  }
  return plain;
}

}  // namespace fusesim
