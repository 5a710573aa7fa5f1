#include "parameters.h"

#include <algorithm>
#include <optional>
#include <sstream>

#include "fusesim/base/error.h"
#include "node_order.h"
#include "operators.h"
#include "opset.h"
#include "value.h"

namespace fusesim::importer {
namespace {

/// A tensor on the way from a graph input to an operator, with its shape where that is static and known.
struct Carried {
  std::string tensor;
  std::optional<Dims> dims;
};

bool keeps_shape(const onnx::NodeProto& node) {
  const std::string& type = node.op_type();
  return type == "Identity" || type == "Cast" || type == "QuantizeLinear" || type == "DequantizeLinear";
}

/// Output 0 holds the values of input 0, transposed or converted, as files keep weights.
bool passes_on(const onnx::NodeProto& node) {
  if (!is_default_domain(node.domain()) || node.input_size() == 0 || node.output_size() == 0) return false;
  return keeps_shape(node) || node.op_type() == "Transpose";
}

std::optional<Dims> static_shape(const onnx::ValueInfoProto& input) {
  if (!input.type().has_tensor_type() || !input.type().tensor_type().has_shape()) return std::nullopt;
  Dims dims;
  for (const auto& dim : input.type().tensor_type().shape().dim()) {
    if (!dim.has_dim_value()) return std::nullopt;
    dims.push_back(dim.dim_value());
  }
  return dims;
}

std::optional<Dims> carried_shape(const onnx::NodeProto& node, const std::optional<Dims>& dims) {
  if (!dims || keeps_shape(node)) return dims;
  if (dims->size() != 2) return std::nullopt;
  for (const auto& attribute : node.attribute()) {
    const bool keeps_order =
        attribute.name() == "perm" && attribute.ints_size() == 2 && attribute.ints(0) == 0;
    if (keeps_order) return dims;
  }
  return Dims{(*dims)[1], (*dims)[0]};
}

/// A tensor of rank 2 whose first dimension is 1 is a row of data.
bool is_matrix(const std::optional<Dims>& dims) { return dims && dims->size() == 2 && (*dims)[0] != 1; }

class ParameterUse {
 public:
  ParameterUse(const onnx::GraphProto& graph, const Uses& uses, const std::set<std::string>& initialisers)
      : graph_(graph), uses_(uses), initialisers_(initialisers) {
    for (const auto& output : graph.output()) outputs_.insert(output.name());
  }

  /// Every reader takes the graph input as a parameter, and it is no output of the graph.
  bool covers(const onnx::ValueInfoProto& input) {
    std::vector<Carried> pending{{input.name(), static_shape(input)}};
    while (!pending.empty()) {
      const Carried carried = std::move(pending.back());
      pending.pop_back();
      const auto readers = uses_.find(carried.tensor);
      if (readers == uses_.end() || outputs_.count(carried.tensor) != 0) return false;
      for (const auto& [node, slot] : readers->second) {
        if (node == nullptr) return false;
        if (slot == 0 && passes_on(*node)) {
          pending.push_back({node->output(0), carried_shape(*node, carried.dims)});
        } else if (!holds_parameter(*node, slot, carried.dims)) {
          return false;
        }
      }
    }
    return true;
  }

 private:
  /// What a tensor depends on.
  struct Origin {
    bool input = false;  ///< a graph input
    bool data = false;   ///< a graph input that has the shape of data: no matrix, no vector
  };

  bool holds_parameter(const onnx::NodeProto& node, int slot, const std::optional<Dims>& dims) {
    if (is_bias_of_product(node, slot, dims)) return true;
    const Operator* op = find_operator(node);
    if (op == nullptr) return false;
    if (op->parameters.has(static_cast<size_t>(slot))) return true;
    if (!is_matrix(dims)) return false;
    const Product& product = op->product;
    if (slot == product.matrix) return origin(operand(node, product.data)).input;
    if (slot != product.data || !product.either_way) return false;
    const std::string& other = operand(node, product.matrix);
    return origin(other).data && !is_matrix(input_shape(root(other)));
  }

  /// A vector added to a product by a matrix. Data have a batch dimension, a vector has none.
  bool is_bias_of_product(const onnx::NodeProto& node, int slot, const std::optional<Dims>& dims) {
    if (node.op_type() != "Add" || !is_default_domain(node.domain()) || node.input_size() != 2) return false;
    if (!dims || dims->size() != 1) return false;
    const auto producer = producers().find(root(node.input(1 - slot)));
    return producer != producers().end() && producer->second->op_type() == "MatMul";
  }

  static const std::string& operand(const onnx::NodeProto& node, int slot) {
    static const std::string absent;
    return slot >= 0 && slot < node.input_size() ? node.input(slot) : absent;
  }

  using Producers = std::unordered_map<std::string, const onnx::NodeProto*>;

  const Producers& producers() {
    if (!producers_) {
      producers_.emplace();
      for (const auto& node : graph_.node()) {
        for (const auto& output : node.output()) producers_->emplace(output, &node);
      }
    }
    return *producers_;
  }

  /// The tensor whose values another one holds, transposed or converted.
  std::string root(std::string tensor) {
    for (auto at = producers().find(tensor); at != producers().end(); at = producers().find(tensor)) {
      if (!passes_on(*at->second) || at->second->output(0) != tensor) break;
      tensor = at->second->input(0);
    }
    return tensor;
  }

  /// Of a graph input without initialiser; nothing for other tensors.
  std::optional<Dims> input_shape(const std::string& tensor) {
    if (shapes_.empty()) {
      for (const auto& input : graph_.input()) {
        if (initialisers_.count(input.name()) == 0) shapes_.emplace(input.name(), static_shape(input));
      }
    }
    const auto found = shapes_.find(tensor);
    return found != shapes_.end() ? found->second : std::nullopt;
  }

  const Origin& origin(const std::string& tensor) {
    if (origins_.empty()) find_origins();
    return origins_[tensor];
  }

  void find_origins() {
    origins_[""] = {};
    for (const auto& input : graph_.input()) {
      if (initialisers_.count(input.name()) != 0) continue;
      const std::optional<Dims> dims = static_shape(input);
      const bool vector = dims && dims->size() < 2;
      origins_[input.name()] = {true, !vector && !is_matrix(dims)};
    }
    for (const auto& node : graph_.node()) {
      Origin origin;
      std::vector<std::string> read(node.input().begin(), node.input().end());
      for (std::string& name : captured_tensors(node)) read.push_back(std::move(name));
      for (const std::string& name : read) {
        const auto known = origins_.find(name);
        if (known == origins_.end()) continue;
        origin.input = origin.input || known->second.input;
        origin.data = origin.data || known->second.data;
      }
      for (const auto& output : node.output()) {
        if (!output.empty()) origins_[output] = origin;
      }
    }
  }

  const onnx::GraphProto& graph_;
  const Uses& uses_;
  const std::set<std::string>& initialisers_;
  std::set<std::string> outputs_;
  std::optional<Producers> producers_;
  std::unordered_map<std::string, Origin> origins_;
  std::unordered_map<std::string, std::optional<Dims>> shapes_;
};

std::set<std::string> listed_inputs(const onnx::ModelProto& model, bool& listed) {
  std::set<std::string> names;
  for (const auto& property : model.metadata_props()) {
    if (property.key() != kInputsKey) continue;
    listed = true;
    std::istringstream lines(property.value());
    for (std::string line; std::getline(lines, line);) names.insert(line);
  }
  return names;
}

}  // namespace

namespace {

/// What the nodes of a subgraph read of the names that it has from outside.
void add_inner_uses(const onnx::GraphProto& graph, const std::set<std::string>& captured, Uses& uses) {
  for (const auto& node : graph.node()) {
    for (int i = 0; i < node.input_size(); ++i) {
      if (captured.count(node.input(i)) != 0) uses[node.input(i)].emplace_back(&node, i);
    }
    for (const auto& attribute : node.attribute()) {
      if (attribute.has_g()) add_inner_uses(attribute.g(), captured, uses);
      for (const auto& inner : attribute.graphs()) add_inner_uses(inner, captured, uses);
    }
  }
  for (const auto& output : graph.output()) {
    if (captured.count(output.name()) != 0) uses[output.name()].emplace_back(nullptr, -1);
  }
}

}  // namespace

Uses collect_uses(const onnx::GraphProto& graph) {
  Uses uses;
  uses.reserve(static_cast<size_t>(graph.input_size()) + static_cast<size_t>(graph.node_size()));
  for (const auto& node : graph.node()) {
    for (int i = 0; i < node.input_size(); ++i) {
      if (!node.input(i).empty()) uses[node.input(i)].emplace_back(&node, i);
    }
    const std::vector<std::string> names = captured_tensors(node);
    const std::set<std::string> captured(names.begin(), names.end());
    for (const auto& attribute : node.attribute()) {
      if (captured.empty()) break;
      if (attribute.has_g()) add_inner_uses(attribute.g(), captured, uses);
      for (const auto& inner : attribute.graphs()) add_inner_uses(inner, captured, uses);
    }
  }
  return uses;
}

std::vector<std::string> find_true_inputs(const onnx::ModelProto& model, const Uses& uses,
                                          const std::set<std::string>& initialisers) {
  bool listed = false;
  const std::set<std::string> declared = listed_inputs(model, listed);
  ParameterUse parameter_use(model.graph(), uses, initialisers);
  std::vector<std::string> names;
  for (const auto& input : model.graph().input()) {
    if (initialisers.count(input.name()) != 0) continue;
    const bool parameter = listed ? declared.count(input.name()) == 0 : parameter_use.covers(input);
    if (!parameter) names.push_back(input.name());
  }
  const std::set<std::string> found(names.begin(), names.end());
  for (const std::string& name : declared) {
    if (found.count(name) != 0) continue;
    throw Error(std::string("metadata ") + kInputsKey + " names '" + name + "', which is no graph input");
  }
  return names;
}

}  // namespace fusesim::importer
