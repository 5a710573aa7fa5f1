#include "columns/pricing_ways.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "brute_plans.h"
#include "columns/sweep_order.h"
#include "networks.h"
#include "small_graphs.h"

namespace fusesim {
namespace {

constexpr uint64_t kGraphs = 800;

Config config_of(const Graph& graph, Scheme scheme, uint64_t seed) {
  constexpr int64_t kPercent[] = {100, 110, 130, 160, 200, 300};
  Config config =
      testing::config_with(testing::least_buffer(graph, scheme) * kPercent[seed % std::size(kPercent)] / 100);
  config.lbdf.prefetch_rows = seed % 4 == 2 ? 1 : 0;
  config.brr.double_buffer = double_buffer_names()[seed % 7 % 3].second;
  return config;
}

struct Sums {
  int64_t floor = 0;
  int64_t value = 0;
  int64_t fit = 0;
  int64_t fit_by_floor = 0;
};

/// kNeverFits if one of them does not fit.
int64_t value_alone(const Objective& objective, PlanGroupModel& model, const Group& group) {
  int64_t sum = 0;
  for (const OpId op : group) {
    const std::optional<GroupCost> cost = cost_under(objective, model, {op});
    if (!cost) return kNeverFits;
    sum += objective.value(*cost);
  }
  return sum;
}

/// Every group that fits also fits in some way, at a floor no higher than its value. The sums are of groups
/// that are worth it: those that come to no more than their ops alone.
Sums expect_floors_hold(const Objective& objective, Scheme scheme, uint64_t graphs = kGraphs) {
  Sums sums;
  for (uint64_t seed = 0; seed < graphs; ++seed) {
    const Graph graph = testing::small_graph(seed, 9);
    const Config config = config_of(graph, scheme, seed);
    const SearchProblem problem = {graph, scheme, config, objective};
    const auto ways = pricing_ways(problem, narrow_order(graph));
    PlanGroupModel model = problem.group_model();
    for (const Group& group : testing::all_groups(graph)) {
      if (group.size() < 2) continue;
      int64_t least = kNeverFits;
      for (const auto& way : ways) least = std::min(least, way->floor_of(group));
      const std::optional<GroupCost> cost = cost_under(objective, model, group);
      const int64_t alone = value_alone(objective, model, group);
      sums.fit_by_floor += least <= alone && alone < kNeverFits ? 1 : 0;
      if (!cost) continue;
      EXPECT_LE(least, objective.value(*cost)) << "seed " << seed << "\n"
                                               << testing::describe(graph) << "group\n"
                                               << testing::describe(graph, group);
      if (::testing::Test::HasFailure()) return sums;
      if (objective.value(*cost) > alone || alone == kNeverFits) continue;
      sums.fit += 1;
      sums.floor += least;
      sums.value += objective.value(*cost);
    }
  }
  return sums;
}

/// Weights that ops share count in equal parts, though a group has them whole.
TEST(Pricing, FloorsOfLbdfTrafficAreItButForSharedWeights) {
  const Sums sums = expect_floors_hold(dram_objective(), Scheme::lbdf);
  EXPECT_GE(1000 * sums.floor, 999 * sums.value);
  EXPECT_LE(10 * sums.fit_by_floor, 11 * sums.fit);
}

TEST(Pricing, FloorsOfBrrTrafficHold) {
  const Sums sums = expect_floors_hold(dram_objective(), Scheme::brr);
  EXPECT_GE(100 * sums.floor, 55 * sums.value);
  EXPECT_LE(10 * sums.fit_by_floor, 15 * sums.fit);
}

TEST(Pricing, FloorsOfTimeAndEnergyHold) {
  for (const FusionScheme* scheme : fusion_schemes()) {
    expect_floors_hold(cycles_objective(), scheme->id(), kGraphs / 8);
    expect_floors_hold(energy_objective(), scheme->id(), kGraphs / 8);
  }
}

}  // namespace
}  // namespace fusesim
