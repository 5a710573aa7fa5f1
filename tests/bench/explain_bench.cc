/// Explanations per second and thread, of graphs as fusion groups have them: 15 nodes and 18 edges under a
/// network of the paper's size with random weights.

#include <benchmark/benchmark.h>

#include <cmath>
#include <random>

#include "fusesim/explain/gnn_explainer.h"
#include "fusesim/explain/known_answers.h"
#include "fusesim/explain/pg_explainer.h"
#include "fusesim/explain/rg_explainer.h"
#include "fusesim/gnn/checkpoint.h"

namespace fusesim {
namespace {

constexpr int64_t kFeatures = 33;
constexpr int64_t kHidden = 128;
constexpr int64_t kLayers = 4;
constexpr int64_t kPgUnits = 64;

std::vector<float> normal(std::mt19937& engine, int64_t count, double deviation) {
  std::normal_distribution<float> distribution(0.0F, static_cast<float>(deviation));
  std::vector<float> values(static_cast<size_t>(count));
  for (float& v : values) v = distribution(engine);
  return values;
}

gnn::Network network() {
  std::mt19937 engine(1);
  gnn::NetworkWeights weights;
  weights.feature_mean.assign(kFeatures, 0.0F);
  weights.feature_scale.assign(kFeatures, 1.0F);
  int64_t inputs = kFeatures;
  for (int64_t l = 0; l < kLayers; ++l) {
    const double deviation = 0.6 / std::sqrt(static_cast<double>(inputs));
    gnn::GraphConvWeights layer;
    layer.inputs = inputs;
    layer.outputs = kHidden;
    layer.neighbour = normal(engine, inputs * kHidden, deviation);
    layer.root = normal(engine, inputs * kHidden, deviation);
    layer.bias = normal(engine, kHidden, 0.3);
    weights.layers.push_back(layer);
    inputs = kHidden;
  }
  weights.output = normal(engine, 2 * kHidden, 0.2);
  weights.output_bias = normal(engine, 2, 0.2);
  return gnn::Network(std::move(weights));
}

gnn::GraphInput graph() {
  std::mt19937 engine(2);
  gnn::GraphInput input = planted_edges(1, 1).front().graph;
  input.feature_count = kFeatures;
  input.features = normal(engine, input.nodes * kFeatures, 1.0);
  return input;
}

/// What 100 iterations of any mask cost at least.
void hundred_passes(benchmark::State& state) {
  const gnn::Network judge = network();
  const gnn::GraphInput input = graph();
  const std::vector<float> edge_weights(input.edges.size(), 0.7F);
  while (state.KeepRunning()) {
    gnn::Pass pass(judge, input);
    for (int i = 0; i < 100; ++i) {
      pass.forward(edge_weights);
      benchmark::DoNotOptimize(pass.backward({0.3F, -0.3F}).data());
    }
  }
  state.SetItemsProcessed(state.iterations());
}

void explain(benchmark::State& state, GraphExplainer& explainer) {
  const gnn::GraphInput input = graph();
  uint64_t seed = 0;
  while (state.KeepRunning()) benchmark::DoNotOptimize(explainer.explain(input, 1, ++seed).scores.data());
  state.SetItemsProcessed(state.iterations());
}

void gnne(benchmark::State& state) {
  const gnn::Network judge = network();
  GnnExplainer explainer(judge);
  explain(state, explainer);
}

/// Random weights: they change no step.
void pg(benchmark::State& state) {
  const gnn::Network judge = network();
  std::mt19937 engine(3);
  PgWeights weights;
  weights.units = kPgUnits;
  weights.hidden = normal(engine, 2 * kHidden * weights.units, 0.1);
  weights.hidden_bias = normal(engine, weights.units, 0.1);
  weights.output = normal(engine, weights.units, 0.1);
  weights.network = gnn::network_sha256(judge);
  PgExplainer explainer(judge, weights);
  explain(state, explainer);
}

/// With weights under which it grows to the most nodes it may.
void rg(benchmark::State& state) {
  const gnn::Network judge = network();
  std::mt19937 engine(3);
  RgWeights weights;
  weights.features = kFeatures;
  weights.embedding = kHidden;
  weights.network = gnn::network_sha256(judge);
  for (const auto& array : weights.arrays()) *array.values = normal(engine, array.rows * array.columns, 0.02);
  for (float& value : weights.attributes_bias) value = 1.0F;
  for (size_t i = 0; i < weights.stop.size(); ++i) weights.stop[i] = i % 2 == 0 ? 1.0F : -1.0F;
  RgExplainer explainer(judge, weights);
  if (explainer.select(graph()).front().size() != 15) state.SkipWithError("stopped early");
  explain(state, explainer);
}

BENCHMARK(hundred_passes)->Unit(benchmark::kMicrosecond);
BENCHMARK(gnne)->Unit(benchmark::kMicrosecond);
BENCHMARK(pg)->Unit(benchmark::kMicrosecond);
BENCHMARK(rg)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace fusesim
