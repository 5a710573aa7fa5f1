#include "columns/pricing_ways.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "brute_plans.h"
#include "columns/sweep_order.h"
#include "fusesim/base/random_source.h"
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

/// Duals somewhat below what groups are worth, at random; 0 of an op that does not fit alone.
std::vector<int64_t> random_duals(const SearchProblem& problem, uint64_t seed) {
  RandomSource random(seed);
  PlanGroupModel model = problem.group_model();
  std::vector<int64_t> duals;
  for (size_t o = 0; o < problem.graph.ops.size(); ++o) {
    const int64_t alone = value_alone(problem.objective, model, {static_cast<OpId>(o)});
    const auto percent = static_cast<int64_t>(50 + random.index(40));
    duals.push_back(alone == kNeverFits ? 0 : alone * percent / 100);
  }
  return duals;
}

/// What a hasty sweep finds gains, and where a complete one finds a group, it hardly ever finds none.
void expect_haste_finds(Scheme scheme) {
  int64_t swept = 0;
  int64_t missed = 0;
  int64_t labels = 0;
  int64_t complete_labels = 0;
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Graph graph = testing::small_graph(seed, 9);
    const Config config = config_of(graph, scheme, seed);
    const SearchProblem problem = {graph, scheme, config};
    const std::vector<int64_t> duals = random_duals(problem, seed);
    PricingOptions options;
    options.buckets = 64;
    options.most_labels = 1'000'000;
    options.most_sweep_labels = 1'000'000;
    for (const auto& way : pricing_ways(problem, narrow_order(graph))) {
      options.hasty = false;
      const Priced complete = way->run(duals, options);
      EXPECT_TRUE(complete.complete);
      options.hasty = true;
      const Priced hasty = way->run(duals, options);
      EXPECT_FALSE(hasty.complete);
      labels += hasty.labels;
      complete_labels += complete.labels;
      for (const PricedSet& set : hasty.groups) {
        int64_t sum = 0;
        for (const OpId op : set.group) sum += duals[static_cast<size_t>(op)];
        EXPECT_LT(set.value, sum) << "seed " << seed;
      }
      swept += complete.groups.empty() ? 0 : 1;
      missed += !complete.groups.empty() && hasty.groups.empty() ? 1 : 0;
    }
  }
  EXPECT_GT(swept, static_cast<int64_t>(kGraphs) / 4);
  EXPECT_LE(100 * missed, swept);
  EXPECT_LT(labels, complete_labels);
}

TEST(Pricing, HasteMissesFewGroupsOfLbdf) { expect_haste_finds(Scheme::lbdf); }

TEST(Pricing, HasteMissesFewGroupsOfBrr) { expect_haste_finds(Scheme::brr); }

}  // namespace
}  // namespace fusesim
