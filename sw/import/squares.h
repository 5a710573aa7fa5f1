#pragma once

#include <optional>

#include "layout.h"

namespace fusesim::importer {

// Positions inside squares of a map and the squares themselves: what a space_to_depth (squares outermost
// among the channels) makes of a view.

/// The side of the squares that a view cuts the rows and columns of its map into; empty where it does not.
std::optional<int64_t> square_of(const Layout& layout, const Shape& map);
/// A view of a map as one of the map's space_to_depth. Empty where a dimension does not fall on squares.
std::optional<Layout> deepened(const Layout& layout, const Shape& map, int64_t size);
/// A view of a deep map as one of its depth_to_space.
std::optional<Layout> widened(const Layout& layout, const Shape& deep, int64_t size);

/// A product of two tensors as the kind position_matmul has it.
struct PositionProduct {
  int64_t groups = 1;
  int64_t summed = 1;
  int64_t channels = 1;  ///< of the result
  Layout layout;         ///< of the result, as a view of the map that is made
};

/// Leading dimensions are all positions and groups of channels, the last two channels. Of the result's
/// channels the dimension that the left operand keeps is outermost, or the right one's, then groups. Empty
/// where the operands are something else.
std::optional<PositionProduct> position_product(const Layout& left, const Shape& left_map,
                                                const Layout& right, const Shape& right_map,
                                                bool left_outermost);

}  // namespace fusesim::importer
