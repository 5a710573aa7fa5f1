#pragma once

#include "fusesim/cost/widths.h"
#include "rows/group_view.h"

namespace fusesim {

/// The widths of widths.h for a GroupView.
inline ElementWidths element_widths(const Graph& graph, const Datatypes& types) {
  ElementWidths widths;
  widths.sum_bits = types.partial_sum_bytes * 8;
  for (const Tensor& tensor : graph.tensors) widths.bits.push_back(element_bits(tensor, types));
  for (const Op& op : graph.ops) widths.parameter_bytes.push_back(weight_bytes(op, types));
  return widths;
}

}  // namespace fusesim
