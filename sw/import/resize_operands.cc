#include <algorithm>
#include <cmath>

#include "fusesim/base/error.h"
#include "operands.h"

namespace fusesim::importer {
namespace {

std::optional<ResizeCoordinates> coordinates_of(const std::string& mode) {
  if (mode == "half_pixel") return ResizeCoordinates::half_pixel;
  if (mode == "pytorch_half_pixel") return ResizeCoordinates::pytorch_half_pixel;
  if (mode == "align_corners") return ResizeCoordinates::align_corners;
  if (mode == "asymmetric") return ResizeCoordinates::asymmetric;
  return std::nullopt;
}

std::optional<ResizeRounding> rounding_of(const std::string& mode) {
  if (mode == "round_prefer_floor") return ResizeRounding::round_prefer_floor;
  if (mode == "round_prefer_ceil") return ResizeRounding::round_prefer_ceil;
  if (mode == "floor") return ResizeRounding::floor;
  if (mode == "ceil") return ResizeRounding::ceil;
  return std::nullopt;
}

/// Upsample and Resize 10 map output x to input floor(x/scale); Resize 11 and later say how.
std::optional<Resize> resize_kind(const NodeView& node, bool since_11) {
  Resize resize;
  const std::string mode = node.text("mode", "nearest");
  if (mode != "nearest" && mode != "linear") return std::nullopt;
  resize.mode = mode == "linear" ? ResizeMode::linear : ResizeMode::nearest;
  const auto coordinates =
      coordinates_of(since_11 ? node.text("coordinate_transformation_mode", "half_pixel") : "asymmetric");
  const auto rounding = rounding_of(since_11 ? node.text("nearest_mode", "round_prefer_floor") : "floor");
  if (!coordinates || !rounding) return std::nullopt;
  resize.coordinates = *coordinates;
  resize.rounding = *rounding;
  return resize;
}

bool is_given(const NodeView& node, size_t slot) {
  return node.has_input(slot) && element_count(node.dims(slot)) > 0;
}

std::vector<double> scales_of(const NodeView& node, size_t slot) {
  if (node.has_attribute("scales")) return node.number_list("scales");
  const Constant* data = node.data(slot);
  if (data == nullptr || data->floats.empty()) throw Error("scales must be constant");
  return data->floats;
}

Dims scaled_axes(const NodeView& node, size_t given) {
  Dims axes = node.integer_list("axes");
  if (axes.empty()) {
    for (size_t i = 0; i < node.dims().size(); ++i) axes.push_back(static_cast<int64_t>(i));
  }
  if (axes.size() != given) {
    throw Error("expected " + std::to_string(axes.size()) + " scales or sizes, got " + std::to_string(given));
  }
  return axes;
}

/// Output sizes from scales; the kind is dropped where a scale is not the exact ratio of the sizes.
void apply_scales(const NodeView& node, const std::vector<double>& scales, ResizeOperands& result) {
  const Dims axes = scaled_axes(node, scales.size());
  for (size_t i = 0; i < axes.size(); ++i) {
    const size_t axis = normalized_axis(axes[i], node.dims().size());
    const auto in = static_cast<double>(node.dims()[axis]);
    const double out =
        std::floor(static_cast<double>(static_cast<float>(in) * static_cast<float>(scales[i])));
    if (!(scales[i] > 0) || !(out >= 1) || out > 2147483648.0) {
      throw Error("scale " + std::to_string(scales[i]) + " gives no valid size");
    }
    result.out[axis] = static_cast<int64_t>(out);
    if (std::abs(in * scales[i] - out) > 1e-5 * out) result.kind.reset();
  }
}

void check_sizes(const Dims& sizes) {
  for (const int64_t size : sizes) {
    if (size < 1 || size > (int64_t{1} << 31))
      throw Error("sizes: expected 1 to 2^31, got " + std::to_string(size));
  }
}

/// With a policy that keeps the aspect ratio one scale holds for all axes: the one that lets the result fit
/// into the sizes, or fill them.
Dims kept_aspect(const NodeView& node, const Dims& axes, Dims sizes) {
  const std::string policy = node.text("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch") return sizes;
  if (policy != "not_larger" && policy != "not_smaller")
    throw Error("keep_aspect_ratio_policy: unknown policy '" + policy + "'");
  std::optional<double> scale;
  const auto in = [&](size_t i) {
    return static_cast<double>(node.dims()[normalized_axis(axes[i], node.dims().size())]);
  };
  for (size_t i = 0; i < axes.size(); ++i) {
    const double wanted = static_cast<double>(sizes[i]) / in(i);
    const bool further = scale && (policy == "not_larger" ? wanted > *scale : wanted < *scale);
    if (!further) scale = wanted;
  }
  for (size_t i = 0; i < axes.size(); ++i)
    sizes[i] = static_cast<int64_t>(std::floor(scale.value_or(1) * in(i) + 0.5));
  return sizes;
}

void apply_sizes(const NodeView& node, const Dims& given, ResizeOperands& result) {
  const Dims axes = scaled_axes(node, given.size());
  check_sizes(given);
  const Dims sizes = kept_aspect(node, axes, given);
  check_sizes(sizes);
  for (size_t i = 0; i < axes.size(); ++i) {
    result.out[normalized_axis(axes[i], node.dims().size())] = sizes[i];
  }
}

}  // namespace

ResizeOperands resize_operands(const NodeView& node) {
  const bool since_11 = node.proto().op_type() == "Resize" && node.opset() >= 11;
  ResizeOperands result{node.dims(), resize_kind(node, since_11)};
  const size_t scales_slot = since_11 ? 2 : 1;
  if (since_11 && is_given(node, 3)) {
    apply_sizes(node, node.integers(3), result);
  } else if (node.has_attribute("scales") || is_given(node, scales_slot)) {
    apply_scales(node, scales_of(node, scales_slot), result);
  } else {
    throw Error("neither scales nor sizes are given");
  }
  const bool spatial_only =
      node.dims().size() == 4 && result.out[0] == node.dims()[0] && result.out[1] == node.dims()[1];
  // Only where a map shrinks does the filter against aliasing reach further than the plain one.
  const bool shrinks = spatial_only && (result.out[2] < node.dims()[2] || result.out[3] < node.dims()[3]);
  if (!spatial_only || (shrinks && node.integer("antialias", 0) != 0)) result.kind.reset();
  return result;
}

}  // namespace fusesim::importer
