#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim::testing {

/// A square or separable window in builder calls; pads are top, left, bottom, right.
struct ConvSpec {
  int64_t channels = 1;  ///< C_out
  Window window;
  int64_t groups = 1;
  bool bias = true;
};

/// Window with the same kernel, stride, dilation and pad on every side.
Window square_window(int64_t kernel, int64_t stride = 1, int64_t pad = 0, int64_t dilation = 1);

/// Builds graphs op by op; every call appends one op, infers its output shape and returns its output tensor.
/// finish() runs Graph::finish(), so a wrong call surfaces there.
class GraphBuilder {
 public:
  explicit GraphBuilder(std::string name) { graph_.name = std::move(name); }

  TensorId input(Shape shape);
  TensorId conv(TensorId x, const ConvSpec& spec);
  /// `kernel` x `kernel`, padded to keep the map's size at stride 1.
  TensorId conv(TensorId x, int64_t channels, int64_t kernel, int64_t stride = 1);
  /// Convolution whose kernel is the whole map.
  TensorId dense(TensorId x, int64_t channels);
  TensorId conv_transpose(TensorId x, const ConvSpec& spec);
  TensorId max_pool(TensorId x, const Window& window, bool ceil_mode = false);
  TensorId avg_pool(TensorId x, const Window& window, bool count_include_pad = false, bool ceil_mode = false);
  TensorId global_avg_pool(TensorId x);
  TensorId eltwise(EltwiseKind kind, const std::vector<TensorId>& operands);
  TensorId add(TensorId a, TensorId b) { return eltwise(EltwiseKind::add, {a, b}); }
  TensorId mul(TensorId a, TensorId b) { return eltwise(EltwiseKind::mul, {a, b}); }
  TensorId concat(const std::vector<TensorId>& operands);
  TensorId channel_slice(TensorId x, int64_t begin, int64_t channels);
  TensorId resize(TensorId x, int64_t h, int64_t w, const Resize& resize);
  TensorId channel_shuffle(TensorId x, int64_t groups, int64_t block = 1);
  TensorId depth_to_space(TensorId x, int64_t size, bool innermost = false);
  TensorId space_to_depth(TensorId x, int64_t size, bool innermost = false);
  /// Strides and pads of the window; pads below 0 cut rows and columns off.
  TensorId crop(TensorId x, const Window& window);
  TensorId norm(TensorId x, int64_t groups = 1, bool weights = false, bool biases = false);
  TensorId channel_reduce(TensorId x);
  TensorId global_max_pool(TensorId x);
  TensorId moments(TensorId x, int64_t groups);
  /// Channels of x, group by group, times `matrix`, which has as many channels to a group in every group.
  TensorId matmul(TensorId x, TensorId matrix, int64_t groups = 1);
  TensorId position_matmul(TensorId x, TensorId y, int64_t groups, int64_t summed);
  /// Of any kind that keeps the shape of its one input.
  TensorId op(OpKind kind, TensorId x);
  TensorId activation(TensorId x, const std::string& type, bool weights = false, bool biases = false);
  std::vector<TensorId> opaque(const std::vector<TensorId>& inputs, const std::vector<Shape>& outputs,
                               int64_t weights = 0, int64_t biases = 0);
  void output(TensorId t);

  const Shape& shape(TensorId t) const { return graph_.tensor(t).shape; }
  size_t tensor_count() const { return graph_.tensors.size(); }
  size_t op_count() const { return graph_.ops.size(); }
  /// Ops read so far of tensor t (an op that reads it twice counts twice).
  int64_t reads(TensorId t) const { return reads_[static_cast<size_t>(t)]; }

  /// Marks every unread tensor as an output, finishes the graph and returns it.
  Graph finish();

 private:
  TensorId new_tensor(Shape shape);
  TensorId append(Op op, Shape output);

  Graph graph_;
  std::vector<int64_t> reads_;
};

}  // namespace fusesim::testing
