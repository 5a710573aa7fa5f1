#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fusesim/graph/graph.h"
#include "value.h"

namespace fusesim::importer {

/// An ONNX node that went into an op: position in topological order, and name.
struct NodeRef {
  int position = 0;
  std::string name;
};

/// Nodes that the passes fold away, or give a kind, where they can; where they cannot, they are opaque ops.
enum class DraftRole {
  op,
  pad,
  view,
  transposition,
  product,  ///< of two computed tensors
  cut,      ///< a part along several dimensions, of which some may be left out
  rows,     ///< the last dimension by a constant matrix
  groups,   ///< InstanceNormalization of groups of channels that a Reshape made channels
  stack,    ///< tensors one after another along DraftOp::stacked_axis
};

/// An op under construction. `op.inputs` and `op.outputs` are indices into Draft::values.
struct DraftOp {
  Op op;
  DraftRole role = DraftRole::op;
  bool alive = true;
  bool folded = false;  ///< roles pad and view: a reader took it over; it goes once nothing else reads it
  int first = 0;        ///< topological position of its first node
  int main = 0;         ///< position of the node that gave it its kind
  std::vector<NodeRef> nodes;

  /// What its weights and biases are made of, in the order of the operators: roots of constant tensors, and
  /// below zero which of a node's ops it was. Empty: of something that no other op has.
  std::vector<int> parameters;
  std::vector<int> parameter_nodes;  ///< places of the nodes whose constants they are, in order

  bool affine = false;           ///< activation x*scale + shift that a convolution before it can absorb
  bool has_shift = false;        ///< of an affine one
  std::optional<double> scalar;  ///< constant of an affine one, where it is a single known number

  Window padding;                   ///< role pad: pads on H and W
  std::optional<double> pad_value;  ///< role pad, of a constant
  std::string pad_mode;             ///< role pad: constant, reflect or edge
  Dims permutation;                 ///< role transposition
  bool over_last_axis = false;      ///< a function of all elements along the last dimension
  bool stacks = false;              ///< Concat: operands follow one another in the bytes of the result
  bool reads_flattened = false;     ///< Gemm or MatMul: takes any map of as many elements
  bool deferred = false;            ///< its kind holds if its operand turns out to be a view of a map
  Dims constant;                    ///< of arithmetic that is deferred, as many as the result has
  Dims cut_begin, cut_count;        ///< role cut, per dimension of its operand
  size_t stacked_axis = 1;          ///< role stack, kind concat
};

/// A feature map under construction.
struct DraftValue {
  std::string name;
  Dims dims;         ///< as in ONNX
  Shape shape;       ///< of rank 4 and 2; of other ranks (elements, 1, 1)
  bool map = false;  ///< rank 4 or 2 with batch 1
  int32_t bits = 0;  ///< of an element as the file has it
  bool graph_input = false;
  bool graph_output = false;
  int producer = -1;             ///< index into Draft::ops
  std::vector<int> readers;      ///< ops, one entry per operand
  std::vector<NodeRef> dropped;  ///< nodes that only renamed it
};

struct Draft {
  std::vector<DraftOp> ops;
  std::vector<DraftValue> values;
  std::vector<int> inputs;   ///< true graph inputs, in file order
  std::vector<int> outputs;  ///< graph outputs, in file order
  std::vector<std::string> notes;

  DraftOp& op(int i) { return ops[static_cast<size_t>(i)]; }
  const DraftOp& op(int i) const { return ops[static_cast<size_t>(i)]; }
  DraftValue& value(int i) { return values[static_cast<size_t>(i)]; }
  const DraftValue& value(int i) const { return values[static_cast<size_t>(i)]; }

  /// Appends an op and enters it as producer and reader of its tensors.
  int add(DraftOp op);
  /// The only operand slot that reads a value belongs to one op, and the value is no graph output: that op,
  /// else -1.
  int sole_reader(int value) const;
  /// Lets an op read another value in place of one of its operands.
  void replace_input(int op, size_t operand, int value);
  /// Makes `reader`, which reads the only output of `op`, part of `op`: its nodes and its output move over.
  void absorb(int op, int reader);
  /// Takes an op out of the graph; it no longer reads anything.
  void remove(int op);
};

bool is_map(const Dims& dims);
Shape shape_of_map(const Dims& dims);

}  // namespace fusesim::importer
