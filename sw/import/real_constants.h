#pragma once

#include <onnx/onnx_pb.h>

#include <optional>
#include <unordered_map>
#include <vector>

#include "infer.h"

namespace fusesim::importer {

/// Elements of constant tensors of any size as numbers: initialisers, and what Identity, Cast, Transpose,
/// DequantizeLinear and changes of the shape make of them.
class RealConstants {
 public:
  using Numbers = std::vector<float>;

  /// The arguments must outlive it.
  RealConstants(const TypedGraph& graph, const onnx::GraphProto& proto);
  /// Nothing where the file does not have them, or they are made in another way.
  std::optional<Numbers> read(int value) const;

 private:
  std::optional<Numbers> made_by(const TypedNode& node) const;
  std::optional<Numbers> dequantised(const TypedNode& node) const;
  std::optional<Numbers> transposed(const TypedNode& node) const;
  const Value& value(int id) const { return graph_.values[static_cast<size_t>(id)]; }

  const TypedGraph& graph_;
  std::unordered_map<std::string, const onnx::TensorProto*> initializers_;
  std::unordered_map<int, const TypedNode*> makers_;
};

}  // namespace fusesim::importer
