#pragma once

#include <cstdint>

namespace fusesim {

/// Deliberate faults that tests plant in the machine to prove that its checks see them.
enum class Fault : uint8_t {
  none,
  tile_halo_short,          ///< brr_tiles: every tile loads or makes one halo row less than its readers need
  weight_subgroup_twice,    ///< brr: the first weight sub-group of every op is fetched twice
  weight_subgroup_skipped,  ///< brr: the last weight sub-group of every op is not fetched; stale weights are
                            ///< used
  slice_out_of_order,       ///< brr_tiles: the first two slices of a tree swap their places in the result
  buffer_swapped_early,     ///< brr: nobody waits for weights, rows and slices that were asked for
  prefetch_past_capacity,   ///< brr: more is asked for ahead than there is room for
  strip_halo_short,         ///< where strips overlap, each but the last has one column less of every tensor
  channels_unshuffled,      ///< a channel_shuffle leaves channels where they are
  early_release,            ///< lbdf: every reader releases one row more than it may
};

}  // namespace fusesim
