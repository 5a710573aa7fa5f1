#include <algorithm>

#include "fusesim/base/error.h"
#include "operands.h"
#include "rule_table.h"

namespace fusesim::importer {
namespace {

Dims with_spatial(int64_t batch, int64_t channels, const Dims& spatial) {
  Dims dims{batch, channels};
  dims.insert(dims.end(), spatial.begin(), spatial.end());
  return dims;
}

Types conv(const NodeView& node) {
  const SpatialWindow window = conv_window(node);
  return first_output(node, with_spatial(node.dim(0, 0), node.dim(1, 0), window.out));
}

Types conv_transpose(const NodeView& node) {
  const SpatialWindow window = conv_transpose_window(node);
  const int64_t channels = element_count({node.dim(1, 1), node.integer("group", 1)});
  return first_output(node, with_spatial(node.dim(0, 0), channels, window.out));
}

Types pool(const NodeView& node) {
  const SpatialWindow window = pool_window(node);
  const Dims dims = with_spatial(node.dim(0, 0), node.dim(0, 1), window.out);
  return {{node.input(0).type.elem_type, dims}, {onnx::TensorProto::INT64, dims}};
}

Types global_pool(const NodeView& node) {
  if (node.dims().size() < 3) throw Error("expected an input of rank 3 or more");
  return first_output(node, with_spatial(node.dim(0, 0), node.dim(0, 1), Dims(node.dims().size() - 2, 1)));
}

Types max_unpool(const NodeView& node) {
  if (node.dims(1) != node.dims()) {
    throw Error("indices of shape " + to_text(node.dims(1)) + " do not fit an input of shape " +
                to_text(node.dims()));
  }
  if (node.has_input(2)) return first_output(node, node.integers(2));
  return first_output(node, with_spatial(node.dim(0, 0), node.dim(0, 1), unpool_window(node).out));
}

Types max_roi_pool(const NodeView& node) {
  const Dims pooled = node.integer_list("pooled_shape");
  if (node.dims().size() != 4 || node.dims(1).size() != 2)
    throw Error("expected an input of rank 4 and regions of rank 2");
  if (pooled.size() != 2)
    throw Error("pooled_shape: expected 2 values, got " + std::to_string(pooled.size()));
  return first_output(node, with_spatial(node.dim(1, 0), node.dim(0, 1), pooled));
}

/// Frames of a signal (batch, samples, 1 or 2) under a window: (batch, frames, frequencies, 2).
Types stft(const NodeView& node) {
  const auto single = [&node](size_t slot) {
    const std::vector<int64_t>& values = node.integers(slot);
    if (values.size() != 1) throw Error("input " + std::to_string(slot) + ": expected one value");
    return values[0];
  };
  if (node.dims().size() != 2 && node.dims().size() != 3) throw Error("expected a signal of rank 2 or 3");
  const int64_t samples = node.dim(0, 1);
  const int64_t step = single(1);
  const int64_t length = node.has_input(3) ? single(3) : node.dim(2, 0);
  if (step < 1 || length < 1 || length > samples) {
    throw Error("frames of " + std::to_string(length) + " every " + std::to_string(step) +
                " samples do not fit " + std::to_string(samples) + " samples");
  }
  const int64_t frequencies = node.integer("onesided", 1) != 0 ? length / 2 + 1 : length;
  return first_output(node, {node.dim(0, 0), (samples - length) / step + 1, frequencies, 2});
}

}  // namespace

void add_window_rules(RuleTable& table) {
  table.insert({{"Conv", conv},
                {"ConvTranspose", conv_transpose},
                {"MaxPool", pool},
                {"AveragePool", pool},
                {"LpPool", pool},
                {"GlobalAveragePool", global_pool},
                {"GlobalMaxPool", global_pool},
                {"MaxUnpool", max_unpool},
                {"MaxRoiPool", max_roi_pool},
                {"STFT", stft}});
}

}  // namespace fusesim::importer
