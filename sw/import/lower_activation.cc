#include <limits>
#include <map>

#include "lower.h"

namespace fusesim::importer {
namespace {

/// Attribute and default of ActivationFn::alpha and beta, per operator; without a name the default is fixed.
struct Attributes {
  const char* alpha = nullptr;
  double alpha_default = 0;
  const char* beta = nullptr;
  double beta_default = 0;
};

const std::map<std::string, Attributes>& functions() {
  static const std::map<std::string, Attributes> table{
      {"Relu", {}},
      {"Sigmoid", {}},
      {"Tanh", {}},
      {"Softplus", {}},
      {"Softsign", {}},
      {"HardSwish", {nullptr, 1.0 / 6.0, nullptr, 0.5}},
      {"Mish", {}},
      {"Gelu", {}},
      {"Swish", {"alpha", 1.0}},
      {"Abs", {}},
      {"Neg", {}},
      {"Exp", {}},
      {"Log", {}},
      {"Sqrt", {}},
      {"Reciprocal", {}},
      {"Floor", {}},
      {"Ceil", {}},
      {"Round", {}},
      {"Erf", {}},
      {"Sin", {}},
      {"Cos", {}},
      {"Tan", {}},
      {"Atan", {}},
      {"Shrink", {"lambd", 0.5, "bias", 0.0}},
      {"Sign", {}},
      {"LeakyRelu", {"alpha", 0.01}},
      {"Elu", {"alpha", 1.0}},
      {"Celu", {"alpha", 1.0}},
      {"ThresholdedRelu", {"alpha", 1.0}},
      {"HardSigmoid", {"alpha", 0.2, "beta", 0.5}},
      {"Selu", {"alpha", 1.67326, "gamma", 1.0507}},
  };
  return table;
}

ActivationFn function_of(const NodeView& view, const Attributes& attributes) {
  const auto value = [&view](const char* name, double fallback) {
    return static_cast<float>(name != nullptr ? view.number(name, fallback) : fallback);
  };
  ActivationFn function{view.type(), value(attributes.alpha, attributes.alpha_default),
                        value(attributes.beta, attributes.beta_default)};
  if (function.type == "Swish" && function.alpha == 1.0F) function = {"Silu", 0.0F, 0.0F};
  return function;
}

/// A bound of Clip: attribute up to opset 10, input later. A constant that is not known stays open.
float clip_bound(const NodeView& view, const char* attribute, size_t slot, float open) {
  if (view.opset() < 11) return static_cast<float>(view.number(attribute, static_cast<double>(open)));
  return static_cast<float>(view.scalar(slot).value_or(static_cast<double>(open)));
}

bool lower_clip(Lowering& node) {
  if (node.is_data(1) || node.is_data(2)) return false;
  constexpr float kMax = std::numeric_limits<float>::max();
  DraftOp draft = node.make_op(OpKind::activation, {0});
  draft.op.activations = {
      {"Clip", clip_bound(node.view(), "min", 1, -kMax), clip_bound(node.view(), "max", 2, kMax)}};
  node.emit(std::move(draft));
  return true;
}

bool lower_prelu(Lowering& node) {
  if (!node.is_constant(1) || node.output_type().dims != node.view().dims()) return false;
  const int64_t slopes = node.elements(1);
  const Shape in = node.data_value(0).shape;
  if (slopes != 1 && slopes != in.c) return false;
  DraftOp draft = node.make_op(OpKind::activation, {0});
  draft.op.activations = {{"PRelu", 0.0F, 0.0F}};
  draft.op.weights = slopes;
  node.emit(std::move(draft));
  return true;
}

/// Numbers of a map, which indices and masks are not.
bool is_map_type(int32_t type) {
  const bool other = type == onnx::TensorProto::INT64 || type == onnx::TensorProto::BOOL;
  return is_float_type(type) || (is_integer_type(type) && !other);
}

/// Element by element, as half precision and images of bytes need it.
bool lower_cast(Lowering& node) {
  if (!is_map_type(node.view().input(0).type.elem_type) || !is_map_type(node.output_type().elem_type))
    return false;
  DraftOp draft = node.make_op(OpKind::activation, {0});
  draft.op.activations = {{"Cast", 0.0F, 0.0F}};
  node.emit(std::move(draft));
  return true;
}

/// With one scale for the whole tensor a setting of the function; with one per channel a parameter each.
bool lower_quantization(Lowering& node) {
  const bool has_zero = node.view().has_input(2);
  if (!node.is_constant(1) || (has_zero && !node.is_constant(2))) return false;
  const Shape in = node.data_value(0).shape;
  const bool whole = node.elements(1) == 1;
  const bool per_channel = node.elements(1) == in.c && node.view().integer("axis", 1) == 1;
  if (!whole && !per_channel) return false;
  const auto setting = [&node](size_t slot) {
    return static_cast<float>(node.view().scalar(slot).value_or(0.0));
  };
  DraftOp draft = node.make_op(OpKind::activation, {0});
  draft.op.activations = {{node.view().type(), whole ? setting(1) : 0.0F, whole ? setting(2) : 0.0F}};
  draft.op.weights = whole ? 0 : in.c;
  draft.op.biases = whole || !has_zero ? 0 : in.c;
  node.emit(std::move(draft));
  return true;
}

/// Inference leaves a scale and a shift per channel.
bool lower_batch_normalization(Lowering& node) {
  const bool training = node.view().integer("training_mode", 0) != 0;
  if (training) return false;
  for (size_t i = 1; i < 5; ++i) {
    if (!node.is_constant(i)) return false;
  }
  const Shape in = node.data_value(0).shape;
  if (node.elements(1) != in.c || node.elements(2) != in.c) return false;
  DraftOp draft = node.make_op(OpKind::activation, {0});
  draft.op.activations = {{"Affine", 0.0F, 0.0F}};
  draft.op.weights = in.c;
  draft.op.biases = in.c;
  draft.affine = true;
  draft.has_shift = true;
  node.emit(std::move(draft));
  return true;
}

}  // namespace

bool lower_function(Lowering& node) {
  if (!node.only_own_tensors() || node.input_count() == 0 || !node.is_data(0)) return false;
  if (node.view().dims().size() < 3) return false;
  const std::string type = node.view().type();
  if (type == "Clip") return lower_clip(node);
  if (type == "Cast") return lower_cast(node);
  return functions().count(type) != 0 && lower_activation(node);
}

bool lower_activation(Lowering& node) {
  if (!node.is_data(0)) return false;
  const std::string type = node.view().type();
  if (type == "Clip") return lower_clip(node);
  if (type == "PRelu") return lower_prelu(node);
  if (type == "Cast") return lower_cast(node);
  if (type == "QuantizeLinear" || type == "DequantizeLinear") return lower_quantization(node);
  if (type == "BatchNormalization") return lower_batch_normalization(node);
  const auto function = functions().find(type);
  if (function == functions().end()) return false;
  DraftOp draft = node.make_op(OpKind::activation, {0});
  draft.op.activations = {function_of(node.view(), function->second)};
  node.emit(std::move(draft));
  return true;
}

}  // namespace fusesim::importer
