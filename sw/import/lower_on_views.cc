#include <algorithm>
#include <set>

#include "lower.h"
#include "operands.h"

namespace fusesim::importer {
namespace {

bool is_arithmetic(const std::string& type) { return eltwise_kind(type) || type == "Pow"; }

/// Output `slot` is this part of data input 0.
void emit_cut(Lowering& node, Dims begin, Dims count, size_t slot) {
  DraftOp draft = node.make_op(OpKind::opaque, {0});
  if (node.view().type() == "Split") draft.op.name += "[" + std::to_string(slot) + "]";
  draft.role = DraftRole::cut;
  draft.cut_begin = std::move(begin);
  draft.cut_count = std::move(count);
  node.emit(std::move(draft), slot);
}

bool lower_slice(Lowering& node) {
  const SliceOperands slice = slice_operands(node.view());
  if (std::any_of(slice.step.begin(), slice.step.end(), [](int64_t step) { return step != 1; })) return false;
  emit_cut(node, slice.start, slice.count, 0);
  return true;
}

bool lower_parts(Lowering& node) {
  const SplitOperands split = split_operands(node.view());
  Dims begin(node.view().dims().size(), 0);
  Dims count = node.view().dims();
  for (size_t i = 0; i < split.sizes.size(); ++i) {
    count[split.axis] = split.sizes[i];
    if (node.is_read(i)) emit_cut(node, begin, count, i);
    begin[split.axis] += split.sizes[i];
  }
  return true;
}

bool lower_pick(Lowering& node) {
  const std::optional<PickOperands> pick = pick_operands(node.view());
  if (!pick) return false;
  Dims begin(node.view().dims().size(), 0);
  Dims count = node.view().dims();
  begin[pick->axis] = pick->index;
  count[pick->axis] = 1;
  emit_cut(node, std::move(begin), std::move(count), 0);
  return true;
}

/// Parts of rows or columns one after another.
bool lower_stack(Lowering& node) {
  const size_t rank = node.output_type().dims.size();
  std::vector<size_t> operands;
  for (size_t i = 0; i < node.input_count(); ++i) {
    if (!node.is_data(i)) return false;
    operands.push_back(i);
  }
  DraftOp draft = node.make_op(OpKind::opaque, operands);
  draft.role = DraftRole::stack;
  draft.stacks = node.is_stack();
  draft.stacked_axis = normalized_axis(node.view().integer("axis", 0), rank);
  node.emit(std::move(draft));
  return true;
}

/// The last dimension by a constant matrix.
bool lower_matrix(Lowering& node) {
  const bool gemm = node.view().type() == "Gemm";
  const bool bias = gemm && node.view().has_input(2);
  if (!node.is_data(0) || !node.is_constant(1) || node.view().dims(1).size() != 2) return false;
  if (node.view().dims(0).size() < 2 || (bias && !node.is_constant(2))) return false;
  if (gemm && node.view().integer("transA", 0) != 0) return false;
  DraftOp draft = node.make_op(OpKind::opaque, {0});
  draft.role = DraftRole::rows;
  draft.op.opaque_macs = node.opaque_work();
  draft.op.weights = node.elements(1);
  draft.op.biases = bias ? node.elements(2) : 0;
  node.emit(std::move(draft));
  return true;
}

bool lower_arithmetic(Lowering& node, size_t data, size_t constant) {
  const Dims& out = node.output_type().dims;
  Dims dims = node.view().dims(constant);
  if (node.view().dims(data) != out || dims.size() > out.size()) return false;
  dims.insert(dims.begin(), out.size() - dims.size(), 1);
  DraftOp draft = by_constant(node, data, constant);
  draft.deferred = true;
  draft.constant = std::move(dims);
  node.emit(std::move(draft));
  return true;
}

/// A tensor against one value for each row of its last dimension, as inside a normalisation that is spelled
/// out.
bool lower_against_rows(Lowering& node) {
  if (node.input_count() != 2 || !node.is_data(0) || !node.is_data(1)) return false;
  Dims rows = node.output_type().dims;
  if (node.view().dims(0) != rows || rows.empty()) return false;
  rows.back() = 1;
  if (node.view().dims(1) != rows) return false;
  node.emit(node.make_op(OpKind::opaque, {0, 1}));
  return true;
}

bool lower_elementwise_of_views(Lowering& node, const std::string& type) {
  const bool binary = node.input_count() == 2;
  if (binary && node.is_data(0) && node.is_constant(1)) return lower_arithmetic(node, 0, 1);
  if (binary && node.is_data(1) && node.is_constant(0)) return lower_arithmetic(node, 1, 0);
  if (lower_against_rows(node)) return true;
  const auto kind = eltwise_kind(type);
  if (!kind || node.input_count() < 2) return false;
  std::vector<size_t> operands;
  for (size_t i = 0; i < node.input_count(); ++i) {
    if (!node.is_data(i) || node.view().dims(i) != node.output_type().dims) return false;
    operands.push_back(i);
  }
  DraftOp draft = node.make_op(OpKind::eltwise, operands);
  draft.op.eltwise = *kind;
  draft.deferred = true;
  node.emit(std::move(draft));
  return true;
}

/// Each row of the last dimension by itself.
bool lower_norm_of_views(Lowering& node, const std::string& type) {
  const Dims& dims = node.view().dims();
  if (dims.size() < 2 || node.is_data(1) || node.is_data(2)) return false;
  const bool soft = type == "Softmax" || type == "LogSoftmax";
  const int64_t given = node.view().integer("axis", soft && node.view().opset() < 13 ? 1 : -1);
  if (normalized_axis(given, dims.size()) + 1 != dims.size()) return false;
  DraftOp draft = node.make_op(OpKind::activation, {0});
  draft.op.activations = {{type, 0.0F, 0.0F}};
  draft.over_last_axis = true;
  draft.deferred = true;
  draft.op.weights = node.is_constant(1) ? node.elements(1) : 0;
  draft.op.biases = node.is_constant(2) ? node.elements(2) : 0;
  node.emit(std::move(draft));
  return true;
}

/// The mean or length of the last dimension, which a normalisation that is spelled out begins with.
bool lower_last_reduction(Lowering& node) {
  const Dims axes = axes_operand(node.view(), 1);
  const size_t rank = node.view().dims().size();
  if (axes.size() != 1 || normalized_axis(axes[0], rank) + 1 != rank) return false;
  DraftOp draft = node.make_op(OpKind::opaque, {0});
  draft.over_last_axis = true;
  node.emit(std::move(draft));
  return true;
}

/// A known constant of this value alone.
bool is_all(const Lowering& node, size_t i, double value) {
  const Constant* constant = node.view().data(i);
  if (constant == nullptr) return false;
  for (size_t e = 0; e < static_cast<size_t>(node.elements(i)); ++e) {
    if (constant->number(e) != value) return false;
  }
  return true;
}

/// Of groups of channels under one dimension, the rest of the map under the last: a group normalisation that
/// is spelled out. Scale and shift come behind it.
bool lower_groups(Lowering& node) {
  if (node.view().dims().size() != 3 || !is_all(node, 1, 1.0) || !is_all(node, 2, 0.0)) return false;
  DraftOp draft = node.make_op(OpKind::opaque, {0});
  draft.role = DraftRole::groups;
  draft.op.weights = node.elements(1);
  draft.op.biases = node.elements(2);
  node.emit(std::move(draft));
  return true;
}

/// One value for each row, repeated along it.
bool lower_repeated(Lowering& node) {
  Dims rows = node.output_type().dims;
  if (rows.empty()) return false;
  rows.back() = 1;
  if (node.view().dims() != rows) return false;
  node.emit(node.make_op(OpKind::opaque, {0}));
  return true;
}

/// No operand is a name of a map under axes of its own, or its last dimension is not the map's channels: such
/// a map is likely to be a view itself.
bool may_be_views(const Lowering& node) {
  for (size_t i = 0; i < node.input_count(); ++i) {
    if (!node.is_data(i) || node.is_plain(i)) continue;
    const auto seen = node.arrangement(i);
    const bool other =
        seen && seen->axes.size() == 4 && (seen->axes.back() == "H" || seen->axes.back() == "W");
    if (!other) return false;
  }
  return true;
}

}  // namespace

bool lower_on_views(Lowering& node) {
  if (!node.only_own_tensors() || node.input_count() == 0 || !may_be_views(node)) return false;
  const std::string type = node.view().type();
  if (type == "Split" && node.is_data(0)) return lower_parts(node);
  if (!node.only_first_output()) return false;
  if (is_arithmetic(type)) return lower_elementwise_of_views(node, type);
  if (!node.is_data(0)) return false;
  if (type == "Slice") return lower_slice(node);
  if (type == "ReduceMean" || type == "ReduceL2") return lower_last_reduction(node);
  if (type == "Expand") return lower_repeated(node);
  if (type == "Gather") return lower_pick(node);
  if (type == "InstanceNormalization") return lower_groups(node);
  if (type == "Concat") return lower_stack(node);
  if (type == "MatMul" || type == "Gemm") return lower_matrix(node);
  if (type == "LayerNormalization" || type == "RMSNormalization" || type == "Softmax" || type == "LogSoftmax")
    return lower_norm_of_views(node, type);
  return false;
}

}  // namespace fusesim::importer
