#include "fusesim/values/compare.h"

#include <gtest/gtest.h>

#include "fusesim/testing/graph_builder.h"

namespace fusesim {
namespace {

TEST(CompareValues, NamesOpChannelRowAndColumnOfTheFirstDifference) {
  testing::GraphBuilder builder("one_pool");
  const TensorId t = builder.op(OpKind::activation, builder.input({2, 2, 3}));
  Graph graph = builder.finish();
  graph.ops[0].name = "act";
  const std::vector<Value> expected{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  std::vector<Value> got = expected;
  EXPECT_EQ(compare_values(graph, {{t, expected}}, {{t, got}}).different, 0);
  got[10] = 0;
  got[11] = 0;
  const ValueComparison found = compare_values(graph, {{t, expected}}, {{t, got}});
  EXPECT_EQ(found.tensors, 1);
  EXPECT_EQ(found.elements, 12);
  EXPECT_EQ(found.different, 2);
  ASSERT_EQ(found.differences.size(), 1U);
  EXPECT_EQ(found.differences[0],
            "op 0 (act): channel 1, row 1, column 1: value: expected 10, got 0; 2 of 12 elements differ");
}

TEST(CompareValues, CountsTensorsThatAreMissing) {
  testing::GraphBuilder builder("one_pool");
  const TensorId t = builder.op(OpKind::activation, builder.input({1, 1, 2}));
  const Graph graph = builder.finish();
  EXPECT_EQ(compare_values(graph, {{t, {1, 2}}}, {}).different, 2);
}

}  // namespace
}  // namespace fusesim
