#include "explanation_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "fusesim/graph/op_facts.h"
#include "text.h"

namespace fusesim {

std::string kind_with_activations(const Op& op) {
  std::string text = to_string(op.kind);
  if (is_opaque(op)) text += " " + op.onnx_type;
  if (op.kind == OpKind::eltwise) text = to_string(op.eltwise);
  for (const ActivationFn& fn : op.activations) text += " + " + fn.type;
  return text;
}

std::string shape_text(const Shape& shape) { return fmt::format("{}x{}x{}", shape.c, shape.h, shape.w); }

std::string category_text(SplitCategory category) {
  switch (category) {
    case SplitCategory::both_fit:
      return "category 1: a cut at the explanation's edges gives two groups that could stay as they are";
    case SplitCategory::one_fits:
      return "category 2: no cut at the explanation's edges gives two groups that could stay as they are, "
             "some give one";
    case SplitCategory::none_fits:
      return "category 3: no cut at the explanation's edges gives a group that could stay as it is";
    case SplitCategory::failed:
      break;
  }
  return "none: no cuts at the explanation's edges lead to groups that fit";
}

std::string verdict_text(const GroupAnalysis& a) {
  if (!a.needs.illegal_reason.empty()) return "cannot run under BRR at any size: " + a.needs.illegal_reason;
  const int64_t needs = a.needs.f_beta_bytes;
  const std::string figures =
      fmt::format("needs {} bytes, the buffer has {}", grouped(needs), grouped(a.buffer_bytes));
  if (a.fits()) return fmt::format("fits: {}", figures);
  return fmt::format("does not fit: {}, {} too few", figures, grouped(needs + 1 - a.buffer_bytes));
}

bool is_external(const Graph& graph, const Group& group, TensorId tensor) {
  return !std::binary_search(group.begin(), group.end(), graph.tensor(tensor).producer);
}

}  // namespace fusesim
