#include <algorithm>
#include <cmath>

#include "evaluate.h"
#include "fusesim/base/error.h"
#include "opset.h"
#include "tensor_data.h"

namespace fusesim::importer {
namespace {

Value integers(Dims dims, std::vector<int64_t> elements) {
  auto data = std::make_shared<Constant>();
  data->ints = std::move(elements);
  return {"", {onnx::TensorProto::INT64, std::move(dims)}, true, data};
}

Value floats(Dims dims, std::vector<double> elements) {
  auto data = std::make_shared<Constant>();
  data->floats = std::move(elements);
  return {"", {onnx::TensorProto::FLOAT, std::move(dims)}, true, data};
}

std::optional<Value> from_attribute(const NodeView& node) {
  for (const auto& attribute : node.proto().attribute()) {
    const std::string& name = attribute.name();
    if (name == "value") return Value{"", checked_type(attribute.t()), true, read_elements(attribute.t())};
    if (name == "value_int") return integers({}, {attribute.i()});
    if (name == "value_float") return floats({}, {static_cast<double>(attribute.f())});
    if (name == "value_ints") {
      return integers({attribute.ints_size()}, {attribute.ints().begin(), attribute.ints().end()});
    }
    if (name == "value_floats") {
      return floats({attribute.floats_size()}, {attribute.floats().begin(), attribute.floats().end()});
    }
    if (name == "value_string") return Value{"", {onnx::TensorProto::STRING, {}}, true, nullptr};
    if (name == "value_strings") {
      return Value{"", {onnx::TensorProto::STRING, {attribute.strings_size()}}, true, nullptr};
    }
    if (name == "sparse_value") {
      const auto& sparse = attribute.sparse_tensor();
      const Dims dims(sparse.dims().begin(), sparse.dims().end());
      element_count(dims);
      return Value{"", {sparse.values().data_type(), dims}, true, nullptr};
    }
  }
  throw Error("Constant without a value");
}

Value shape_of(const NodeView& node) {
  const Dims& dims = node.dims();
  const auto rank = static_cast<int64_t>(dims.size());
  const auto bound = [rank](int64_t v) { return std::clamp<int64_t>(v < 0 ? v + rank : v, 0, rank); };
  const int64_t start = bound(node.integer("start", 0));
  const int64_t end = std::max(start, bound(node.integer("end", rank)));
  return integers({end - start}, Dims(dims.begin() + start, dims.begin() + end));
}

Value constant_of_shape(const NodeView& node) {
  const Dims& dims = node.integers(0);
  const int64_t count = element_count(dims);
  Value value{"", {onnx::TensorProto::FLOAT, dims}, true, nullptr};
  std::shared_ptr<const Constant> fill;
  for (const auto& attribute : node.proto().attribute()) {
    if (attribute.name() != "value") continue;
    value.type.elem_type = checked_type(attribute.t()).elem_type;
    fill = read_elements(attribute.t());
  }
  if (count > kMaxKnownElements) return value;
  auto data = std::make_shared<Constant>();
  const auto size = static_cast<size_t>(count);
  if (fill && !fill->ints.empty()) {
    data->ints.assign(size, fill->ints[0]);
  } else {
    data->floats.assign(size, fill && !fill->floats.empty() ? fill->floats[0] : 0.0);
  }
  value.data = data;
  return value;
}

/// Integer ranges only; others are left to shape inference.
std::optional<Value> range(const NodeView& node) {
  for (size_t i = 0; i < 3; ++i) {
    if (node.data(i) == nullptr || node.data(i)->ints.size() != 1) return std::nullopt;
  }
  const int64_t start = node.integers(0)[0];
  const int64_t limit = node.integers(1)[0];
  const int64_t delta = node.integers(2)[0];
  if (delta == 0) throw Error("delta must not be 0");
  const double exact =
      std::ceil((static_cast<double>(limit) - static_cast<double>(start)) / static_cast<double>(delta));
  const double count = std::max(0.0, exact);
  if (count > 1e12) throw Error("range of " + std::to_string(count) + " elements is too long");
  const auto size = static_cast<int64_t>(count);
  Value value{"", {node.input(0).type.elem_type, {size}}, true, nullptr};
  if (size > kMaxKnownElements) return value;
  auto data = std::make_shared<Constant>();
  int64_t next = start;
  for (int64_t i = 0; i < size; ++i) {
    data->ints.push_back(next);
    if (__builtin_add_overflow(next, delta, &next)) break;  // behind the last one
  }
  value.data = data;
  return value;
}

}  // namespace

std::optional<Value> make_constant(const NodeView& node) {
  if (!is_default_domain(node.proto().domain())) return std::nullopt;
  const std::string& type = node.proto().op_type();
  if (type == "Constant") return from_attribute(node);
  if (type == "Shape") return shape_of(node);
  if (type == "Size") return integers({}, {element_count(node.dims())});
  if (type == "ConstantOfShape" && node.data(0) != nullptr) return constant_of_shape(node);
  if (type == "Range") return range(node);
  return std::nullopt;
}

}  // namespace fusesim::importer
