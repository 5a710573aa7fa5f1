#include "lower.h"

namespace fusesim::importer {
namespace {

/// One value of each channel all over a map.
DraftOp spread(Lowering& node) {
  DraftOp draft = node.make_op(OpKind::resize, {});
  draft.op.resize = {ResizeMode::nearest, ResizeCoordinates::asymmetric, ResizeRounding::floor};
  return draft;
}

bool is_all(const Constant& condition, int64_t elements, bool value) {
  for (int64_t i = 0; i < elements; ++i) {
    if ((condition.number(static_cast<size_t>(i)) != 0) != value) return false;
  }
  return true;
}

/// A Where that always takes the same operand is that operand.
bool lower_choice(Lowering& node) {
  const Constant* condition = node.view().data(0);
  if (condition == nullptr) return false;
  for (const bool taken : {true, false}) {
    const size_t slot = taken ? 1 : 2;
    const bool whole = node.is_data(slot) && node.view().dims(slot) == node.output_type().dims;
    if (!whole || !node.is_plain(slot) || !is_all(*condition, node.elements(0), taken)) continue;
    node.rename(node.data_input(slot));
    return true;
  }
  return false;
}

}  // namespace

bool lower_repeat(Lowering& node) {
  const std::string type = node.view().type();
  if ((type != "Expand" && type != "Tile") || !node.is_data(0)) return false;
  if (node.view().dims() == node.output_type().dims) {
    node.rename(node.data_input(0));
    return true;
  }
  const Shape in = node.data_value(0).shape;
  const Shape out = shape_of_map(node.output_type().dims);
  if (in != Shape{out.c, 1, 1} || out.h * out.w == 1) return false;
  DraftOp draft = spread(node);
  node.read(draft, 0, node.data_input(0));
  node.emit(std::move(draft));
  return true;
}

bool lower_with_scalar(Lowering& node) {
  const std::string type = node.view().type();
  if (!node.only_own_tensors()) return false;
  if (type == "Where" && node.input_count() == 3) return lower_choice(node);
  const std::optional<EltwiseKind> kind = eltwise_kind(type);
  const bool data = kind && node.input_count() == 2 && node.is_data(0) && node.is_data(1);
  const Dims& made = node.output_type().dims;
  if (!data || !is_map(made)) return false;
  for (const size_t scalar : {1, 0}) {
    const size_t map = 1 - scalar;
    if (node.elements(scalar) != 1 || node.view().dims(map) != made || !node.is_plain(map)) continue;
    const Shape shape = shape_of_map(made);
    int value = node.data_input(scalar);
    if (shape.h * shape.w > 1) {
      DraftOp plane = spread(node);
      plane.op.name += "/plane";
      plane.op.inputs = {value};
      value = node.emit_inner(std::move(plane), Shape{1, shape.h, shape.w});
    }
    DraftOp draft = node.make_op(OpKind::eltwise, {});
    for (const size_t slot : {0, 1})
      draft.op.inputs.push_back(slot == scalar ? value : node.data_input(slot));
    draft.op.eltwise = *kind;
    node.emit(std::move(draft));
    return true;
  }
  return false;
}

}  // namespace fusesim::importer
