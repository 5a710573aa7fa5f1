#include <onnx/defs/schema.h>

#include <algorithm>
#include <new>
#include <set>
#include <string>
#include <unordered_map>

#include "fusesim/base/error.h"
#include "opset.h"
#include "shape_rules.h"
#include "tensor_data.h"

namespace fusesim::importer {
namespace {

onnx::TypeProto to_proto(const TensorType& type) {
  onnx::TypeProto proto;
  proto.mutable_tensor_type()->set_elem_type(type.elem_type);
  auto* shape = proto.mutable_tensor_type()->mutable_shape();
  for (const int64_t d : type.dims) shape->add_dim()->set_dim_value(d);
  return proto;
}

/// What libonnx's per-operator functions see of one node: static types and known constants.
class Context : public onnx::InferenceContext {
 public:
  explicit Context(const NodeView& node) : node_(&node) {
    const size_t count = node.input_count();
    types_.resize(count);
    data_.resize(count);
    for (size_t i = 0; i < count; ++i) {
      if (!node.has_input(i)) continue;
      types_[i] = to_proto(node.input(i).type);
      if (node.data(i) != nullptr) data_[i] = to_tensor(node.input(i));
    }
    outputs_.resize(node.output_count());
  }

  const onnx::AttributeProto* getAttribute(const std::string& name) const override {
    for (const auto& attribute : node_->proto().attribute()) {
      if (attribute.name() == name) return &attribute;
    }
    return nullptr;
  }
  size_t getNumInputs() const override { return types_.size(); }
  const onnx::TypeProto* getInputType(size_t i) const override {
    return node_->has_input(i) ? &types_[i] : nullptr;
  }
  const onnx::TensorProto* getInputData(size_t i) const override {
    return node_->data(i) != nullptr ? &data_[i] : nullptr;
  }
  size_t getNumOutputs() const override { return outputs_.size(); }
  onnx::TypeProto* getOutputType(size_t i) override { return &outputs_.at(i); }
  onnx::GraphInferencer* getGraphAttributeInferencer(const std::string&) override { return nullptr; }
  const onnx::SparseTensorProto* getInputSparseData(size_t) const override { return nullptr; }
  const onnx::TensorShapeProto* getSymbolicInput(size_t) const override { return nullptr; }

  std::optional<TensorType> output(size_t i) const {
    if (!outputs_[i].has_tensor_type() || !outputs_[i].tensor_type().has_shape()) return std::nullopt;
    TensorType type{outputs_[i].tensor_type().elem_type(), {}};
    for (const auto& dim : outputs_[i].tensor_type().shape().dim()) {
      if (!dim.has_dim_value()) return std::nullopt;
      type.dims.push_back(dim.dim_value());
    }
    return type;
  }

 private:
  const NodeView* node_;
  std::vector<onnx::TypeProto> types_;
  std::vector<onnx::TensorProto> data_;
  std::vector<onnx::TypeProto> outputs_;
};

/// libonnx divides by some attributes without looking at them.
void check_divisors(const NodeView& node) {
  for (const char* name : {"strides", "dilations", "kernel_shape"}) {
    for (const int64_t v : node.integer_list(name)) {
      if (v < 1 || v > (int64_t{1} << 30)) {
        throw Error(std::string(name) + ": expected 1 to 2^30, got " + std::to_string(v));
      }
    }
  }
  for (const char* name : {"group", "blocksize", "num_heads", "hidden_size"}) {
    if (node.has_attribute(name) && node.integer(name, 1) < 1) {
      throw Error(std::string(name) + ": expected a positive number, got " +
                  std::to_string(node.integer(name, 1)));
    }
  }
}

bool has_subgraph(const onnx::NodeProto& node) {
  return std::any_of(node.attribute().begin(), node.attribute().end(),
                     [](const auto& a) { return a.has_g() || a.graphs_size() > 0; });
}

/// Operators that make no tensors, or whose rank or number is the value of an operand or attribute, which may
/// be anything; and DFT, whose axis became an operand in opset 20.
bool is_out_of_reach(const std::string& type) {
  static const std::set<std::string> types{
      "SplitToSequence", "ConstantOfShape", "Expand", "Reshape", "Scan", "Loop", "If", "DFT"};
  return types.count(type) != 0;
}

/// As the schema spells it: "tensor(float)".
std::string type_text(int32_t elem_type) {
  if (!onnx::TensorProto::DataType_IsValid(elem_type)) return "unknown";
  std::string name = onnx::TensorProto::DataType_Name(static_cast<onnx::TensorProto::DataType>(elem_type));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return "tensor(" + name + ")";
}

[[noreturn]] void refuse_type(size_t input, const std::string& type, const std::string& expected) {
  throw Error("input " + std::to_string(input) + " has element type " + type + ": expected " + expected);
}

/// libonnx's shape functions trust what the schema promises about number and types of operands.
void check_operands(const NodeView& node, const onnx::OpSchema& schema) {
  const auto inputs = static_cast<int>(node.input_count());
  const auto outputs = static_cast<int>(node.output_count());
  if (inputs < schema.min_input() || inputs > schema.max_input() || outputs < schema.min_output() ||
      outputs > schema.max_output()) {
    throw Error("the operator has no form with " + std::to_string(inputs) + " inputs and " +
                std::to_string(outputs) + " outputs");
  }
  std::unordered_map<std::string, std::string> bound;
  for (size_t i = 0; i < node.input_count(); ++i) {
    const auto& formal = schema.inputs()[std::min(i, schema.inputs().size() - 1)];
    if (!node.has_input(i) && formal.GetOption() == onnx::OpSchema::Optional) continue;
    const std::string type = type_text(node.input(i).type.elem_type);
    const auto& allowed = formal.GetTypes();
    const bool known = std::any_of(allowed.begin(), allowed.end(), [&](const auto& t) { return *t == type; });
    if (!known) refuse_type(i, type, "one that the operator takes");
    const std::string& first = bound.emplace(formal.GetTypeStr(), type).first->second;
    if (formal.GetIsHomogeneous() && first != type) refuse_type(i, type, first + " as of another input");
  }
}

}  // namespace

std::vector<std::optional<TensorType>> infer_by_libonnx(const NodeView& node) {
  const onnx::NodeProto& proto = node.proto();
  std::vector<std::optional<TensorType>> types(node.output_count());
  if (!is_default_domain(proto.domain()) || has_subgraph(proto) || is_out_of_reach(proto.op_type()))
    return types;
  const auto opset = static_cast<int>(std::min(node.opset(), kNewestCheckedOpset));
  const onnx::OpSchema* schema = onnx::OpSchemaRegistry::Schema(proto.op_type(), opset, onnx::ONNX_DOMAIN);
  if (schema == nullptr || !schema->has_type_and_shape_inference_function()) return types;
  check_operands(node, *schema);
  check_divisors(node);
  Context context(node);
  try {
    schema->GetTypeAndShapeInferenceFunction()(context);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& e) {
    throw Error(std::string("shape inference: ") + e.what());
  }
  for (size_t i = 0; i < types.size(); ++i) types[i] = context.output(i);
  return types;
}

}  // namespace fusesim::importer
