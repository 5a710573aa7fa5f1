#include "fusesim/search/objective.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "brute_plans.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/search/exact.h"
#include "fusesim/testing/graph_builder.h"
#include "fusesim/testing/random.h"
#include "small_graphs.h"

namespace fusesim {
namespace {

constexpr uint64_t kGraphs = 60;
constexpr size_t kOps = 6;

Config config_with(int64_t buffer_bytes) {
  Config config;
  config.buffer.capacity_bytes = buffer_bytes;
  return config;
}

/// A small network at a buffer where every op fits alone and not all fit together.
struct Case {
  explicit Case(uint64_t seed, Scheme scheme_id)
      : graph(testing::small_graph(seed, kOps)), scheme(fusion_scheme(scheme_id)) {
    PlanGroupModel roomy(graph, scheme, CostParams{}, int64_t{1} << 40);
    int64_t least = 1;
    for (size_t o = 0; o < graph.ops.size(); ++o)
      least = std::max(least, roomy.needed_bytes(static_cast<OpId>(o)));
    config = config_with(least + static_cast<int64_t>(seed % 4) * least / 2);
  }
  std::vector<GroupCost> front(const Group& group) const {
    return PlanGroupModel(graph, scheme, cost_params(config), config.buffer.capacity_bytes).front(group);
  }

  Graph graph;
  const FusionScheme& scheme;
  Config config;
};

int64_t least_sum(const Case& c, const Objective& objective) {
  return testing::least_plan_price(c.graph, [&](const Group& group) -> int64_t {
    const std::vector<GroupCost> front = c.front(group);
    return front.empty() ? -1 : objective.value(front[objective.pick(front)]);
  });
}

/// Whether the groups can run one after another.
bool can_run(const Graph& graph, std::vector<Group> groups) {
  std::vector<char> placed(graph.ops.size(), 0);
  const auto ready = [&](const Group& group) {
    return std::all_of(group.begin(), group.end(), [&](OpId o) {
      const std::vector<TensorId>& inputs = graph.op(o).inputs;
      return std::all_of(inputs.begin(), inputs.end(), [&](TensorId t) {
        const OpId producer = graph.tensor(t).producer;
        return producer < 0 || placed[static_cast<size_t>(producer)] != 0 ||
               std::binary_search(group.begin(), group.end(), producer);
      });
    });
  };
  while (!groups.empty()) {
    const auto next = std::find_if(groups.begin(), groups.end(), ready);
    if (next == groups.end()) return false;
    for (const OpId o : *next) placed[static_cast<size_t>(o)] = 1;
    groups.erase(next);
  }
  return true;
}

struct Sum {
  int64_t cycles = 0, energy_pj = 0, bytes = 0;
};

/// Every plan with every choice of schedules.
class AllPlans {
 public:
  explicit AllPlans(const Case& c) : case_(c), groups_(testing::all_groups(c.graph)) {
    for (const Group& group : groups_) fronts_.push_back(c.front(group));
  }
  template <typename Visit>
  void visit(const Visit& visit) {
    choose({}, {}, visit);
  }

 private:
  template <typename Visit>
  void choose(const std::vector<size_t>& chosen, const std::vector<char>& covered, const Visit& visit) {
    std::vector<char> now = covered;
    now.resize(case_.graph.ops.size(), 0);
    const auto first = std::find(now.begin(), now.end(), 0);
    if (first == now.end()) {
      std::vector<Group> plan;
      plan.reserve(chosen.size());
      for (const size_t g : chosen) plan.push_back(groups_[g]);
      if (can_run(case_.graph, plan)) pay(chosen, 0, {}, visit);
      return;
    }
    const auto op = static_cast<OpId>(first - now.begin());
    for (size_t g = 0; g < groups_.size(); ++g) {
      if (fronts_[g].empty() || groups_[g].front() != op) continue;
      std::vector<char> next = now;
      bool free = true;
      for (const OpId o : groups_[g]) {
        free = free && next[static_cast<size_t>(o)] == 0;
        next[static_cast<size_t>(o)] = 1;
      }
      if (!free) continue;
      std::vector<size_t> more = chosen;
      more.push_back(g);
      choose(more, next, visit);
    }
  }
  template <typename Visit>
  void pay(const std::vector<size_t>& chosen, size_t at, const Sum& sum, const Visit& visit) {
    if (at == chosen.size()) return visit(sum);
    for (const GroupCost& cost : fronts_[chosen[at]]) {
      pay(chosen, at + 1,
          {sum.cycles + cost.cycles, sum.energy_pj + cost.energy_pj, sum.bytes + cost.traffic.total_bytes()},
          visit);
    }
  }

  const Case& case_;
  std::vector<Group> groups_;
  std::vector<std::vector<GroupCost>> fronts_;
};

class Objectives : public ::testing::TestWithParam<Scheme> {};

/// Of tiles as many, higher ones may take less time: the array's last stripe is fuller.
TEST(ObjectivesOfTiles, KnowEveryHeightOfATile) {
  testing::GraphBuilder b("grouped");
  TensorId x = b.input({8, 28, 28});
  x = b.conv(x, {8, testing::square_window(3, 1, 1), 2});
  x = b.conv(x, {48, testing::square_window(3, 1, 1), 2});
  x = b.conv(x, {8, testing::square_window(1), 2});
  b.conv(x, {48, testing::square_window(3, 1, 1), 2});
  const Graph graph = b.finish();
  ExactSearch search(graph, fusion_scheme(Scheme::brr), config_with(int64_t{256} * 1024));
  const SearchResult fastest = search.least(cycles_objective());
  const auto timed_traffic = dram_objective_with_slack(0.0);
  const PlanCost traffic = search.cost(search.least(*timed_traffic).plan, *timed_traffic);
  EXPECT_TRUE(fastest.optimal);
  EXPECT_LE(fastest.value, traffic.cycles);
  EXPECT_LE(fastest.value, search.unfused(cycles_objective()).cost.cycles);
}

TEST_P(Objectives, ExactSearchFindsTheLeastOfEach) {
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Case c(seed, GetParam());
    ExactSearch search(c.graph, c.scheme, c.config);
    testing::Random random(seed);
    const auto weighted = weighted_objective(
        {static_cast<double>(random.next() % 9), static_cast<double>(random.next() % 9), 0.5});
    std::vector<const Objective*> all = objectives();
    all.push_back(weighted.get());
    for (const Objective* objective : all) {
      const SearchResult found = search.least(*objective);
      EXPECT_TRUE(found.optimal);
      EXPECT_EQ(found.value, least_sum(c, *objective)) << "seed " << seed << " " << objective->name();
    }
  }
}

TEST_P(Objectives, ExactSearchFindsTheLeastProduct) {
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Case c(seed, GetParam());
    double least = std::numeric_limits<double>::infinity();
    AllPlans(c).visit([&](const Sum& sum) {
      least = std::min(least, static_cast<double>(sum.cycles) * static_cast<double>(sum.energy_pj));
    });
    const EdpResult found = ExactSearch(c.graph, c.scheme, c.config).least_edp();
    EXPECT_NEAR(found.best.cost.edp() / least, 1.0, 1e-6) << "seed " << seed;
    EXPECT_LE(found.lower_bound, least * (1.0 + 1e-6)) << "seed " << seed;
    EXPECT_TRUE(found.optimal) << "seed " << seed << " " << found.lower_bound / found.best.cost.edp() << " "
                               << found.hull.size();
  }
}

TEST_P(Objectives, LimitsHoldAndBoundsAreBounds) {
  int64_t optimal = 0;
  int64_t limited = 0;
  for (uint64_t seed = 0; seed < kGraphs / 2; ++seed) {
    const Case c(seed, GetParam());
    ExactSearch search(c.graph, c.scheme, c.config);
    const int64_t fastest = search.least(cycles_objective()).cost.dram_bytes;
    const int64_t least = search.least(dram_objective()).value;
    Limits limits;
    limits.dram_bytes = least + (fastest - least) / 2;
    int64_t best = std::numeric_limits<int64_t>::max();
    AllPlans(c).visit([&](const Sum& sum) {
      if (sum.bytes <= *limits.dram_bytes) best = std::min(best, sum.cycles);
    });
    const LimitedResult found = search.least_within(Goal::cycles, limits);
    ASSERT_TRUE(found.found) << "seed " << seed;
    EXPECT_LE(found.best.cost.dram_bytes, *limits.dram_bytes) << "seed " << seed;
    EXPECT_GE(found.best.cost.cycles, best) << "seed " << seed;
    EXPECT_LE(found.lower_bound, static_cast<double>(best) * (1.0 + 1e-6)) << "seed " << seed;
    ++limited;
    optimal += found.best.cost.cycles == best ? 1 : 0;
  }
  // What lies between two prices is not found.
  EXPECT_GE(4 * optimal, 3 * limited);
}

/// Whatever bytes and cycles weigh, the least sum is that of a plan of the front.
TEST_P(Objectives, SupportedFrontHasTheLeastOfEverySum) {
  for (uint64_t seed = 0; seed < kGraphs / 2; ++seed) {
    const Case c(seed, GetParam());
    const std::vector<SearchResult> front =
        ExactSearch(c.graph, c.scheme, c.config).supported_front(Figure::dram, Figure::cycles);
    std::vector<Sum> all;
    AllPlans(c).visit([&](const Sum& sum) { all.push_back(sum); });
    for (int i = 0; i <= 20; ++i) {
      const double weight = i / 20.0;
      const auto value = [weight](int64_t bytes, int64_t cycles) {
        return weight * static_cast<double>(bytes) + (1.0 - weight) * static_cast<double>(cycles);
      };
      double least = std::numeric_limits<double>::infinity();
      for (const Sum& sum : all) least = std::min(least, value(sum.bytes, sum.cycles));
      double found = std::numeric_limits<double>::infinity();
      for (const SearchResult& r : front) found = std::min(found, value(r.cost.dram_bytes, r.cost.cycles));
      EXPECT_NEAR(found / least, 1.0, 1e-6) << "seed " << seed << " weight " << weight;
    }
    for (const SearchResult& r : front) EXPECT_TRUE(r.optimal) << "seed " << seed;
  }
}

/// The floor of the ops of a group never exceeds what any of its schedules comes to.
TEST_P(Objectives, WorkNeverExceedsTheCost) {
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Case c(seed, GetParam());
    const WorkFloor floor =
        c.scheme.work_floor(c.graph, cost_params(c.config), c.config.buffer.capacity_bytes);
    for (const Group& group : testing::all_groups(c.graph)) {
      OpWork work;
      for (const OpId o : group) work += floor.ops[static_cast<size_t>(o)];
      for (const GroupCost& cost : c.front(group)) {
        const CostFloor least = floor.costs(cost.traffic.total_bytes(), work);
        EXPECT_LE(least.cycles, cost.cycles) << "seed " << seed;
        EXPECT_LE(least.energy_pj, cost.energy_pj) << "seed " << seed;
      }
    }
  }
}

std::string name_of_scheme(const ::testing::TestParamInfo<Scheme>& info) { return to_string(info.param); }

INSTANTIATE_TEST_SUITE_P(Schemes, Objectives, ::testing::ValuesIn(all_schemes()), name_of_scheme);

TEST(Objective, TakesTheFastestScheduleWithinTheSlack) {
  const std::vector<GroupCost> front = {
      {{100, 0, 0}, 1, 50, 5}, {{104, 0, 0}, 1, 40, 6}, {{120, 0, 0}, 1, 10, 7}};
  EXPECT_EQ(dram_objective_with_slack(0.0)->pick(front), 0U);
  EXPECT_EQ(dram_objective_with_slack(0.05)->pick(front), 1U);
  EXPECT_EQ(dram_objective_with_slack(0.2)->pick(front), 2U);
  EXPECT_EQ(cycles_objective().pick(front), 2U);
  EXPECT_EQ(energy_objective().pick(front), 0U);
}

}  // namespace
}  // namespace fusesim
