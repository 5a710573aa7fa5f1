#pragma once

#include <cstdint>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"

namespace fusesim {

/// Width of an element in bits: as the file stores it where the configuration wants that
/// (Datatypes::from_file) and the file says it; else as the configuration.
int64_t stored_bits(int32_t file_bits, int64_t config_bytes, const Datatypes& types);
int64_t element_bits(const Tensor& tensor, const Datatypes& types);
int64_t weight_bits(const Op& op, const Datatypes& types);
int64_t bias_bits(const Op& op, const Datatypes& types);

/// `width` elements of one channel of a row of a tensor as they lie in DRAM and in the buffer, padded
/// to a byte.
int64_t piece_bytes(const Tensor& tensor, int64_t width, const Datatypes& types);
/// The same in partial sums, which are never narrower.
int64_t sums_piece_bytes(const Tensor& tensor, int64_t width, const Datatypes& types);
/// One image of the whole tensor.
int64_t tensor_bytes(const Tensor& tensor, const Datatypes& types);
/// Weights [first, end) of each output channel, whose row of weights is padded to a byte: parts add up to it.
int64_t weight_row_bytes(const Op& op, int64_t first, int64_t end, const Datatypes& types);
int64_t bias_bytes(const Op& op, int64_t biases, const Datatypes& types);
/// All weights and biases of an op.
int64_t weight_bytes(const Op& op, const Datatypes& types);

}  // namespace fusesim
