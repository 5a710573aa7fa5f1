#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;

/// Of each op with weights, whose they are.
std::vector<OpId> owners(const OnnxBuilder& model) {
  const Graph graph = import_graph(model, false);
  std::vector<OpId> owners;
  for (OpId o = 0; o < static_cast<OpId>(graph.ops.size()); ++o) {
    if (graph.op(o).weights + graph.op(o).biases > 0) owners.push_back(parameter_owner(graph, o));
  }
  return owners;
}

TEST(Sharing, OpsOfTheSameInitialisersShareThem) {
  OnnxBuilder m;
  m.input("x", {1, 4, 6, 6}).weight("w", {4, 4, 1, 1}).weight("b", {4}).weight("other", {4});
  m.node("Conv", {"x", "w", "b"}, {"c0"});
  m.node("Conv", {"c0", "w", "b"}, {"c1"}).integers("strides", {2, 2});
  m.node("Conv", {"c0", "w", "other"}, {"c2"});
  m.node("Conv", {"c0", "w"}, {"c3"});
  m.node("Conv", {"c2", "w", "other"}, {"c4"});
  m.output("c1").output("c3").output("c4");
  EXPECT_THAT(owners(m), ElementsAre(0, 0, 2, 3, 2));
}

TEST(Sharing, ThroughIdentityAndTheSameConversion) {
  OnnxBuilder m;
  m.input("x", {1, 4, 6, 6})
      .bytes_weight("q", {4, 4, 1, 1})
      .numbers("s", {0.5F}, {})
      .numbers("t", {0.25F}, {});
  m.node("DequantizeLinear", {"q", "s"}, {"w0"});
  m.node("DequantizeLinear", {"q", "s"}, {"w1"});
  m.node("DequantizeLinear", {"q", "t"}, {"w2"});
  m.node("Identity", {"w1"}, {"w3"});
  m.node("Conv", {"x", "w0"}, {"c0"});
  m.node("Conv", {"c0", "w1"}, {"c1"});
  m.node("Conv", {"c1", "w2"}, {"c2"});
  m.node("Conv", {"c2", "w3"}, {"c3"});
  m.output("c3");
  EXPECT_THAT(owners(m), ElementsAre(0, 0, 2, 0));
}

/// What a normalisation makes of them is another set of weights.
TEST(Sharing, NotWhereAScaleOfItsOwnGoesIntoThem) {
  OnnxBuilder m;
  m.input("x", {1, 4, 6, 6}).weight("w", {4, 4, 1, 1});
  m.node("Conv", {"x", "w"}, {"c0"});
  m.batch_norm("c0", "n0", 4);
  m.node("Conv", {"n0", "w"}, {"c1"});
  m.batch_norm("c1", "n1", 4);
  m.node("Conv", {"n1", "w"}, {"c2"});
  m.node("BatchNormalization", {"c2", "n0.scale", "n0.shift", "n0.mean", "n0.var"}, {"n2"});
  m.output("n2");
  EXPECT_THAT(owners(m), ElementsAre(0, 1, 0));
}

TEST(Sharing, OperatorsWithoutAKindShareToo) {
  OnnxBuilder m;
  m.input("x", {5, 1, 8}).weight("w", {1, 32, 8}).weight("r", {1, 32, 8}).integers("axis", {1});
  m.node("LSTM", {"x", "w", "r"}, {"a"}).integer("hidden_size", 8);
  m.node("Squeeze", {"a", "axis"}, {"s"});
  m.node("LSTM", {"s", "w", "r"}, {"y"}).integer("hidden_size", 8);
  m.output("y");
  EXPECT_THAT(owners(m), ElementsAre(0, 0));
}

TEST(Sharing, ParametersThatAreGraphInputsAreObjectsLikeInitialisers) {
  OnnxBuilder m;
  m.input("x", {1, 4, 6, 6}).weight("w", {4, 4, 1, 1});
  m.node("Conv", {"x", "w"}, {"c0"});
  m.node("Conv", {"c0", "w"}, {"c1"});
  m.output("c1");
  m.strip_weights();
  EXPECT_THAT(owners(m), ElementsAre(0, 0));
}

}  // namespace
}  // namespace fusesim
