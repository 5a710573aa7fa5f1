#pragma once

#include <string>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

enum class Rejection : uint8_t {
  too_large,  ///< needs as much as the buffer has, or more
  opaque,     ///< its ONNX operator is none that fuses
  illegal,    ///< BRR runs it at no size
};
const char* to_string(Rejection rejection);

/// An op that fits no group of the scheme, not even alone, or is never fused.
struct RejectedOp {
  OpId op = -1;
  Rejection rejection = Rejection::too_large;
  int64_t needs_bytes = 0;   ///< too_large: least buffer with which it fits; one more than weights and rows
  int64_t lacks_bytes = 0;   ///< needs_bytes less the buffer
  int64_t weight_bytes = 0;  ///< of them weights and biases
  int64_t row_bytes = 0;     ///< of them rows of inputs and output
  std::string reason;        ///< illegal: why
};

/// Ascending op.
std::vector<RejectedOp> rejected_ops(const Graph& graph, Scheme scheme, const Config& config);
/// For people: one line per op under a heading; empty if there is none.
std::string rejected_table(const std::vector<RejectedOp>& rejected, const Graph& graph, Scheme scheme);

}  // namespace fusesim
