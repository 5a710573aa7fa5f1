#include "random_rg.h"

#include <random>

#include "fusesim/gnn/checkpoint.h"

namespace fusesim {

RgWeights zero_rg_weights(const gnn::Network& network) {
  RgWeights weights;
  weights.features = network.feature_count();
  weights.embedding = network.hidden();
  weights.network = gnn::network_sha256(network);
  weights.scheme = "lbdf";
  weights.data_set = "data";
  weights.command = "run_train --fusion lbdf --explainer rg";
  for (const auto& array : weights.arrays()) {
    array.values->assign(static_cast<size_t>(array.rows * array.columns), 0.0F);
  }
  return weights;
}

RgWeights random_rg_weights(uint32_t seed, const gnn::Network& network, float deviation) {
  RgWeights weights = zero_rg_weights(network);
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal(0.0F, deviation);
  for (const auto& array : weights.arrays()) {
    for (float& value : *array.values) value = normal(engine);
  }
  return weights;
}

RgWeights stopping_rg_weights(const gnn::Network& network, float preference) {
  RgWeights weights = zero_rg_weights(network);
  for (float& value : weights.attributes_bias) value = 1.0F;
  for (size_t i = 1; i < weights.stop.size(); i += 2) weights.stop[i] = preference;
  return weights;
}

}  // namespace fusesim
