#pragma once

#include <cstdint>
#include <vector>

#include "group.h"

namespace fusesim::hw {

/// Channels of one tensor, made slice by slice.
struct BrrSlice {
  int tensor = -1;
  ChannelRange channels;
  int passed_by = -1;  ///< the channel slice that reads the tensor but not these channels; -1: they are read
};

/// One step of a tile: an op whose tensors are all FULL, or a slice tree - ops joined by SLICE tensors, up to
/// the root op that reads them and has no sliced reader inside itself.
struct BrrUnit {
  int root = -1;
  std::vector<int> ops;  ///< ascending; the root is the last
  bool sliced = false;
  /// sliced: the tensor whose channels are cut: the input of a root that sums over slices or pools, else the
  /// root's output.
  int cut_tensor = -1;
  /// sliced: the slices of cut_tensor, at most g channels each, cut where a concat in the tree changes
  /// operand, in the order in which they run; between them slices of channel_slice inputs that no result
  /// reads and that pass through.
  std::vector<BrrSlice> slices;
};

/// The steps of a tile, in topological order of their roots.
std::vector<BrrUnit> brr_units(const BrrGroup& group);

/// Cuts [0, channels) at `cuts` (ascending, inside) and into pieces of at most `most` channels.
std::vector<ChannelRange> cut_channels(int64_t channels, const std::vector<int64_t>& cuts, int64_t most);
/// Channels of t at which a concat of the tree that makes t slice by slice changes operand.
std::vector<int64_t> concat_cuts(const BrrGroup& group, int t);

}  // namespace fusesim::hw
