#pragma once

#include "fusesim/cost/breakdown.h"

namespace fusesim {

/// Collects the parts of a breakdown; parts of no bytes are left out.
class BreakdownParts {
 public:
  explicit BreakdownParts(BufferBreakdown& out) : out_(out) {}

  void add_weights(OpId op, int64_t bytes);
  void add_weight_block(OpId op, int64_t bytes);
  /// `channels` of `rows` rows of a tensor.
  void add_rows(TensorId tensor, int64_t rows, int64_t row_bytes, int64_t channels, int64_t bytes);
  /// Partial sums or accumulators.
  void add_sums(BufferUse use, TensorId tensor, int64_t rows, int64_t row_bytes);
  /// Sorts the parts and sums them up.
  void finish();

 private:
  void add(const BufferPart& part);

  BufferBreakdown& out_;
};

}  // namespace fusesim
