#include <onnx/defs/schema.h>

#include <algorithm>
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
    outputs_.resize(static_cast<size_t>(node.proto().output_size()));
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

}  // namespace

std::vector<std::optional<TensorType>> infer_by_libonnx(const NodeView& node) {
  const onnx::NodeProto& proto = node.proto();
  std::vector<std::optional<TensorType>> types(static_cast<size_t>(proto.output_size()));
  if (node.opset() > kNewestCheckedOpset || !is_default_domain(proto.domain()) || has_subgraph(proto))
    return types;
  const onnx::OpSchema* schema =
      onnx::OpSchemaRegistry::Schema(proto.op_type(), static_cast<int>(node.opset()), onnx::ONNX_DOMAIN);
  if (schema == nullptr || !schema->has_type_and_shape_inference_function()) return types;
  check_divisors(node);
  Context context(node);
  try {
    schema->GetTypeAndShapeInferenceFunction()(context);
  } catch (const std::exception& e) {
    throw Error(std::string("shape inference: ") + e.what());
  }
  for (size_t i = 0; i < types.size(); ++i) types[i] = context.output(i);
  return types;
}

}  // namespace fusesim::importer
