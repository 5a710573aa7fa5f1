#pragma once

#include "draft.h"
#include "infer.h"
#include "naming.h"
#include "operands.h"

namespace fusesim::importer {

/// Turns every node that is not a constant into a draft op, or drops it where it only renames a tensor. Nodes
/// that are no op kind become opaque. Throws Error "node: reason".
Draft lower(const TypedGraph& graph, const onnx::GraphProto& proto, const Sources& sources, Place& place);

/// What is known of the tensors of a graph (constant_roots.h).
struct Constants {
  std::vector<int> roots;
  std::vector<int32_t> bits;
};

/// One node that is being lowered.
class Lowering {
 public:
  Lowering(const TypedGraph& graph, const Constants& constants, Draft& draft, Naming& naming,
           const TypedNode& node, int position);

  const NodeView& view() const { return view_; }
  Draft& draft() { return *draft_; }
  size_t input_count() const { return node_->inputs.size(); }
  /// Input i is present and depends on the graph's inputs.
  bool is_data(size_t i) const;
  bool is_constant(size_t i) const;
  /// Draft value of a data input, with its dimensions; of a node that works on maps, the map. Throws Error
  /// where is_data(i) does not hold.
  int data_input(size_t i) const;
  const DraftValue& data_value(size_t i) const { return draft_->value(data_input(i)); }
  int64_t elements(size_t i) const { return element_count(view_.dims(i)); }
  /// Every tensor that depends on the graph's inputs, read or written, is a feature map of rank 4 or 2.
  bool only_maps() const;
  bool only_own_tensors() const;
  /// Data input i has the dimensions of its draft value.
  bool is_plain(size_t i) const { return naming_->is_plain(node_->inputs[i]); }
  /// Of a data input. Empty where it is no name of a map.
  std::optional<Arrangement> arrangement(size_t i) const { return naming_->arrangement(node_->inputs[i]); }
  /// The map of data input i under a pattern; -1 where it does not fit.
  int arranged(size_t i, const Axes& pattern) { return naming_->arranged(node_->inputs[i], pattern, ref()); }
  int map_of(size_t i) const { return naming_->id(node_->inputs[i]); }
  /// From here on the node reads and makes maps; `result` is what its outputs are, `first` the map of input 0
  /// where that is another than its own.
  void work_on_maps(const Arrangement& result, int first = -1) {
    result_ = result;
    first_ = first;
  }
  void work_on_tensors() { result_.reset(); }
  /// Lets an op read a draft value in the place of data input i.
  void read(DraftOp& op, size_t i, int value) const;
  /// Drops the node: output 0 is another name of the map of data input 0.
  void rename_map(const Axes& axes);
  /// Something reads output i, or it is an output of the graph.
  bool is_read(size_t i) const { return i < node_->outputs.size() && node_->outputs[i] >= 0; }
  /// Output 0 is read, and no other.
  bool only_first_output() const;
  /// Throws Error where is_read(i) does not hold.
  const TensorType& output_type(size_t i = 0) const { return output(i).type; }

  /// An op of this node with its name and type, reading `inputs` (data inputs of the node).
  DraftOp make_op(OpKind kind, const std::vector<size_t>& inputs) const;
  /// Adds the op as producer of output 0 of the node (or another).
  int emit(DraftOp op, size_t output = 0);
  /// Adds an op of a node that becomes several; returns the draft value that it makes, with its dimensions
  /// those of a map or as given.
  int emit_inner(DraftOp op, const Shape& shape);
  int emit_inner(DraftOp op, const Dims& dims);
  /// Drops the node, and views before it that it cancels: output 0 is another name of a draft value.
  void rename(int value, const std::vector<NodeRef>& cancelled = {});
  void emit_opaque();
  /// A Concat along the outermost dimension of more than one element.
  bool is_stack() const;
  /// Multiply-accumulates of the node where it is no op kind.
  int64_t opaque_work() const;

 private:
  const Value& output(size_t i) const;
  NodeRef ref() const { return {position_, node_->proto->name()}; }
  int32_t bits_of(size_t slot) const;
  int new_value(size_t slot);
  int new_map(size_t slot, const Arrangement& arrangement);
  void read_bytes(DraftOp& op, int typed) const;
  int opaque_output(size_t slot);
  void note_parameters(DraftOp& op);
  int64_t opaque_parameters(int64_t& biases) const;

  const TypedGraph* graph_;
  const Constants* constants_;
  Draft* draft_;
  Naming* naming_;
  const TypedNode* node_;
  NodeView view_;
  int position_;
  std::optional<Arrangement> result_;
  int first_ = -1;
  int with_parameters_ = 0;  ///< ops of the node so far that have some
};

/// A depth_to_space or space_to_depth with its squares.
DraftOp with_blocks(DraftOp draft, const Block& block);

// Each tries to lower the node and returns false where it is not of a kind that OpKind covers.
/// Tensors that are names of maps under axes of their own.
bool lower_on_maps(Lowering& node);
/// Split, Concat, Pad, Slice and Gather of them.
bool lower_parts_of_map(Lowering& node);
/// Rows of data by a constant matrix.
bool lower_rows(Lowering& node);
/// What is done to parts of a map under dimensions that cut its axes: the kind follows once a pass knows the
/// map.
bool lower_on_views(Lowering& node);
/// Functions without parameters of tensors of rank 3 and more that are no maps.
bool lower_function(Lowering& node);
/// A Pad, or a crop where it cuts, on the dimensions that run over H and W.
void emit_pad(Lowering& node, const PadOperands& pads, std::optional<size_t> rows,
              std::optional<size_t> columns);
/// A normalisation of the map over rows and columns, of one channel or of a group: its statistics, what they
/// make of it, and the scale and shift, if there are any.
bool lower_over_map(Lowering& node, int64_t groups);
/// A normalisation of each position over the channels of its group.
void emit_norm(Lowering& node, int64_t groups);
/// Of an operator that works on two or more tensors element by element.
std::optional<EltwiseKind> eltwise_kind(const std::string& type);
/// Arithmetic of data by one value or one per channel.
void emit_by_constant(Lowering& node, size_t data, size_t constant);
DraftOp by_constant(Lowering& node, size_t data, size_t constant);
/// A Dropout that is not told to train, or to drop nothing, leaves its operand as it is.
bool is_idle_dropout(const Lowering& node);
bool lower_window_op(Lowering& node);
bool lower_matrix_op(Lowering& node);
bool lower_product(Lowering& node);
/// A product of two computed tensors.
bool lower_einsum(Lowering& node);
bool lower_elementwise(Lowering& node);
/// Expand and Tile of one value per channel.
bool lower_repeat(Lowering& node);
/// A map and a computed scalar, which fills a channel first; a Where whose condition is known and the same
/// everywhere.
bool lower_with_scalar(Lowering& node);
bool lower_activation(Lowering& node);
bool lower_norm(Lowering& node);
bool lower_reduction(Lowering& node);
bool lower_split(Lowering& node);
bool lower_arrangement(Lowering& node);

}  // namespace fusesim::importer
