#include "fusesim/cost/widths.h"

#include <algorithm>

#include "rows/padded_bytes.h"

namespace fusesim {
namespace {

constexpr int64_t kBits = 8;  // of a byte

}  // namespace

int64_t stored_bits(int32_t file_bits, int64_t config_bytes, const Datatypes& types) {
  return types.from_file && file_bits > 0 ? file_bits : config_bytes * kBits;
}

int64_t element_bits(const Tensor& tensor, const Datatypes& types) {
  return stored_bits(tensor.bits, types.activation_bytes, types);
}

int64_t weight_bits(const Op& op, const Datatypes& types) {
  return stored_bits(op.weight_bits, types.weight_bytes, types);
}

int64_t bias_bits(const Op& op, const Datatypes& types) {
  return stored_bits(op.bias_bits, types.bias_bytes, types);
}

int64_t piece_bytes(const Tensor& tensor, int64_t width, const Datatypes& types) {
  return padded_bytes(width, element_bits(tensor, types));
}

int64_t sums_piece_bytes(const Tensor& tensor, int64_t width, const Datatypes& types) {
  return padded_bytes(width, std::max(types.partial_sum_bytes * kBits, element_bits(tensor, types)));
}

int64_t tensor_bytes(const Tensor& tensor, const Datatypes& types) {
  return tensor.shape.c * tensor.shape.h * piece_bytes(tensor, tensor.shape.w, types);
}

int64_t weight_row_bytes(const Op& op, int64_t first, int64_t end, const Datatypes& types) {
  const int64_t bits = weight_bits(op, types);
  return padded_bytes(end, bits) - padded_bytes(first, bits);
}

int64_t bias_bytes(const Op& op, int64_t biases, const Datatypes& types) {
  return biases * padded_bytes(1, bias_bits(op, types));
}

int64_t weight_bytes(const Op& op, const Datatypes& types) {
  return op.weight_rows * weight_row_bytes(op, 0, op.weights / op.weight_rows, types) +
         bias_bytes(op, op.biases, types);
}

}  // namespace fusesim
