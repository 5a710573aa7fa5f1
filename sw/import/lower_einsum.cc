#include "einsum.h"
#include "lower.h"

namespace fusesim::importer {
namespace {

Dims sizes_of(const std::string& labels, const Equation& equation) {
  Dims dims;
  for (const char label : labels) dims.push_back(equation.sizes.at(label));
  return dims;
}

int64_t size_of(const std::string& labels, const Equation& equation) {
  return element_count(sizes_of(labels, equation));
}

DraftOp between(Lowering& node, DraftRole role, const char* type) {
  DraftOp op = node.make_op(OpKind::opaque, {});
  op.role = role;
  op.op.onnx_type = type;
  op.folded = true;
  return op;
}

int emit_shape(Lowering& node, int from, const Dims& dims) {
  if (node.draft().value(from).dims == dims) return from;
  DraftOp view = between(node, DraftRole::view, "Reshape");
  view.op.inputs = {from};
  return node.emit_inner(std::move(view), dims);
}

/// The dimensions of a value, which have these labels, in another order.
int emit_order(Lowering& node, int from, const std::string& labels, const std::string& order) {
  if (labels == order) return from;
  DraftOp op = between(node, DraftRole::transposition, "Transpose");
  op.op.inputs = {from};
  Dims dims;
  for (const char label : order) {
    op.permutation.push_back(static_cast<int64_t>(labels.find(label)));
    dims.push_back(node.draft().value(from).dims[labels.find(label)]);
  }
  return node.emit_inner(std::move(op), dims);
}

/// One operand as a stack of matrices.
int emit_operand(Lowering& node, size_t i, const Equation& equation, const EinsumProduct& product,
                 const std::string& rows, const std::string& columns) {
  const int ordered = emit_order(node, node.data_input(i), equation.terms[i], product.batch + rows + columns);
  Dims dims = sizes_of(product.batch, equation);
  dims.push_back(size_of(rows, equation));
  dims.push_back(size_of(columns, equation));
  return emit_shape(node, ordered, dims);
}

}  // namespace

bool lower_einsum(Lowering& node) {
  if (node.view().type() != "Einsum" || node.input_count() != 2 || !node.is_data(0) || !node.is_data(1))
    return false;
  const std::optional<Equation> equation = equation_of(node.view());
  const std::optional<EinsumProduct> product = equation ? as_product(*equation) : std::nullopt;
  if (!product || product->summed.empty() || node.data_input(0) == node.data_input(1)) return false;
  for (size_t i = 0; i < 2; ++i) {
    if (node.view().dims(i) != sizes_of(equation->terms[i], *equation)) return false;  // broadcast
  }
  DraftOp op = node.make_op(OpKind::opaque, {});
  op.role = DraftRole::product;
  op.op.opaque_macs = node.opaque_work();
  op.op.inputs = {emit_operand(node, 0, *equation, *product, product->left, product->summed),
                  emit_operand(node, 1, *equation, *product, product->summed, product->right)};
  Dims dims = sizes_of(product->batch, *equation);
  dims.push_back(size_of(product->left, *equation));
  dims.push_back(size_of(product->right, *equation));
  const std::string made = product->batch + product->left + product->right;
  if (made == equation->result && dims == node.output_type().dims) {
    node.emit(std::move(op));
    return true;
  }
  const int result = emit_shape(node, node.emit_inner(std::move(op), dims), sizes_of(made, *equation));
  DraftOp last = between(node, DraftRole::transposition, "Transpose");
  last.op.inputs = {result};
  for (const char label : equation->result)
    last.permutation.push_back(static_cast<int64_t>(made.find(label)));
  node.emit(std::move(last));
  return true;
}

}  // namespace fusesim::importer
