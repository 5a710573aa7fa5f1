#include "fusesim/gnn/features.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "fusesim/base/sha256.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim::gnn {
namespace {

constexpr const char* kLayoutVersion = "fusesim.features/1";

enum Column : size_t {
  kConv,
  kDepthwise,
  kConvTranspose,
  kMaxPool,
  kAvgPool,
  kGlobalAvgPool,
  kEltwise,
  kConcat,
  kChannelSlice,
  kResize,
  kActivation,
  kOpaque,
  kInChannels,
  kInHeight,
  kInWidth,
  kOutChannels,
  kOutHeight,
  kOutWidth,
  kOperands,
  kRowBroadcast,
  kKernelHeight,
  kKernelWidth,
  kStrideHeight,
  kStrideWidth,
  kDilationHeight,
  kDilationWidth,
  kGroups,
  kWeightBytes,
  kExternalInputs,
  kExternalReaders,
  kOutgoing,
  kOutputReaders,
  kActivationBytes,
  kPartialSumBytes,
  kBufferBytes,
  kColumns,
};

constexpr std::array<const char*, kColumns> kNames = {"kind=conv",
                                                      "kind=depthwise",
                                                      "kind=conv_transpose",
                                                      "kind=max_pool",
                                                      "kind=avg_pool",
                                                      "kind=global_avg_pool",
                                                      "kind=eltwise",
                                                      "kind=concat",
                                                      "kind=channel_slice",
                                                      "kind=resize",
                                                      "kind=activation",
                                                      "kind=opaque",
                                                      "log_in_c",
                                                      "log_in_h",
                                                      "log_in_w",
                                                      "log_out_c",
                                                      "log_out_h",
                                                      "log_out_w",
                                                      "log_operands",
                                                      "row_broadcast",
                                                      "log_kernel_h",
                                                      "log_kernel_w",
                                                      "log_stride_h",
                                                      "log_stride_w",
                                                      "log_dilation_h",
                                                      "log_dilation_w",
                                                      "log_groups",
                                                      "log_weight_bytes",
                                                      "external_inputs",
                                                      "log_external_readers",
                                                      "outgoing",
                                                      "log_output_readers",
                                                      "log_activation_bytes",
                                                      "log_partial_sum_bytes",
                                                      "log_buffer_bytes"};

/// A kind of operators that the trained networks do not know takes the column of one whose facts it shares
/// (op_facts), so that they need not be trained again.
Column kind_column(const Graph& graph, const Op& op) {
  switch (op.kind) {
    case OpKind::conv:
    case OpKind::matmul:
    case OpKind::position_matmul:
      return is_depthwise(graph, op) && graph.in_shape(op).c > 1 ? kDepthwise : kConv;
    case OpKind::conv_transpose:
      return kConvTranspose;
    case OpKind::max_pool:
    case OpKind::space_to_depth:
    case OpKind::crop:
      return kMaxPool;
    case OpKind::avg_pool:
      return kAvgPool;
    case OpKind::global_avg_pool:
    case OpKind::global_max_pool:
    case OpKind::moments:
      return kGlobalAvgPool;
    case OpKind::eltwise:
      return kEltwise;
    case OpKind::concat:
      return kConcat;
    case OpKind::channel_slice:
      return kChannelSlice;
    case OpKind::resize:
    case OpKind::depth_to_space:
      return kResize;
    case OpKind::activation:
    case OpKind::channel_shuffle:
    case OpKind::norm:
    case OpKind::channel_reduce:
      return kActivation;
    case OpKind::opaque:
      break;
  }
  return kOpaque;
}

float log2_of(int64_t value) { return std::log2(static_cast<float>(std::max<int64_t>(value, 1))); }

bool inside(const Group& group, OpId op) { return std::binary_search(group.begin(), group.end(), op); }

int64_t readers_inside(const Graph& graph, const Group& group, TensorId t) {
  const auto& consumers = graph.tensor(t).consumers;
  return std::count_if(consumers.begin(), consumers.end(), [&](OpId c) { return inside(group, c); });
}

void fill_shapes(const Graph& graph, const Op& op, float* row) {
  if (!op.inputs.empty()) {
    const Shape& in = graph.in_shape(op);
    row[kInChannels] = log2_of(in.c);
    row[kInHeight] = log2_of(in.h);
    row[kInWidth] = log2_of(in.w);
  }
  const Shape& out = graph.out_shape(op);
  row[kOutChannels] = log2_of(out.c);
  row[kOutHeight] = log2_of(out.h);
  row[kOutWidth] = log2_of(out.w);
  row[kOperands] = log2_of(static_cast<int64_t>(op.inputs.size()));
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    if (is_row_broadcast(graph, op, i)) row[kRowBroadcast] = 1.0F;
  }
}

void fill_attributes(const Op& op, const Datatypes& types, float* row) {
  row[kKernelHeight] = log2_of(op.window.kernel_h);
  row[kKernelWidth] = log2_of(op.window.kernel_w);
  row[kStrideHeight] = log2_of(op.window.stride_h);
  row[kStrideWidth] = log2_of(op.window.stride_w);
  row[kDilationHeight] = log2_of(op.window.dilation_h);
  row[kDilationWidth] = log2_of(op.window.dilation_w);
  row[kGroups] = log2_of(op.groups);
  row[kWeightBytes] = log2_of(op.weights * types.weight_bytes + op.biases * types.bias_bytes);
  row[kActivationBytes] = log2_of(types.activation_bytes);
  row[kPartialSumBytes] = log2_of(types.partial_sum_bytes);
}

void fill_place(const Graph& graph, const Group& group, const Op& op, float* row) {
  std::vector<TensorId> external;
  for (const TensorId t : op.inputs) {
    if (!inside(group, graph.tensor(t).producer)) external.push_back(t);
  }
  std::sort(external.begin(), external.end());
  external.erase(std::unique(external.begin(), external.end()), external.end());
  row[kExternalInputs] = static_cast<float>(external.size());
  for (const TensorId t : external) {
    row[kExternalReaders] = std::max(row[kExternalReaders], log2_of(readers_inside(graph, group, t)));
  }
  int64_t most_readers = 0;
  for (const TensorId t : op.outputs) {
    const Tensor& tensor = graph.tensor(t);
    const int64_t readers = readers_inside(graph, group, t);
    most_readers = std::max(most_readers, readers);
    if (tensor.graph_output || readers < static_cast<int64_t>(tensor.consumers.size())) row[kOutgoing] = 1.0F;
  }
  row[kOutputReaders] = std::log2(1.0F + static_cast<float>(most_readers));
}

std::vector<std::pair<int32_t, int32_t>> edges_of(const Graph& graph, const Group& group) {
  std::vector<std::pair<int32_t, int32_t>> edges;
  for (size_t i = 0; i < group.size(); ++i) {
    for (const TensorId t : graph.op(group[i]).inputs) {
      const auto at = std::lower_bound(group.begin(), group.end(), graph.tensor(t).producer);
      if (at == group.end() || *at != graph.tensor(t).producer) continue;
      edges.emplace_back(static_cast<int32_t>(at - group.begin()), static_cast<int32_t>(i));
    }
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

}  // namespace

const std::vector<std::string>& feature_names() {
  static const std::vector<std::string> names(kNames.begin(), kNames.end());
  return names;
}

size_t beta_column() { return kBufferBytes; }

const std::string& feature_layout_hash() {
  static const std::string hash = [] {
    std::string text = kLayoutVersion;
    for (const char* name : kNames) text += std::string("\n") + name;
    return sha256_hex(text);
  }();
  return hash;
}

GraphInput group_input(const Graph& graph, const Group& group, const Datatypes& datatypes,
                       int64_t buffer_bytes) {
  GraphInput input;
  input.nodes = static_cast<int64_t>(group.size());
  input.feature_count = kColumns;
  input.features.assign(group.size() * kColumns, 0.0F);
  for (size_t i = 0; i < group.size(); ++i) {
    const Op& op = graph.op(group[i]);
    float* row = input.features.data() + i * kColumns;
    row[kind_column(graph, op)] = 1.0F;
    fill_shapes(graph, op, row);
    fill_attributes(op, datatypes, row);
    fill_place(graph, group, op, row);
  }
  input.edges = edges_of(graph, group);
  set_buffer(input, buffer_bytes);
  return input;
}

void set_buffer(GraphInput& input, int64_t buffer_bytes) {
  const float value = log2_of(buffer_bytes);
  for (int64_t i = 0; i < input.nodes; ++i) {
    input.features[static_cast<size_t>(i * input.feature_count) + kBufferBytes] = value;
  }
}

}  // namespace fusesim::gnn
