#pragma once

#include <string>

namespace fusesim {

/// `text` as a field of a CSV line (RFC 4180): in quotes if it needs them.
std::string csv_field(const std::string& text);

}  // namespace fusesim
