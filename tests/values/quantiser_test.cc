#include "fusesim/values/quantiser.h"

#include <gtest/gtest.h>

#include "fusesim/testing/graph_builder.h"

namespace fusesim {
namespace {

using testing::GraphBuilder;

/// All weights of one value, and all biases.
class Constant : public ParameterSource {
 public:
  Constant(float weight, float bias) : weight_(weight), bias_(bias) {}
  void weights(OpId, int64_t, int64_t count, float* out) const override { std::fill_n(out, count, weight_); }
  void biases(OpId, int64_t, int64_t count, float* out) const override { std::fill_n(out, count, bias_); }

 private:
  float weight_;
  float bias_;
};

Graph one_conv() {
  GraphBuilder builder("one_conv");
  builder.conv(builder.input({2, 1, 1}), 1, 1);
  return builder.finish();
}

TEST(Quantiser, GivesInputsWeightsAndBiasesTheirFractions) {
  const Graph graph = one_conv();
  const Constant parameters(0.75F, 0.5F);
  Quantiser quantiser(graph, Datatypes{}, parameters);
  quantiser.set_input(graph.inputs.front(), {1.5F, -3.0F});
  quantiser.prepare(0);
  const ValueNetwork& network = quantiser.network();
  // 3 * 32 = 96 <= 127 < 3 * 64; 0.75 * 128 = 96
  EXPECT_EQ(network.fractions[static_cast<size_t>(graph.inputs.front())], 5);
  EXPECT_EQ(network.inputs[0], (std::vector<Value>{48, -96}));
  EXPECT_EQ(network.ops[0].weight_fraction, 7);
  EXPECT_EQ(network.ops[0].weights, (std::vector<Value>{96, 96}));
  EXPECT_EQ(network.ops[0].biases, std::vector<int64_t>{1 << 11});  // 0.5 * 2^(5 + 7)
}

TEST(Quantiser, CutsASumByTheSmallestShiftThatFits) {
  const Graph graph = one_conv();
  const Constant parameters(0.75F, 0.0F);
  Quantiser quantiser(graph, Datatypes{}, parameters);
  quantiser.set_input(graph.inputs.front(), {1.5F, -3.0F});
  quantiser.prepare(0);
  quantiser.settle(0, 96.0 * 144);  // 13824 / 2^6 = 216, / 2^7 = 108
  EXPECT_EQ(quantiser.network().ops[0].shift, 7);
  EXPECT_EQ(quantiser.network().fractions[static_cast<size_t>(graph.outputs.front())], 5 + 7 - 7);
}

TEST(Quantiser, LeavesHalfOfThePartialSumsToAnySum) {
  GraphBuilder builder("wide");
  builder.conv(builder.input({1024, 1, 1}), 1, 1);
  const Graph graph = builder.finish();
  const Constant parameters(1.0F, 0.0F);
  Datatypes types{2, 2, 4, 4};
  Quantiser quantiser(graph, types, parameters);
  quantiser.set_input(graph.inputs.front(), std::vector<float>(1024, 1.0F));
  quantiser.prepare(0);
  // 1024 * w * 2^15 <= 2^30: w <= 32, less what rounding may add
  EXPECT_EQ(quantiser.network().ops[0].weight_fraction, 4);
  EXPECT_EQ(quantiser.network().ops[0].weights.front(), 16);
}

TEST(Quantiser, IsTheSameForTheSameSeedAlone) {
  const Graph graph = one_conv();
  std::vector<float> once(2);
  std::vector<float> again(1);
  SeededParameters(graph, 3).weights(0, 0, 2, once.data());
  SeededParameters(graph, 3).weights(0, 1, 1, again.data());
  EXPECT_EQ(once[1], again[0]);
  SeededParameters(graph, 4).weights(0, 1, 1, again.data());
  EXPECT_NE(once[1], again[0]);
}

}  // namespace
}  // namespace fusesim
