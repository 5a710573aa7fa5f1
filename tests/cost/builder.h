#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim::testing {

/// Builds small graphs by hand. Every call adds one op and returns its output tensor.
class Builder {
 public:
  TensorId input(Shape shape) {
    const TensorId t = tensor(shape);
    graph_.inputs.push_back(t);
    return t;
  }

  struct ConvArgs {
    int64_t outputs = 1, kernel = 3, stride = 1, pad = 1, groups = 1, dilation = 1;
    bool bias = true;
  };
  TensorId conv(TensorId in, ConvArgs a) {
    const Shape s = shape(in);
    Op op;
    op.kind = OpKind::conv;
    op.groups = a.groups;
    op.window = window(a.kernel, a.stride, a.pad, a.dilation);
    op.weights = a.outputs * (s.c / a.groups) * a.kernel * a.kernel;
    op.biases = a.bias ? a.outputs : 0;
    return add(std::move(op), {in}, {a.outputs, size(s.h, op.window), size(s.w, op.window)});
  }
  TensorId max_pool(TensorId in, int64_t kernel, int64_t stride, int64_t pad) {
    const Shape s = shape(in);
    Op op;
    op.kind = OpKind::max_pool;
    op.window = window(kernel, stride, pad, 1);
    return add(std::move(op), {in}, {s.c, size(s.h, op.window), size(s.w, op.window)});
  }
  TensorId global_avg_pool(TensorId in) {
    Op op;
    op.kind = OpKind::global_avg_pool;
    return add(std::move(op), {in}, {shape(in).c, 1, 1});
  }
  TensorId eltwise(EltwiseKind kind, TensorId a, TensorId b) {
    Op op;
    op.kind = OpKind::eltwise;
    op.eltwise = kind;
    return add(std::move(op), {a, b}, shape(a));
  }
  TensorId concat(std::vector<TensorId> inputs) {
    Op op;
    op.kind = OpKind::concat;
    Shape s = shape(inputs.front());
    s.c = 0;
    for (const TensorId t : inputs) s.c += shape(t).c;
    return add(std::move(op), std::move(inputs), s);
  }
  TensorId activation(TensorId in) {
    Op op;
    op.kind = OpKind::activation;
    op.activations = {{"Relu", 0.0F, 0.0F}};
    return add(std::move(op), {in}, shape(in));
  }
  Shape shape(TensorId t) const { return graph_.tensor(t).shape; }

  Graph finish(std::vector<TensorId> outputs) {
    graph_.outputs = std::move(outputs);
    graph_.finish();
    return std::move(graph_);
  }

 private:
  static Window window(int64_t kernel, int64_t stride, int64_t pad, int64_t dilation) {
    Window w;
    w.kernel_h = w.kernel_w = kernel;
    w.stride_h = w.stride_w = stride;
    w.dilation_h = w.dilation_w = dilation;
    w.pad_top = w.pad_left = w.pad_bottom = w.pad_right = pad;
    return w;
  }
  static int64_t size(int64_t in, const Window& w) {
    return (in + w.pad_top + w.pad_bottom - (w.kernel_h - 1) * w.dilation_h - 1) / w.stride_h + 1;
  }
  TensorId tensor(Shape shape) {
    Tensor t;
    t.shape = shape;
    t.name = "t" + std::to_string(graph_.tensors.size());
    graph_.tensors.push_back(t);
    return static_cast<TensorId>(graph_.tensors.size() - 1);
  }
  TensorId add(Op op, std::vector<TensorId> inputs, Shape out) {
    op.name = "op" + std::to_string(graph_.ops.size());
    op.nodes = {op.name};
    op.inputs = std::move(inputs);
    op.outputs = {tensor(out)};
    graph_.ops.push_back(std::move(op));
    return graph_.ops.back().outputs.front();
  }

  Graph graph_;
};

/// All ops of a graph as one group.
inline Group whole(const Graph& graph) {
  Group group(graph.ops.size());
  for (size_t i = 0; i < group.size(); ++i) group[i] = static_cast<OpId>(i);
  return group;
}

}  // namespace fusesim::testing
