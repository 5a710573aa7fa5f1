#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace fusesim::importer {

using Dims = std::vector<int64_t>;

/// Elements of a small constant tensor. Integers and booleans are in `ints`, floating types in `floats`; the
/// other vector is empty.
struct Constant {
  std::vector<int64_t> ints;
  std::vector<double> floats;

  size_t size() const { return ints.size() + floats.size(); }
  /// Throw Error where there is no element i, integer() also where the elements are of a floating type.
  double number(size_t i) const;
  int64_t integer(size_t i) const;
};

/// Type of a tensor: onnx::TensorProto_DataType and a static shape.
struct TensorType {
  int32_t elem_type = 0;
  Dims dims;
};

/// One ONNX tensor after shape inference.
struct Value {
  std::string name;
  TensorType type;
  bool constant = false;                 ///< depends on no graph input
  std::shared_ptr<const Constant> data;  ///< elements, where constant, small and known

  const Dims& dims() const { return type.dims; }
};

/// The elements fit the type: as many as the shape has, integers for integer types and numbers for floating
/// ones.
bool holds(const TensorType& type, const Constant& data);

/// Constants above this many elements keep only their shape: they are parameters, never shapes.
constexpr int64_t kMaxKnownElements = 4096;

/// Element types that Debian's onnx.proto is too old to name.
constexpr int32_t kFloat8First = 17;
constexpr int32_t kFloat8Last = 20;
constexpr int32_t kUint4 = 21;
constexpr int32_t kInt4 = 22;
constexpr int32_t kFloat4 = 23;

bool is_integer_type(int32_t elem_type);
bool is_float_type(int32_t elem_type);

/// Product of the dimensions; 0 if one is 0. Throws Error on a negative dimension or above 2^62.
int64_t element_count(const Dims& dims);
std::string to_text(const Dims& dims);
/// Negative axes count from the end. Throws Error outside [-rank, rank).
size_t normalized_axis(int64_t axis, size_t rank);
/// ONNX multidirectional broadcasting. Throws Error if the shapes do not fit.
Dims broadcast(const Dims& a, const Dims& b);

}  // namespace fusesim::importer
