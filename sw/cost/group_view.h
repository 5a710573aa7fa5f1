#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/cost/cost.h"

namespace fusesim {

/// Which rows of a tensor one output row of its reader needs.
enum class RowRule : uint8_t {
  window,     ///< rows [y*stride - pad, y*stride - pad + extent)
  transpose,  ///< conv_transpose: rows r with y + pad - extent < r*stride <= y + pad
  resize,     ///< source rows of a Resize
  whole,      ///< row broadcast: all rows, kept until the reader is done
  stream,     ///< GlobalAvgPool: every row once, on arrival
};

/// One (tensor, reader) pair inside a group. Rows are clipped to [0, rows].
struct Edge {
  RowRule rule = RowRule::window;
  int tensor = 0;  ///< local
  int op = 0;      ///< local
  int64_t stride = 1, pad = 0, extent = 1;
  int64_t rows = 1;      ///< of the tensor
  int64_t out_rows = 1;  ///< of the reader's output
  const Resize* resize = nullptr;

  int64_t first(int64_t y) const {
    if (rule == RowRule::window) return clip(y * stride - pad);
    return other_first(y);
  }
  /// One past the last row.
  int64_t end(int64_t y) const {
    if (rule == RowRule::window) return clip(y * stride - pad + extent);
    return other_end(y);
  }

 private:
  int64_t clip(int64_t row) const { return row < 0 ? 0 : (row > rows ? rows : row); }
  int64_t other_first(int64_t y) const;
  int64_t other_end(int64_t y) const;
};

struct LocalTensor {
  TensorId id = -1;
  int producer = -1;  ///< local op; -1: external
  bool outgoing = false;
  bool private_to_reader = false;  ///< made inside, exactly one reader in the whole graph
  int64_t channels = 1, rows = 1, width = 1;
  int readers_begin = 0, readers_end = 0;  ///< range of GroupView::reader_edges
};

struct LocalOp {
  OpId id = -1;
  const Op* op = nullptr;
  int output = 0;  ///< local tensor
  bool reduction = false, depthwise = false;
  /// Range of GroupView::edges, highest topological index of the tensor first.
  int edges_begin = 0, edges_end = 0;
};

/// A group with local indices: external inputs first, then the outputs of its ops in topological order.
/// Never built for opaque ops.
class GroupView {
 public:
  explicit GroupView(const Graph& graph);
  void build(const Group& group);

  std::vector<LocalOp> ops;
  std::vector<LocalTensor> tensors;
  std::vector<Edge> edges;        ///< by reader; one per distinct (tensor, reader)
  std::vector<int> reader_edges;  ///< edge indices by tensor
  int externals = 0;
  int64_t weights = 0;  ///< elements
  int64_t biases = 0;   ///< elements

 private:
  int local_tensor(TensorId t);
  void add_op(OpId id);
  void link_readers();

  const Graph* graph_;
  std::vector<int> tensor_slot_;  ///< global -> local, valid where stamped
  std::vector<uint32_t> tensor_stamp_;
  std::vector<uint32_t> op_stamp_;
  uint32_t stamp_ = 0;
};

}  // namespace fusesim
