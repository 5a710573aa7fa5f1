#include "real_constants.h"

#include <numeric>
#include <set>

#include "tensor_data.h"

namespace fusesim::importer {
namespace {

using Numbers = RealConstants::Numbers;

Numbers numbers_of(const Constant& data) {
  Numbers numbers;
  for (const int64_t n : data.ints) numbers.push_back(static_cast<float>(n));
  for (const double n : data.floats) numbers.push_back(static_cast<float>(n));
  return numbers;
}

}  // namespace

RealConstants::RealConstants(const TypedGraph& graph, const onnx::GraphProto& proto) : graph_(graph) {
  for (const onnx::TensorProto& tensor : proto.initializer()) initializers_[tensor.name()] = &tensor;
  for (const TypedNode& node : graph.nodes) {
    if (!node.constant) continue;
    for (const int output : node.outputs) {
      if (output >= 0) makers_[output] = &node;
    }
  }
}

std::optional<Numbers> RealConstants::read(int id) const {
  if (id < 0 || !value(id).constant) return std::nullopt;
  if (value(id).data != nullptr) return numbers_of(*value(id).data);
  const auto initializer = initializers_.find(value(id).name);
  if (initializer != initializers_.end()) return read_numbers(*initializer->second);
  const auto maker = makers_.find(id);
  return maker == makers_.end() ? std::nullopt : made_by(*maker->second);
}

std::optional<Numbers> RealConstants::made_by(const TypedNode& node) const {
  static const std::set<std::string> keep{"Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze"};
  const std::string& type = node.proto->op_type();
  if (node.inputs.empty() || node.inputs[0] < 0) {
    for (const onnx::AttributeProto& attribute : node.proto->attribute()) {
      if (type == "Constant" && attribute.name() == "value") return read_numbers(attribute.t());
    }
    return std::nullopt;
  }
  if (keep.count(type) != 0) return read(node.inputs[0]);
  if (type == "Transpose") return transposed(node);
  if (type == "DequantizeLinear") return dequantised(node);
  return std::nullopt;
}

std::optional<Numbers> RealConstants::transposed(const TypedNode& node) const {
  const std::optional<Numbers> in = read(node.inputs[0]);
  const Dims& dims = value(node.inputs[0]).dims();
  Dims order = graph_.view(node).integer_list("perm");
  if (order.empty()) {
    order.resize(dims.size());
    std::iota(order.rbegin(), order.rend(), 0);
  }
  if (!in || order.size() != dims.size()) return std::nullopt;
  // Strides of the input in the order of the output's dimensions.
  Dims strides(dims.size(), 1), steps(dims.size()), sizes(dims.size()), at(dims.size(), 0);
  for (size_t i = dims.size(); i-- > 1;) strides[i - 1] = strides[i] * dims[i];
  for (size_t i = 0; i < order.size(); ++i) {
    const size_t axis = normalized_axis(order[i], dims.size());
    steps[i] = strides[axis];
    sizes[i] = dims[axis];
  }
  Numbers out(in->size());
  int64_t from = 0;
  for (float& element : out) {
    element = (*in)[static_cast<size_t>(from)];
    for (size_t i = at.size(); i-- > 0;) {
      from += steps[i];
      if (++at[i] < sizes[i]) break;
      from -= sizes[i] * steps[i];
      at[i] = 0;
    }
  }
  return out;
}

std::optional<Numbers> RealConstants::dequantised(const TypedNode& node) const {
  std::optional<Numbers> numbers = read(node.inputs[0]);
  const std::optional<Numbers> scale = node.inputs.size() > 1 ? read(node.inputs[1]) : std::nullopt;
  if (!numbers || !scale || scale->empty()) return std::nullopt;
  Numbers zero(scale->size(), 0);
  if (node.inputs.size() > 2 && node.inputs[2] >= 0) {
    const std::optional<Numbers> given = read(node.inputs[2]);
    if (!given || given->size() != zero.size()) return std::nullopt;
    zero = *given;
  }
  const Dims& dims = value(node.inputs[0]).dims();
  size_t inner = numbers->size();
  if (scale->size() > 1) {
    const size_t axis = normalized_axis(graph_.view(node).integer("axis", 1), dims.size());
    if (static_cast<int64_t>(scale->size()) != dims[axis]) return std::nullopt;
    inner = 1;
    for (size_t i = axis + 1; i < dims.size(); ++i) inner *= static_cast<size_t>(dims[i]);
  }
  for (size_t i = 0; i < numbers->size(); ++i) {
    const size_t k = i / inner % scale->size();
    (*numbers)[i] = ((*numbers)[i] - zero[k]) * (*scale)[k];
  }
  return numbers;
}

}  // namespace fusesim::importer
