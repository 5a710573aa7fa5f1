#include "node_view.h"

#include <algorithm>

#include "fusesim/base/error.h"
#include "opset.h"

namespace fusesim::importer {

std::string type_text(const onnx::NodeProto& node) {
  if (is_default_domain(node.domain())) return node.op_type();
  return node.domain() + "." + node.op_type();
}

const Value& NodeView::input(size_t i) const {
  if (!has_input(i)) throw Error("input " + std::to_string(i) + " is missing");
  return *inputs_[i];
}

int64_t NodeView::dim(size_t i, size_t axis) const {
  const Dims& shape = dims(i);
  if (axis >= shape.size()) {
    throw Error("input " + std::to_string(i) + " of shape " + to_text(shape) + ": expected rank " +
                std::to_string(axis + 1) + " or more");
  }
  return shape[axis];
}

std::optional<double> NodeView::scalar(size_t i) const {
  const Constant* known = data(i);
  if (known == nullptr || known->size() != 1) return std::nullopt;
  return known->number(0);
}

const Constant* NodeView::data(size_t i) const { return has_input(i) ? inputs_[i]->data.get() : nullptr; }

const std::vector<int64_t>& NodeView::integers(size_t i) const {
  const Value& value = input(i);
  if (!value.data) {
    const std::string why = value.constant ? "its values are not known" : "it depends on the graph's inputs";
    throw Error("input '" + value.name + "' must be constant: " + why);
  }
  if (!value.data->floats.empty()) throw Error("input '" + value.name + "': expected integers");
  return value.data->ints;
}

bool NodeView::all_inputs_constant() const {
  return std::all_of(inputs_.begin(), inputs_.end(),
                     [](const Value* value) { return value == nullptr || value->constant; });
}

const onnx::AttributeProto* NodeView::find(const std::string& name) const {
  for (const auto& attribute : proto_->attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  return nullptr;
}

const onnx::AttributeProto* NodeView::find(const std::string& name,
                                           onnx::AttributeProto::AttributeType type) const {
  const onnx::AttributeProto* attribute = find(name);
  if (attribute != nullptr && attribute->type() != type) {
    throw Error("attribute " + name + " has type " +
                onnx::AttributeProto::AttributeType_Name(attribute->type()) + ", expected " +
                onnx::AttributeProto::AttributeType_Name(type));
  }
  return attribute;
}

int64_t NodeView::integer(const std::string& name, int64_t fallback) const {
  const auto* attribute = find(name, onnx::AttributeProto::INT);
  return attribute != nullptr ? attribute->i() : fallback;
}

double NodeView::number(const std::string& name, double fallback) const {
  const auto* attribute = find(name, onnx::AttributeProto::FLOAT);
  return attribute != nullptr ? static_cast<double>(attribute->f()) : fallback;
}

std::string NodeView::text(const std::string& name, const std::string& fallback) const {
  const auto* attribute = find(name, onnx::AttributeProto::STRING);
  return attribute != nullptr ? attribute->s() : fallback;
}

std::vector<int64_t> NodeView::integer_list(const std::string& name) const {
  const auto* attribute = find(name, onnx::AttributeProto::INTS);
  if (attribute == nullptr) return {};
  return {attribute->ints().begin(), attribute->ints().end()};
}

std::vector<double> NodeView::number_list(const std::string& name) const {
  const auto* attribute = find(name, onnx::AttributeProto::FLOATS);
  if (attribute == nullptr) return {};
  return {attribute->floats().begin(), attribute->floats().end()};
}

}  // namespace fusesim::importer
