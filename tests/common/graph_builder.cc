#include "fusesim/testing/graph_builder.h"

#include <algorithm>
#include <utility>

namespace fusesim::testing {
namespace {

/// Ceil mode adds a window that runs over the bottom, if it starts inside the map or its top pad.
int64_t window_output(int64_t size, int64_t kernel, int64_t stride, int64_t dilation, int64_t before,
                      int64_t after, bool ceil_mode) {
  const int64_t room = size + before + after - ((kernel - 1) * dilation + 1);
  const int64_t count = room / stride + 1;
  return ceil_mode && room % stride != 0 && count * stride < size + before ? count + 1 : count;
}

Shape window_shape(const Shape& in, const Window& w, int64_t channels, bool ceil_mode = false) {
  return {channels,
          window_output(in.h, w.kernel_h, w.stride_h, w.dilation_h, w.pad_top, w.pad_bottom, ceil_mode),
          window_output(in.w, w.kernel_w, w.stride_w, w.dilation_w, w.pad_left, w.pad_right, ceil_mode)};
}

Op make_op(OpKind kind, std::string onnx_type, std::vector<TensorId> inputs) {
  Op op;
  op.kind = kind;
  op.onnx_type = std::move(onnx_type);
  op.inputs = std::move(inputs);
  return op;
}

}  // namespace

Window square_window(int64_t kernel, int64_t stride, int64_t pad, int64_t dilation) {
  Window w;
  w.kernel_h = w.kernel_w = kernel;
  w.stride_h = w.stride_w = stride;
  w.dilation_h = w.dilation_w = dilation;
  w.pad_top = w.pad_left = w.pad_bottom = w.pad_right = pad;
  return w;
}

TensorId GraphBuilder::new_tensor(Shape shape) {
  Tensor tensor;
  tensor.name = "t" + std::to_string(graph_.tensors.size());
  tensor.shape = shape;
  graph_.tensors.push_back(std::move(tensor));
  reads_.push_back(0);
  return static_cast<TensorId>(graph_.tensors.size() - 1);
}

TensorId GraphBuilder::append(Op op, Shape output) {
  for (TensorId t : op.inputs) ++reads_[static_cast<size_t>(t)];
  op.name = std::string(to_string(op.kind)) + "_" + std::to_string(graph_.ops.size());
  op.nodes = {op.name};
  const TensorId t = new_tensor(output);
  op.outputs = {t};
  graph_.ops.push_back(std::move(op));
  return t;
}

TensorId GraphBuilder::input(Shape shape) {
  const TensorId t = new_tensor(shape);
  graph_.inputs.push_back(t);
  return t;
}

TensorId GraphBuilder::conv(TensorId x, const ConvSpec& spec) {
  Op op = make_op(OpKind::conv, "Conv", {x});
  op.window = spec.window;
  op.groups = spec.groups;
  op.weights = spec.channels * (shape(x).c / spec.groups) * spec.window.kernel_h * spec.window.kernel_w;
  op.biases = spec.bias ? spec.channels : 0;
  return append(std::move(op), window_shape(shape(x), spec.window, spec.channels));
}

TensorId GraphBuilder::conv(TensorId x, int64_t channels, int64_t kernel, int64_t stride) {
  return conv(x, ConvSpec{channels, square_window(kernel, stride, kernel / 2), 1, true});
}

TensorId GraphBuilder::dense(TensorId x, int64_t channels) {
  ConvSpec spec{channels, Window{}, 1, true};
  spec.window.kernel_h = shape(x).h;
  spec.window.kernel_w = shape(x).w;
  return conv(x, spec);
}

TensorId GraphBuilder::conv_transpose(TensorId x, const ConvSpec& spec) {
  const Window& w = spec.window;
  Op op = make_op(OpKind::conv_transpose, "ConvTranspose", {x});
  op.window = w;
  op.groups = spec.groups;
  op.weights = shape(x).c * (spec.channels / spec.groups) * w.kernel_h * w.kernel_w;
  op.biases = spec.bias ? spec.channels : 0;
  const Shape& in = shape(x);
  const int64_t h = (in.h - 1) * w.stride_h - w.pad_top - w.pad_bottom + (w.kernel_h - 1) * w.dilation_h + 1;
  const int64_t v = (in.w - 1) * w.stride_w - w.pad_left - w.pad_right + (w.kernel_w - 1) * w.dilation_w + 1;
  return append(std::move(op), {spec.channels, h + w.output_pad_h, v + w.output_pad_w});
}

TensorId GraphBuilder::max_pool(TensorId x, const Window& window, bool ceil_mode) {
  Op op = make_op(OpKind::max_pool, "MaxPool", {x});
  op.window = window;
  return append(std::move(op), window_shape(shape(x), window, shape(x).c, ceil_mode));
}

TensorId GraphBuilder::avg_pool(TensorId x, const Window& window, bool count_include_pad, bool ceil_mode) {
  Op op = make_op(OpKind::avg_pool, "AveragePool", {x});
  op.window = window;
  op.count_include_pad = count_include_pad;
  return append(std::move(op), window_shape(shape(x), window, shape(x).c, ceil_mode));
}

TensorId GraphBuilder::global_avg_pool(TensorId x) {
  return append(make_op(OpKind::global_avg_pool, "GlobalAveragePool", {x}), {shape(x).c, 1, 1});
}

TensorId GraphBuilder::eltwise(EltwiseKind kind, const std::vector<TensorId>& operands) {
  Op op = make_op(OpKind::eltwise, to_string(kind), operands);
  op.eltwise = kind;
  Shape out;
  if (kind == EltwiseKind::normalise) return append(std::move(op), shape(operands.front()));
  for (TensorId t : operands) {
    out.c = std::max(out.c, shape(t).c);
    out.h = std::max(out.h, shape(t).h);
    out.w = std::max(out.w, shape(t).w);
  }
  return append(std::move(op), out);
}

TensorId GraphBuilder::concat(const std::vector<TensorId>& operands) {
  Shape out = shape(operands.front());
  out.c = 0;
  for (TensorId t : operands) out.c += shape(t).c;
  return append(make_op(OpKind::concat, "Concat", operands), out);
}

TensorId GraphBuilder::channel_slice(TensorId x, int64_t begin, int64_t channels) {
  Op op = make_op(OpKind::channel_slice, "Slice", {x});
  op.channel_begin = begin;
  return append(std::move(op), {channels, shape(x).h, shape(x).w});
}

TensorId GraphBuilder::resize(TensorId x, int64_t h, int64_t w, const Resize& resize) {
  Op op = make_op(OpKind::resize, "Resize", {x});
  op.resize = resize;
  return append(std::move(op), {shape(x).c, h, w});
}

TensorId GraphBuilder::channel_shuffle(TensorId x, int64_t groups, int64_t block) {
  Op op = make_op(OpKind::channel_shuffle, "Transpose", {x});
  op.groups = groups;
  op.channel_block = block;
  return append(std::move(op), shape(x));
}

TensorId GraphBuilder::depth_to_space(TensorId x, int64_t size, bool innermost) {
  Op op = make_op(OpKind::depth_to_space, "DepthToSpace", {x});
  op.block = {size, innermost};
  op.resize = {ResizeMode::nearest, ResizeCoordinates::asymmetric, ResizeRounding::floor};
  const Shape& in = shape(x);
  return append(std::move(op), {in.c / (size * size), in.h * size, in.w * size});
}

TensorId GraphBuilder::space_to_depth(TensorId x, int64_t size, bool innermost) {
  Op op = make_op(OpKind::space_to_depth, "SpaceToDepth", {x});
  op.block = {size, innermost};
  op.window = square_window(size, size);
  const Shape& in = shape(x);
  return append(std::move(op), {in.c * size * size, in.h / size, in.w / size});
}

TensorId GraphBuilder::crop(TensorId x, const Window& window) {
  Op op = make_op(OpKind::crop, "Slice", {x});
  op.window = window;
  return append(std::move(op), window_shape(shape(x), window, shape(x).c));
}

TensorId GraphBuilder::norm(TensorId x, int64_t groups, bool weights, bool biases) {
  Op op = make_op(OpKind::norm, "LayerNormalization", {x});
  op.groups = groups;
  op.weights = weights ? shape(x).c : 0;
  op.biases = biases ? shape(x).c : 0;
  return append(std::move(op), shape(x));
}

TensorId GraphBuilder::channel_reduce(TensorId x) {
  return append(make_op(OpKind::channel_reduce, "ReduceMean", {x}), {1, shape(x).h, shape(x).w});
}

TensorId GraphBuilder::global_max_pool(TensorId x) {
  return append(make_op(OpKind::global_max_pool, "GlobalMaxPool", {x}), {shape(x).c, 1, 1});
}

TensorId GraphBuilder::moments(TensorId x, int64_t groups) {
  Op op = make_op(OpKind::moments, "InstanceNormalization", {x});
  op.groups = groups;
  return append(std::move(op), {shape(x).c, 1, 2});
}

TensorId GraphBuilder::matmul(TensorId x, TensorId matrix, int64_t groups) {
  Op op = make_op(OpKind::matmul, "MatMul", {x, matrix});
  op.groups = groups;
  const Shape& in = shape(x);
  return append(std::move(op), {shape(matrix).elements() * groups / in.c, in.h, in.w});
}

TensorId GraphBuilder::position_matmul(TensorId x, TensorId y, int64_t groups, int64_t summed) {
  Op op = make_op(OpKind::position_matmul, "MatMul", {x, y});
  op.groups = groups;
  op.channel_block = summed;
  const Shape& in = shape(x);
  const int64_t rows = in.c / (groups * summed);
  return append(std::move(op), {rows * (shape(y).c / summed), in.h, in.w});
}

TensorId GraphBuilder::op(OpKind kind, TensorId x) {
  return append(make_op(kind, to_string(kind), {x}), shape(x));
}

TensorId GraphBuilder::activation(TensorId x, const std::string& type, bool weights, bool biases) {
  Op op = make_op(OpKind::activation, type, {x});
  op.activations = {ActivationFn{type, 0.0F, 0.0F}};
  op.weights = weights ? shape(x).c : 0;
  op.biases = biases ? shape(x).c : 0;
  return append(std::move(op), shape(x));
}

std::vector<TensorId> GraphBuilder::opaque(const std::vector<TensorId>& inputs,
                                           const std::vector<Shape>& outputs, int64_t weights,
                                           int64_t biases) {
  Op op = make_op(OpKind::opaque, "Custom", inputs);
  op.weights = weights;
  op.biases = biases;
  std::vector<TensorId> made{append(std::move(op), outputs.front())};
  for (size_t j = 1; j < outputs.size(); ++j) {
    made.push_back(new_tensor(outputs[j]));
    graph_.ops.back().outputs.push_back(made.back());
  }
  return made;
}

void GraphBuilder::output(TensorId t) {
  if (std::find(graph_.outputs.begin(), graph_.outputs.end(), t) == graph_.outputs.end()) {
    graph_.outputs.push_back(t);
  }
}

Graph GraphBuilder::finish() {
  for (size_t t = 0; t < graph_.tensors.size(); ++t) {
    if (reads_[t] == 0) output(static_cast<TensorId>(t));
  }
  graph_.finish();
  return std::move(graph_);
}

}  // namespace fusesim::testing
