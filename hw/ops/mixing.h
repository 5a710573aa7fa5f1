#pragma once

#include <vector>

#include "fusesim/graph/graph.h"
#include "ops/provenance.h"

namespace fusesim::hw {

/// sum[c] += H(k, row[c])
inline void add_row(uint64_t k, const uint64_t* row, int64_t channels, uint64_t* sum) {
  const uint64_t key = mix(k);
  for (int64_t c = 0; c < channels; ++c) sum[c] += mix(key + row[c]);
}

/// Accumulators of output channels [co0, co1), row y, of channel_shuffle, norm (before its weights),
/// channel_reduce, matmul and position_matmul: acc is added to.
void mixed_sums(const Graph& graph, const Op& op, int64_t y, const std::vector<RowSource*>& inputs,
                int64_t co0, int64_t co1, uint64_t* acc);
/// The same of depth_to_space and space_to_depth.
void block_sums(const Graph& graph, const Op& op, int64_t y, RowSource& in, int64_t co0, int64_t co1,
                uint64_t* acc);

}  // namespace fusesim::hw
