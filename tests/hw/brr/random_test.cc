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

/// Some schedules of random groups, each run on a machine of its own.
void run_seeds(uint64_t first, uint64_t last, int per_group) {
  run_in_thread([=] {
    int runs = 0;
    for (uint64_t seed = first; seed < last; ++seed) {
      const Graph graph = testing::random_graph(
          seed, seed / 4 % 2 == 0 ? testing::RandomGraphOptions{} : testing::RandomGraphOptions::tiny());
      const Group ops = testing::random_group(graph, seed, 12);
      if (graph.op(ops.front()).kind == OpKind::opaque) continue;
      BruteParams params = machine(seed);
      params.two_weight_pieces = seed % 3 > 0;
      params.two_inputs = seed % 3 > 1;
      const BruteBrr brute = testing::brute_brr(graph, ops, params);
      if (!brute.illegal_reason.empty()) continue;
      testing::Random random(seed);
      for (int i = 0; i < per_group; ++i) {
        const BruteBrrCandidate& c = random.pick(brute.candidates);
        ++runs;
        const uint64_t delays = i % 2 == 0 ? 0 : seed + 1;
        const std::string text = difference(graph, ops, params, c, delays);
        EXPECT_EQ(text, "") << "seed " << seed << ", " << label(c) << "\n" << testing::describe(graph, ops);
      }
    }
    EXPECT_GT(runs, 0);
  });
}

TEST(BrrRandom, MovesAndStoresWhatTheBruteForceSays) { run_seeds(0, 150, 4); }
TEST(BrrRandom, MovesAndStoresWhatTheBruteForceSaysAgain) { run_seeds(1000, 1150, 4); }

}  // namespace
}  // namespace fusesim::hw
