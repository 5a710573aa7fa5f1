#include "brr/input_pieces.h"

#include <algorithm>

#include "fusesim/base/ceil_div.h"

namespace fusesim {
namespace {

void add(const InputPiece& piece, std::vector<InputPiece>& pieces) {
  for (InputPiece& known : pieces) {
    if (known.channels != piece.channels || known.begins != piece.begins || known.ends != piece.ends)
      continue;
    known.count += piece.count;
    return;
  }
  pieces.push_back(piece);
}

/// Of `groups` convolution groups, each cut into chunks.
void cut_evenly(int64_t depth, int64_t chunk, int64_t groups, std::vector<InputPiece>& pieces) {
  const int64_t chunks = ceil_div(depth, chunk);
  if (chunks == 1) {
    pieces.push_back({depth, groups, true, true});
    return;
  }
  pieces.push_back({chunk, groups, true, false});
  if (chunks > 2) pieces.push_back({chunk, groups * (chunks - 2), false, false});
  pieces.push_back({depth - (chunks - 1) * chunk, groups, false, true});
}

}  // namespace

void cut_inputs(const Graph& graph, const Op& op, bool over_slices, int64_t g, int64_t pe_rows,
                std::vector<InputPiece>& pieces) {
  pieces.clear();
  const int64_t inputs = graph.in_shape(op).c;
  const int64_t depth = inputs / op.groups;
  if (!over_slices) return cut_evenly(depth, std::min(depth, pe_rows), 1, pieces);
  const bool whole_pieces = g <= pe_rows || g % pe_rows == 0;
  const bool within_groups = op.groups == 1 || g % depth == 0 || depth % g == 0;
  if (whole_pieces && within_groups)
    return cut_evenly(depth, std::min({depth, pe_rows, g}), op.groups, pieces);
  for (int64_t slice = 0; slice < inputs; slice += g) {
    for (int64_t first = slice; first < std::min(inputs, slice + g);) {
      const int64_t group_end = (first / depth + 1) * depth;
      const int64_t end = std::min({inputs, slice + g, group_end, first + pe_rows});
      add({end - first, 1, first % depth == 0, end == group_end}, pieces);
      first = end;
    }
  }
}

}  // namespace fusesim
