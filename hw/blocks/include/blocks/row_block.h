#pragma once

#include <cstdint>

#include "fusesim/graph/graph.h"
#include "ops/ranges.h"

namespace fusesim::hw {

/// Bits of the elements of an op's operands and results as the model's file has them; 0: it does not say.
struct FileBits {
  int32_t input = 0, weight = 0, bias = 0, output = 0;
};

/// Some output rows of a convolution, restricted to some output channels and, within each convolution group
/// that these touch, to some input channels: what the PE array does at one go.
struct RowBlock {
  int64_t positions = 0;  ///< elements of one output channel
  int64_t taps = 1;       ///< kernel positions that each of them takes, padding included
  /// Products of one input with one output channel: positions * taps; of a conv_transpose those that fall on
  /// the rows.
  int64_t products = 0;
  int64_t group_inputs = 1;  ///< input channels per touched convolution group
  ChannelRange outputs{0, 1};
  int64_t group_outputs = 1;  ///< output channels of a whole convolution group
  bool depthwise = false;
  bool biased = false;        ///< adds the biases of its outputs
  bool resumes_sums = false;  ///< goes on with partial sums that wait in the buffer
  bool leaves_sums = false;   ///< leaves partial sums there; else results
  FileBits file_bits;

  int64_t macs() const { return products * group_inputs * outputs.size(); }
  /// Times that `columns` output channels are taken until all are done. Of a convolution that is not
  /// depthwise the columns work on one convolution group at a time.
  int64_t column_steps(int64_t columns) const;
  /// Distinct input channels: those of every touched convolution group, or one per output (depthwise).
  int64_t input_channels() const;
};

/// `inputs` count within each convolution group; the biases come with input channel 0. A conv_transpose has
/// ceil(kernel / stride) taps per output element in each direction.
RowBlock row_block(const Graph& graph, const Op& op, const RowRange& rows, const ChannelRange& outputs,
                   const ChannelRange& inputs);
/// All channels of the rows.
RowBlock row_block(const Graph& graph, const Op& op, const RowRange& rows);

}  // namespace fusesim::hw
