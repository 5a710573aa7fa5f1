#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim::testing {

/// Rows [begin, end).
struct Rows {
  int64_t begin = 0;
  int64_t end = 0;
  bool empty() const { return begin >= end; }
  int64_t count() const { return empty() ? 0 : end - begin; }
};

/// Mean, largest or moments of a whole map.
bool pools_whole_map(const Op& op);
/// Every output channel may take any channel of its position.
bool mixes_channels(const Op& op);

/// Smallest span that holds both; an empty one does not count.
Rows hull(const Rows& a, const Rows& b);

/// Rows of operand `input` between the first and the last that output row y of `op` reads, clipped to the
/// map. Not for pools of the whole map and opaque. Where a row reads only padding, begin == end at the
/// nearest edge.
Rows rows_of(const Graph& graph, const Op& op, size_t input, int64_t y);

/// Tensors of a group, each once, ascending.
struct GroupTensors {
  std::vector<TensorId> externals;
  std::vector<TensorId> made;
  std::vector<TensorId> outgoing;
};
GroupTensors tensors_of(const Graph& graph, const Group& group);

/// Ops of the group that read t, ascending.
std::vector<OpId> readers_inside(const Graph& graph, const Group& group, TensorId t);
bool made_inside(const Graph& graph, const Group& group, TensorId t);

/// No op before `o` in the group has the same weights and biases.
bool reads_parameters_first(const Graph& graph, const Group& group, OpId o);

}  // namespace fusesim::testing
