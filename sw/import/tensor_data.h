#pragma once

#include <onnx/onnx_pb.h>

#include <optional>

#include "value.h"

namespace fusesim::importer {

/// Bits of an element of this type; 0 for types without a fixed width.
int64_t element_bits(int32_t elem_type);

/// The file holds the tensor's elements. Files without weights keep type and dimensions alone, or name
/// another file.
bool has_payload(const onnx::TensorProto& tensor);

/// Type of a tensor in the file. Throws Error on negative dimensions, overflow or a data field whose size is
/// not that of the shape; data that live in an external file or are left out are not looked at.
TensorType checked_type(const onnx::TensorProto& tensor);

/// Bytes that the tensor's elements take as raw data, where they can become a Constant: at most
/// kMaxKnownElements, of a type whose numbers are known here.
std::optional<int64_t> readable_bytes(const onnx::TensorProto& tensor);

/// Elements of a tensor whose type was checked; null if external, left out or not readable.
std::shared_ptr<const Constant> read_elements(const onnx::TensorProto& tensor);

/// Elements of a tensor of any size as numbers; nothing if the file does not have them, or of a type whose
/// numbers are not known here.
std::optional<std::vector<float>> read_numbers(const onnx::TensorProto& tensor);

/// The tensor that libonnx's shape inference reads for a known constant.
onnx::TensorProto to_tensor(const Value& value);

}  // namespace fusesim::importer
