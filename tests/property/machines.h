#pragma once

#include "fusesim/config/config.h"
#include "fusesim/testing/random_schedule.h"

namespace fusesim::testing {

/// A configuration and networks of a size that it has to cut: capacities are small enough that many groups do
/// not fit, tiles and weight sub-groups are needed, and single ops still run.
struct Machine {
  const char* name;
  Config config;
  RandomGraphOptions graphs;
};

Machine wide_machine();   ///< 8-bit data, 32-bit sums, 32 x 32, slices of 32, 16, 8
Machine tiny_machine();   ///< 4 x 4, slices of 4, 2, 1: many slices and sub-groups
Machine paper_machine();  ///< sums as narrow as activations, 16-bit data
Machine mixed_machine();  ///< 16-bit activations, 8-bit weights, 32-bit sums, odd array, prefetched rows
/// Weights of the next group come while one runs. Tiny: BRR groups have room for their next weights; paper:
/// for their next rows and slices as well.
Machine tiny_ahead_machine();
Machine paper_ahead_machine();
Machine roomy_machine();  ///< everything fits in few tiles; weight stationary

/// The built-in machine and networks of everyday size.
Machine real_machine();

}  // namespace fusesim::testing
