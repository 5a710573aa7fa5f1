#pragma once

#include <onnx/onnx_pb.h>

#include "value.h"

namespace fusesim::importer {

/// Type of a tensor in the file. Throws Error on negative dimensions, overflow or a data field whose size is
/// not that of the shape; data that live in an external file are not looked at.
TensorType checked_type(const onnx::TensorProto& tensor);

/// Elements of a tensor whose type was checked; null if external, above kMaxKnownElements, or not numeric.
std::shared_ptr<const Constant> read_elements(const onnx::TensorProto& tensor);

/// The tensor that libonnx's shape inference reads for a known constant.
onnx::TensorProto to_tensor(const Value& value);

}  // namespace fusesim::importer
