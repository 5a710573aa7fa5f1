#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"
#include "rows/row_window.h"

namespace fusesim {

/// One (tensor, reader) pair inside a group.
struct Edge : RowWindow {
  int tensor = 0;  ///< local
  int op = 0;      ///< local

  Edge(const RowWindow& window, int tensor_of, int op_of) : RowWindow(window), tensor(tensor_of), op(op_of) {}
};

/// Widths in a graph whose maps may become narrower.
struct ElementWidths {
  std::vector<int64_t> bits;             ///< by tensor, of an element
  int64_t sum_bits = 32;                 ///< of a partial sum, where that is more than the element has
  std::vector<int64_t> parameter_bytes;  ///< by op: all weights and biases
};

struct LocalTensor {
  TensorId id = -1;
  int producer = -1;  ///< local op; -1: external
  bool outgoing = false;
  bool private_to_reader = false;  ///< made inside, exactly one reader in the whole graph
  int64_t channels = 1, rows = 1, width = 1;
  int64_t piece_bytes = 1;                 ///< one channel of a row
  int64_t sums_piece_bytes = 1;            ///< the same in partial sums
  int readers_begin = 0, readers_end = 0;  ///< range of GroupView::reader_edges
};

struct LocalOp {
  OpId id = -1;
  const Op* op = nullptr;
  int output = 0;  ///< local tensor
  bool reduction = false, depthwise = false;
  int parameters_of = 0;  ///< local op, the first inside that reads the same weights and biases
  bool brings = true;     ///< it is that op itself
  bool shares = false;    ///< its weights and biases with another op inside
  /// Range of GroupView::edges, highest topological index of the tensor first.
  int edges_begin = 0, edges_end = 0;
};

/// A group with local indices: external inputs first, then the outputs of its ops in topological order.
/// Never built for opaque ops.
class GroupView {
 public:
  GroupView(const Graph& graph, ElementWidths widths);
  void build(const Group& group);

  std::vector<LocalOp> ops;
  std::vector<LocalTensor> tensors;
  std::vector<Edge> edges;        ///< by reader; one per distinct (tensor, reader)
  std::vector<int> reader_edges;  ///< edge indices by tensor
  int externals = 0;
  int64_t weight_bytes = 0;       ///< of all weights and biases; those that several ops read once
  int64_t used_weight_bytes = 0;  ///< of every op its own

 private:
  int local_tensor(TensorId t);
  void add_op(OpId id);
  void add_parameters(LocalOp& local);
  void link_readers();

  const Graph* graph_;
  ElementWidths widths_;
  std::vector<int> tensor_slot_;  ///< global -> local, valid where stamped
  std::vector<uint32_t> tensor_stamp_;
  std::vector<uint32_t> op_stamp_;
  std::vector<uint32_t> owner_stamp_;  ///< by op whose weights and biases somebody inside reads
  std::vector<int> owner_slot_;        ///< the first that does, local; valid where stamped
  uint32_t stamp_ = 0;
};

}  // namespace fusesim
