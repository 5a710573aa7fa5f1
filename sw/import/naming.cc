#include "naming.h"

#include <algorithm>

#include "fusesim/base/error.h"
#include "operands.h"
#include "opset.h"

namespace fusesim::importer {
namespace {

Dims canonical(const Shape& shape) { return {1, shape.c, shape.h, shape.w}; }

/// Axes of one element last.
std::string with_all_axes(std::string order) {
  for (const char axis : {'C', 'H', 'W'}) {
    if (order.find(axis) == std::string::npos) order += axis;
  }
  return order;
}

}  // namespace

Naming::Naming(const TypedGraph& graph, Draft& draft)
    : graph_(&graph),
      draft_(&draft),
      ids_(graph.values.size(), -1),
      axes_(graph.values.size()),
      pending_(graph.values.size()),
      plain_(graph.values.size(), -1),
      wanted_(graph.values.size()) {
  // Whoever reads a tensor comes later.
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    for (size_t slot = node->inputs.size(); slot-- > 0;) {
      if (node->inputs[slot] < 0) continue;
      Axes pattern = wanted_by(*node, slot);
      if (!pattern.empty()) at(wanted_, node->inputs[slot]) = std::move(pattern);
    }
  }
}

int Naming::id(int typed) const {
  if (!is_made(typed)) {
    throw Error("tensor '" + at(graph_->values, typed).name + "' is made by no operator");
  }
  return at(ids_, typed);
}

std::optional<Arrangement> Naming::arrangement(int typed) const {
  const DraftValue& value = draft_->value(id(typed));
  if (!is_plain(typed)) return Arrangement{value.shape, at(axes_, typed)};
  if (!is_map(dims(typed))) return std::nullopt;
  auto made = arrange(channels_first(dims(typed).size()), dims(typed));
  if (!made || made->shape != value.shape) return std::nullopt;
  return made;
}

void Naming::set(int typed, int id, const Axes& axes, const std::vector<NodeRef>& renamed_by) {
  at(ids_, typed) = id;
  const auto own =
      is_map(dims(typed)) ? arrange(channels_first(dims(typed).size()), dims(typed)) : std::nullopt;
  if (own && own->axes == axes && own->shape == draft_->value(id).shape) {
    std::vector<NodeRef>& dropped = draft_->value(id).dropped;
    dropped.insert(dropped.end(), renamed_by.begin(), renamed_by.end());
    return;
  }
  at(axes_, typed) = axes;
  at(pending_, typed) = renamed_by;
}

int Naming::plain(int typed, const NodeRef& reader) {
  if (is_plain(typed)) return id(typed);
  if (at(plain_, typed) >= 0) return at(plain_, typed);
  const Shape shape = draft_->value(id(typed)).shape;
  std::vector<NodeRef> nodes = renamed_by(typed);
  if (nodes.empty()) nodes.push_back(reader);
  std::string order = order_of(at(axes_, typed));
  const bool in_place = order == order_of(arrange(channels_first(4), canonical(shape))->axes);
  int made = id(typed);
  if (!in_place) {
    order = with_all_axes(order);
    std::vector<size_t> permutation{0};
    for (const char axis : order) permutation.push_back(axis == 'C' ? 1 : (axis == 'H' ? 2 : 3));
    made = add_transposition(made, permutation, nodes);
  }
  if (draft_->value(made).dims != dims(typed)) made = add_view(made, dims(typed), nodes);
  at(plain_, typed) = made;
  return made;
}

int Naming::arranged(int typed, const Axes& pattern, const NodeRef& reader) {
  const auto wanted = arrange(pattern, dims(typed));
  if (!wanted) return -1;
  const auto actual = arrangement(typed);
  if (actual && actual->shape == wanted->shape && actual->axes == wanted->axes) return id(typed);
  const auto known = arranged_.find({typed, wanted->axes});
  if (known != arranged_.end()) return known->second;
  std::vector<NodeRef> nodes = renamed_by(typed);
  if (nodes.empty()) nodes.push_back(reader);
  // Rows of channels first, if the tensor has them so; a map lists its channels first.
  const Shape& shape = wanted->shape;
  const std::string order = order_of(wanted->axes);
  const bool last = order == order_of(arrange(channels_last(4), {1, shape.h, shape.w, shape.c})->axes);
  const bool first = order == order_of(arrange(channels_first(4), canonical(shape))->axes);
  const std::string listed = first ? "CHW" : (last ? "HWC" : with_all_axes(order));
  Dims between{1};
  std::vector<size_t> permutation(4, 0);
  for (const char axis : listed) {
    permutation[std::string("NCHW").find(axis)] = between.size();
    between.push_back(axis == 'C' ? shape.c : (axis == 'H' ? shape.h : shape.w));
  }
  int made = plain(typed, reader);
  if (draft_->value(made).dims != between) made = add_view(made, between, nodes);
  if (!first) made = add_transposition(made, permutation, nodes);
  arranged_[{typed, wanted->axes}] = made;
  return made;
}

int Naming::bytes(int typed, const NodeRef& reader) {
  const auto actual = arrangement(typed);
  const bool natural = actual && is_natural(actual->axes, actual->shape);
  return natural ? id(typed) : plain(typed, reader);
}

int Naming::add_view(int from, const Dims& dims, const std::vector<NodeRef>& nodes) {
  DraftOp op;
  op.op.onnx_type = "Reshape";
  op.role = DraftRole::view;
  const int producer = draft_->value(from).producer;
  if (producer >= 0 && draft_->op(producer).role == DraftRole::view) {
    draft_->op(producer).folded = true;
    from = draft_->op(producer).op.inputs[0];
  }
  return add(std::move(op), from, dims, nodes);
}

int Naming::add_transposition(int from, const std::vector<size_t>& permutation,
                              const std::vector<NodeRef>& nodes) {
  DraftOp op;
  op.op.onnx_type = "Transpose";
  op.role = DraftRole::transposition;
  Dims dims;
  for (const size_t i : permutation) {
    op.permutation.push_back(static_cast<int64_t>(i));
    dims.push_back(draft_->value(from).dims[i]);
  }
  return add(std::move(op), from, dims, nodes);
}

int Naming::add(DraftOp op, int from, const Dims& dims, const std::vector<NodeRef>& nodes) {
  op.op.name = nodes.back().name;
  op.op.kind = OpKind::opaque;
  op.op.inputs = {from};
  op.folded = true;
  op.first = nodes.front().position;
  op.main = nodes.back().position;
  op.nodes = nodes;
  DraftValue value;
  value.bits = draft_->value(from).bits;
  value.name = draft_->value(from).name + (op.role == DraftRole::view ? "/shape" : "/order");
  value.dims = dims;
  value.map = is_map(dims);
  value.shape = shape_of_map(dims);
  const int made = static_cast<int>(draft_->values.size());
  draft_->values.push_back(std::move(value));
  op.op.outputs = {made};
  draft_->add(std::move(op));
  return made;
}

std::optional<Arrangement> Naming::at_birth(int typed) const {
  const Dims& shape = dims(typed);
  const size_t rank = shape.size();
  if (rank < 2 || rank > 4 || (rank > 2 && shape[0] != 1)) return std::nullopt;
  Axes pattern = at(wanted_, typed);
  if (pattern.empty()) pattern = rank == 2 ? channels_last(2) : channels_first(rank);
  return arrange(pattern, shape);
}

/// Windows and statistics over positions want channels first, products by a matrix and norms of a position
/// want them last; what keeps the shape wants what its own reader wants.
Axes Naming::wanted_by(const TypedNode& node, size_t slot) const {
  if (!is_default_domain(node.proto->domain())) return {};
  const std::string& type = node.proto->op_type();
  const size_t rank = dims(node.inputs[slot]).size();
  for (const char* first : {"Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "Resize",
                            "GlobalMaxPool", "BatchNormalization", "InstanceNormalization"}) {
    if (type == first) return slot == 0 ? channels_first(rank) : Axes{};
  }
  for (const char* last : {"MatMul", "Gemm", "LayerNormalization", "RMSNormalization"}) {
    if (type == last) return slot == 0 ? channels_last(rank) : Axes{};
  }
  const int out = node.outputs.empty() ? -1 : node.outputs[0];
  if (out < 0) return {};
  // A normalisation of a position that is spelled out.
  const Dims& made = dims(out);
  if (type == "ReduceMean" && rank == 3 && made.size() == 3 && made[1] == dims(node.inputs[slot])[1])
    return slot == 0 ? channels_last(rank) : Axes{};
  const bool cuts = type == "Pad" || type == "Slice" || type == "Split" || type == "Concat";
  if (cuts) return dims(out).size() == rank ? at(wanted_, out) : Axes{};
  if (type != "Transpose") return dims(out) == dims(node.inputs[slot]) ? at(wanted_, out) : Axes{};
  const Dims given = graph_->view(node).integer_list("perm");
  Axes after = at(wanted_, out);
  if (after.empty() && given == Dims{0, 3, 1, 2}) after = channels_first(4);
  if (after.size() != rank) return {};
  Axes before(rank);
  for (size_t i = 0; i < rank; ++i)
    before[given.empty() ? rank - 1 - i : normalized_axis(given[i], rank)] = after[i];
  return before;
}

}  // namespace fusesim::importer
