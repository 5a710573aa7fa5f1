#include <algorithm>

#include "fusesim/base/error.h"
#include "operands.h"

namespace fusesim::importer {
namespace {

constexpr int64_t kLargest = int64_t{1} << 30;

void check_range(const std::string& what, const Dims& values, int64_t least) {
  for (const int64_t v : values) {
    if (v < least || v > kLargest) {
      throw Error(what + ": expected " + std::to_string(least) + " to 2^30, got " + std::to_string(v));
    }
  }
}

/// An attribute with one value per spatial dimension, or the default for each.
Dims per_dimension(const NodeView& node, const std::string& name, size_t count, int64_t fallback,
                   int64_t least) {
  Dims values = node.integer_list(name);
  if (values.empty()) values.assign(count, fallback);
  if (values.size() != count) {
    throw Error(name + ": expected " + std::to_string(count) + " values, got " +
                std::to_string(values.size()));
  }
  check_range(name, values, least);
  return values;
}

Dims spatial_dims(const NodeView& node) {
  const Dims& dims = node.dims();
  if (dims.size() < 3) throw Error("expected an input of rank 3 or more, got shape " + to_text(dims));
  Dims spatial(dims.begin() + 2, dims.end());
  check_range("input size", spatial, 1);
  return spatial;
}

void read_window(const NodeView& node, const Dims& kernel, SpatialWindow& w) {
  const size_t n = kernel.size();
  w.kernel = kernel;
  check_range("kernel", w.kernel, 1);
  w.stride = per_dimension(node, "strides", n, 1, 1);
  w.dilation = per_dimension(node, "dilations", n, 1, 1);
  Dims pads = node.integer_list("pads");
  if (pads.empty()) pads.assign(2 * n, 0);
  if (pads.size() != 2 * n) {
    throw Error("pads: expected " + std::to_string(2 * n) + " values, got " + std::to_string(pads.size()));
  }
  check_range("pads", pads, 0);
  w.pad_begin.assign(pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(n));
  w.pad_end.assign(pads.begin() + static_cast<std::ptrdiff_t>(n), pads.end());
}

int64_t span(const SpatialWindow& w, size_t i) { return (w.kernel[i] - 1) * w.dilation[i] + 1; }

/// The whole padding along a dimension is cut in halves; the odd element goes to the end for SAME_UPPER.
void share_padding(SpatialWindow& w, size_t i, int64_t total, bool more_at_end) {
  const int64_t small = total / 2;
  w.pad_begin[i] = more_at_end ? small : total - small;
  w.pad_end[i] = more_at_end ? total - small : small;
}

/// Replaces auto_pad by explicit pads. True if SAME, which fixes the output at ceil(in/stride).
bool apply_auto_pad(const NodeView& node, const Dims& in, SpatialWindow& w) {
  const std::string mode = node.text("auto_pad", "NOTSET");
  if (mode.empty() || mode == "NOTSET") return false;
  std::fill(w.pad_begin.begin(), w.pad_begin.end(), 0);
  std::fill(w.pad_end.begin(), w.pad_end.end(), 0);
  if (mode == "VALID") return false;
  if (mode != "SAME_UPPER" && mode != "SAME_LOWER") throw Error("auto_pad: unknown mode '" + mode + "'");
  for (size_t i = 0; i < in.size(); ++i) {
    const int64_t out = (in[i] + w.stride[i] - 1) / w.stride[i];
    const int64_t total = std::max<int64_t>(0, (out - 1) * w.stride[i] + span(w, i) - in[i]);
    share_padding(w, i, total, mode == "SAME_UPPER");
  }
  return true;
}

void compute_output(const Dims& in, bool ceil_mode, SpatialWindow& w) {
  for (size_t i = 0; i < in.size(); ++i) {
    const int64_t room = in[i] + w.pad_begin[i] + w.pad_end[i] - span(w, i);
    if (room < 0) {
      throw Error("window of " + std::to_string(span(w, i)) +
                  " elements is larger than its padded input of " +
                  std::to_string(in[i] + w.pad_begin[i] + w.pad_end[i]));
    }
    int64_t out = room / w.stride[i] + 1;
    // A window that would start behind the input and its padding is no window.
    if (ceil_mode && room % w.stride[i] != 0 && out * w.stride[i] < in[i] + w.pad_begin[i]) ++out;
    w.out.push_back(out);
  }
}

Dims conv_kernel(const NodeView& node, const Dims& in) {
  const Dims& weight = node.dims(1);
  if (weight.size() != in.size() + 2) {
    throw Error("weight of shape " + to_text(weight) + " does not fit an input of shape " +
                to_text(node.dims()));
  }
  Dims kernel(weight.begin() + 2, weight.end());
  const Dims declared = node.integer_list("kernel_shape");
  if (!declared.empty() && declared != kernel) {
    throw Error("kernel_shape " + to_text(declared) + " contradicts the weight's shape " + to_text(weight));
  }
  return kernel;
}

/// Axis `input_axis` of the weight has the channels of the input.
void check_channels(const NodeView& node, size_t input_axis) {
  const int64_t groups = node.integer("group", 1);
  const int64_t channels = node.dim(0, 1);
  const Dims& weight = node.dims(1);
  const bool whole = groups >= 1 && channels % groups == 0 && weight[0] % groups == 0;
  const int64_t expected = input_axis == 0 ? channels : (whole ? channels / groups : 0);
  if (!whole || weight[input_axis] != expected) {
    throw Error("weight of shape " + to_text(weight) + " with " + std::to_string(groups) +
                " groups does not fit " + std::to_string(channels) + " input channels");
  }
}

}  // namespace

SpatialWindow conv_window(const NodeView& node) {
  const Dims in = spatial_dims(node);
  SpatialWindow w;
  read_window(node, conv_kernel(node, in), w);
  check_channels(node, 1);
  apply_auto_pad(node, in, w);
  compute_output(in, false, w);
  w.output_pad.assign(in.size(), 0);
  return w;
}

SpatialWindow conv_transpose_window(const NodeView& node) {
  const Dims in = spatial_dims(node);
  SpatialWindow w;
  read_window(node, conv_kernel(node, in), w);
  check_channels(node, 0);
  w.output_pad = per_dimension(node, "output_padding", in.size(), 0, 0);
  const Dims wanted = node.integer_list("output_shape");
  const std::string mode = node.text("auto_pad", "NOTSET");
  const bool same = mode == "SAME_UPPER" || mode == "SAME_LOWER";
  if (!wanted.empty() && wanted.size() != in.size())
    throw Error("output_shape: expected one value per dimension");
  check_range("output_shape", wanted, 1);
  for (size_t i = 0; i < in.size(); ++i) {
    const int64_t full = (in[i] - 1) * w.stride[i] + span(w, i) + w.output_pad[i];
    if (!wanted.empty() || same) {
      const int64_t target = wanted.empty() ? in[i] * w.stride[i] : wanted[i];
      if (target > full) w.output_pad[i] += target - full;
      share_padding(w, i, std::max<int64_t>(0, full - target), mode == "SAME_UPPER");
    } else if (mode == "VALID") {
      share_padding(w, i, 0, true);
    }
    w.out.push_back((in[i] - 1) * w.stride[i] + span(w, i) + w.output_pad[i] - w.pad_begin[i] - w.pad_end[i]);
  }
  check_range("output size", w.out, 1);
  return w;
}

SpatialWindow unpool_window(const NodeView& node) {
  const Dims in = spatial_dims(node);
  const Dims kernel = node.integer_list("kernel_shape");
  if (kernel.size() != in.size()) throw Error("kernel_shape: expected one value per spatial dimension");
  SpatialWindow w;
  read_window(node, kernel, w);
  for (size_t i = 0; i < in.size(); ++i) {
    w.out.push_back((in[i] - 1) * w.stride[i] + w.kernel[i] - w.pad_begin[i] - w.pad_end[i]);
  }
  check_range("output size", w.out, 1);
  w.output_pad.assign(in.size(), 0);
  return w;
}

SpatialWindow pool_window(const NodeView& node) {
  const Dims in = spatial_dims(node);
  const Dims kernel = node.integer_list("kernel_shape");
  if (kernel.size() != in.size()) throw Error("kernel_shape: expected one value per spatial dimension");
  SpatialWindow w;
  read_window(node, kernel, w);
  const bool same = apply_auto_pad(node, in, w);
  compute_output(in, !same && node.integer("ceil_mode", 0) != 0, w);
  w.output_pad.assign(in.size(), 0);
  return w;
}

}  // namespace fusesim::importer
