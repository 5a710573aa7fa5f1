#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/hw/fault.h"
#include "group.h"
#include "units.h"

namespace fusesim::hw {

/// One thing that a tile does. Which rows it concerns depends on the tile, all else is the same for all.
struct BrrStep {
  enum class Kind : uint8_t {
    stream,       ///< `channels` of SLICE external `tensor` are needed on chip for `op`
    let_go,       ///< `channels` of SLICE `tensor` are needed no more; `op`: the reader of an external one
    reduce,       ///< reduction whose input is FULL: adds `inputs` to output `channels`
    add,          ///< reduction over slices: adds `inputs` of the convolution group of output `channels`
    finish_sums,  ///< reduction over slices: the sums become rows of the output
    local,        ///< channel-local op: makes output `channels`, with one weight sub-group if it has weights
    pool,         ///< GlobalAvgPool: takes `channels` of its input
    finish_pool,  ///< and, after the last row of the map, its result is whole
    store,        ///< `channels` of `tensor` leave for DRAM
    end_unit,     ///< FULL tensors that no later unit reads are dropped
    capture,      ///< planted fault: `channels` of `tensor` are taken aside
    inject,       ///< planted fault: what was captured becomes `channels` of `tensor`
  };
  Kind kind = Kind::end_unit;
  int op = -1;
  int tensor = -1;
  ChannelRange channels;
  ChannelRange inputs;  ///< within a convolution group
  int unit = -1;
  int captured = -1;    ///< planted fault: reads this capture in place of the tensor
  ChannelRange passed;  ///< planted fault: the channels that it passes for
};

/// The steps of a tile in their order. `pe_rows`: input channels of one weight sub-group at most.
std::vector<BrrStep> brr_steps(const BrrGroup& group, const std::vector<BrrUnit>& units, int64_t pe_rows,
                               Fault fault);

}  // namespace fusesim::hw
