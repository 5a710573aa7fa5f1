#pragma once

#include <string>
#include <vector>

namespace fusesim {

/// Rows of equal length, the first a header, as aligned columns: the first `texts` to the left, others to the
/// right.
std::string text_table(const std::vector<std::vector<std::string>>& rows, size_t texts);

}  // namespace fusesim
