#include "infer.h"

#include <algorithm>
#include <unordered_set>

#include "branch.h"
#include "evaluate.h"
#include "fusesim/base/error.h"
#include "node_order.h"
#include "operators.h"
#include "opset.h"
#include "quantised.h"
#include "shape_rules.h"

namespace fusesim::importer {
namespace {

using OptionalTypes = std::vector<std::optional<TensorType>>;
using Declared = std::unordered_map<std::string, TensorType>;

/// Most elements and largest dimension that Graph::finish accepts.
constexpr int64_t kMaxElements = int64_t{1} << 46;
constexpr int64_t kMaxDimension = int64_t{1} << 31;
/// Far above what networks have; operands that list dimensions can be long.
constexpr size_t kMaxRank = 64;
/// Wrong shapes of one file that are told one by one.
constexpr int kMostNotes = 10;

void add_declared(const onnx::ValueInfoProto& info, Declared& declared) {
  if (!info.type().has_tensor_type() || !info.type().tensor_type().has_shape()) return;
  TensorType type{info.type().tensor_type().elem_type(), {}};
  for (const auto& dim : info.type().tensor_type().shape().dim()) {
    if (!dim.has_dim_value()) return;
    type.dims.push_back(dim.dim_value());
  }
  declared[info.name()] = type;
}

void check_rank(const Dims& dims) {
  if (dims.size() > kMaxRank) {
    throw Error("a tensor of rank " + std::to_string(dims.size()) + ": expected at most " +
                std::to_string(kMaxRank));
  }
}

void check_constant(const Dims& dims) {
  check_rank(dims);
  element_count(dims);
}

void check_activation(const std::string& name, const Dims& dims) {
  check_rank(dims);
  for (const int64_t d : dims) {
    if (d < 1 || d > kMaxDimension) {
      throw Error("tensor '" + name + "' has shape " + to_text(dims) +
                  ": expected dimensions from 1 to 2^31");
    }
  }
  if (element_count(dims) > kMaxElements) {
    throw Error("tensor '" + name + "' has shape " + to_text(dims) + ": expected at most 2^46 elements");
  }
}

bool draws_random_numbers(const onnx::NodeProto& node) {
  const std::string& type = node.op_type();
  return type.rfind("Random", 0) == 0 || type == "Multinomial" || type == "Bernoulli";
}

class Inference {
 public:
  Inference(const onnx::ModelProto& model, const Sources& sources, Place& place)
      : graph_(model.graph()), place_(place) {
    typed_.opset = default_opset(model);
    const auto nodes = static_cast<size_t>(graph_.node_size());
    typed_.nodes.reserve(nodes);
    typed_.values.reserve(sources.values.size() + nodes);
    typed_.index.reserve(sources.values.size() + nodes);
    read_.reserve(sources.values.size() + nodes);
    for (const Value& value : sources.values) add(value);
    if (sources.declared_shapes_hold) {
      for (const auto& info : graph_.value_info()) add_declared(info, declared_);
      for (const auto& info : graph_.output()) add_declared(info, declared_);
    }
    for (const auto& node : graph_.node()) {
      read_.insert(node.input().begin(), node.input().end());
      for (std::string& name : captured_tensors(node)) read_.insert(std::move(name));
    }
    for (const auto& output : graph_.output()) read_.insert(output.name());
    read_.erase("");
  }

  TypedGraph run() {
    for (const auto& node : graph_.node()) place_.at(node, [&] { add_node(node); });
    if (contradictions_ > kMostNotes)
      typed_.notes.push_back(std::to_string(contradictions_ - kMostNotes) +
                             " more declared shapes are wrong");
    return std::move(typed_);
  }

 private:
  int add(Value value) {
    if (value.data && !holds(value.type, *value.data)) value.data = nullptr;
    const int id = static_cast<int>(typed_.values.size());
    typed_.index.emplace(value.name, id);
    typed_.values.push_back(std::move(value));
    return id;
  }

  int find(const std::string& name) const {
    if (name.empty()) return -1;
    const auto found = typed_.index.find(name);
    if (found == typed_.index.end()) throw Error("shape of its input '" + name + "' is not known");
    return found->second;
  }

  void add_node(const onnx::NodeProto& filed) {
    check_arity(filed);
    if (const onnx::GraphProto* branch = taken_branch(filed)) return add_branch(filed, *branch);
    TypedNode node;
    node.filed = &filed;
    node.proto = &filed;
    if (auto plain = plain_form(filed)) {
      node.proto = &typed_.written.emplace_back(std::move(plain->node));
      result_type_ = plain->elem_type;
      if (plain->type_of >= 0 && plain->type_of < filed.input_size())
        result_type_ = elem_type_of(filed.input(plain->type_of));
    } else {
      result_type_ = 0;
    }
    const onnx::NodeProto& proto = *node.proto;
    for (const auto& name : proto.input()) node.inputs.push_back(find(name));
    for (const auto& name : captured_tensors(proto)) node.captured.push_back(find(name));
    const NodeView view = typed_.view(node);
    if (auto value = make_constant(view)) {
      value->name = proto.output_size() > 0 ? proto.output(0) : "";
      check_constant(value->dims());
      node.constant = true;
      node.outputs.push_back(add(std::move(*value)));
    } else {
      infer_outputs(view, node);
    }
    typed_.nodes.push_back(std::move(node));
  }

  /// 0 for an operand that is left out.
  int32_t elem_type_of(const std::string& name) const {
    const int id = find(name);
    return id < 0 ? 0 : typed_.values[static_cast<size_t>(id)].type.elem_type;
  }

  /// Of an If whose condition is a known constant.
  const onnx::GraphProto* taken_branch(const onnx::NodeProto& node) const {
    if (node.op_type() != "If" || !is_default_domain(node.domain()) || node.input_size() != 1) return nullptr;
    const int id = find(node.input(0));
    const Constant* condition = id < 0 ? nullptr : typed_.values[static_cast<size_t>(id)].data.get();
    if (condition == nullptr || condition->ints.size() != 1) return nullptr;
    const char* name = condition->ints[0] != 0 ? "then_branch" : "else_branch";
    for (const auto& attribute : node.attribute()) {
      if (attribute.name() == name && attribute.has_g()) return &attribute.g();
    }
    return nullptr;
  }

  void add_branch(const onnx::NodeProto& node, const onnx::GraphProto& branch) {
    if (node_outputs_.empty()) {
      for (const auto& other : graph_.node())
        node_outputs_.insert(other.output().begin(), other.output().end());
    }
    InlinedBranch inlined = inline_branch(node, branch, [this](const std::string& name) {
      return typed_.index.count(name) != 0 || node_outputs_.count(name) != 0;
    });
    for (Value& value : inlined.constants) {
      check_constant(value.dims());
      add(std::move(value));
    }
    std::vector<const onnx::NodeProto*> nodes;
    for (onnx::NodeProto& inner : inlined.nodes) {
      read_.insert(inner.input().begin(), inner.input().end());
      for (std::string& name : captured_tensors(inner)) read_.insert(std::move(name));
      nodes.push_back(&typed_.written.emplace_back(std::move(inner)));
    }
    read_.erase("");
    for (const onnx::NodeProto* inner : nodes) place_.at(*inner, [&] { add_node(*inner); });
  }

  void infer_outputs(const NodeView& view, TypedNode& node) {
    const onnx::NodeProto& proto = *node.proto;
    const bool has_subgraph = std::any_of(proto.attribute().begin(), proto.attribute().end(),
                                          [](const auto& a) { return a.has_g() || a.graphs_size() > 0; });
    node.constant =
        !node.inputs.empty() && !has_subgraph && !draws_random_numbers(proto) && view.all_inputs_constant();
    const OptionalTypes types = output_types(view);
    std::optional<std::vector<Constant>> data;
    const bool quantised = node.filed != node.proto;
    if (node.constant && !quantised) data = evaluate_outputs(view, types);
    for (size_t i = 0; i < types.size(); ++i) {
      const std::string& name = proto.output(static_cast<int>(i));
      if (read_.count(name) == 0 || !types[i]) {
        node.outputs.push_back(-1);
        continue;
      }
      Value value{name, *types[i], node.constant, nullptr};
      if (data && i < data->size()) value.data = std::make_shared<Constant>(std::move((*data)[i]));
      if (node.constant) {
        check_constant(value.dims());
      } else {
        check_activation(name, value.dims());
      }
      node.outputs.push_back(add(std::move(value)));
    }
  }

  static std::optional<std::vector<Constant>> evaluate_outputs(const NodeView& view,
                                                               const OptionalTypes& types) {
    std::vector<TensorType> known;
    for (const auto& type : types) {
      if (!type) break;
      known.push_back(*type);
    }
    return evaluate(view, known);
  }

  /// By our rules, else libonnx's, else as the file declares. Only outputs that nothing reads may stay
  /// unknown.
  OptionalTypes output_types(const NodeView& view) {
    const onnx::NodeProto& proto = view.proto();
    const size_t count = view.output_count();
    OptionalTypes types(count);
    std::string reason;
    if (const auto ruled = infer_by_rule(view)) {
      for (size_t i = 0; i < std::min(count, ruled->size()); ++i) types[i] = (*ruled)[i];
    } else {
      try {
        types = infer_by_libonnx(view);
      } catch (const Error& e) {
        reason = e.what();
      }
    }
    if (result_type_ != 0 && count > 0 && types[0]) types[0]->elem_type = result_type_;
    if (count > 0 && proto.op_type() == "If") agree_branches(proto, types);
    for (size_t i = 0; i < count; ++i) {
      const std::string& name = proto.output(static_cast<int>(i));
      const auto declared = declared_.find(name);
      if (declared != declared_.end()) {
        if (!types[i]) types[i] = declared->second;
        if (types[i]->dims != declared->second.dims) contradict(name, declared->second.dims, types[i]->dims);
      }
      if (!types[i] && read_.count(name) != 0) throw Error(unknown_shape(view, name, reason));
    }
    return types;
  }

  /// Where both branches of an If declare the same shape, that is its own.
  static void agree_branches(const onnx::NodeProto& node, OptionalTypes& types) {
    for (size_t i = 0; i < types.size(); ++i) {
      std::vector<TensorType> found;
      for (const auto& attribute : node.attribute()) {
        if (!attribute.has_g() || static_cast<int>(i) >= attribute.g().output_size()) continue;
        const auto& output = attribute.g().output(static_cast<int>(i));
        Declared declared;
        add_declared(output, declared);
        if (!declared.empty()) found.push_back(declared.begin()->second);
      }
      if (!types[i] && found.size() == 2 && found[0].dims == found[1].dims) types[i] = found[0];
    }
  }

  void contradict(const std::string& name, const Dims& declared, const Dims& actual) {
    if (++contradictions_ > kMostNotes) return;
    typed_.notes.push_back("tensor '" + name + "' is declared as " + to_text(declared) +
                           ", its operator makes " + to_text(actual));
  }

  static std::string unknown_shape(const NodeView& view, const std::string& output,
                                   const std::string& reason) {
    const std::string who = "shape of output '" + output + "' of operator " + view.type();
    if (!reason.empty()) return who + " is not known: " + reason;
    if (!is_default_domain(view.proto().domain())) {
      return who + " is not in the file: save the model with value_info that gives it";
    }
    if (view.opset() > kNewestCheckedOpset) {
      return who + " of opset " + std::to_string(view.opset()) +
             " is not known: export the model with opset " + std::to_string(kNewestCheckedOpset) +
             " or older, or save it with value_info that gives the shape";
    }
    return who +
           " does not follow from the shapes of its inputs: only static shapes can be scheduled; if it is "
           "fixed, " +
           "save the model with value_info that gives it";
  }

  const onnx::GraphProto& graph_;
  Place& place_;
  TypedGraph typed_;
  Declared declared_;
  std::unordered_set<std::string> read_;
  std::unordered_set<std::string> node_outputs_;  ///< of the model's nodes; filled at the first branch
  int32_t result_type_ = 0;                       ///< of the node in work, where its plain form does not tell
  int contradictions_ = 0;
};

}  // namespace

NodeView TypedGraph::view(const TypedNode& node) const {
  std::vector<const Value*> inputs;
  for (const int i : node.inputs) inputs.push_back(i < 0 ? nullptr : &values[static_cast<size_t>(i)]);
  return {*node.proto, opset, std::move(inputs)};
}

TypedGraph infer(const onnx::ModelProto& model, const Sources& sources, Place& place) {
  return Inference(model, sources, place).run();
}

}  // namespace fusesim::importer
