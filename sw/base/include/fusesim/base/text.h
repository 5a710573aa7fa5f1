#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fusesim {

/// Bytes of the UTF-8 sequence that begins at `at` (RFC 3629); 0 where none does.
size_t utf8_length(std::string_view text, size_t at);

/// `text` with \x0a for a line feed, and so on for every control character of ASCII: one line, whatever a
/// path or a name holds, and no byte that ends a C string.
std::string escape_controls(const std::string& text);

/// `name` as tables, messages, JSON and XML can hold it: '?' for every control character of ASCII, every byte
/// that is not UTF-8, and U+FFFE and U+FFFF.
std::string plain_name(const std::string& name);

}  // namespace fusesim
