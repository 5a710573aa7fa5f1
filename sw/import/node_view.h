#pragma once

#include <onnx/onnx_pb.h>

#include <optional>
#include <string>
#include <vector>

#include "value.h"

namespace fusesim::importer {

/// Operator type; of another domain than the default one with the domain in front ("com.x.Op").
std::string type_text(const onnx::NodeProto& node);

/// A node with its input tensors, read only.
class NodeView {
 public:
  /// Absent optional inputs are null.
  NodeView(const onnx::NodeProto& proto, int64_t opset, std::vector<const Value*> inputs)
      : proto_(&proto), opset_(opset), inputs_(std::move(inputs)) {}

  const onnx::NodeProto& proto() const { return *proto_; }
  std::string type() const { return type_text(*proto_); }
  int64_t opset() const { return opset_; }

  size_t input_count() const { return inputs_.size(); }
  bool has_input(size_t i) const { return i < inputs_.size() && inputs_[i] != nullptr; }
  /// Throws Error if the input is absent.
  const Value& input(size_t i) const;
  const Dims& dims(size_t i = 0) const { return input(i).dims(); }
  /// One dimension of input i. Throws Error where its rank is too low.
  int64_t dim(size_t i, size_t axis) const;
  /// Elements of a known constant input; null if absent or unknown.
  const Constant* data(size_t i) const;
  /// The value of a constant input of one element; nothing if it is absent, not known, or has another size.
  std::optional<double> scalar(size_t i) const;
  /// Integers of a constant input. Throws Error where it is absent or not known.
  const std::vector<int64_t>& integers(size_t i) const;
  bool all_inputs_constant() const;
  /// Outputs that the node declares, read or not.
  size_t output_count() const { return static_cast<size_t>(proto_->output_size()); }

  bool has_attribute(const std::string& name) const { return find(name) != nullptr; }
  /// Throw Error if the attribute has another type.
  int64_t integer(const std::string& name, int64_t fallback) const;
  double number(const std::string& name, double fallback) const;
  std::string text(const std::string& name, const std::string& fallback) const;
  std::vector<int64_t> integer_list(const std::string& name) const;
  std::vector<double> number_list(const std::string& name) const;

 private:
  const onnx::AttributeProto* find(const std::string& name) const;
  const onnx::AttributeProto* find(const std::string& name, onnx::AttributeProto::AttributeType type) const;

  const onnx::NodeProto* proto_;
  int64_t opset_;
  std::vector<const Value*> inputs_;
};

}  // namespace fusesim::importer
