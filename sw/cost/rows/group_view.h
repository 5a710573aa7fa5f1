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
  explicit GroupView(const Graph& graph);
  void build(const Group& group);

  std::vector<LocalOp> ops;
  std::vector<LocalTensor> tensors;
  std::vector<Edge> edges;        ///< by reader; one per distinct (tensor, reader)
  std::vector<int> reader_edges;  ///< edge indices by tensor
  int externals = 0;
  int64_t weights = 0;       ///< elements; those that several ops read once
  int64_t biases = 0;        ///< elements, likewise
  int64_t used_weights = 0;  ///< elements, of every op its own
  int64_t used_biases = 0;   ///< elements, likewise

 private:
  int local_tensor(TensorId t);
  void add_op(OpId id);
  void add_parameters(LocalOp& local);
  void link_readers();

  const Graph* graph_;
  std::vector<int> tensor_slot_;  ///< global -> local, valid where stamped
  std::vector<uint32_t> tensor_stamp_;
  std::vector<uint32_t> op_stamp_;
  std::vector<uint32_t> owner_stamp_;  ///< by op whose weights and biases somebody inside reads
  std::vector<int> owner_slot_;        ///< the first that does, local; valid where stamped
  uint32_t stamp_ = 0;
};

}  // namespace fusesim
