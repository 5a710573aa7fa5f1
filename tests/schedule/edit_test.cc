#include "fusesim/schedule/edit.h"

#include <gmock/gmock.h>

#include <sstream>

#include "fusesim/base/error.h"
#include "fusesim/testing/graph_builder.h"
#include "fusesim/testing/random.h"
#include "fusesim/testing/random_graph.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::Random;

/// conv 0 -> conv 1 -> conv 2 -> add 3 (of 0 and 2) -> conv 4 -> opaque 5.
Graph residual() {
  GraphBuilder builder("residual");
  const TensorId stem = builder.conv(builder.input({3, 8, 8}), 4, 3);
  const TensorId inner = builder.conv(builder.conv(stem, 4, 3), 4, 3);
  const TensorId last = builder.conv(builder.add(stem, inner), 4, 3);
  builder.opaque({last}, {{4, 8, 8}});
  return builder.finish();
}

/// Applies an edit whose op is an index.
EditedPlan apply(const Graph& graph, const Plan& plan, const std::string& text) {
  const std::optional<PlanEdit> edit = parse_edit(text);
  if (!edit) throw Error("no edit: " + text);
  std::optional<OpId> op;
  if (!edit->op.empty()) op = static_cast<OpId>(std::stoi(edit->op));
  return edited(graph, plan, *edit, op);
}

std::string fault(const Graph& graph, const Plan& plan, const std::string& text) {
  try {
    apply(graph, plan, text);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

using Kept = std::vector<std::optional<size_t>>;

const Plan kPlan = {{0}, {1, 2, 3}, {4}, {5}};

TEST(Edit, ParsesItsThreeForms) {
  const std::optional<PlanEdit> split = parse_edit("split:12@/a@b:1");
  ASSERT_TRUE(split);
  EXPECT_EQ(split->kind, PlanEdit::Kind::split);
  EXPECT_THAT(split->groups, ElementsAre(12));
  EXPECT_EQ(split->op, "/a@b:1");
  EXPECT_THAT(parse_edit("merge:3+4+0")->groups, ElementsAre(3, 4, 0));
  const std::optional<PlanEdit> move = parse_edit("move:a>b>7");
  ASSERT_TRUE(move);
  EXPECT_EQ(move->op, "a>b");
  EXPECT_THAT(move->groups, ElementsAre(7));
  EXPECT_TRUE(parse_edit("move:3>new")->groups.empty());
  for (const char* text : {"", "split", "split:", "split:1", "split:@3", "split:1@", "split:-1@3",
                           "split:1x@3", "merge:1", "merge:1+", "merge:1+1", "merge:1+a", "move:3", "move:>1",
                           "move:3>", "move:3>old", "join:1+2", "split:99999999999999999999@1"})
    EXPECT_FALSE(parse_edit(text)) << text;
}

TEST(Edit, SplitsAGroupBeforeAnOp) {
  const EditedPlan after = apply(residual(), kPlan, "split:1@3");
  EXPECT_EQ(after.plan, (Plan{{0}, {1, 2}, {3}, {4}, {5}}));
  EXPECT_EQ(after.kept, (Kept{0, std::nullopt, std::nullopt, 2, 3}));
}

TEST(Edit, MergesGroupsInTheOrderThatIsLeft) {
  EXPECT_EQ(apply(residual(), kPlan, "merge:1+0").plan, (Plan{{0, 1, 2, 3}, {4}, {5}}));
  EXPECT_EQ(apply(residual(), kPlan, "merge:0+1+2").plan, (Plan{{0, 1, 2, 3, 4}, {5}}));
}

TEST(Edit, MovesAnOpToAnotherGroup) {
  EXPECT_EQ(apply(residual(), kPlan, "move:3>2").plan, (Plan{{0}, {1, 2}, {3, 4}, {5}}));
  EXPECT_EQ(apply(residual(), kPlan, "move:4>1").plan, (Plan{{0}, {1, 2, 3, 4}, {5}}));
  EXPECT_EQ(apply(residual(), kPlan, "move:1>new").plan, (Plan{{0}, {1}, {2, 3}, {4}, {5}}));
}

TEST(Edit, PutsAGroupBehindThoseThatItComesToRead) {
  // a and b read the input, c reads b, d reads a and c.
  GraphBuilder builder("two branches");
  const TensorId x = builder.input({3, 8, 8});
  const TensorId a = builder.conv(x, 4, 3);
  const TensorId c = builder.conv(builder.conv(x, 4, 3), 4, 3);
  builder.add(a, c);
  const Graph graph = builder.finish();
  const EditedPlan after = apply(graph, {{0}, {1}, {2}, {3}}, "merge:0+3");
  EXPECT_EQ(after.plan, (Plan{{1}, {2}, {0, 3}}));
  EXPECT_EQ(after.kept, (Kept{1, 2, std::nullopt}));
}

TEST(Edit, RefusesWhatIsIllegalAndSaysWhatIsNot) {
  const Graph graph = residual();
  EXPECT_EQ(fault(graph, kPlan, "split:1@0"), "split:1@0: expected an op of group 1, got op 0 ('" +
                                                  graph.op(0).name +
                                                  "') of group 0; legal: group 1 before ops: 2, 3");
  EXPECT_THAT(fault(graph, kPlan, "split:1@1"), HasSubstr("is the first of its group"));
  EXPECT_THAT(fault(graph, kPlan, "split:9@1"), HasSubstr("expected groups below 4, got 9"));
  EXPECT_THAT(fault(graph, {{0, 3}, {1, 2}}, "split:9@1"), HasSubstr("below 2"));
  EXPECT_THAT(fault(graph, kPlan, "merge:0+2"), HasSubstr("expected a connected group"));
  EXPECT_THAT(fault(graph, kPlan, "merge:0+2"), HasSubstr("; legal: group 0 with one of: 1"));
  EXPECT_THAT(fault(graph, kPlan, "merge:2+3"),
              HasSubstr("to be alone in its group; legal: group 2 with one of: 1"));
  EXPECT_THAT(fault(graph, {{0}, {1}, {2}, {3}, {4}, {5}}, "merge:0+3"),
              HasSubstr("expected a convex group, got a path that leaves it"));
  EXPECT_THAT(fault(graph, kPlan, "move:2>1"), HasSubstr("is in group 1 already; legal: op 2"));
  EXPECT_THAT(fault(graph, kPlan, "move:4>new"), HasSubstr("is alone in group 2 already"));
  EXPECT_THAT(fault(graph, kPlan, "move:2>0"), HasSubstr("; legal: op 2 ("));
}

TEST(Edit, RefusesGroupsThatWouldWaitForEachOther) {
  // Two chains: 0 -> 1 and 2 -> 3; 4 adds 0 and 2, 5 adds 1 and 3.
  GraphBuilder builder("chains");
  const TensorId x = builder.input({3, 8, 8});
  const TensorId a = builder.conv(x, 4, 3);
  const TensorId b = builder.conv(a, 4, 3);
  const TensorId c = builder.conv(x, 4, 3);
  const TensorId d = builder.conv(c, 4, 3);
  builder.add(a, d);
  builder.add(b, c);
  const Graph graph = builder.finish();
  // {0, 4} reads {2, 3}; with 5 in one group, {2, 3, 5} reads 1, which reads 0.
  const Plan plan = {{0}, {1}, {2, 3}, {4}, {5}};
  EXPECT_EQ(fault(graph, plan, "merge:0+4"),
            "merge:0+4: expected a connected group, got several parts: nothing inside joins op '" +
                graph.op(5).name + "' to op '" + graph.op(0).name + "'; legal: group 0 with one of: 1, 3");
  const Plan closer = {{0, 1}, {2, 3}, {4}, {5}};
  EXPECT_EQ(apply(graph, closer, "move:4>0").plan, (Plan{{2, 3}, {0, 1, 4}, {5}}));
  const Plan circle = apply(graph, closer, "move:4>0").plan;
  EXPECT_THAT(fault(graph, circle, "move:5>0"), HasSubstr("would have to run both before and after it"));
}

TEST(Edit, KeepsTheSchedulesOfOtherGroups) {
  Schedule schedule;
  schedule.graph = std::make_shared<const Graph>(residual());
  for (const Group& group : kPlan) {
    schedule.groups.emplace_back();
    schedule.groups.back().ops = group;
    schedule.groups.back().prefetch_rows = static_cast<int64_t>(schedule.groups.size());
  }
  EXPECT_THAT(edit_schedule(schedule, {}, *parse_edit("split:1@3"), 3), ElementsAre(1, 2));
  ASSERT_EQ(schedule.groups.size(), 5U);
  EXPECT_EQ(schedule.groups[0].prefetch_rows, 1);
  EXPECT_EQ(schedule.groups[1].prefetch_rows, 0);
  EXPECT_EQ(schedule.groups[3].prefetch_rows, 3);
  EXPECT_THAT(edit_schedule(schedule, {1, 2}, *parse_edit("merge:3+2"), std::nullopt), ElementsAre(1, 2));
  EXPECT_EQ(schedule.groups[3].prefetch_rows, 4);
}

std::string random_edit(const Graph& graph, const Plan& plan, Random& random) {
  // Now and then one that is not there.
  const auto group = [&] { return std::to_string(random.range(0, static_cast<int64_t>(plan.size()))); };
  const auto op = std::to_string(random.range(0, static_cast<int64_t>(graph.ops.size()) - 1));
  switch (random.range(0, 3)) {
    case 0:
      return "split:" + group() + "@" + op;
    case 1:
      return "merge:" + group() + "+" + group();
    case 2:
      return "move:" + op + ">" + group();
    default:
      return "move:" + op + ">new";
  }
}

/// The edits that a refusal names.
std::vector<std::string> remedies(const std::string& edit, const std::string& fault) {
  const size_t at = fault.rfind(": ");
  std::vector<std::string> edits;
  if (fault.find("; legal: ") == std::string::npos) return edits;
  std::istringstream list(fault.substr(at + 2));
  for (std::string item; std::getline(list, item, ',');) {
    item = item.substr(item.find_first_not_of(' '));
    item = item.substr(0, item.find(' '));
    if (item == "none") continue;
    const std::string verb = edit.substr(0, edit.find(':'));
    if (verb == "split") edits.push_back(edit.substr(0, edit.find('@') + 1) + item);
    if (verb == "merge") edits.push_back(edit.substr(0, edit.find('+') + 1) + item);
    if (verb == "move") edits.push_back(edit.substr(0, edit.find('>') + 1) + item);
  }
  return edits;
}

TEST(Edit, RandomOnesNeverMakeAnIllegalPlanAndRefusalsNameLegalOnes) {
  int applied = 0, refused = 0, remedied = 0;
  for (uint64_t seed = 0; seed < 150; ++seed) {
    const Graph graph = testing::random_graph(seed);
    Plan plan = testing::random_plan(graph, seed, 6);
    Random random(seed);
    for (int step = 0; step < 15; ++step) {
      const std::string edit = random_edit(graph, plan, random);
      if (!parse_edit(edit)) continue;  // merge:1+1
      try {
        const EditedPlan after = apply(graph, plan, edit);
        ASSERT_EQ(illegal_reason(graph, after.plan), "") << seed << " " << edit;
        for (size_t i = 0; i < after.plan.size(); ++i) {
          if (after.kept[i]) {
            ASSERT_EQ(after.plan[i], plan[*after.kept[i]]) << seed << " " << edit;
          }
        }
        plan = after.plan;
        ++applied;
      } catch (const Error& error) {
        ++refused;
        for (const std::string& remedy : remedies(edit, error.what())) {
          EXPECT_EQ(fault(graph, plan, remedy), "") << seed << ": after " << error.what();
          ++remedied;
        }
      }
    }
  }
  EXPECT_GT(applied, 300);
  EXPECT_GT(refused, 300);
  EXPECT_GT(remedied, 300);
}

}  // namespace
}  // namespace fusesim
