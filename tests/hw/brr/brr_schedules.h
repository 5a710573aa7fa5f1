#pragma once

#include <algorithm>
#include <vector>

#include "testing/engine_bench.h"

namespace fusesim::hw {

/// The whole graph as one brr_tiles group; `sliced` tensors are SLICE, all others FULL.
inline GroupSchedule whole_graph(const Graph& graph, int64_t g, int64_t h, int64_t tiles,
                                 const std::vector<TensorId>& sliced = {}, bool resident = false) {
  GroupSchedule group;
  group.mode = GroupMode::brr_tiles;
  for (size_t o = 0; o < graph.ops.size(); ++o) group.ops.push_back(static_cast<OpId>(o));
  group.outgoing = boundary(graph, group.ops).outgoing;
  group.brr.slice_channels = g;
  group.brr.tile_rows = h;
  group.brr.tiles = tiles;
  group.brr.weights_resident = resident;
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    const auto id = static_cast<TensorId>(t);
    const bool slice = std::find(sliced.begin(), sliced.end(), id) != sliced.end();
    group.brr.residency.push_back({id, slice ? Residency::slice : Residency::full});
  }
  return group;
}

/// One convolution in weight passes of k channels.
inline GroupSchedule weight_passes(const Graph& graph, int64_t g, int64_t k, int64_t passes) {
  GroupSchedule group;
  group.mode = GroupMode::brr_passes;
  group.ops = {0};
  group.outgoing = boundary(graph, group.ops).outgoing;
  group.brr.slice_channels = g;
  group.brr.block_channels = k;
  group.brr.passes = passes;
  return group;
}

}  // namespace fusesim::hw
