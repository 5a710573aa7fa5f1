#include "fusesim/report/csv_field.h"

#include <cstdlib>

namespace fusesim {
namespace {

/// A spreadsheet takes such a cell for a formula, and runs it.
bool begins_formula(const std::string& text) {
  if (text.empty() || std::string("=+-@\t\r").find(text.front()) == std::string::npos) return false;
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  const bool number = end == text.c_str() + text.size();
  return !number;
}

}  // namespace

std::string csv_field(const std::string& text) {
  std::string cell = begins_formula(text) ? "'" + text : text;
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string result = "\"";
  for (char c : cell) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

}  // namespace fusesim
