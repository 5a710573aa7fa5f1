#pragma once

#include <string>

#include "fusesim/graph/graph.h"
#include "fusesim/report/grouped.h"

namespace fusesim {

inline constexpr size_t kNameColumns = 60;

/// Keeps the end of a long name, which tells more than its beginning.
std::string shortened(const std::string& name, size_t columns);
/// Index and label, in so many columns: without the outer modules where it is too long.
std::string op_name(const Graph& graph, OpId op, size_t columns = kNameColumns);
/// Its one op, or "first .. last", in so many columns.
std::string group_name(const Graph& graph, const Group& group, size_t columns = kNameColumns);

}  // namespace fusesim
