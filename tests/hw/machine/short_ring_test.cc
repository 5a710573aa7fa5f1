#include <gtest/gtest.h>

#include "fusesim/hw/simulate.h"
#include "fusesim/testing/child_process.h"
#include "fusesim/testing/random_graph.h"
#include "fusesim/testing/reference_evaluation.h"
#include "testing/lbdf_schedules.h"

namespace fusesim::hw {
namespace {

using testing::BruteLbdf;

/// "deadlock", "right" (ran, and the outputs carry the reference provenance) or what else happened.
std::string outcome(const Schedule& schedule, const Config& config) {
  const auto child = testing::run_in_child([&]() -> std::string {
    try {
      const SimResults results = simulate(config, {schedule});
      const auto reference = testing::reference_evaluation(*schedule.graph);
      for (size_t o = 0; o < reference.size(); ++o) {
        if (results.runs[0].outputs[o].hashes != reference[o]) return "wrong provenance";
      }
      return "right";
    } catch (const SimulationError& e) {
      return e.guard() == SimulationError::Guard::deadlock ? "deadlock" : e.what();
    } catch (const std::exception& e) {
      return e.what();
    }
  });
  return child.text;
}

// Whether rings too short for the demand-driven schedule still suffice does not depend on the order of
// firing. So the machine must get stuck exactly where a play of the rows in random order does, and be right
// everywhere else.
TEST(ShortRing, TheMachineStopsExactlyWhereTheRowsCannotMove) {
  const Config config = roomy_config();
  int deadlocks = 0;
  int runs = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    auto graph =
        std::make_shared<const Graph>(testing::random_graph(seed, testing::RandomGraphOptions::tiny()));
    Schedule schedule = lbdf_schedule(graph, testing::random_plan(*graph, seed), config);
    bool shortened = false;
    bool stuck = false;
    for (GroupSchedule& group : schedule.groups) {
      if (group.mode != GroupMode::lbdf) continue;
      std::map<TensorId, int64_t> rows = testing::brute_lbdf(*graph, group.ops, {}).ring_rows;
      for (Ring& ring : group.rings) {
        if (shortened || ring.rows == 1 || (seed + static_cast<uint64_t>(ring.tensor)) % 3 == 0) continue;
        shortened = true;
        rows[ring.tensor] = --ring.rows;
      }
      stuck = stuck || !testing::self_timed_run(*graph, group.ops, rows, seed).has_value();
    }
    if (!shortened) continue;
    ++runs;
    deadlocks += stuck ? 1 : 0;
    EXPECT_EQ(outcome(schedule, config), stuck ? "deadlock" : "right") << "seed " << seed;
  }
  EXPECT_GE(runs, 20);
  EXPECT_GE(deadlocks, 5);
}

}  // namespace
}  // namespace fusesim::hw
