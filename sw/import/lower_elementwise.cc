#include <algorithm>
#include <map>

#include "lower.h"

namespace fusesim::importer {
namespace {

/// Dimensions right-aligned to the output's rank, as broadcasting sees them.
Dims aligned(const Dims& dims, size_t rank) {
  Dims out(rank - dims.size(), 1);
  out.insert(out.end(), dims.begin(), dims.end());
  return out;
}

/// (C,H,W), (C,1,1) or (1,H,W) against the output, and the same as the map's own shape. The operand may have
/// another rank than the map that it renames.
bool operand_fits(const Dims& operand, const DraftValue& map, const Dims& out_dims) {
  const Shape out = shape_of_map(out_dims);
  const Shape in = map.shape;
  if (operand.size() > out_dims.size() || shape_of_map(aligned(operand, out_dims.size())) != in) return false;
  return in == out || in == Shape{out.c, 1, 1} || in == Shape{1, out.h, out.w};
}

bool lower_eltwise(Lowering& node, EltwiseKind kind) {
  const Dims& out = node.output_type().dims;
  std::vector<size_t> operands;
  for (size_t i = 0; i < node.input_count(); ++i) {
    if (!node.is_data(i) || !operand_fits(node.view().dims(i), node.data_value(i), out)) return false;
    operands.push_back(i);
  }
  DraftOp draft = node.make_op(OpKind::eltwise, operands);
  draft.op.eltwise = kind;
  node.emit(std::move(draft));
  return true;
}

/// One value, or one per channel.
bool is_per_channel(const Dims& constant, const Dims& out) {
  const Dims dims = aligned(constant, out.size());
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] != 1 && (i != 1 || dims[i] != out[1])) return false;
  }
  return true;
}

/// A map against a constant per channel: x*s, x+s and so on.
bool lower_by_constant(Lowering& node, size_t data, size_t constant) {
  const Dims& out = node.output_type().dims;
  const Dims& dims = node.view().dims(constant);
  if (node.view().dims(data) != out || dims.size() > out.size() || !is_per_channel(dims, out)) return false;
  emit_by_constant(node, data, constant);
  return true;
}

}  // namespace

std::optional<EltwiseKind> eltwise_kind(const std::string& type) {
  static const std::map<std::string, EltwiseKind> table{
      {"Add", EltwiseKind::add}, {"Sum", EltwiseKind::add}, {"Mul", EltwiseKind::mul},
      {"Sub", EltwiseKind::sub}, {"Div", EltwiseKind::div}, {"Max", EltwiseKind::max},
      {"Min", EltwiseKind::max},  // the least, by Op::onnx_type
  };
  const auto found = table.find(type);
  return found == table.end() ? std::nullopt : std::optional<EltwiseKind>(found->second);
}

void emit_by_constant(Lowering& node, size_t data, size_t constant) {
  node.emit(by_constant(node, data, constant));
}

DraftOp by_constant(Lowering& node, size_t data, size_t constant) {
  const std::string type = node.view().type();
  DraftOp draft = node.make_op(OpKind::activation, {data});
  const bool scales = type == "Mul" || type == "Div";
  const bool shifts = type == "Add" || type == "Sum" || type == "Sub";
  draft.affine = shifts || type == "Mul" || (type == "Div" && data == 0);
  draft.has_shift = shifts;
  draft.scalar = data == 0 || type == "Mul" || type == "Add" ? node.view().scalar(constant) : std::nullopt;
  draft.op.activations = {{draft.affine ? "Affine" : type, 0.0F, 0.0F}};
  (scales || !shifts ? draft.op.weights : draft.op.biases) = node.elements(constant);
  return draft;
}

bool lower_elementwise(Lowering& node) {
  const std::string type = node.view().type();
  const std::optional<EltwiseKind> kind = eltwise_kind(type);
  const bool binary = node.input_count() == 2;
  const bool by_constant = kind || type == "Pow";
  if (by_constant && binary && node.is_data(0) && node.is_constant(1)) return lower_by_constant(node, 0, 1);
  if (by_constant && binary && node.is_data(1) && node.is_constant(0)) return lower_by_constant(node, 1, 0);
  if (!kind) return false;
  if (node.input_count() == 1 && node.is_data(0)) {
    node.rename(node.data_input(0));
    return true;
  }
  return lower_eltwise(node, *kind);
}

}  // namespace fusesim::importer
