#include "lower.h"

namespace fusesim::importer {
namespace {

/// A convolution of a vector by a constant matrix. Where the vector is a flattened map, a later pass makes
/// the whole map its kernel.
DraftOp matrix_op(Lowering& node) {
  DraftOp draft = node.make_op(OpKind::conv, {0});
  draft.op.weights = node.elements(1);
  draft.reads_flattened = true;
  return draft;
}

bool lower_gemm(Lowering& node) {
  const bool bias = node.view().has_input(2);
  if (node.view().integer("transA", 0) != 0 || (bias && !node.is_constant(2))) return false;
  DraftOp draft = matrix_op(node);
  draft.op.biases = bias ? shape_of_map(node.output_type().dims).c : 0;
  node.emit(std::move(draft));
  return true;
}

}  // namespace

bool lower_product(Lowering& node) {
  const bool product = node.view().type() == "MatMul" && node.is_data(0) && node.is_data(1);
  if (!product || node.data_input(0) == node.data_input(1)) return false;
  DraftOp draft = node.make_op(OpKind::opaque, {0, 1});
  draft.role = DraftRole::product;
  draft.op.opaque_macs = node.opaque_work();
  node.emit(std::move(draft));
  return true;
}

bool lower_matrix_op(Lowering& node) {
  const std::string type = node.view().type();
  if (type != "Gemm" && type != "MatMul") return false;
  if (!node.is_data(0) || !node.is_constant(1)) return false;
  if (node.view().dims(0).size() != 2 || node.view().dims(1).size() != 2) return false;
  if (type == "Gemm") return lower_gemm(node);
  node.emit(matrix_op(node));
  return true;
}

}  // namespace fusesim::importer
