#include "brr/fit_needs.h"

#include <algorithm>

#include "brr/certain_rows.h"
#include "brr/weights.h"
#include "fusesim/cost/widths.h"
#include "fusesim/graph/op_facts.h"

namespace fusesim {
namespace {

int64_t smallest_slice(const CostParams& params) {
  return *std::min_element(params.slice_channels.begin(), params.slice_channels.end());
}

OpNeeds needs_of(const Graph& graph, const Op& op, const CostParams& params) {
  OpNeeds needs;
  needs.opaque = is_opaque(op);
  if (needs.opaque) return needs;
  needs.inputs = row_reads(graph, op);
  needs.output = op.output();
  needs.reduction = is_reduction(graph, op);
  needs.pool = op_facts(op).pools_map();
  needs.multiplies = op_facts(op).channels == ChannelUse::multiplied;
  needs.mixes = op_facts(op).mixes_channels();
  const Tensor& in = graph.tensor(op.inputs.front());
  needs.several_parts = needs.reduction && in.shape.c / op.groups > params.pe_rows;
  const bool private_input = in.producer >= 0 && in.consumers.size() == 1;
  needs.in_place = !needs.reduction && op.inputs.size() == 1 && private_input && op.kind != OpKind::concat;
  if (op.window.kernel_h > 1) needs.in_place_rows = op.window.pad_top + 1;
  const Datatypes& types = params.datatypes;
  needs.weight_bytes = weight_bytes(op, types);
  if (op.kind == OpKind::conv && op.weights > 0) {
    const int64_t outputs = std::min(smallest_slice(params), graph.out_shape(op).c);
    const int64_t inputs = std::min(params.pe_rows, in.shape.c / op.groups);
    needs.part_bytes = weight_part_bytes(graph, op, types, {0, outputs}, {0, inputs}, false);
  }
  return needs;
}

}  // namespace

std::vector<OpNeeds> needs_of_ops(const Graph& graph, const CostParams& params) {
  std::vector<OpNeeds> all;
  all.reserve(graph.ops.size());
  for (const Op& op : graph.ops) all.push_back(needs_of(graph, op, params));
  return all;
}

std::vector<TensorNeeds> needs_of_tensors(const Graph& graph, const CostParams& params,
                                          const std::vector<OpNeeds>& ops) {
  const Datatypes& types = params.datatypes;
  const CertainRows certain(graph);
  std::vector<TensorNeeds> all;
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    const Tensor& tensor = graph.tensors[t];
    TensorNeeds needs;
    const int64_t slice = std::min(smallest_slice(params), tensor.shape.c);
    const int64_t piece = piece_bytes(tensor, tensor.shape.w, types);
    const int64_t sums_piece = sums_piece_bytes(tensor, tensor.shape.w, types);
    needs.row_bytes = tensor.shape.c * piece;
    needs.slice_row_bytes = slice * piece;
    needs.sums_row_bytes = tensor.shape.c * sums_piece;
    needs.slice_sums_row_bytes = slice * sums_piece;
    needs.certain_rows = certain.count(static_cast<TensorId>(t));
    needs.middle_row = certain.middle_row(static_cast<TensorId>(t));
    needs.held = tensor.consumers.size() > 1 ||
                 (tensor.consumers.size() == 1 && op_facts(graph.op(tensor.consumers[0])).mixes_channels());
    const bool never_inside = tensor.producer < 0 || is_opaque(graph.op(tensor.producer));
    needs.doubled = params.double_buffer == DoubleBuffer::all && never_inside;
    needs.private_to_concat = tensor.producer >= 0 && tensor.consumers.size() == 1 &&
                              graph.op(tensor.consumers.front()).kind == OpKind::concat;
    all.push_back(needs);
  }
  for (const OpNeeds& maker : ops) {
    if (maker.opaque) continue;
    TensorNeeds& out = all[static_cast<size_t>(maker.output)];
    if (maker.in_place) out.most_owned_rows = maker.in_place_rows;
    if (out.private_to_concat && !maker.several_parts) out.most_owned_rows = 0;
  }
  return all;
}

}  // namespace fusesim
