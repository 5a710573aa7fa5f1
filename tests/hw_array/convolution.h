#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "blocks/array_dataflow.h"
#include "blocks/row_block.h"
#include "fusesim/graph/graph.h"

namespace fusesim::testing {

/// Some rows, output and input channels of a convolution, with integers: what a block of the array makes.
struct Convolution {
  Graph graph;  ///< of one convolution
  hw::RowRange rows;
  hw::ChannelRange outputs;
  hw::ChannelRange inputs;       ///< within each convolution group
  std::vector<int32_t> map;      ///< (C, H, W)
  std::vector<int32_t> weights;  ///< (C_out, C_in / groups, kernel_h, kernel_w)
  std::vector<int32_t> biases;   ///< (C_out), empty if it has none
  std::vector<int64_t> sums;     ///< of the input channels before these, by output and position; else empty

  const Op& op() const { return graph.ops[0]; }
  const Shape& in() const { return graph.in_shape(op()); }
  const Shape& out() const { return graph.out_shape(op()); }
  /// What the machine makes of it, partial sums in and out included.
  hw::RowBlock block() const;
};

/// A convolution of random geometry: plain, of several groups or depthwise; rows, channels and values drawn.
Convolution random_convolution(std::mt19937_64& random);
/// The 1x1 convolution of a map (channels, 1, width), whole and without biases; inputs of 1 to 4, weights of
/// 1 to 3, no two neighbours the same.
Convolution pointwise_convolution(int64_t channels, int64_t outputs, int64_t width);

/// The block's results by output and position, by six loops.
std::vector<int64_t> plain_results(const Convolution& convolution);

/// A draw from least to most.
int64_t from(std::mt19937_64& random, int64_t least, int64_t most);

/// The on-chip buffer with the operands of a block. Every access is counted, those of the padding too: there
/// zeros are read.
class OperandBuffer {
 public:
  explicit OperandBuffer(const Convolution& convolution);

  /// Products of a result are numbered tap by tap, and within a tap input channel by input channel.
  int32_t read_input(int64_t output, int64_t product, int64_t position);
  int32_t read_weight(int64_t output, int64_t product);
  int32_t read_bias(int64_t output);
  int64_t read_sum(int64_t output, int64_t position);
  /// A result, or a partial sum if the block leaves those. Throws std::logic_error at a second one.
  void write(int64_t output, int64_t position, int64_t sum);

  const hw::RowBlock& block() const { return block_; }
  const hw::ArrayAccesses& accesses() const { return accesses_; }
  /// What was written, by output and position; 0 where nothing was.
  std::vector<int64_t> results() const;
  bool complete() const;

 private:
  size_t place(int64_t output, int64_t position) const;

  const Convolution& convolution_;
  hw::RowBlock block_;
  hw::ArrayAccesses accesses_;
  std::vector<std::optional<int64_t>> written_;
};

}  // namespace fusesim::testing
