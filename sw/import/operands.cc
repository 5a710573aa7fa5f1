#include "operands.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "fusesim/base/error.h"

namespace fusesim::importer {
namespace {

Dims all_axes(size_t rank) {
  Dims axes(rank);
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

void check_length(const std::string& what, size_t expected, size_t got) {
  if (expected != got) {
    throw Error(what + ": expected " + std::to_string(expected) + " values, got " + std::to_string(got));
  }
}

std::optional<double> pad_value(const NodeView& node) {
  if (node.opset() < 11) return node.number("value", 0.0);
  return node.has_input(2) ? node.scalar(2) : 0.0;
}

}  // namespace

PadOperands pad_operands(const NodeView& node) {
  const size_t rank = node.dims().size();
  PadOperands result{Dims(rank, 0), Dims(rank, 0), node.text("mode", "constant"), pad_value(node)};
  const Dims pads = node.opset() < 11 ? node.integer_list("pads") : node.integers(1);
  const Dims axes = node.has_input(3) ? node.integers(3) : all_axes(rank);
  check_length("pads", 2 * axes.size(), pads.size());
  for (size_t i = 0; i < axes.size(); ++i) {
    const size_t axis = normalized_axis(axes[i], rank);
    result.begin[axis] = pads[i];
    result.end[axis] = pads[i + axes.size()];
  }
  return result;
}

SliceOperands slice_operands(const NodeView& node) {
  const Dims& dims = node.dims();
  const bool by_attribute = node.opset() < 10;
  const Dims starts = by_attribute ? node.integer_list("starts") : node.integers(1);
  const Dims ends = by_attribute ? node.integer_list("ends") : node.integers(2);
  Dims axes = all_axes(starts.size());
  if (by_attribute && node.has_attribute("axes")) axes = node.integer_list("axes");
  if (!by_attribute && node.has_input(3)) axes = node.integers(3);
  const Dims steps = !by_attribute && node.has_input(4) ? node.integers(4) : Dims(starts.size(), 1);
  check_length("ends", starts.size(), ends.size());
  check_length("axes", starts.size(), axes.size());
  check_length("steps", starts.size(), steps.size());
  SliceOperands result{Dims(dims.size(), 0), Dims(dims.size(), 1), dims};
  for (size_t i = 0; i < axes.size(); ++i) {
    const size_t axis = normalized_axis(axes[i], dims.size());
    const int64_t size = dims[axis];
    const int64_t step = steps[i];
    if (step == 0 || step == INT64_MIN) throw Error("steps: expected a step other than 0");
    const auto clip = [size](int64_t v, int64_t low, int64_t high) {
      return std::clamp(v < 0 ? v + size : v, low, std::max(low, high));
    };
    const int64_t start = step > 0 ? clip(starts[i], 0, size) : clip(starts[i], 0, size - 1);
    const int64_t end = step > 0 ? clip(ends[i], 0, size) : clip(ends[i], -1, size - 1);
    const int64_t distance = step > 0 ? end - start : start - end;
    const int64_t magnitude = std::abs(step);
    result.start[axis] = start;
    result.step[axis] = step;
    result.count[axis] = distance <= 0 ? 0 : (distance - 1) / magnitude + 1;
  }
  return result;
}

std::optional<PickOperands> pick_operands(const NodeView& node) {
  const std::optional<double> index = node.scalar(1);
  if (!index || node.dims(1).size() > 1) return std::nullopt;
  PickOperands pick;
  pick.axis = normalized_axis(node.integer("axis", 0), node.dims().size());
  pick.keeps_axis = node.dims(1).size() == 1;
  const int64_t size = node.dims()[pick.axis];
  const auto bound = static_cast<double>(size);
  const bool inside =
      *index >= -bound && *index < bound;  // before a number that no integer holds becomes one
  pick.index = inside ? static_cast<int64_t>(*index) : -size - 1;
  if (pick.index < 0) pick.index += size;
  if (!inside || pick.index < 0 || pick.index >= size)
    throw Error("indices: expected from " + std::to_string(-size) + " to " + std::to_string(size - 1));
  return pick;
}

SplitOperands split_operands(const NodeView& node) {
  SplitOperands result;
  result.axis = normalized_axis(node.integer("axis", 0), node.dims().size());
  const int64_t size = node.dims()[result.axis];
  if (node.opset() < 13) {
    result.sizes = node.integer_list("split");
  } else if (node.has_input(1)) {
    result.sizes = node.integers(1);
  }
  const auto outputs = static_cast<int64_t>(node.output_count());
  if (result.sizes.empty()) {
    const int64_t part = (size + outputs - 1) / outputs;
    if (part * outputs != size && node.opset() < 18) {
      throw Error("cannot split " + std::to_string(size) + " into " + std::to_string(outputs) +
                  " equal parts");
    }
    for (int64_t i = 0; i < outputs; ++i) {
      result.sizes.push_back(std::max<int64_t>(0, std::min(part, size - i * part)));
    }
  }
  check_length("split", static_cast<size_t>(outputs), result.sizes.size());
  int64_t sum = 0;
  for (const int64_t s : result.sizes) {
    if (s < 0 || s > size - sum) throw Error("split: sizes do not add up to " + std::to_string(size));
    sum += s;
  }
  if (sum != size) throw Error("split: sizes do not add up to " + std::to_string(size));
  return result;
}

Dims axes_operand(const NodeView& node, size_t slot) {
  if (node.has_attribute("axes")) return node.integer_list("axes");
  return node.has_input(slot) ? node.integers(slot) : Dims{};
}

Dims reshape_target(const NodeView& node) {
  const Dims& in = node.dims();
  Dims out = node.integers(1);
  const bool zero_is_zero = node.integer("allowzero", 0) != 0;
  const int64_t total = element_count(in);
  int64_t known = 1;
  std::optional<size_t> open;
  for (size_t i = 0; i < out.size(); ++i) {
    if (out[i] == 0 && !zero_is_zero) {
      if (i >= in.size())
        throw Error("target shape " + to_text(out) + " copies a dimension that is not there");
      out[i] = in[i];
    }
    if (out[i] == -1 && !open) {
      open = i;
      continue;
    }
    if (out[i] < 0) throw Error("target shape " + to_text(out) + " is not valid");
    known = element_count({known, out[i]});
  }
  if (open) {
    if (known == 0 || total % known != 0) {
      throw Error("cannot reshape " + to_text(in) + " to " + to_text(out));
    }
    out[*open] = total / known;
  }
  if (element_count(out) != total) throw Error("cannot reshape " + to_text(in) + " to " + to_text(out));
  return out;
}

}  // namespace fusesim::importer
