#pragma once

#include <optional>
#include <vector>

#include "draft.h"
#include "layout.h"

namespace fusesim::importer {

/// A value as a view of a map.
struct View {
  int base = -1;  ///< draft value of the map
  Layout layout;
  std::vector<NodeRef> nodes;  ///< that lie between
};

/// A product of two computed tensors as the kind matmul has it: per group, channels of a position of one map
/// times a matrix made of all of the other.
struct MapProduct {
  View rows, matrix;
  std::vector<Factor> row_channels, matrix_channels;  ///< groups first
  int64_t groups = 1;
  int64_t channels = 1;  ///< of the result
  Layout layout;         ///< of the result, as a view of the map that is made
};

/// Empty where neither operand runs over positions on the one side and channels on the other, or the leading
/// dimensions are no groups of channels.
std::optional<MapProduct> product_of(const Draft& draft, const View& left, const View& right);

/// Channels out of a map: those from `begin` on of the map itself or of its shuffle.
struct Gather {
  std::optional<Op> shuffle;
  int64_t begin = 0, count = 0;
};

/// The given channels, the first of which is `begin`, out of `count`. Empty where one shuffle is not enough.
std::optional<Gather> gather_of(const std::vector<Factor>& channels, int64_t begin, int64_t count);

}  // namespace fusesim::importer
