#pragma once

#include <array>
#include <optional>
#include <vector>

#include "draft.h"

namespace fusesim::importer {

/// `count` elements of one axis of a map, `step` apart.
struct Factor {
  int axis = 0;  ///< of (C, H, W)
  int64_t step = 1;
  int64_t count = 1;
};

/// A tensor as a view of a map (C, H, W): what each of its dimensions runs over. Reshapes cut dimensions into
/// factors and join them, transpositions and slices move and shorten them; no element moves.
class Layout {
 public:
  /// A map as ONNX has it: (1, C, H, W) or (1, C).
  static Layout of_map(const Dims& dims, const Shape& shape);
  /// Of the given factors per dimension.
  explicit Layout(std::vector<std::vector<Factor>> dims);

  /// Empty where dimensions do not fall on factors.
  std::optional<Layout> reshaped(const Dims& dims) const;
  std::optional<Layout> transposed(const Dims& permutation) const;
  std::optional<Layout> sliced(size_t axis, int64_t begin, int64_t count) const;

  /// Factors of one dimension, outermost first; neighbours that follow each other are one, none is of one
  /// element.
  const std::vector<Factor>& dim(size_t i) const { return dims_[i]; }
  size_t rank() const { return dims_.size(); }
  /// Where it begins along an axis of the map.
  int64_t begin(int axis) const { return begin_[static_cast<size_t>(axis)]; }
  bool operator==(const Layout& o) const;

 private:
  std::vector<std::vector<Factor>> dims_;
  std::array<int64_t, 3> begin_{};
};

/// Factors without those of one element, and with neighbours joined that follow each other.
std::vector<Factor> joined(const std::vector<Factor>& factors);
int64_t count_of(const std::vector<Factor>& factors);
/// Exactly the whole axes given, in this order.
bool covers(const std::vector<Factor>& factors, const Shape& map, std::initializer_list<int> axes);

/// A channel_shuffle, depth_to_space or space_to_depth that makes the map (1, C, H, W) of this layout out of
/// its own; kind activation where both are the same. Empty where no kind does.
std::optional<Op> rearrangement(const Layout& layout, const Shape& map);
/// The channel_shuffle for channels in this order, if it is one.
std::optional<Op> shuffle_of(const std::vector<Factor>& channels, int64_t count);

}  // namespace fusesim::importer
