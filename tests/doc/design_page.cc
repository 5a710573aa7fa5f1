#include "design_page.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "fusesim/base/read_file.h"

namespace fusesim::testing {
namespace {

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) cells.push_back(trimmed(cell));
  return cells;
}

bool is_rule(const std::string& line) { return line.find_first_not_of("|-: ") == std::string::npos; }

std::vector<PageTable> tables_of(const std::string& text) {
  std::vector<PageTable> tables;
  std::vector<std::string> header;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() != '|') {
      header.clear();
    } else if (header.empty()) {
      header = cells_of(line);
      tables.emplace_back();
    } else if (!is_rule(line)) {
      const std::vector<std::string> cells = cells_of(line);
      EXPECT_EQ(cells.size(), header.size()) << line;
      std::map<std::string, std::string>& row = tables.back().rows.emplace_back();
      for (size_t i = 0; i < std::min(cells.size(), header.size()); ++i) row[header[i]] = cells[i];
    }
  }
  return tables;
}

bool continues_a_number(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0 || c == ','; }

}  // namespace

std::map<std::string, std::string> PageTable::row(const std::string& column, const std::string& text) const {
  std::vector<std::map<std::string, std::string>> found;
  for (const auto& row : rows) {
    if (row.count(column) != 0 && row.at(column) == text) found.push_back(row);
  }
  EXPECT_EQ(found.size(), 1U) << column << " = " << text;
  return found.empty() ? std::map<std::string, std::string>() : found.front();
}

bool PageSection::mentions(int64_t number) const {
  const std::string digits = with_commas(number);
  for (size_t at = text.find(digits); at != std::string::npos; at = text.find(digits, at + 1)) {
    const bool starts = at == 0 || !continues_a_number(text[at - 1]);
    const size_t end = at + digits.size();
    // A comma that ends a clause has no digit behind it.
    const bool ends = end >= text.size() || !continues_a_number(text[end]) ||
                      (text[end] == ',' && (end + 1 >= text.size() || !continues_a_number(text[end + 1])));
    if (starts && ends) return true;
  }
  return false;
}

PageSection design_section(const std::string& heading) {
  PageSection section;
  bool inside = false;
  std::istringstream in(read_file(std::string(FUSESIM_SOURCE_DIR) + "/doc/design.md"));
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("## ", 0) == 0 || line.rfind("### ", 0) == 0) {
      inside = line.find("# " + heading) != std::string::npos;
    } else if (inside) {
      section.text += line + '\n';
    }
  }
  EXPECT_FALSE(section.text.empty()) << "no section " << heading;
  section.tables = tables_of(section.text);
  return section;
}

int64_t number_of(const std::string& cell) {
  std::string digits = cell;
  digits.erase(std::remove(digits.begin(), digits.end(), ','), digits.end());
  if (digits.empty()) return 0;
  EXPECT_EQ(digits.find_first_not_of("0123456789"), std::string::npos) << cell;
  return std::stoll(digits);
}

std::string with_commas(int64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

}  // namespace fusesim::testing
