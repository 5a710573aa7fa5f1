#pragma once

#include <cstddef>
#include <cstdint>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// Which rows of a tensor one output row of its reader needs.
enum class RowRule : uint8_t {
  window,     ///< rows [y*stride - pad, y*stride - pad + extent)
  transpose,  ///< conv_transpose: rows r with y + pad - extent < r*stride <= y + pad
  resize,     ///< source rows of a Resize
  whole,      ///< row broadcast: all rows, kept until the reader is done
  stream,     ///< GlobalAvgPool: every row once, on arrival
};

/// How one operand of an op is read, in rows. Rows are clipped to [0, rows]. Refers to the op.
struct RowWindow {
  RowRule rule = RowRule::window;
  int64_t stride = 1, pad = 0, extent = 1;
  int64_t dilation = 1;  ///< between the taps of a window
  int64_t rows = 1;      ///< of the operand
  int64_t out_rows = 1;  ///< of the op's output
  const Resize* resize = nullptr;

  /// First row that output row y reads.
  int64_t first(int64_t y) const {
    if (rule == RowRule::window) return clip(y * stride - pad);
    return other_first(y);
  }
  /// One past the last row.
  int64_t end(int64_t y) const {
    if (rule == RowRule::window) return clip(y * stride - pad + extent);
    return other_end(y);
  }
  /// Row `row`, one of those from first(y) to end(y), lies under a tap: what a dilated window steps over does
  /// not.
  bool takes(int64_t row, int64_t y) const;

 private:
  int64_t clip(int64_t row) const { return row < 0 ? 0 : (row > rows ? rows : row); }
  int64_t other_first(int64_t y) const;
  int64_t other_end(int64_t y) const;
};

/// Of an op that is not opaque.
RowWindow row_window(const Graph& graph, const Op& op, size_t operand);
/// The same of columns: what is said of rows holds for columns, `rows` are the operand's width.
RowWindow column_window(const Graph& graph, const Op& op, size_t operand);

}  // namespace fusesim
