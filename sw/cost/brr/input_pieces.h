#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// Input channels that a reduction adds at a time.
struct InputPiece {
  int64_t channels = 0;
  int64_t count = 0;   ///< of pieces that are alike
  bool begins = true;  ///< the sums of a convolution group
  bool ends = true;    ///< likewise
};

/// Pieces of at most as many input channels as the array has rows: of one convolution group or, over slices
/// of g channels, of all groups; slices are cut by themselves, and where they cross into another group.
void cut_inputs(const Graph& graph, const Op& op, bool over_slices, int64_t g, int64_t pe_rows,
                std::vector<InputPiece>& pieces);

}  // namespace fusesim
