#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// Rows [begin, end) of one tensor.
struct Rows {
  int64_t begin = 0;
  int64_t end = 0;

  int64_t count() const { return end > begin ? end - begin : 0; }
  /// Grows to the hull of both.
  void cover(const Rows& other);
};

enum class Reading : uint8_t {
  window,     ///< output row y reads rows [y*stride - pad, y*stride - pad + span), clipped to the map
  transpose,  ///< row r is read by output rows [r*stride - pad, r*stride - pad + span)
  whole,      ///< every output row reads all rows: row broadcast, GlobalAvgPool
  together,   ///< all output rows together read all rows: Resize to a larger map
  unknown,
};

/// How an op reads one of its distinct input tensors.
struct RowRead {
  TensorId tensor = -1;
  Reading reading = Reading::unknown;
  int64_t stride = 1, pad = 0, span = 1;
  int64_t rows = 1;      ///< of the tensor
  int64_t out_rows = 1;  ///< of the op's output

  /// From the first to the last row read for output rows [out.begin, out.end); empty where nothing is known.
  Rows needed(Rows out) const;
  /// Least number of rows that any `out_count` consecutive output rows need; 0 where nothing is known.
  int64_t least_needed(int64_t out_count) const;
  bool sees_padding_alone(int64_t y) const;
};

/// Distinct inputs in operand order; none for opaque ops.
std::vector<RowRead> row_reads(const Graph& graph, const Op& op);

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
  /// Least number of rows that a group with `op` in it fetches of a tensor that it streams to `op`.
  int64_t streamed_rows(const RowRead& read, TensorId output) const;

 private:
  using RowSet = std::vector<char>;

  static void add_read_rows(const RowRead& read, const RowSet& out, RowSet& in);

  std::vector<RowSet> rows_;  ///< per tensor
};

}  // namespace fusesim
