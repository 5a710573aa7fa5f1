#include "random_network.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace fusesim::gnn {
namespace {

std::vector<float> normal(std::mt19937& engine, int64_t count, float deviation) {
  std::normal_distribution<float> distribution(0.0F, deviation);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& v : values) v = distribution(engine);
  return values;
}

}  // namespace

NetworkWeights random_weights(uint32_t seed, int64_t features, int64_t hidden, int64_t layers,
                              int64_t classes) {
  std::mt19937 engine(seed);
  NetworkWeights weights;
  weights.feature_mean = normal(engine, features, 0.5F);
  weights.feature_scale = normal(engine, features, 1.0F);
  int64_t inputs = features;
  for (int64_t l = 0; l < layers; ++l) {
    const float deviation = 0.6F / std::sqrt(static_cast<float>(inputs));
    GraphConvWeights layer;
    layer.inputs = inputs;
    layer.outputs = hidden;
    layer.neighbour = normal(engine, inputs * hidden, deviation);
    layer.root = normal(engine, inputs * hidden, deviation);
    layer.bias = normal(engine, hidden, 0.3F);
    weights.layers.push_back(layer);
    inputs = hidden;
  }
  weights.classes = classes;
  weights.output = normal(engine, inputs * classes, 0.2F);
  weights.output_bias = normal(engine, classes, 0.2F);
  return weights;
}

GraphInput random_input(uint32_t seed, int64_t nodes, int64_t features) {
  std::mt19937 engine(seed);
  GraphInput graph;
  graph.nodes = nodes;
  graph.feature_count = features;
  graph.features = normal(engine, nodes * features, 1.0F);
  for (int64_t i = 1; i < nodes; ++i) {
    for (int draw = 0; draw < 2; ++draw) {
      const auto from = static_cast<int32_t>(engine() % static_cast<uint32_t>(i));
      graph.edges.emplace_back(from, static_cast<int32_t>(i));
    }
  }
  std::sort(graph.edges.begin(), graph.edges.end());
  graph.edges.erase(std::unique(graph.edges.begin(), graph.edges.end()), graph.edges.end());
  return graph;
}

std::vector<float> random_edge_weights(uint32_t seed, const GraphInput& graph) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<float> distribution(0.05F, 0.95F);
  std::vector<float> weights(graph.edges.size());
  for (float& w : weights) w = distribution(engine);
  return weights;
}

}  // namespace fusesim::gnn
