#include "tensor_data.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "fusesim/base/error.h"

namespace fusesim::importer {
namespace {

using onnx::TensorProto;

bool is_external(const TensorProto& tensor) { return tensor.data_location() == TensorProto::EXTERNAL; }

/// Entries in the typed field that ONNX assigns to the tensor's type.
int64_t typed_entries(const TensorProto& tensor) {
  switch (tensor.data_type()) {
    case TensorProto::FLOAT:
      return tensor.float_data_size();
    case TensorProto::COMPLEX64:
      return tensor.float_data_size() / 2;
    case TensorProto::DOUBLE:
      return tensor.double_data_size();
    case TensorProto::COMPLEX128:
      return tensor.double_data_size() / 2;
    case TensorProto::INT64:
      return tensor.int64_data_size();
    case TensorProto::UINT32:
    case TensorProto::UINT64:
      return tensor.uint64_data_size();
    case TensorProto::STRING:
      return tensor.string_data_size();
    default:
      break;
  }
  const bool in_pairs = element_bits(tensor.data_type()) == 4;
  return int64_t{tensor.int32_data_size()} * (in_pairs ? 2 : 1);
}

double from_half(uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const double fraction = bits & 1023;
  const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  if (exponent == 31) return fraction != 0 ? std::nan("") : sign * std::numeric_limits<double>::infinity();
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

double from_bfloat(uint16_t bits) {
  const uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value = 0;
  std::memcpy(&value, &wide, sizeof value);
  return value;
}

template <typename T>
T raw_at(const std::string& raw, size_t i) {
  T value;
  std::memcpy(&value, raw.data() + i * sizeof(T), sizeof(T));
  return value;
}

/// Element i of those that lie two in a byte, the first one low.
int64_t nibble(int64_t byte, size_t i, int32_t type) {
  const int64_t bits = (i % 2 == 0 ? byte : byte >> 4) & 15;
  return type == kInt4 && bits > 7 ? bits - 16 : bits;
}

int64_t raw_integer(const TensorProto& t, size_t i) {
  const std::string& raw = t.raw_data();
  if (element_bits(t.data_type()) == 4) return nibble(static_cast<uint8_t>(raw[i / 2]), i, t.data_type());
  switch (t.data_type()) {
    case TensorProto::INT8:
      return raw_at<int8_t>(raw, i);
    case TensorProto::UINT8:
    case TensorProto::BOOL:
      return raw_at<uint8_t>(raw, i);
    case TensorProto::INT16:
      return raw_at<int16_t>(raw, i);
    case TensorProto::UINT16:
      return raw_at<uint16_t>(raw, i);
    case TensorProto::INT32:
      return raw_at<int32_t>(raw, i);
    case TensorProto::UINT32:
      return raw_at<uint32_t>(raw, i);
    default:
      return raw_at<int64_t>(raw, i);
  }
}

double raw_float(const TensorProto& t, size_t i) {
  const std::string& raw = t.raw_data();
  switch (t.data_type()) {
    case TensorProto::FLOAT16:
      return from_half(raw_at<uint16_t>(raw, i));
    case TensorProto::BFLOAT16:
      return from_bfloat(raw_at<uint16_t>(raw, i));
    case TensorProto::DOUBLE:
      return raw_at<double>(raw, i);
    default:
      return static_cast<double>(raw_at<float>(raw, i));
  }
}

int64_t typed_integer(const TensorProto& t, int i) {
  if (element_bits(t.data_type()) == 4)
    return nibble(t.int32_data(i / 2), static_cast<size_t>(i), t.data_type());
  switch (t.data_type()) {
    case TensorProto::INT64:
      return t.int64_data(i);
    case TensorProto::UINT32:
    case TensorProto::UINT64:
      return static_cast<int64_t>(t.uint64_data(i));
    default:
      return t.int32_data(i);
  }
}

double typed_float(const TensorProto& t, int i) {
  switch (t.data_type()) {
    case TensorProto::FLOAT16:
      return from_half(static_cast<uint16_t>(t.int32_data(i)));
    case TensorProto::BFLOAT16:
      return from_bfloat(static_cast<uint16_t>(t.int32_data(i)));
    case TensorProto::DOUBLE:
      return t.double_data(i);
    default:
      return static_cast<double>(t.float_data(i));
  }
}

int64_t integer_at(const TensorProto& t, int i) {
  return t.has_raw_data() ? raw_integer(t, static_cast<size_t>(i)) : typed_integer(t, i);
}

double float_at(const TensorProto& t, int i) {
  return t.has_raw_data() ? raw_float(t, static_cast<size_t>(i)) : typed_float(t, i);
}

bool has_known_numbers(int32_t type) {
  const bool float8 = type >= kFloat8First && type <= kFloat8Last;
  return !float8 && type != kFloat4 && (is_integer_type(type) || is_float_type(type));
}

}  // namespace

int64_t element_bits(int32_t type) {
  if (type >= kFloat8First && type <= kFloat8Last) return 8;
  if (type == kUint4 || type == kInt4 || type == kFloat4) return 4;
  switch (type) {
    case TensorProto::INT8:
    case TensorProto::UINT8:
    case TensorProto::BOOL:
      return 8;
    case TensorProto::INT16:
    case TensorProto::UINT16:
    case TensorProto::FLOAT16:
    case TensorProto::BFLOAT16:
      return 16;
    case TensorProto::INT32:
    case TensorProto::UINT32:
    case TensorProto::FLOAT:
      return 32;
    case TensorProto::INT64:
    case TensorProto::UINT64:
    case TensorProto::DOUBLE:
    case TensorProto::COMPLEX64:
      return 64;
    case TensorProto::COMPLEX128:
      return 128;
    default:
      return 0;
  }
}

bool has_payload(const TensorProto& tensor) {
  return !is_external(tensor) && (tensor.has_raw_data() || typed_entries(tensor) > 0);
}

TensorType checked_type(const TensorProto& tensor) {
  TensorType type{tensor.data_type(), Dims(tensor.dims().begin(), tensor.dims().end())};
  const int64_t count = element_count(type.dims);
  if (!has_payload(tensor)) return type;
  const int64_t width = element_bits(tensor.data_type());
  // Elements of less than a byte fill the last one up.
  const int64_t padded = width == 4 ? count + count % 2 : count;
  if (tensor.has_raw_data()) {
    if (width == 0) throw Error("unknown element type " + std::to_string(tensor.data_type()));
    const auto bytes = static_cast<int64_t>(tensor.raw_data().size());
    if (bytes * 8 % width != 0 || bytes * 8 / width != padded) {
      const std::string size =
          width < 8 ? std::to_string(width) + " bits" : std::to_string(width / 8) + " bytes";
      throw Error("shape " + to_text(type.dims) + " needs " + std::to_string(count) + " elements of " + size +
                  ", got " + std::to_string(bytes) + " bytes");
    }
  } else if (typed_entries(tensor) != padded) {
    throw Error("shape " + to_text(type.dims) + " needs " + std::to_string(count) + " elements, got " +
                std::to_string(typed_entries(tensor)));
  }
  return type;
}

std::optional<int64_t> readable_bytes(const TensorProto& tensor) {
  if (!has_known_numbers(tensor.data_type())) return std::nullopt;
  int64_t count = 1;
  for (const int64_t d : tensor.dims()) {
    if (d < 0 || d > kMaxKnownElements) return std::nullopt;
    count *= d;
    if (count > kMaxKnownElements) return std::nullopt;
  }
  return (count * element_bits(tensor.data_type()) + 7) / 8;
}

std::shared_ptr<const Constant> read_elements(const TensorProto& tensor) {
  const int64_t count = element_count(Dims(tensor.dims().begin(), tensor.dims().end()));
  if (!readable_bytes(tensor) || is_external(tensor) || (count > 0 && !has_payload(tensor))) return nullptr;
  const bool integer = is_integer_type(tensor.data_type());
  auto data = std::make_shared<Constant>();
  for (int i = 0; i < static_cast<int>(count); ++i) {
    if (integer) {
      data->ints.push_back(integer_at(tensor, i));
    } else {
      data->floats.push_back(float_at(tensor, i));
    }
  }
  return data;
}

std::optional<std::vector<float>> read_numbers(const TensorProto& tensor) {
  if (!has_known_numbers(tensor.data_type()) || !has_payload(tensor)) return std::nullopt;
  const bool integer = is_integer_type(tensor.data_type());
  std::vector<float> numbers(static_cast<size_t>(element_count(checked_type(tensor).dims)));
  for (size_t i = 0; i < numbers.size(); ++i) {
    const int at = static_cast<int>(i);
    numbers[i] =
        integer ? static_cast<float>(integer_at(tensor, at)) : static_cast<float>(float_at(tensor, at));
  }
  return numbers;
}

TensorProto to_tensor(const Value& value) {
  TensorProto tensor;
  tensor.set_name(value.name);
  tensor.set_data_type(value.type.elem_type);
  for (const int64_t d : value.dims()) tensor.add_dims(d);
  for (size_t i = 0; i < value.data->size(); ++i) {
    switch (value.type.elem_type) {
      case TensorProto::INT64:
        tensor.add_int64_data(value.data->integer(i));
        break;
      case TensorProto::UINT32:
      case TensorProto::UINT64:
        tensor.add_uint64_data(static_cast<uint64_t>(value.data->integer(i)));
        break;
      case TensorProto::DOUBLE:
        tensor.add_double_data(value.data->number(i));
        break;
      case TensorProto::FLOAT:
        tensor.add_float_data(static_cast<float>(value.data->number(i)));
        break;
      default:
        if (!value.data->ints.empty()) tensor.add_int32_data(static_cast<int32_t>(value.data->integer(i)));
        break;
    }
  }
  return tensor;
}

}  // namespace fusesim::importer
