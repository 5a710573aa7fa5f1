#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fusesim/cost/scheme.h"
#include "fusesim/testing/brute_force.h"
#include "fusesim/testing/random_graph.h"

namespace fusesim::testing {

/// One random group and the machine it is priced for.
struct Case {
  uint64_t seed = 0;
  Graph graph;
  Group group;
  BruteParams brute;
  CostParams cost;

  std::string text() const {
    return "seed " + std::to_string(seed) + ", pe rows " + std::to_string(brute.pe_rows) + ", e_a " +
           std::to_string(brute.activation_bytes) + "\n" + describe(graph, group);
  }
};

inline CostParams to_cost(const BruteParams& b) {
  CostParams c;
  c.datatypes = {b.activation_bytes, b.weight_bytes, b.bias_bytes, b.partial_sum_bytes, b.from_file};
  c.pe_rows = b.pe_rows;
  c.slice_channels = b.slice_channels;
  c.prefetch_rows = b.prefetch_rows;
  if (b.two_weight_pieces) c.double_buffer = b.two_inputs ? DoubleBuffer::all : DoubleBuffer::weights;
  return c;
}

inline BruteParams machine(uint64_t seed) {
  switch (seed % 4) {
    case 0:
      return {1, 1, 4, 4, 32, {32, 16, 8}, 0};
    case 1:
      return {1, 1, 4, 4, 4, {4, 2, 1}, 1};
    case 2:
      return {2, 2, 4, 2, 8, {16, 8, 4}, 0};
    default:
      return {2, 1, 4, 4, 5, {6, 3}, 2};
  }
}

/// Of seeds in turn: single buffers, two weight pieces, everything twice.
inline void set_double_buffer(uint64_t seed, BruteParams& machine) {
  machine.two_weight_pieces = seed % 3 > 0;
  machine.two_inputs = seed % 3 > 1;
}

/// The BRR schedule of a candidate.
inline void run_as(const BruteBrrCandidate& candidate, DoubleBuffer double_buffer, GroupSchedule& group) {
  group.mode = candidate.passes_mode ? GroupMode::brr_passes : GroupMode::brr_tiles;
  BrrSchedule& s = group.brr;
  s.slice_channels = candidate.slice_channels;
  s.double_buffer = double_buffer;
  if (candidate.passes_mode) {
    s.block_channels = candidate.block_channels;
    s.passes = candidate.tiles;
    return;
  }
  s.start = candidate.start_slice ? BrrStart::slice : BrrStart::full;
  s.join = candidate.join_any ? BrrJoin::any : BrrJoin::all;
  s.tile_rows = candidate.tile_rows;
  s.tiles = candidate.tiles;
  s.weights_resident = candidate.weights_resident;
  for (const auto& [tensor, sliced] : candidate.sliced)
    s.residency.push_back({tensor, sliced ? Residency::slice : Residency::full});
}

inline Case random_case(uint64_t seed) {
  Case c;
  c.seed = seed;
  RandomGraphOptions options = seed / 4 % 2 == 0 ? RandomGraphOptions{} : RandomGraphOptions::tiny();
  options.most_images = seed / 8 % 2 == 0 ? 1 : 4;
  options.draw_widths = seed / 16 % 2 == 1;
  c.graph = random_graph(seed, options);
  c.group = random_group(c.graph, seed, 12);
  c.brute = machine(seed);
  c.brute.from_file = seed / 16 % 4 == 1;
  set_double_buffer(seed, c.brute);
  c.cost = to_cost(c.brute);
  return c;
}

}  // namespace fusesim::testing
