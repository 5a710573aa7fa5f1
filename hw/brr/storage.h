#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/config/config.h"
#include "geometry.h"
#include "group.h"

namespace fusesim::hw {

/// What a tensor owns of the on-chip buffer, and where its data lies.
struct BrrTensorStorage {
  int64_t own_bytes = 0;          ///< allocated for it, partial sums included
  bool has_partial_sums = false;  ///< sums of several slices or weight sub-groups wait in it
  int64_t partial_sum_bytes = 0;  ///< part of own_bytes: what those need beyond e_a
  bool in_place = false;          ///< lies over the one operand of its op
  bool zero_copy = false;         ///< lies within the concatenated tensor that reads it
  int pool = -1;                  ///< the tensor whose storage it shares; itself if it owns its storage
};

/// Storage of a brr_tiles group for the whole of its run (halo rows stay).
struct BrrStorage {
  std::vector<BrrTensorStorage> tensors;
  std::vector<int64_t> pool_bytes;  ///< per tensor: bytes owned by all tensors that lie there
  int64_t tensor_bytes = 0;         ///< M
  int64_t weight_bytes = 0;         ///< W, what several ops read once
  int64_t streamed_bytes = 0;       ///< of weights that come in sub-groups: W_sub, or room for two of them
};

/// `pe_rows`: input channels of one weight sub-group at most.
BrrStorage plan_brr_storage(const BrrGroup& group, const BrrGeometry& geometry, const Datatypes& types,
                            int64_t pe_rows, DoubleBuffer double_buffer);

/// Room for weights that come piece by piece, at most `piece_bytes` of `weight_bytes` at a time.
int64_t streamed_weight_bytes(int64_t piece_bytes, int64_t weight_bytes, DoubleBuffer double_buffer);

/// Bytes of the weights between output channels [co0, co1) and input channels [ci0, ci1) of each convolution
/// group, and, if with_bias, of the biases of those outputs. Sums over a partition give op_weight_bytes().
int64_t subgroup_bytes(const Graph& graph, const Op& op, const Datatypes& types, ChannelRange outputs,
                       ChannelRange inputs, bool with_bias);

}  // namespace fusesim::hw
