#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/graph/graph.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// What a part of the buffer holds.
enum class BufferUse : uint8_t {
  weights,       ///< all weights and biases of one op
  weight_block,  ///< what is on chip at a time of weights that come in pieces, under the op with the largest:
                 ///< a sub-group, or the block of a weight pass; two with double buffers
  rows,          ///< rows of a tensor: its ring (LBDF, weight passes) or its tile (BRR)
  partial_sums,  ///< what a reduction's partial sums need beyond the rows of its output
  accumulators,  ///< the sums of a GlobalAvgPool under BRR
};

/// "weight block"
const char* to_string(BufferUse use);

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

/// The BRR variant that needs least buffer.
struct LeastVariant {
  GroupMode mode = GroupMode::brr_tiles;  ///< or brr_passes
  BrrStart start = BrrStart::full;        ///< brr_tiles only, like join
  BrrJoin join = BrrJoin::all;
  int64_t slice_channels = 0;  ///< g
};

/// F_beta of a group, taken apart. An opaque op has no parts.
struct BufferBreakdown {
  int64_t f_beta_bytes = 0;       ///< kNeverFits if illegal
  std::string illegal_reason;     ///< why the group can run at no size; empty if it can
  std::vector<BufferPart> parts;  ///< by descending bytes, none of 0; their sum is f_beta_bytes, if legal
  /// Of a scheme that has several: the first that needs least, at tile height 1.
  std::optional<LeastVariant> variant;
};

}  // namespace fusesim
