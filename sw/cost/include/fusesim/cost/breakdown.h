#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fusesim/cost/cost.h"

namespace fusesim {

/// What a part of the buffer holds.
enum class BufferUse : uint8_t {
  weights,       ///< all weights and biases of one op
  weight_block,  ///< what is on chip at a time of one op's weights: a sub-group, or the block of a weight
                 ///< pass
  rows,          ///< rows of a tensor: its ring (LBDF, weight passes) or its tile (BRR)
  partial_sums,  ///< what a reduction's partial sums need beyond the rows of its output
  accumulators,  ///< the sums of a GlobalAvgPool under BRR
};

/// One part of F_beta.
struct BufferPart {
  BufferUse use = BufferUse::rows;
  OpId op = -1;          ///< weights, weight_block
  TensorId tensor = -1;  ///< the others
  int64_t rows = 0;      ///< rows; prefetch rows among them
  int64_t row_bytes = 0;
  int64_t channels = 0;  ///< rows: on chip at a time; all of the tensor's, or one slice
  int64_t bytes = 0;
};

/// F_beta of a group, taken apart.
struct BufferBreakdown {
  Scheme scheme = Scheme::lbdf;
  int64_t f_beta_bytes = 0;         ///< kNeverFits if illegal
  std::string illegal_reason;       ///< BRR: why the group can run at no size; empty if it can
  std::vector<BufferPart> parts;    ///< by descending bytes, none of 0; their sum is f_beta_bytes, if legal
  bool passes = false;              ///< BRR: weight passes need least, not tiles
  BrrStart start = BrrStart::full;  ///< BRR tiles: the variant that needs least
  BrrJoin join = BrrJoin::all;
  int64_t slice_channels = 0;  ///< BRR: g
};

/// What makes up F_beta of a legal group under the scheme. Under BRR: of the variant that needs least, at
/// tile height 1, the first of equal ones. An opaque op has no parts.
BufferBreakdown buffer_breakdown(const Graph& graph, const Group& group, Scheme scheme,
                                 const CostParams& params);

}  // namespace fusesim
