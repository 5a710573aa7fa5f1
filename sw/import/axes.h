#pragma once

#include <optional>
#include <string>
#include <vector>

#include "draft.h"

namespace fusesim::importer {

/// What the dimensions of an ONNX tensor run over: each over none or several of the axes 'C', 'H' and 'W' of
/// the map that holds its elements, outermost first. Axes of one element are left out, so that (1, C) and (1,
/// C, 1, 1) of one map differ in rank alone. The order in DRAM is the tensor's own: a transposition or a
/// reshape that keeps axes whole is another name of the same map.
using Axes = std::vector<std::string>;

/// A map, and a tensor as a name of it.
struct Arrangement {
  Shape shape;
  Axes axes;
};

// Patterns, whatever the sizes.

/// (N, C, H, W), (N, C, W) for a signal, or (N, C).
Axes channels_first(size_t rank);
/// (N, H, W, C), (N, H, C) or (H, C): rows of channels.
Axes channels_last(size_t rank);

/// The map of a tensor whose dimensions run over the axes of a pattern. Empty where two dimensions of more
/// than one element run over the same axis, or one over none.
std::optional<Arrangement> arrange(const Axes& pattern, const Dims& dims);
/// The same map under other dimensions, in the same order. Empty where a dimension cuts an axis in two.
std::optional<Axes> regrouped(const Axes& axes, const Shape& shape, const Dims& dims);
Axes permuted(const Axes& axes, const std::vector<size_t>& permutation);
/// All axes of a tensor, outermost first.
std::string order_of(const Axes& axes);
/// The axis has more than one element.
bool has_axis(const Shape& shape, char axis);
/// "C", or "" for a map of one channel.
std::string axis_name(const Shape& shape, char axis);
/// Channels are outermost or innermost, rows before columns: what a writer of rows can leave in DRAM.
bool is_natural(const Axes& axes, const Shape& shape);

}  // namespace fusesim::importer
