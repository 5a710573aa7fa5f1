#include "exact/plan_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>

#include "brute_plans.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/testing/graph_builder.h"
#include "op_bits.h"
#include "small_graphs.h"

namespace fusesim {
namespace {

constexpr uint64_t kGraphs = 300;
constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();
constexpr int64_t kBuffer = 100;

uint64_t hash_of(const Group& group, uint64_t seed) {
  uint64_t hash = seed;
  for (OpId o : group) hash = testing::Random(hash + static_cast<uint64_t>(o)).next();
  return testing::Random(hash).next();
}

/// Every op weighs something, and a group weighs the sum.
class WeighedFit : public FitBound {
 public:
  WeighedFit(const Graph& graph, uint64_t seed) : FitBound(kBuffer), graph_(graph) {
    testing::Random random(seed);
    for (size_t o = 0; o < graph.ops.size(); ++o) weights_.push_back(random.range(5, 45));
  }
  void push(OpId op) override { ops_.push_back(op); }
  void pop() override { ops_.pop_back(); }
  int64_t bytes() const override { return weight(ops_); }

  int64_t weight(const Group& group) const {
    int64_t sum = 0;
    for (OpId o : group) {
      if (is_opaque(graph_.op(o))) return kNeverFits;
      sum += weights_[static_cast<size_t>(o)];
    }
    return sum;
  }

 private:
  const Graph& graph_;
  std::vector<int64_t> weights_;
  std::vector<OpId> ops_;
};

/// Work does not count in bytes.
WorkFloor no_work(const Graph& graph) {
  WorkFloor work;
  work.ops.resize(graph.ops.size());
  return work;
}

/// A made-up cost model on a random graph: compulsory traffic and a random extra; groups are too large by
/// weight or invalid for no reason.
struct Case {
  explicit Case(uint64_t case_seed, size_t max_ops = 9)
      : graph(testing::small_graph(case_seed, max_ops)),
        seed(case_seed),
        floor(whole_tensor_floor(graph, Datatypes{})),
        work(no_work(graph)),
        fit(graph, seed),
        prices(make_prices()),
        remaining(graph, floor, fit, prices.single_value) {}

  int64_t price(const Group& group) {
    ++priced;
    const uint64_t hash = hash_of(group, seed);
    if (group.size() > 1 && (fit.weight(group) >= kBuffer || hash % 5 == 0)) return kNeverFits;
    GroupTracker tracker(graph, floor);
    for (OpId o : group) tracker.push(o);
    return tracker.floor_bytes() + static_cast<int64_t>(hash / 5 % 4) * tracker.floor_bytes() / 16;
  }

  PlanSearchOutcome run(GroupShapes shapes = GroupShapes::all, int64_t to_beat = kNeverFits,
                        int64_t limit = kNoLimit, SearchOrder order = SearchOrder::best_first) {
    PlanSearch search({graph, dram_objective(), floor, work, remaining, fit, prices});
    return search.run({shapes, {}, order, to_beat, limit, {}});
  }

  int64_t price_of(const Plan& plan) {
    int64_t sum = 0;
    for (const Group& group : plan) sum += price(group);
    return sum;
  }

  int64_t least() {
    return testing::least_plan_price(graph, [this](const Group& group) {
      const int64_t bytes = price(group);
      return bytes == kNeverFits ? -1 : bytes;
    });
  }

  GroupPrices make_prices() {
    GroupPrices result;
    for (size_t o = 0; o < graph.ops.size(); ++o) {
      result.single_value.push_back(price({static_cast<OpId>(o)}));
    }
    result.value = [this](const Group& group) { return price(group); };
    return result;
  }

  Graph graph;
  uint64_t seed;
  TrafficFloor floor;
  WorkFloor work;
  WeighedFit fit;
  int64_t priced = 0;
  GroupPrices prices;
  RemainingBound remaining;
};

TEST(PlanSearch, FindsTheBestOfAllPlans) {
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    Case c(seed);
    const PlanSearchOutcome outcome = c.run();
    ASSERT_TRUE(outcome.found && outcome.complete);
    ASSERT_EQ(illegal_reason(c.graph, outcome.plan), "");
    ASSERT_EQ(c.price_of(outcome.plan), outcome.value);
    ASSERT_EQ(outcome.value, outcome.lower_bound);
    ASSERT_EQ(outcome.value, c.least()) << "seed " << seed << "\n" << testing::describe(c.graph);
  }
}

TEST(PlanSearch, ContiguousFindsTheBestCutOfTheOrder) {
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    Case c(seed);
    const int64_t least = testing::least_plan_price(c.graph, [&](const Group& group) -> int64_t {
      const bool run = group.back() - group.front() + 1 == static_cast<OpId>(group.size());
      const int64_t bytes = run ? c.price(group) : kNeverFits;
      return bytes == kNeverFits ? -1 : bytes;
    });
    const PlanSearchOutcome outcome = c.run(GroupShapes::contiguous);
    ASSERT_EQ(illegal_reason(c.graph, outcome.plan), "");
    ASSERT_EQ(outcome.value, least) << "seed " << seed;
  }
}

TEST(PlanSearch, FindsNothingThatDoesNotBeatTheGivenPlan) {
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    Case c(seed);
    const int64_t least = c.run().value;
    EXPECT_FALSE(c.run(GroupShapes::all, least).found);
    EXPECT_EQ(c.run(GroupShapes::all, least).lower_bound, least);
    EXPECT_EQ(c.run(GroupShapes::all, least + 1).value, least);
  }
}

TEST(PlanSearch, KeepsAValidLowerBoundAtEveryLimit) {
  int64_t cut_short = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Case c(seed);
    const int64_t least = c.run().value;
    for (int64_t limit = 0; limit < 60; limit += 3) {
      const PlanSearchOutcome outcome = c.run(GroupShapes::all, least + 1, limit);
      cut_short += outcome.complete ? 0 : 1;
      ASSERT_LE(outcome.lower_bound, least) << "seed " << seed << " limit " << limit;
      ASSERT_TRUE(!outcome.found || outcome.value == least);
      ASSERT_TRUE(!outcome.complete || outcome.found);
    }
  }
  EXPECT_GT(cut_short, 100);
}

TEST(PlanSearch, GreedyFindsTheSameOptimumIfItMayGoOn) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Case c(seed);
    const PlanSearchOutcome greedy = c.run(GroupShapes::all, kNeverFits, kNoLimit, SearchOrder::greedy);
    ASSERT_TRUE(greedy.complete);
    ASSERT_EQ(greedy.value, c.run().value) << "seed " << seed;
    ASSERT_EQ(greedy.lower_bound, greedy.value);
  }
}

TEST(PlanSearch, IsDeterministic) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    EXPECT_EQ(Case(seed).run().plan, Case(seed).run().plan);
  }
}

TEST(PlanSearch, EvaluatesFewerGroupsThanThereAre) {
  int64_t priced = 0;
  int64_t groups = 0;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Case c(seed);
    c.priced = 0;
    c.run();
    priced += c.priced;
    groups += static_cast<int64_t>(testing::all_groups(c.graph).size());
  }
  EXPECT_LT(2 * priced, groups);
}

/// Cost of the cheapest way to finish a plan from a down-set on, without any bound.
class Completion {
 public:
  explicit Completion(Case& c) : case_(c), groups_(testing::all_groups(c.graph)) {}

  int64_t least(uint64_t placed) {
    if (placed + 1 == uint64_t{1} << case_.graph.ops.size()) return 0;
    const auto known = known_.find(placed);
    if (known != known_.end()) return known->second;
    int64_t best = kNeverFits;
    for (const Group& group : groups_) {
      if (!can_follow(group, placed)) continue;
      const int64_t bytes = case_.price(group);
      if (bytes == kNeverFits) continue;
      uint64_t next = placed;
      for (OpId o : group) set_op(&next, o);
      best = std::min(best, bytes + least(next));
    }
    return known_[placed] = best;
  }

  const std::map<uint64_t, int64_t>& known() const { return known_; }

 private:
  bool can_follow(const Group& group, uint64_t placed) const {
    for (OpId o : group) {
      if (has_op(&placed, o)) return false;
      for (TensorId t : case_.graph.op(o).inputs) {
        const OpId p = case_.graph.tensor(t).producer;
        if (p >= 0 && !has_op(&placed, p) && !std::binary_search(group.begin(), group.end(), p)) return false;
      }
    }
    return true;
  }

  Case& case_;
  std::vector<Group> groups_;
  std::map<uint64_t, int64_t> known_;
};

TEST(RemainingBound, NeverExceedsTheCheapestCompletionOfAnyDownSet) {
  int64_t states = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Case c(seed, 8);
    Completion completion(c);
    completion.least(0);
    for (const auto& [placed, bytes] : completion.known()) {
      ASSERT_LE(c.remaining.bytes(&placed).all, bytes) << "seed " << seed << " placed " << placed << "\n"
                                                       << testing::describe(c.graph);
      ++states;
    }
  }
  EXPECT_GT(states, 500);
}

/// Four 1x1 convolutions in a row on maps of 100 bytes; the buffer holds two of them, so that one map at
/// least goes to DRAM and comes back: inputs 100, outputs 100, weights 4 * 4, one cut 200.
TEST(RemainingBound, CountsCutsThatTheBufferForces) {
  testing::GraphBuilder builder("chain");
  TensorId t = builder.input({2, 10, 5});
  for (int i = 0; i < 4; ++i) {
    testing::ConvSpec spec;
    spec.channels = 2;
    spec.bias = false;
    t = builder.conv(t, spec);
  }
  const Graph graph = builder.finish();
  const TrafficFloor floor = fusion_scheme(Scheme::lbdf).traffic_floor(graph, Datatypes{});
  const auto bytes_at = [&](int64_t buffer_bytes) {
    class PerOp : public FitBound {
     public:
      explicit PerOp(int64_t capacity_bytes) : FitBound(capacity_bytes) {}
      void push(OpId) override { ++ops_; }
      void pop() override { --ops_; }
      int64_t bytes() const override { return 10 * ops_; }

     private:
      int64_t ops_ = 0;
    } fit(buffer_bytes);
    const uint64_t nothing = 0;
    const std::vector<int64_t> alone(4, 204);
    return RemainingBound(graph, floor, fit, alone).bytes(&nothing).all;
  };
  EXPECT_EQ(bytes_at(41), 216);
  EXPECT_EQ(bytes_at(40), 416);
  EXPECT_EQ(bytes_at(21), 416);
  EXPECT_EQ(bytes_at(20), 816);
}

/// Asked whether a group fits that grows op by op, a fit bound may walk the whole of it each time.
class CountingFit : public FitBound {
 public:
  explicit CountingFit(int64_t most_ops) : FitBound(most_ops + 1) {}
  void push(OpId) override { walked_ += ++ops_; }
  void pop() override { --ops_; }
  int64_t bytes() const override { return ops_; }
  int64_t walked() const { return walked_; }

 private:
  int64_t ops_ = 0;
  int64_t walked_ = 0;
};

/// Where everything fits one group, each op of a chain begins a group that reaches to its end: with the
/// cube of the ops, 10^10 steps for 4000.
TEST(RemainingBound, FollowsLongChainsWithBoundedWork) {
  const auto bound_of = [](int ops, int64_t most_ops_of_a_group, int64_t& walked) {
    testing::GraphBuilder builder("chain");
    TensorId t = builder.input({2, 10, 5});
    for (int i = 0; i < ops; ++i) t = builder.activation(t, "Relu");
    const Graph graph = builder.finish();
    const TrafficFloor floor = fusion_scheme(Scheme::lbdf).traffic_floor(graph, Datatypes{});
    CountingFit fit(most_ops_of_a_group);
    const std::vector<int64_t> alone(graph.ops.size(), 200);
    const std::vector<uint64_t> nothing(words_for(graph.ops.size()), 0);
    const int64_t bytes = RemainingBound(graph, floor, fit, alone).bytes(nothing.data()).all;
    walked = fit.walked();
    return bytes;
  };
  int64_t walked = 0;
  EXPECT_EQ(bound_of(4000, 4000, walked), 200);
  EXPECT_LT(walked, int64_t{1} << 29);
  // Groups of at most 10 ops: 399 cuts of 2 * 100 bytes between 400 of them.
  EXPECT_EQ(bound_of(4000, 10, walked), 200 + 399 * 200);
  // So many ops that chains are left out: inputs and outputs alone.
  EXPECT_EQ(bound_of(20000, 10, walked), 200);
  EXPECT_EQ(walked, 0);
}

}  // namespace
}  // namespace fusesim
