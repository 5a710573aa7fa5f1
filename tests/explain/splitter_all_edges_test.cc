#include <gtest/gtest.h>

#include <limits>
#include <map>

#include "fusesim/explain/controls.h"
#include "fusesim/explain/splitter.h"
#include "fusesim/search/group_cuts.h"
#include "networks.h"
#include "splitting.h"

namespace fusesim {
namespace {

using testing::all_ops;
using testing::alone_bytes;
using testing::config_with;
using testing::f_beta;
using testing::for_groups_that_do_not_fit;
using testing::if_it_does_not_fit;
using testing::is_kept;

/// Least F_D of all ways to cut a group in two parts that are kept; there are none: the maximum.
int64_t cheapest_pair(Evaluator& evaluator, const Group& group, SplitRule rule) {
  int64_t least = std::numeric_limits<int64_t>::max();
  const GroupDag dag(evaluator.graph(), group);
  for (const GroupEdge& edge : edges_inside(evaluator.graph(), group)) {
    for (const GroupCut& cut : cuts_at(dag, edge)) {
      if (!is_kept(evaluator, cut.first, rule) || !is_kept(evaluator, cut.second, rule)) continue;
      least = std::min(least, evaluator.value(cut.first) + evaluator.value(cut.second));
    }
  }
  return least;
}

std::optional<Plan> split_at_all_edges(Evaluator& evaluator, const Group& group, SplitRule rule) {
  return Splitter(evaluator, std::make_unique<AllEdges>(evaluator.graph()), std::make_shared<SplitMemo>(),
                  rule)
      .split(group);
}

int64_t traffic(Evaluator& evaluator, const Plan& groups) {
  int64_t bytes = 0;
  for (const Group& group : groups) bytes += evaluator.value(group);
  return bytes;
}

void expect_kept_parts(Evaluator& evaluator, const Group& group, const Plan& parts, SplitRule rule) {
  Group ops;
  for (const Group& part : parts) {
    EXPECT_EQ(illegal_reason(evaluator.graph(), part), "");
    EXPECT_TRUE(is_kept(evaluator, part, rule));
    ops.insert(ops.end(), part.begin(), part.end());
  }
  std::sort(ops.begin(), ops.end());
  EXPECT_EQ(ops, group);
}

TEST(Splitter, WithAllEdgesAlwaysEndsInLegalGroupsThatFit) {
  for (const Scheme scheme : {Scheme::lbdf, Scheme::brr}) {
    for (const SplitRule rule : {SplitRule::ops, SplitRule::traffic}) {
      for_groups_that_do_not_fit(scheme, [&](Evaluator& evaluator, const Group& group) {
        const std::optional<Plan> parts = split_at_all_edges(evaluator, group, rule);
        ASSERT_TRUE(parts);
        expect_kept_parts(evaluator, group, *parts, rule);
        const int64_t pair = cheapest_pair(evaluator, group, rule);
        if (pair == std::numeric_limits<int64_t>::max()) return;
        if (rule == SplitRule::ops) {
          EXPECT_EQ(traffic(evaluator, *parts), pair);
        } else {
          EXPECT_LE(traffic(evaluator, *parts), pair);
        }
      });
    }
  }
}

/// Ten residual blocks of random widths: 0 conv; 1, 2, 3 convs, 4 add of 3 and 0; and so on.
Graph residual_blocks(uint64_t seed) {
  RandomSource random(seed);
  testing::GraphBuilder b("blocks");
  const auto width = [&] { return int64_t{8} << random.below(4); };
  TensorId x = b.conv(b.input({8, 24, 24}), width(), 3);
  for (int block = 0; block < 10; ++block) {
    const int64_t channels = b.shape(x).c;
    const TensorId y = b.conv(b.conv(b.conv(x, width(), 1), width(), 3), channels, 1);
    x = b.add(y, x);
  }
  return b.finish();
}

TEST(Splitter, WithAllEdgesLargeGroupsEndLikewise) {
  for (const Scheme scheme : {Scheme::lbdf, Scheme::brr}) {
    SCOPED_TRACE(to_string(scheme));
    int groups = 0;
    int less = 0;
    int more = 0;
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      const Graph graph = residual_blocks(seed);
      int64_t largest_op_bytes = 0;
      for (const OpId op : all_ops(graph)) largest_op_bytes = std::max(largest_op_bytes, f_beta(graph, {op}));
      const auto check = [&](Evaluator& evaluator, const Group& group) {
        std::map<SplitRule, int64_t> bytes;
        for (const SplitRule rule : {SplitRule::ops, SplitRule::traffic}) {
          const std::optional<Plan> parts = split_at_all_edges(evaluator, group, rule);
          ASSERT_TRUE(parts);
          expect_kept_parts(evaluator, group, *parts, rule);
          bytes[rule] = traffic(evaluator, *parts);
        }
        ++groups;
        if (bytes[SplitRule::traffic] < bytes[SplitRule::ops]) ++less;
        if (bytes[SplitRule::traffic] > bytes[SplitRule::ops]) ++more;
      };
      if_it_does_not_fit(graph, all_ops(graph), scheme, 1 + largest_op_bytes, check);
    }
    EXPECT_GT(groups, 10);
    EXPECT_GT(less, scheme == Scheme::brr ? 10 : more) << more << " move more by traffic than by ops";
  }
}

/// Least traffic of all plans of a group that cuts in two lead to, recursively, by trying every cut of every
/// part.
class CheapestPlan {
 public:
  explicit CheapestPlan(Evaluator& evaluator) : evaluator_(evaluator) {}

  int64_t bytes(const Group& group) {
    const auto known = known_.find(group);
    if (known != known_.end()) return known->second;
    int64_t least = evaluator_.fits(group) ? evaluator_.value(group) : kNeverFits;
    const GroupDag dag(evaluator_.graph(), group);
    for (const GroupEdge& edge : edges_inside(evaluator_.graph(), group)) {
      for (const GroupCut& cut : cuts_at(dag, edge))
        least = std::min(least, bytes(cut.first) + bytes(cut.second));
    }
    return known_[group] = least;
  }

 private:
  Evaluator& evaluator_;
  std::map<Group, int64_t> known_;
};

TEST(Splitter, WithAllEdgesMostlyMovesTheLeastThatCutsCanReach) {
  for (const Scheme scheme : {Scheme::lbdf, Scheme::brr}) {
    int groups = 0;
    int least = 0;
    int less_than_by_ops = 0;
    int more_than_by_ops = 0;
    for_groups_that_do_not_fit(
        scheme,
        [&](Evaluator& evaluator, const Group& group) {
          const int64_t bytes = traffic(evaluator, *split_at_all_edges(evaluator, group, SplitRule::traffic));
          const int64_t least_bytes = CheapestPlan(evaluator).bytes(group);
          EXPECT_GE(bytes, least_bytes);
          EXPECT_GE(least_bytes, evaluator.least_parted_value(group));
          ++groups;
          if (bytes == least_bytes) ++least;
          const int64_t by_ops = traffic(evaluator, *split_at_all_edges(evaluator, group, SplitRule::ops));
          if (bytes < by_ops) ++less_than_by_ops;
          if (bytes > by_ops) ++more_than_by_ops;
        },
        600);
    EXPECT_GT(groups, 50) << to_string(scheme);
    EXPECT_GT(least, groups * 9 / 10) << to_string(scheme) << ", " << groups << " groups";
    EXPECT_GT(less_than_by_ops, scheme == Scheme::brr ? 5 : 3) << to_string(scheme);
    EXPECT_GT(less_than_by_ops, 2 * more_than_by_ops) << to_string(scheme);
  }
}

}  // namespace
}  // namespace fusesim
