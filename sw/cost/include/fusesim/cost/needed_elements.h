#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// Per tensor a lower bound of the elements that graph outputs are made of: all of an output; of another
/// tensor the rows and columns that one of its readers takes for what is needed of its own result, that
/// reader which takes most. Rows and columns that a stride or a dilated window steps over, or that lie
/// beyond the last window, are not needed.
std::vector<int64_t> needed_elements(const Graph& graph);

}  // namespace fusesim
