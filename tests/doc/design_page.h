#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fusesim::testing {

/// A Markdown table; cells without the blanks around them.
struct PageTable {
  std::vector<std::map<std::string, std::string>> rows;  ///< by the words of the header

  /// The row with this text in this column. Fails the test and gives an empty one unless there is just one.
  std::map<std::string, std::string> row(const std::string& column, const std::string& text) const;
};

/// One section of doc/design.md: what stands between its heading and the next.
struct PageSection {
  std::string text;
  std::vector<PageTable> tables;

  /// Whether the text has this number, with commas between thousands, not as part of a longer one.
  bool mentions(int64_t number) const;
};

/// The section whose heading begins with these words, e.g. "13.1". Fails the test if there is none.
PageSection design_section(const std::string& heading);

/// "1,234" -> 1234; an empty cell is 0.
int64_t number_of(const std::string& cell);
/// 1234 -> "1,234"
std::string with_commas(int64_t number);

}  // namespace fusesim::testing
