#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"

namespace fusesim {

/// An activation or a weight as an integer: of 8 bits, or of 16.
using Value = int16_t;

/// Widths of the integers of a run.
struct ValueFormat {
  int value_bits = 8;   ///< activations: 8 or 16
  int weight_bits = 8;  ///< 8 or 16; a weight is never the lowest number of its width
  int bias_bits = 32;   ///< at most 63
  int sum_bits = 32;    ///< partial sums; at most 63

  int64_t highest() const { return (int64_t{1} << (value_bits - 1)) - 1; }
  int64_t lowest() const { return -highest() - 1; }
  int64_t highest_weight() const { return (int64_t{1} << (weight_bits - 1)) - 1; }
};
/// As the data types say; activations and weights wider than 16 bits are kept in 16.
ValueFormat value_format(const Datatypes& types);

/// What the elements of an op's result are made of (sw/values/README.md has each as a formula). A fact of the
/// op; the arithmetic belongs to those who carry it out.
enum class ValueRule : uint8_t {
  products,           ///< convolutions
  matrix_of_rows,     ///< matmul: sums over channels, a channel of the result for each position of operand 1
  matrix_of_columns,  ///< matmul: sums over the positions of operand 1, a channel for each of its channels
  position_matrix,    ///< position_matmul: of either operand's channels a matrix
  copy,               ///< one element
  largest,            ///< of several: pools, channel_reduce
  smallest,
  mean,
  total,
  interpolation,  ///< linear resize
  sum,            ///< eltwise: of operands, the first with the sign +, the others as the op says
  product,        ///< eltwise
  quotient,       ///< eltwise
  greatest,       ///< eltwise; the least, where the ONNX operator is Min
  normalise,      ///< eltwise: less the mean, by the deviation
  scale,          ///< scaled and shifted by the parameters of its channel
  slope,          ///< scaled by the parameter of its channel where it is negative
  softmax,        ///< norm
  centred_norm,   ///< norm: less the mean, by the deviation
  plain_norm,     ///< norm: by the root of the mean square
  moments,
  checksum,  ///< opaque: of everything that it reads
};
ValueRule value_rule(const Graph& graph, const Op& op);

/// Numbers of an op that the arithmetic needs beside its shape, and its parameters.
struct OpValues {
  int shift = 0;                      ///< of the sum, to the right
  std::vector<int> lifts;             ///< per operand, to the left (negative: to the right), before they meet
  int scale = 0;                      ///< of a quotient: its dividend is so many bits to the left
  int square_shift = 0;               ///< moments: of every square, to the right
  std::vector<Value> table;           ///< function of the result, from the lowest value on; empty: none
  std::vector<int32_t> exponentials;  ///< softmax: of the distance to the largest, from 0 on
  int weight_fraction = 0;
  std::vector<Value> weights;   ///< convolution: (output, input of its group, kernel row, column)
  std::vector<int64_t> biases;  ///< in units of the sum
};

/// A network in integers. A tensor's element q stands for q / 2^fraction.
struct ValueNetwork {
  ValueFormat format;
  std::vector<OpValues> ops;
  std::vector<int> fractions;              ///< per tensor
  std::vector<std::vector<Value>> inputs;  ///< per Graph::inputs, index (c * H + y) * W + x
};

/// Parameter `p` of an op whose `count` parameters belong to `channels` channels: that of channel c.
inline int64_t parameter_of(int64_t c, int64_t channels, int64_t count) { return c * count / channels; }

/// Extra bits of what norms and moments take differences and squares of.
inline int moment_bits(const ValueFormat& format) { return format.value_bits <= 8 ? 4 : 2; }
/// Fraction of a norm's result before its parameters; it is kept in 16 bits.
inline constexpr int kNormFraction = 10;
/// Fraction of the exponentials of a softmax.
inline constexpr int kExponentialFraction = 15;

}  // namespace fusesim
