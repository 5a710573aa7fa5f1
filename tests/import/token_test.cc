#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "token_network.h"

// Tokens of windows and grids: attention among them works on the map that they come from.

namespace fusesim {
namespace {

using ::testing::ElementsAre;

int64_t macs_of(const Graph& graph) {
  int64_t macs = 0;
  for (const Op& op : graph.ops) macs += model_macs(graph, op);
  return macs;
}

std::vector<std::string> opaque_ops(const Graph& graph) {
  std::vector<std::string> names;
  for (const Op& op : graph.ops) {
    if (op.kind == OpKind::opaque) names.push_back(op.name);
  }
  return names;
}

struct Sizes {
  Shape map;
  int64_t size, heads;
};

/// Cells of 2 x 2, 3 x 3 and 4 x 4 positions; a window of the whole map, of which each cell is one position.
const Sizes kSizes[] = {
    {{16, 8, 8}, 4, 2}, {{12, 12, 12}, 4, 3}, {{8, 14, 14}, 7, 1}, {{8, 16, 16}, 4, 2}, {{32, 7, 7}, 7, 4}};

TEST(Tokens, WindowsAndThenAGridAttendOnTheMap) {
  for (const Sizes& s : kSizes) {
    SCOPED_TRACE(std::to_string(s.map.h) + " by " + std::to_string(s.size));
    const Graph g = import_graph(windows_then_grid(s.map, s.size, s.heads));
    EXPECT_THAT(opaque_ops(g), ElementsAre());
    const TokenGroups windows{s.map, Grouping::windows, s.size};
    const int64_t positions = s.map.h * s.map.w;
    EXPECT_EQ(macs_of(g), 2 * positions * s.map.c * s.map.c + 2 * attention_macs(windows));
    EXPECT_EQ(parameter_count(g), 2 * s.map.c * s.map.c + 2 * attention_parameters(windows, s.heads));
    // Inside windows all positions of a window are channels; across a grid those of a cell are groups.
    const Op& inside = find_op(g, "wa.scores");
    const Op& across = find_op(g, "ga.scores");
    const int64_t cell = s.map.h / s.size;
    EXPECT_EQ(inside.kind, cell > 1 ? OpKind::position_matmul : OpKind::matmul);
    EXPECT_EQ(inside.groups, s.heads);
    EXPECT_EQ(across.kind, OpKind::matmul);
    EXPECT_EQ(across.groups, cell * cell * s.heads);
    // What is added is what the same place of the map holds.
    EXPECT_EQ(output_shape(g, "wa"), s.map);
    EXPECT_EQ(output_shape(g, "ga"), s.map);
    EXPECT_EQ(find_op(g, "wa").kind, OpKind::eltwise);
    EXPECT_EQ(find_op(g, "wa").inputs[0], find_op(g, "c").output());
    EXPECT_EQ(find_op(g, "ga").inputs[0], find_op(g, "wa").output());
    EXPECT_EQ(find_op(g, "ga.n").inputs[0], find_op(g, "wa").output());
  }
}

/// Cells of 2 x 4 positions are no squares, which is all that the kinds have.
TEST(Tokens, AGridWhoseCellsAreNoSquaresKeepsItsProductsOpaque) {
  const Shape map{8, 8, 16};
  const Graph g = import_graph(windows_then_grid(map, 4, 2));
  EXPECT_EQ(find_op(g, "wa.scores").kind, OpKind::position_matmul);
  int64_t opaque = 0;
  for (const Op& op : g.ops) opaque += op.opaque_macs;
  EXPECT_EQ(opaque, 2 * 128 * 16 * 8);
  EXPECT_EQ(macs_of(g), 2 * 128 * 8 * 8 + 2 * attention_macs({map, Grouping::windows, 4}));
}

/// The same tokens in the same order under two names, and tokens of different groups: of 4 x 4 each, but in
/// windows or across a grid.
TEST(Tokens, AreAddedOnTheMapOnlyWhereTheyLieAlike) {
  const Shape map{6, 8, 8};
  for (const Grouping second : {Grouping::windows, Grouping::grid}) {
    OnnxBuilder m(17);
    m.input("x", {1, 6, 8, 8});
    m.conv("x", "a", 6, 6, 1);
    m.conv("x", "b", 6, 6, 3).integers("pads", {1, 1, 1, 1});
    partition(m, "a", "at", {map, Grouping::windows, 4});
    partition(m, "b", "bt", {map, second, 4});
    m.node("Add", {"at", "bt"}, {"sum"});
    departition(m, "sum", "s", {map, Grouping::windows, 4});
    m.conv("s", "y", 6, 6, 1);
    m.output("y");
    const Graph g = import_graph(m);
    const bool alike = second == Grouping::windows;
    if (alike) {
      EXPECT_THAT(summary(g), ElementsAre("conv(x)->a", "conv(x)->b", "eltwise(a,b)->sum", "conv(sum)->y"));
    }
    EXPECT_EQ(opaque_ops(g).empty(), alike);
    const std::vector<TensorId>& added = find_op(g, "sum").inputs;
    EXPECT_EQ(std::count(added.begin(), added.end(), find_op(g, "b").output()), alike ? 1 : 0);
  }
}

/// Groups of one kind laid out as those of the other are another map: somebody has to move it.
TEST(Tokens, LaidOutAsOtherGroupsAreMoved) {
  const Shape map{6, 8, 8};
  for (const Grouping from : {Grouping::windows, Grouping::grid}) {
    for (const Grouping to : {Grouping::windows, Grouping::grid}) {
      OnnxBuilder m(17);
      m.input("x", {1, 6, 8, 8});
      m.conv("x", "a", 6, 6, 1);
      partition(m, "a", "t", {map, from, 4});
      m.node("Sigmoid", {"t"}, {"s"});
      departition(m, "s", "b", {map, to, 4});
      m.conv("b", "y", 6, 6, 1);
      m.output("y");
      EXPECT_EQ(opaque_ops(import_graph(m)).empty(), from == to);
    }
  }
}

/// x over the root of the mean square of what it differs from its mean by.
void normalise(OnnxBuilder& m, const std::string& x) {
  m.numbers("eps", {1e-5F}, {}).numbers("two", {2.0F}, {});
  m.node("ReduceMean", {x}, {"m"}).integers("axes", {-1});
  m.node("Sub", {x, "m"}, {"d"});
  m.node("Pow", {"d", "two"}, {"s"});
  m.node("ReduceMean", {"s"}, {"v"}).integers("axes", {-1});
  m.node("Add", {"v", "eps"}, {"e"});
  m.node("Sqrt", {"e"}, {"r"});
  m.node("Div", {"d", "r"}, {"n"});
}

/// All positions are tokens of one group, (1, 1, 35, 6); one vector, (1, 6).
TEST(Tokens, ANormalisationThatIsSpelledOutIsOneOfTheMapOrVectorThatTheyAre) {
  OnnxBuilder tokens;
  tokens.input("x", {1, 6, 5, 7}).weight("w", {6, 6}).integers("tokens", {1, 1, 35, 6});
  tokens.conv("x", "c", 6, 6, 1);
  tokens.node("Transpose", {"c"}, {"t"}).integers("perm", {0, 2, 3, 1});
  tokens.node("Reshape", {"t", "tokens"}, {"one"});
  normalise(tokens, "one");
  tokens.node("MatMul", {"n", "w"}, {"p"});
  tokens.integers("map", {1, 5, 7, 6}).node("Reshape", {"p", "map"}, {"b"});
  tokens.node("Transpose", {"b"}, {"u"}).integers("perm", {0, 3, 1, 2});
  tokens.conv("u", "y", 6, 6, 3).integers("pads", {1, 1, 1, 1});
  tokens.output("y");
  EXPECT_THAT(summary(import_graph(tokens)),
              ElementsAre("conv(x)->c", "norm(c)->n", "conv(n)->p", "conv(p)->y"));

  OnnxBuilder vector;
  vector.input("x", {1, 6, 5, 7}).weight("w", {6, 3});
  vector.node("GlobalAveragePool", {"x"}, {"a"});
  vector.node("Flatten", {"a"}, {"f"});
  normalise(vector, "f");
  vector.node("MatMul", {"n", "w"}, {"y"});
  vector.output("y");
  EXPECT_THAT(summary(import_graph(vector)),
              ElementsAre("global_avg_pool(x)->a", "norm(a)->n", "conv(n)->y"));
}

}  // namespace
}  // namespace fusesim
