#include "value.h"

#include <onnx/onnx_pb.h>

#include <algorithm>

#include "fusesim/base/error.h"

namespace fusesim::importer {

bool is_integer_type(int32_t elem_type) {
  if (elem_type == kUint4 || elem_type == kInt4) return true;
  switch (elem_type) {
    case onnx::TensorProto::INT8:
    case onnx::TensorProto::INT16:
    case onnx::TensorProto::INT32:
    case onnx::TensorProto::INT64:
    case onnx::TensorProto::UINT8:
    case onnx::TensorProto::UINT16:
    case onnx::TensorProto::UINT32:
    case onnx::TensorProto::UINT64:
    case onnx::TensorProto::BOOL:
      return true;
    default:
      return false;
  }
}

bool is_float_type(int32_t elem_type) {
  if ((elem_type >= kFloat8First && elem_type <= kFloat8Last) || elem_type == kFloat4) return true;
  return elem_type == onnx::TensorProto::FLOAT || elem_type == onnx::TensorProto::DOUBLE ||
         elem_type == onnx::TensorProto::FLOAT16 || elem_type == onnx::TensorProto::BFLOAT16;
}

double Constant::number(size_t i) const {
  if (i >= size())
    throw Error("a constant of " + std::to_string(size()) + " elements has no element " + std::to_string(i));
  return floats.empty() ? static_cast<double>(ints[i]) : floats[i];
}

int64_t Constant::integer(size_t i) const {
  if (i >= ints.size()) {
    throw Error("a constant of " + std::to_string(ints.size()) + " integers has no element " +
                std::to_string(i));
  }
  return ints[i];
}

bool holds(const TensorType& type, const Constant& data) {
  if (static_cast<int64_t>(data.size()) != element_count(type.dims)) return false;
  if (is_integer_type(type.elem_type)) return data.floats.empty();
  return is_float_type(type.elem_type) && data.ints.empty();
}

int64_t element_count(const Dims& dims) {
  constexpr int64_t kLimit = int64_t{1} << 62;
  int64_t count = 1;
  for (const int64_t d : dims) {
    if (d < 0) throw Error("dimension " + std::to_string(d) + " of shape " + to_text(dims) + " is negative");
    if (d == 0) return 0;
  }
  for (const int64_t d : dims) {
    if (count > kLimit / d) throw Error("shape " + to_text(dims) + " has more than 2^62 elements");
    count *= d;
  }
  return count;
}

std::string to_text(const Dims& dims) {
  std::string s = "(";
  for (size_t i = 0; i < dims.size(); ++i) s += (i > 0 ? "," : "") + std::to_string(dims[i]);
  return s + ")";
}

size_t normalized_axis(int64_t axis, size_t rank) {
  const auto signed_rank = static_cast<int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank) {
    throw Error("axis " + std::to_string(axis) + " is outside a tensor of rank " + std::to_string(rank));
  }
  return static_cast<size_t>(axis < 0 ? axis + signed_rank : axis);
}

Dims broadcast(const Dims& a, const Dims& b) {
  Dims out(std::max(a.size(), b.size()), 1);
  for (size_t i = 0; i < out.size(); ++i) {
    const int64_t da = i < a.size() ? a[a.size() - 1 - i] : 1;
    const int64_t db = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (da != db && da != 1 && db != 1) {
      throw Error("shapes " + to_text(a) + " and " + to_text(b) + " do not broadcast");
    }
    out[out.size() - 1 - i] = da == 1 ? db : da;
  }
  return out;
}

}  // namespace fusesim::importer
