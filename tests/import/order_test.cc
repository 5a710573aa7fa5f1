#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Order, OfTheFileIsKept) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 4});
  for (const char* out : {"b", "a", "d", "c"}) m.node("Relu", {"x"}, {out});
  m.node("Sum", {"a", "b", "c", "d"}, {"y"});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m, false)),
              ElementsAre("activation(x)->b", "activation(x)->a", "activation(x)->d", "activation(x)->c",
                          "eltwise(a,b,c,d)->y"));
}

TEST(Order, AFileThatIsNotSortedIsSortedStably) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 4});
  m.node("Add", {"a", "b"}, {"y"});
  m.node("Tanh", {"b"}, {"c"});
  m.node("Relu", {"x"}, {"a"});
  m.node("Sigmoid", {"x"}, {"b"});
  m.output("y").output("c");
  EXPECT_THAT(summary(import_graph(m, false)),
              ElementsAre("activation(x)->a", "activation(x)->b", "eltwise(a,b)->y", "activation(b)->c"));
}

TEST(Order, AFoldedOpKeepsThePlaceOfItsFirstNodeAndTheNameOfItsLastTensor) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 4});
  m.conv("x", "c", 3, 3, 1);
  m.node("Tanh", {"x"}, {"t"});
  m.batch_norm("c", "n", 3);
  m.node("Relu", {"n"}, {"r"});
  m.node("Add", {"r", "t"}, {"y"});
  m.output("y");
  const Graph g = import_graph(m);
  EXPECT_THAT(summary(g), ElementsAre("conv(x)->r", "activation(x)->t", "eltwise(r,t)->y"));
  EXPECT_EQ(g.op(0).name, "c");
  EXPECT_EQ(g.op(0).onnx_type, "Conv");
  EXPECT_THAT(g.op(0).nodes, ElementsAre("c", "n", "r"));
}

TEST(Order, CyclesNameTheirNodes) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 4});
  m.node("Relu", {"x"}, {"before"});
  m.node("Add", {"before", "c"}, {"a"});
  m.node("Relu", {"a"}, {"b"});
  m.node("Tanh", {"b"}, {"c"});
  m.node("Relu", {"c"}, {"y"});
  m.output("y");
  const std::string message = refusal(m);
  EXPECT_THAT(message, HasSubstr("the graph has a cycle: "));
  EXPECT_THAT(message, HasSubstr("a -> b"));
  EXPECT_THAT(message, HasSubstr("b -> c"));
  EXPECT_THAT(message, ::testing::Not(HasSubstr("before")));
}

TEST(Order, ANodeThatReadsItselfIsACycle) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 4});
  m.node("Add", {"x", "y"}, {"y"});
  m.output("y");
  EXPECT_EQ(refusal(m), "the graph has a cycle: y -> y");
}

TEST(Order, TensorsWithTwoProducersOrNoneAreNamed) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 4});
  m.node("Relu", {"x"}, {"y"}).name("one");
  m.node("Tanh", {"x"}, {"y"}).name("two");
  m.output("y");
  EXPECT_EQ(refusal(m), "two: writes tensor 'y', as does node one");
  OnnxBuilder n;
  n.input("x", {1, 3, 4, 4});
  n.node("Add", {"x", "ghost"}, {"y"});
  n.output("y");
  EXPECT_EQ(refusal(n), "y: reads tensor 'ghost', which no node produces and is no graph input");
  OnnxBuilder o;
  o.input("x", {1, 3, 4, 4});
  o.node("Relu", {"x"}, {"x"}).name("r");
  o.output("x");
  EXPECT_EQ(refusal(o), "r: writes tensor 'x', which is a graph input or initialiser");
}

TEST(Names, UnnamedNodesAreNumberedAndRepeatedOnesMadeUnique) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 4});
  m.node("Relu", {"x"}, {"a"}).name("");
  m.node("Tanh", {"a"}, {"b"}).name("same");
  m.node("Relu", {"b"}, {"c"}).name("same");
  m.node("Tanh", {"c"}, {"d"}).name("same_1");
  m.node("Relu", {"d"}, {"y"}).name("");
  m.output("y");
  const Graph g = import_graph(m, false);
  std::vector<std::string> names;
  for (const Op& op : g.ops) names.push_back(op.name);
  EXPECT_THAT(names, ElementsAre("Relu_0", "same", "same_2", "same_1", "Relu_4"));
}

TEST(Names, EveryNodeIsInTheGraphOrInTheNotes) {
  OnnxBuilder m;
  m.input("x", {1, 3, 4, 4});
  m.node("Relu", {"x"}, {"a"});
  m.node("Tanh", {"a"}, {"dead1"});
  m.node("Flatten", {"dead1"}, {"dead2"});
  m.node("MaxPool", {"a"}, {"y"}).integers("kernel_shape", {2, 2});
  m.output("y");
  const ImportedModel model = import_model(m);
  EXPECT_THAT(summary(*model.graph), ElementsAre("activation(x)->a", "max_pool(a)->y"));
  EXPECT_THAT(model.notes, ::testing::UnorderedElementsAre(HasSubstr("'dead1'"), HasSubstr("'dead2'")));
}

}  // namespace
}  // namespace fusesim
