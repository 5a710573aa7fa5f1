#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/cost/params.h"
#include "fusesim/graph/graph.h"
#include "rows/row_read.h"

namespace fusesim {

/// What an op needs in every group that it is in.
struct OpNeeds {
  std::vector<RowRead> inputs;
  TensorId output = -1;
  bool reduction = false;
  bool pool = false;  ///< GlobalAvgPool
  bool opaque = false;
  bool multiplies = false;     ///< a matmul
  bool mixes = false;          ///< takes and makes all channels of a position at once
  bool several_parts = false;  ///< reduction with more than one weight sub-group of input channels
  bool in_place = false;       ///< in some group the output owns no tile of its own
  int64_t in_place_rows = 0;   ///< but at least these
  int64_t weight_bytes = 0;
  int64_t part_bytes = 0;  ///< largest weight sub-group at the smallest slice
};

/// More rows than any tensor has.
constexpr int64_t kAllRows = int64_t{1} << 40;

/// What a tensor needs in every group that makes or reads it.
struct TensorNeeds {
  int64_t row_bytes = 0;             ///< all channels
  int64_t slice_row_bytes = 0;       ///< channels of the smallest slice
  int64_t sums_row_bytes = 0;        ///< all channels in partial sums
  int64_t slice_sums_row_bytes = 0;  ///< channels of the smallest slice, likewise
  int64_t certain_rows = 0;          ///< that are computed in every group that makes the tensor
  int64_t middle_row = -1;           ///< one of them
  bool private_to_concat = false;
  int64_t most_owned_rows = kAllRows;  ///< in some groups the tensor owns no more storage than this
  bool held = false;                   ///< by several readers, or one that mixes channels: FULL inside
  bool doubled = false;                ///< external to every group, with room for two slices
};

/// One for each op, and one for each tensor, of a network.
std::vector<OpNeeds> needs_of_ops(const Graph& graph, const CostParams& params);
std::vector<TensorNeeds> needs_of_tensors(const Graph& graph, const CostParams& params,
                                          const std::vector<OpNeeds>& ops);

}  // namespace fusesim
