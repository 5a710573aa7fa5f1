#pragma once

#include <cstdint>
#include <vector>

#include "dram/segment.h"
#include "fusesim/config/config.h"
#include "group.h"
#include "steps.h"

namespace fusesim::hw {

/// A piece of weights that is on chip as a whole.
struct BrrSubgroup {
  int op = -1;
  ChannelRange outputs;
  ChannelRange inputs;       ///< within each convolution group; the biases come with input channel 0
  int64_t offset_bytes = 0;  ///< within the op's weights, which lie in DRAM in the order of use
  int64_t bytes = 0;         ///< that come for it
  int from = -1;             ///< op whose weights those are
};

/// Sub-groups in the order in which a tile uses them. Resident weights that several ops read come whole with
/// the first sub-group of any of these ops, as those of the first op.
std::vector<BrrSubgroup> weight_order(const BrrGroup& group, const Datatypes& types,
                                      const std::vector<BrrStep>& steps, bool resident);
/// By op: the first that reads the same weights and biases.
std::vector<int> first_readers(const BrrGroup& group);
/// What brings a sub-group.
Segment weight_segment(const BrrGroup& group, const BrrSubgroup& subgroup);
/// Gives every sub-group of a list its size and its place.
void place_weights(const BrrGroup& group, const Datatypes& types, std::vector<BrrSubgroup>& order);

}  // namespace fusesim::hw
