#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fusesim {

/// Index of an op in Graph::ops; equal to its topological index.
using OpId = int32_t;
/// Index of a tensor in Graph::tensors.
using TensorId = int32_t;

/// Shape of one feature map, batch 1. A vector is (c, 1, 1).
struct Shape {
  int64_t c = 1;
  int64_t h = 1;
  int64_t w = 1;

  int64_t elements() const { return c * h * w; }
  bool operator==(const Shape& o) const { return c == o.c && h == o.h && w == o.w; }
  bool operator!=(const Shape& o) const { return !(*this == o); }
};

enum class OpKind : uint8_t {
  conv,             ///< any groups, stride, dilation, asymmetric pads; Gemm and MatMul too
  conv_transpose,   ///< any groups, stride, dilation, asymmetric pads
  max_pool,         ///< window
  avg_pool,         ///< window
  global_avg_pool,  ///< mean over H and W: (C,H,W) -> (C,1,1)
  eltwise,          ///< two or more operands; each (C,H,W), (C,1,1) or (1,H,W)
  concat,           ///< on channels, in operand order
  channel_slice,    ///< channels [channel_begin, channel_begin + C_out) of its input
  resize,           ///< nearest or linear over H and W
  activation,       ///< elementwise function of one input, optionally with per-channel weights and biases
  channel_shuffle,  ///< channels as (groups, n, channel_block), read as (n, groups, channel_block)
  depth_to_space,   ///< Op::block: channels become squares of positions
  space_to_depth,   ///< Op::block: squares of positions become channels
  crop,             ///< every stride-th row and column; negative pads cut off, positive ones add a border
  norm,             ///< of each position over the channels of its group; optionally with weights and biases
  channel_reduce,   ///< sum, mean or largest over the channels of a position: (C,H,W) -> (1,H,W)
  global_max_pool,  ///< largest over H and W: (C,H,W) -> (C,1,1)
  moments,          ///< mean and variance over H, W and the channels of a group: (C,H,W) -> (C,1,2)
  matmul,  ///< two data inputs: per group, channels of a position times a matrix made of all of input 1
  position_matmul,  ///< two data inputs: per position and group, a matrix out of the channels of either
  opaque,           ///< anything else with static shapes: always runs alone
};

/// `normalise`: a map less its mean, by its deviation; the second operand is the (C,1,2) of a moments op.
enum class EltwiseKind : uint8_t { add, mul, sub, div, max, normalise };

/// Vertical and horizontal window of conv, conv_transpose, max_pool and avg_pool, in elements. A
/// space_to_depth has its square as kernel and stride; a crop has a kernel of 1 and pads of either sign.
struct Window {
  int64_t kernel_h = 1, kernel_w = 1;
  int64_t stride_h = 1, stride_w = 1;
  int64_t dilation_h = 1, dilation_w = 1;
  int64_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  /// conv_transpose only
  int64_t output_pad_h = 0, output_pad_w = 0;
};

enum class ResizeMode : uint8_t { nearest, linear };
/// ONNX coordinate_transformation_mode; importers turn every other mode into OpKind::opaque.
enum class ResizeCoordinates : uint8_t { half_pixel, pytorch_half_pixel, align_corners, asymmetric };
/// ONNX nearest_mode.
enum class ResizeRounding : uint8_t { round_prefer_floor, round_prefer_ceil, floor, ceil };

/// The scale is the exact fraction H_in/H_out (W_in/W_out) of the shapes.
struct Resize {
  ResizeMode mode = ResizeMode::nearest;
  ResizeCoordinates coordinates = ResizeCoordinates::half_pixel;
  ResizeRounding rounding = ResizeRounding::round_prefer_floor;
};

/// The squares of depth_to_space and space_to_depth: size x size positions are size * size channels. Channel
/// c of C at place (i, j) of the square is channel (i * size + j) * C + c of the deep map, or, if the square
/// is innermost, (c * size + i) * size + j. A depth_to_space reads rows as a nearest, asymmetric, floor
/// Resize.
struct Block {
  int64_t size = 1;
  bool innermost = false;
};

/// An elementwise function applied to the result of an op: ONNX operator type and its scalar attributes
/// ("Relu", "Clip" 0 6, "Sigmoid", "HardSigmoid" alpha beta, "Silu", "HardSwish", "Affine" ...).
struct ActivationFn {
  std::string type;
  float alpha = 0.0F;
  float beta = 0.0F;
};

/// One operator. Attributes that its kind does not use keep their defaults.
struct Op {
  std::string name;                ///< ONNX name of the node that gave it its kind
  std::vector<std::string> nodes;  ///< ONNX names of all nodes folded into it, itself included, in file order
  std::string onnx_type;           ///< ONNX operator type of that node
  OpKind kind = OpKind::opaque;
  std::vector<TensorId> inputs;   ///< data inputs in operand order; a tensor may occur more than once
  std::vector<TensorId> outputs;  ///< exactly one, except that an opaque op may have several
  Window window;
  int64_t groups = 1;  ///< convolution groups; groups of channel_shuffle, norm, moments and the products
  bool count_include_pad = false;  ///< avg_pool
  EltwiseKind eltwise = EltwiseKind::add;
  int64_t channel_begin = 0;  ///< channel_slice
  /// channel_shuffle: channels that stay together; position_matmul: products that one element sums, so that
  /// per group operand 0 is a matrix of C / (groups * channel_block) rows, operand 1 one of as many columns
  int64_t channel_block = 1;
  Resize resize;
  Block block;                            ///< depth_to_space, space_to_depth
  std::vector<ActivationFn> activations;  ///< epilogues in order; of an activation op, its own function first
  int64_t weights = 0;                    ///< elements
  int64_t biases = 0;                     ///< elements
  /// The first op that reads the very same weights and biases, if that is another one: the two are one object
  /// in DRAM.
  OpId parameters_of = -1;
  int64_t opaque_macs = 0;  ///< opaque: multiply-accumulates of its operator, as far as they are known
  int64_t weight_rows = 1;  ///< into which the weights are cut, each padded to a byte: output channels
  int32_t weight_bits = 0;  ///< of a weight in the file; 0: the file does not say
  int32_t bias_bits = 0;    ///< of a bias in the file; 0: the file does not say

  TensorId output() const { return outputs.front(); }
};

/// One feature map (or, for tensors that are not rank 4 or 2, its elements as a vector).
struct Tensor {
  std::string name;  ///< ONNX name (of the last tensor that was folded)
  Shape shape;
  OpId producer = -1;           ///< -1: graph input
  std::vector<OpId> consumers;  ///< ascending, each reader once
  bool graph_output = false;
  int32_t bits = 0;  ///< of an element in the file; 0: the file does not say
};

/// A DAG of ops over static shapes, in a fixed topological order. Immutable after finish().
struct Graph {
  std::string name;
  std::vector<Op> ops;  ///< topologically ordered
  std::vector<Tensor> tensors;
  std::vector<TensorId> inputs;   ///< graph inputs that some op reads or that are outputs
  std::vector<TensorId> outputs;  ///< graph outputs
  int64_t batch = 1;              ///< equal images that run one after another, group by group

  const Tensor& tensor(TensorId t) const { return tensors[static_cast<size_t>(t)]; }
  const Op& op(OpId o) const { return ops[static_cast<size_t>(o)]; }
  const Shape& in_shape(const Op& o, size_t i = 0) const { return tensor(o.inputs[i]).shape; }
  const Shape& out_shape(const Op& o) const { return tensor(o.output()).shape; }

  /// Fills producers, consumers and graph_output from ops, inputs and outputs, and checks the whole graph:
  /// topological order, one producer per tensor, positive dimensions, element counts that fit 2^46, and per
  /// kind that output shape, groups, channel counts and windows agree. Throws Error naming the op.
  void finish();
};

const char* to_string(OpKind kind);
const char* to_string(EltwiseKind kind);

/// groups = C_in: every output channel reads one input channel.
bool is_depthwise(const Graph& graph, const Op& op);
/// Convolutions that are not depthwise: each output channel sums over several input channels.
bool is_reduction(const Graph& graph, const Op& op);
/// Operand i of an eltwise op is (C,1,1) against an output with H > 1: every output row reads its one row.
bool is_row_broadcast(const Graph& graph, const Op& op, size_t input);
/// Every output row reads all rows of operand i: a row broadcast, or the matrix of a matmul.
bool reads_every_row(const Graph& graph, const Op& op, size_t input);
/// The same of columns: an operand of an eltwise op that is one column wide against more, the matrix of a
/// matmul, the moments of a normalised map.
bool reads_every_column(const Graph& graph, const Op& op, size_t input);
/// The channel of the input that channel c of a channel_shuffle is.
int64_t shuffled_channel(const Graph& graph, const Op& op, int64_t c);
/// Multiply-accumulates of one op (on the PE array), or elementwise operations (others); for utilisation and
/// energy. A convolution counts every tap of every output element, padding included; a transposed one the
/// products of an input element and a weight that fall on its output map.
int64_t mac_count(const Graph& graph, const Op& op);
/// Multiply-accumulates of one op for one image, whoever does them: mac_count() of one that runs on the PE
/// array, Op::opaque_macs of an opaque one, 0 of others.
int64_t model_macs(const Graph& graph, const Op& op);
/// The op whose weights and biases an op reads: Op::parameters_of, or itself.
OpId parameter_owner(const Graph& graph, OpId op);

/// A fusion group: ascending op indices, no duplicates.
using Group = std::vector<OpId>;

/// External inputs and outgoing tensors of a group (ascending tensor ids) and whether it is legal.
struct GroupBoundary {
  std::vector<TensorId> external_inputs;
  std::vector<TensorId> outgoing;
};
GroupBoundary boundary(const Graph& graph, const Group& group);

/// Weakly connected through edges inside the group.
bool is_connected(const Graph& graph, const Group& group);
/// No path leaves the group and re-enters it.
bool is_convex(const Graph& graph, const Group& group);
/// Non-empty, ascending, connected, convex, and an opaque op only alone. Empty string if legal, else the
/// reason.
std::string illegal_reason(const Graph& graph, const Group& group);

/// A partition of all ops into groups, in an order in which they can run.
using Plan = std::vector<Group>;
/// Every op once, every group legal, every group after the groups that it reads. Empty string, or the reason.
std::string illegal_reason(const Graph& graph, const Plan& plan);

}  // namespace fusesim
