#pragma once

#include <string>

#include "fusesim/report/explanation.h"

namespace fusesim {

/// "conv + Relu"
std::string kind_with_activations(const Op& op);
/// "64x56x56": channels, rows, width of its output.
std::string shape_text(const Shape& shape);
/// What SPLIT had to do, as a phrase.
std::string category_text(SplitCategory category);
/// "fits: needs 1,000 bytes, 1,024 there are" and the like.
std::string verdict_text(const GroupAnalysis& analysis);
/// A tensor that is made outside the group.
bool is_external(const Graph& graph, const Group& group, TensorId tensor);

}  // namespace fusesim
