#pragma once

#include <string>

namespace fusesim {

/// `text` as a field of a CSV line (RFC 4180): in quotes if it needs them. An apostrophe goes before what a
/// spreadsheet would take for a formula (begins with = + - @ and is no number).
std::string csv_field(const std::string& text);

}  // namespace fusesim
