#pragma once

#include <memory>
#include <string>

#include "fusesim/schedule/schedule.h"

namespace fusesim::testing {

/// SHA-256 under which the sample network goes.
extern const char* const kSampleSha256;

/// x t0 (4,8,8) -> conv_0 t1 (6,8,8) -> activation_1 t2 -> conv_2 t3 (10,8,8) -> opaque_3 t4 (10,8,8) ->
/// max_pool_4 t5 (10,4,4). t2 is read by conv_2 only, t1 by activation_1 only.
std::shared_ptr<const Graph> sample_graph();

/// {conv_0, activation_1, conv_2} with rings, {opaque_3}, {max_pool_4} in tiles.
Schedule lbdf_sample();
/// {conv_0, activation_1} in tiles, {conv_2} in passes, {opaque_3}, {max_pool_4} in tiles.
Schedule brr_sample();
/// A prediction that belongs to `schedule`: every tensor once; footprints are made up.
Prediction sample_prediction(const Schedule& schedule);

}  // namespace fusesim::testing
