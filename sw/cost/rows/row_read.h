#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"
#include "rows/row_window.h"

namespace fusesim {

/// Rows [begin, end) of one tensor.
struct Rows {
  int64_t begin = 0;
  int64_t end = 0;

  int64_t count() const { return end > begin ? end - begin : 0; }
  /// Grows to the hull of both.
  void cover(const Rows& other);
};

/// How an op reads one of its distinct input tensors, as bounds need it: what is said holds for any group.
struct RowRead : RowWindow {
  TensorId tensor = -1;

  RowRead(const RowWindow& window, TensorId read) : RowWindow(window), tensor(read) {}
  /// Every output row reads all rows: row broadcast, GlobalAvgPool.
  bool reads_whole() const { return rule == RowRule::whole || rule == RowRule::stream; }
  /// All output rows together read all rows: Resize to a larger map.
  bool reads_whole_together() const { return rule == RowRule::resize && out_rows >= rows; }

  /// From the first to the last row read for output rows [out.begin, out.end); empty where nothing is known
  /// (ConvTranspose, Resize).
  Rows needed(Rows out) const {
    if (out.count() == 0) return {};
    if (rule != RowRule::window) return reads_whole() ? Rows{0, rows} : Rows{};
    while (out.count() > 0 && sees_padding_alone(out.begin)) ++out.begin;
    while (out.count() > 0 && sees_padding_alone(out.end - 1)) --out.end;
    if (out.count() == 0) return {};
    return {first(out.begin), end(out.end - 1)};
  }
  /// Least number of rows that any `out_count` consecutive output rows need; 0 where nothing is known.
  int64_t least_needed(int64_t out_count) const;
  bool sees_padding_alone(int64_t y) const {
    const int64_t top = y * stride - pad;
    return rule == RowRule::window && (top + extent <= 0 || top >= rows);
  }
};

/// Distinct inputs in operand order; none for opaque ops.
std::vector<RowRead> row_reads(const Graph& graph, const Op& op);

}  // namespace fusesim
