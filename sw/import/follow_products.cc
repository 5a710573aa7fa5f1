#include "layout_follower.h"
#include "lower.h"
#include "squares.h"

namespace fusesim::importer {

void LayoutFollower::multiply(int i) {
  const std::optional<View> left = seen(draft_.op(i).op.inputs[0]);
  const std::optional<View> right = seen(draft_.op(i).op.inputs[1]);
  if (!left || !right) return;
  if (!multiply_maps(i, *left, *right)) multiply_squares(i, *left, *right);
}

bool LayoutFollower::multiply_maps(int i, const View& left, const View& right) {
  const std::optional<MapProduct> product = product_of(draft_, left, right);
  if (!product) return false;
  const int rows = operand(product->rows, product->row_channels, i);
  const int matrix = operand(product->matrix, product->matrix_channels, i);
  if (rows < 0 || matrix < 0 || rows == matrix) return false;
  read_maps(i, {rows, matrix});
  DraftOp& made = draft_.op(i);
  made.role = DraftRole::op;
  made.op.opaque_macs = 0;
  made.op.kind = OpKind::matmul;
  made.op.groups = product->groups;
  Shape shape = draft_.value(rows).shape;
  shape.c = product->channels;
  made_of(i, shape, product->layout);
  return true;
}

bool LayoutFollower::multiply_positions(int i, const View& left, const View& right, bool left_outermost) {
  Shape shape = draft_.value(left.base).shape;
  const std::optional<PositionProduct> product =
      position_product(left.layout, shape, right.layout, draft_.value(right.base).shape, left_outermost);
  if (!product) return false;
  read_maps(i, {left.base, right.base});
  DraftOp& made = draft_.op(i);
  made.role = DraftRole::op;
  made.op.opaque_macs = 0;
  made.op.kind = OpKind::position_matmul;
  made.op.groups = product->groups;
  made.op.channel_block = product->summed;
  shape.c = product->channels;
  made_of(i, shape, product->layout);
  return true;
}

/// Attention inside squares, or across them at one place of each.
void LayoutFollower::multiply_squares(int i, const View& left, const View& right) {
  const std::optional<int64_t> rows = square_of(left.layout, draft_.value(left.base).shape);
  const std::optional<int64_t> columns = square_of(right.layout, draft_.value(right.base).shape);
  if ((!rows && !columns) || (rows && columns && *rows != *columns)) return;
  const int64_t size = rows ? *rows : *columns;
  const std::optional<View> first = rows ? deep_view(left, size, i) : left;
  const std::optional<View> second = columns ? deep_view(right, size, i) : right;
  if (!first || !second) return;
  const int out = draft_.op(i).op.output();
  const bool made =
      multiply_maps(i, *first, *second) || multiply_positions(i, *first, *second, !rows || columns);
  if (made && rows.has_value() != columns.has_value()) widen(i, out, size);
}

std::optional<View> LayoutFollower::deep_view(const View& of, int64_t size, int reader) {
  const std::optional<View> whole = whole_view(of, reader);
  const Shape shape = whole ? draft_.value(whole->base).shape : Shape{};
  const std::optional<Layout> layout = whole ? deepened(whole->layout, shape, size) : std::nullopt;
  if (!layout) return std::nullopt;
  const auto key = std::make_pair(whole->base, size);
  if (deep_.count(key) == 0) {
    DraftOp kind;
    kind.op.kind = OpKind::space_to_depth;
    kind = with_blocks(std::move(kind), {size, false});
    const Shape deep{shape.c * size * size, shape.h / size, shape.w / size};
    deep_[key] = add_op(kind.op, whole->base, deep, *whole, reader, "/squares");
  }
  return View{deep_[key], *layout, of.nodes};
}

void LayoutFollower::widen(int i, int view_of, int64_t size) {
  const View result = *view(view_of);
  const Shape deep = draft_.value(result.base).shape;
  const std::optional<Layout> layout = widened(result.layout, deep, size);
  if (!layout) return;
  DraftOp kind;
  kind.op.kind = OpKind::depth_to_space;
  kind = with_blocks(std::move(kind), {size, false});
  const Shape wide{deep.c / (size * size), deep.h * size, deep.w * size};
  const DraftOp& product = draft_.op(i);
  const View made{result.base, result.layout, {{product.main, product.op.name}}};
  view(view_of) = View{add_op(kind.op, result.base, wide, made, i, "/map"), *layout, {}};
  draft_.ops.back().first = draft_.op(i).first;  // behind the product
  draft_.ops.back().main = draft_.op(i).main;
}

int LayoutFollower::operand(const View& of, const std::vector<Factor>& channels, int reader) {
  const Shape shape = draft_.value(of.base).shape;
  const std::optional<Gather> gather = gather_of(channels, of.layout.begin(0), shape.c);
  if (!gather) return -1;
  int v = of.base;
  if (gather->shuffle) {
    const auto key = std::make_tuple(v, gather->shuffle->groups, gather->shuffle->channel_block);
    const auto known = shuffled_.find(key);
    v = known != shuffled_.end() ? known->second : add_op(*gather->shuffle, v, shape, of, reader, "/order");
    shuffled_[key] = v;
  }
  if (gather->count == shape.c) return v;
  Op slice;
  slice.kind = OpKind::channel_slice;
  slice.channel_begin = gather->begin;
  Shape part = shape;
  part.c = gather->count;
  return add_op(slice, v, part, of, reader, "/part");
}

}  // namespace fusesim::importer
