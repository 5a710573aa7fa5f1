#include "text_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace fusesim {
namespace {

constexpr size_t kWidestCell = 32;

}  // namespace

std::string text_table(const std::vector<std::vector<std::string>>& rows, size_t texts) {
  std::vector<size_t> widths(rows[0].size(), 0);
  for (const auto& row : rows) {
    for (size_t k = 0; k < row.size(); ++k)
      widths[k] = std::min(kWidestCell, std::max(widths[k], row[k].size()));
  }
  std::string table;
  for (const auto& row : rows) {
    std::string line;
    for (size_t k = 0; k < row.size(); ++k) {
      line += k == 0 ? "" : "  ";
      line += k < texts ? fmt::format("{:<{}}", row[k], widths[k]) : fmt::format("{:>{}}", row[k], widths[k]);
    }
    table += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return table;
}

}  // namespace fusesim
