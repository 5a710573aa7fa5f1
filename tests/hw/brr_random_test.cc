#include <gtest/gtest.h>

#include "brr_bench.h"
#include "fusesim/testing/random_graph.h"

namespace fusesim::hw {
namespace {

using testing::BruteBrr;
using testing::BruteBrrCandidate;
using testing::BruteParams;

BruteParams machine(uint64_t seed) {
  switch (seed % 4) {
    case 0:
      return {1, 1, 4, 4, 32, {32, 16, 8}, 0};
    case 1:
      return {1, 1, 4, 4, 4, {4, 2, 1}, 0};
    case 2:
      return {2, 2, 4, 2, 8, {16, 8, 4}, 0};
    default:
      return {2, 1, 4, 4, 5, {6, 3}, 0};
  }
}

/// What differs between a run of the machine and the brute force; empty if nothing does.
std::string difference(const Graph& graph, const Group& ops, const BruteParams& params,
                       const BruteBrrCandidate& c) {
  BrrBench bench(graph, config_of(params));
  try {
    bench.run(to_schedule(graph, ops, c));
  } catch (const SimulationError& e) {
    return std::string(to_string(e.guard())) + ": " + e.what();
  }
  const auto compare = [](const std::string& what, int64_t expected, int64_t actual) {
    return expected == actual
               ? std::string()
               : what + ": expected " + std::to_string(expected) + ", got " + std::to_string(actual) + "; ";
  };
  std::string text = compare("allocated", c.footprint_bytes, bench.scratchpad.allocated_bytes()) +
                     compare("ifmap", c.traffic.ifmap_bytes, bench.memory.ifmap_bytes()) +
                     compare("ofmap", c.traffic.ofmap_bytes, bench.memory.ofmap_bytes()) +
                     compare("weight", c.traffic.weight_bytes, bench.memory.weight_bytes());
  for (const auto& [tensor, rows] : c.fetched) {
    const auto moved = bench.memory.loaded().find(tensor);
    if (moved == bench.memory.loaded().end() ? c.traffic.ifmap_bytes != 0 : moved->second != rows) {
      text += "rows of tensor " + std::to_string(tensor) + "; ";
    }
  }
  if (!bench.memory.wrong().empty()) text += "provenance: " + bench.memory.wrong().front();
  return text;
}

std::string label(uint64_t seed, const BruteBrrCandidate& c) {
  return "seed " + std::to_string(seed) + (c.passes_mode ? " passes" : " tiles") +
         (c.start_slice ? " start=slice" : " start=full") + (c.join_any ? " join=any" : " join=all") +
         " g=" + std::to_string(c.slice_channels) + " h=" + std::to_string(c.tile_rows) +
         " n=" + std::to_string(c.tiles) + (c.weights_resident ? " resident" : "") +
         " k=" + std::to_string(c.block_channels);
}

/// Some schedules of random groups, each run on a machine of its own.
void run_seeds(uint64_t first, uint64_t last, int per_group) {
  run_in_thread([=] {
    int runs = 0;
    for (uint64_t seed = first; seed < last; ++seed) {
      const Graph graph = testing::random_graph(
          seed, seed / 4 % 2 == 0 ? testing::RandomGraphOptions{} : testing::RandomGraphOptions::tiny());
      const Group ops = testing::random_group(graph, seed, 12);
      if (graph.op(ops.front()).kind == OpKind::opaque) continue;
      const BruteParams params = machine(seed);
      const BruteBrr brute = testing::brute_brr(graph, ops, params);
      if (!brute.illegal_reason.empty()) continue;
      testing::Random random(seed);
      for (int i = 0; i < per_group; ++i) {
        const BruteBrrCandidate& c = random.pick(brute.candidates);
        ++runs;
        const std::string text = difference(graph, ops, params, c);
        EXPECT_EQ(text, "") << label(seed, c) << "\n" << testing::describe(graph, ops);
      }
    }
    EXPECT_GT(runs, 0);
  });
}

TEST(BrrRandom, MovesAndStoresWhatTheBruteForceSays) { run_seeds(0, 150, 4); }
TEST(BrrRandom, MovesAndStoresWhatTheBruteForceSaysAgain) { run_seeds(1000, 1150, 4); }

}  // namespace
}  // namespace fusesim::hw
