#pragma once

#include <cstdint>

#include "brr/channel_span.h"
#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"

namespace fusesim {

/// Largest weight sub-group of one op: (pe rows input channels) x (g output channels) x kernel, and g biases.
int64_t weight_sub_group_bytes(const Graph& graph, const Op& op, const Datatypes& types, int64_t pe_rows,
                               int64_t g);

/// Weights and, if `biased`, biases of some output channels of an op and, of a convolution, some input
/// channels of each group: disjoint parts add up to weight_bytes().
int64_t weight_part_bytes(const Graph& graph, const Op& op, const Datatypes& types,
                          const ChannelSpan& outputs, const ChannelSpan& inputs, bool biased);

/// What streamed weights of `weight_bytes` in all occupy, if the largest piece has `piece_bytes`.
int64_t streamed_weight_bytes(int64_t piece_bytes, int64_t weight_bytes, DoubleBuffer double_buffer);

/// The other schedule of a group of one convolution: output channels in blocks of k.
struct WeightPasses {
  int64_t passes = 1;
  int64_t footprint_bytes = 0;  ///< weights, ring and one row of the block's output channels
  int64_t ifmap_channels = 0;   ///< input channels fetched, summed over the passes
  int64_t weight_bytes = 0;     ///< on chip: one block, or two where weights are double-buffered
  int64_t ring_rows = 0;
  int64_t ring_channels = 0;
};
WeightPasses weight_passes(const Graph& graph, const Op& op, const Datatypes& types, int64_t block_channels,
                           DoubleBuffer double_buffer);
bool has_weight_passes(const Op& op);

}  // namespace fusesim
