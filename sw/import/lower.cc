#include "lower.h"

#include <algorithm>
#include <set>

#include "constant_roots.h"
#include "fusesim/base/error.h"
#include "opaque_work.h"
#include "operators.h"
#include "opset.h"

namespace fusesim::importer {
namespace {

/// Indices, shapes and masks are no parameters.
bool is_parameter_type(int32_t elem_type) {
  return elem_type != onnx::TensorProto::INT64 && elem_type != onnx::TensorProto::BOOL &&
         elem_type != onnx::TensorProto::STRING;
}

int64_t subgraph_parameters(const onnx::NodeProto& node);

int64_t graph_parameters(const onnx::GraphProto& graph) {
  int64_t count = 0;
  const auto elements = [](const onnx::TensorProto& tensor) {
    const Dims dims(tensor.dims().begin(), tensor.dims().end());
    return is_parameter_type(tensor.data_type()) ? element_count(dims) : 0;
  };
  for (const auto& tensor : graph.initializer()) count += elements(tensor);
  for (const auto& node : graph.node()) {
    for (const auto& attribute : node.attribute()) {
      if (attribute.has_t()) count += elements(attribute.t());
    }
    count += subgraph_parameters(node);
  }
  return count;
}

/// Parameters inside the branches and bodies of a control-flow node.
int64_t subgraph_parameters(const onnx::NodeProto& node) {
  int64_t count = 0;
  for (const auto& attribute : node.attribute()) {
    if (attribute.has_g()) count += graph_parameters(attribute.g());
    for (const auto& graph : attribute.graphs()) count += graph_parameters(graph);
  }
  return count;
}

/// Every kind makes output 0 alone, but for Split, whose outputs are slices of one kind.
void lower_node(Lowering& node) {
  if (lower_on_maps(node) || lower_split(node)) return;
  if (node.only_first_output()) {
    if (node.only_maps()) {
      for (const auto lower : {lower_window_op, lower_matrix_op, lower_elementwise, lower_activation,
                               lower_norm, lower_reduction, lower_repeat}) {
        if (lower(node)) return;
      }
    }
    if (lower_with_scalar(node) || lower_arrangement(node) || lower_product(node) || lower_einsum(node) ||
        lower_function(node))
      return;
  }
  if (lower_on_views(node)) return;
  node.emit_opaque();
}

/// Enters the true inputs as draft values.
void add_inputs(const TypedGraph& graph, const std::vector<int32_t>& bits, const Sources& sources,
                Draft& draft, Naming& naming) {
  for (const std::string& name : sources.true_inputs) {
    const auto found = graph.index.find(name);
    if (found == graph.index.end()) continue;
    const Value& value = graph.values[static_cast<size_t>(found->second)];
    DraftValue input;
    input.name = name;
    input.dims = value.dims();
    input.bits = bits[static_cast<size_t>(found->second)];
    input.map = is_map(input.dims);
    input.shape = shape_of_map(input.dims);
    input.graph_input = true;
    const auto seen = naming.at_birth(found->second);
    if (seen) {
      input.shape = seen->shape;
      if (!input.map || seen->axes != arrange(channels_first(input.dims.size()), input.dims)->axes)
        input.dims = {1, seen->shape.c, seen->shape.h, seen->shape.w};
      input.map = true;
    }
    const int id = static_cast<int>(draft.values.size());
    draft.values.push_back(std::move(input));
    draft.inputs.push_back(id);
    naming.set_plain(found->second, id);
    if (seen) naming.set(found->second, id, seen->axes, {});
  }
}

void mark_outputs(const TypedGraph& graph, const onnx::GraphProto& proto, Draft& draft, Naming& naming) {
  for (const auto& output : proto.output()) {
    const auto found = graph.index.find(output.name());
    if (found == graph.index.end())
      throw Error("graph output '" + output.name() + "' is produced by no node");
    if (!naming.is_made(found->second)) {
      draft.notes.push_back("graph output '" + output.name() + "' is a constant and is left out");
      continue;
    }
    const std::vector<NodeRef> nodes = naming.renamed_by(found->second);
    const NodeRef end{static_cast<int>(graph.nodes.size()), output.name()};
    // Another shape of a graph input has to be written by somebody.
    const bool renamed_input = !nodes.empty() && draft.value(naming.id(found->second)).graph_input;
    const int id = renamed_input ? naming.plain(found->second, end) : naming.bytes(found->second, end);
    DraftValue& value = draft.value(id);
    value.dropped.insert(value.dropped.end(), nodes.begin(), nodes.end());
    if (!value.graph_output && !value.graph_input) value.name = output.name();
    if (value.name != output.name())
      draft.notes.push_back("graph output '" + output.name() + "' is '" + value.name +
                            "' under another name");
    value.graph_output = true;
    if (std::find(draft.outputs.begin(), draft.outputs.end(), id) == draft.outputs.end())
      draft.outputs.push_back(id);
  }
}

}  // namespace

Lowering::Lowering(const TypedGraph& graph, const Constants& constants, Draft& draft, Naming& naming,
                   const TypedNode& node, int position)
    : graph_(&graph),
      constants_(&constants),
      draft_(&draft),
      naming_(&naming),
      node_(&node),
      view_(graph.view(node)),
      position_(position) {}

bool Lowering::is_data(size_t i) const { return view_.has_input(i) && !view_.input(i).constant; }

bool Lowering::is_constant(size_t i) const { return view_.has_input(i) && view_.input(i).constant; }

int Lowering::data_input(size_t i) const {
  if (!is_data(i))
    throw Error("input " + std::to_string(i) + ": expected one that depends on the graph's inputs");
  if (!result_) return naming_->plain(node_->inputs[i], ref());
  return i == 0 && first_ >= 0 ? first_ : map_of(i);
}

bool Lowering::only_own_tensors() const {
  return is_default_domain(node_->proto->domain()) && node_->captured.empty();
}

bool Lowering::only_maps() const {
  for (size_t i = 0; i < input_count(); ++i) {
    if (is_data(i) && !is_map(view_.dims(i))) return false;
  }
  for (size_t i = 0; i < node_->outputs.size(); ++i) {
    if (is_read(i) && !is_map(output_type(i).dims)) return false;
  }
  return only_own_tensors();
}

bool Lowering::only_first_output() const {
  for (size_t i = 1; i < node_->outputs.size(); ++i) {
    if (is_read(i)) return false;
  }
  return is_read(0);
}

const Value& Lowering::output(size_t i) const {
  if (!is_read(i)) throw Error("output " + std::to_string(i) + ": expected one that is read");
  return graph_->values[static_cast<size_t>(node_->outputs[i])];
}

DraftOp Lowering::make_op(OpKind kind, const std::vector<size_t>& inputs) const {
  DraftOp draft;
  draft.op.name = node_->proto->name();
  draft.op.onnx_type = type_text(*node_->filed);
  draft.op.kind = kind;
  draft.first = position_;
  draft.main = position_;
  draft.nodes.push_back(ref());
  for (const size_t i : inputs) read(draft, i, data_input(i));
  if (inputs.size() == 1) {
    for (const NodeRef& node : draft.nodes) draft.first = std::min(draft.first, node.position);
  }
  return draft;
}

void Lowering::read(DraftOp& op, size_t i, int value) const {
  op.op.inputs.push_back(value);
  if (value != map_of(i)) return;
  const std::vector<NodeRef>& nodes = naming_->renamed_by(node_->inputs[i]);
  op.nodes.insert(op.nodes.end(), nodes.begin(), nodes.end());
}

void Lowering::rename_map(const Axes& axes) {
  output(0);
  std::vector<NodeRef> nodes = naming_->renamed_by(node_->inputs[0]);
  nodes.push_back(ref());
  naming_->set(node_->outputs[0], map_of(0), axes, nodes);
}

/// What is only converted to numbers keeps the width that it has.
int32_t Lowering::bits_of(size_t slot) const {
  const bool converted =
      view_.type() == "DequantizeLinear" && is_data(0) && naming_->is_made(node_->inputs[0]);
  if (converted) return draft_->value(map_of(0)).bits;
  return constants_->bits[static_cast<size_t>(node_->outputs[slot])];
}

int Lowering::new_map(size_t slot, const Arrangement& arrangement) {
  const Value& value = output(slot);
  DraftValue made;
  made.name = value.name;
  made.map = true;
  made.bits = bits_of(slot);
  made.shape = arrangement.shape;
  made.dims = {1, made.shape.c, made.shape.h, made.shape.w};
  const int id = static_cast<int>(draft_->values.size());
  draft_->values.push_back(std::move(made));
  naming_->set(node_->outputs[slot], id, arrangement.axes, {});
  if (naming_->is_plain(node_->outputs[slot])) draft_->value(id).dims = value.dims();
  return id;
}

int Lowering::new_value(size_t slot) {
  if (result_) return new_map(slot, *result_);
  const Value& value = output(slot);
  DraftValue made;
  made.name = value.name;
  made.dims = value.dims();
  made.map = is_map(made.dims);
  made.bits = bits_of(slot);
  made.shape = shape_of_map(made.dims);
  const int id = static_cast<int>(draft_->values.size());
  naming_->set_plain(node_->outputs[slot], id);
  draft_->values.push_back(std::move(made));
  return id;
}

/// Constants that are settings count as well: with others, weights may be used in another way.
void Lowering::note_parameters(DraftOp& op) {
  const auto& attributes = node_->proto->attribute();
  const bool has_subgraph =
      std::any_of(attributes.begin(), attributes.end(), [](const auto& a) { return a.has_g(); });
  if (op.op.weights + op.op.biases == 0 || has_subgraph) return;
  std::vector<int32_t> bits;
  for (size_t i = 0; i < input_count(); ++i) {
    if (is_constant(i)) bits.push_back(constants_->bits[static_cast<size_t>(node_->inputs[i])]);
    if (is_constant(i)) op.parameters.push_back(constants_->roots[static_cast<size_t>(node_->inputs[i])]);
  }
  if (bits.empty()) return;
  op.parameters.push_back(-1 - with_parameters_++);
  op.parameter_nodes = {position_};
  const bool both = op.op.weights > 0 && op.op.biases > 0 && bits.size() > 1;
  if (op.op.weights > 0) op.op.weight_bits = bits[0];
  if (op.op.biases > 0) op.op.bias_bits = bits[both ? 1 : 0];
}

int Lowering::emit(DraftOp op, size_t output) {
  note_parameters(op);
  op.op.outputs = {new_value(output)};
  return draft_->add(std::move(op));
}

int Lowering::emit_inner(DraftOp op, const Shape& shape) {
  return emit_inner(std::move(op), Dims{1, shape.c, shape.h, shape.w});
}

int Lowering::emit_inner(DraftOp op, const Dims& dims) {
  DraftValue made;
  made.name = op.op.name;
  made.dims = dims;
  made.map = is_map(dims);
  made.bits = is_read(0) ? bits_of(0) : 0;
  made.shape = shape_of_map(dims);
  const int id = static_cast<int>(draft_->values.size());
  draft_->values.push_back(std::move(made));
  op.op.outputs = {id};
  note_parameters(op);
  draft_->add(std::move(op));
  return id;
}

void Lowering::rename(int value, const std::vector<NodeRef>& cancelled) {
  output(0);
  naming_->set_plain(node_->outputs[0], value);
  std::vector<NodeRef>& dropped = draft_->value(value).dropped;
  dropped.insert(dropped.end(), cancelled.begin(), cancelled.end());
  dropped.push_back({position_, node_->proto->name()});
}

int64_t Lowering::opaque_parameters(int64_t& biases) const {
  std::set<int> counted;
  int64_t weights = subgraph_parameters(*node_->proto);
  static const Operator unknown;
  const Operator* found = find_operator(*node_->proto);
  const Operator& facts = found != nullptr ? *found : unknown;
  for (size_t i = 0; i < input_count(); ++i) {
    if (!is_constant(i) || facts.settings.has(i) || !is_parameter_type(view_.input(i).type.elem_type))
      continue;
    if (!counted.insert(node_->inputs[i]).second) continue;
    (facts.biases.has(i) ? biases : weights) += elements(i);
  }
  for (const int id : node_->captured) {
    const Value& value = graph_->values[static_cast<size_t>(id)];
    const bool parameter = value.constant && is_parameter_type(value.type.elem_type);
    if (parameter && counted.insert(id).second) weights += element_count(value.dims());
  }
  return weights;
}

bool Lowering::is_stack() const {
  if (view_.type() != "Concat") return false;
  for (size_t i = 0; i < input_count(); ++i) {
    if (!is_data(i)) return false;
  }
  const Dims& out = output_type().dims;
  const size_t axis = normalized_axis(view_.integer("axis", 1), out.size());
  return std::all_of(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(axis),
                     [](int64_t d) { return d == 1; });
}

int64_t Lowering::opaque_work() const { return opaque_macs(view_, is_read(0) ? output_type().dims : Dims{}); }

void Lowering::read_bytes(DraftOp& op, int typed) const {
  const int value = naming_->bytes(typed, ref());
  op.op.inputs.push_back(value);
  if (value != naming_->id(typed)) return;
  const std::vector<NodeRef>& nodes = naming_->renamed_by(typed);
  op.nodes.insert(op.nodes.end(), nodes.begin(), nodes.end());
}

/// Seen as its first operand is, if it has the same dimensions.
int Lowering::opaque_output(size_t slot) {
  const int typed = node_->outputs[slot];
  std::optional<Arrangement> seen = naming_->at_birth(typed);
  if (is_data(0) && !is_plain(0) && view_.dims(0) == output_type(slot).dims) seen = arrangement(0);
  return seen ? new_map(slot, *seen) : new_value(slot);
}

void Lowering::emit_opaque() {
  DraftOp draft = make_op(OpKind::opaque, {});
  for (size_t i = 0; i < input_count(); ++i) {
    if (is_data(i)) read_bytes(draft, node_->inputs[i]);
  }
  for (const int id : node_->captured) {
    if (!graph_->values[static_cast<size_t>(id)].constant) read_bytes(draft, id);
  }
  draft.op.weights = opaque_parameters(draft.op.biases);
  draft.op.opaque_macs = opaque_work();
  draft.stacks = is_stack();
  for (size_t i = 0; i < node_->outputs.size(); ++i) {
    if (is_read(i)) draft.op.outputs.push_back(opaque_output(i));
  }
  note_parameters(draft);
  draft_->add(std::move(draft));
}

Draft lower(const TypedGraph& graph, const onnx::GraphProto& proto, const Sources& sources, Place& place) {
  Draft draft;
  draft.notes = graph.notes;
  draft.ops.reserve(graph.nodes.size());
  draft.values.reserve(graph.values.size());
  Naming naming(graph, draft);
  const Constants constants{constant_roots(graph), stored_bits(graph)};
  add_inputs(graph, constants.bits, sources, draft, naming);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const TypedNode& node = graph.nodes[i];
    if (node.constant) continue;
    if (std::all_of(node.outputs.begin(), node.outputs.end(), [](int output) { return output < 0; })) {
      draft.notes.push_back("node '" + node.proto->name() + "' is left out: nothing reads its outputs");
      continue;
    }
    place.at(*node.proto, [&] {
      Lowering lowering(graph, constants, draft, naming, node, static_cast<int>(i));
      lower_node(lowering);
    });
  }
  mark_outputs(graph, proto, draft, naming);
  return draft;
}

}  // namespace fusesim::importer
