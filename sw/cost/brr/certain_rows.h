#pragma once

#include <cstdint>
#include <vector>

#include "rows/row_read.h"

namespace fusesim {

/// Rows that BRR computes and fetches whatever the group. A tensor made in a group is outgoing, and then all
/// of its rows are computed, or all of its readers are in the group, and then the rows that they read are; a
/// GlobalAvgPool reads all. A convolution with a kernel smaller than its stride skips rows, and a group in
/// many tiles need not fetch them.
class CertainRows {
 public:
  explicit CertainRows(const Graph& graph);

  /// Rows that are computed in every group that makes the tensor.
  int64_t count(TensorId tensor) const;
  /// A row near the middle of the map that is computed in every group that makes the tensor; -1 if none is
  /// known.
  int64_t middle_row(TensorId tensor) const;
  /// The one nearest to `wanted` among rows [among.begin, among.end).
  int64_t nearest_row(TensorId tensor, int64_t wanted, const Rows& among) const;
  /// Least number of rows that a group with `op` in it fetches of a tensor that it streams to `op`.
  int64_t streamed_rows(const RowRead& read, TensorId output) const;

 private:
  using RowSet = std::vector<char>;

  static void add_read_rows(const RowRead& read, const RowSet& out, RowSet& in);

  std::vector<RowSet> rows_;  ///< per tensor
};

}  // namespace fusesim
