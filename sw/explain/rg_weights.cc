#include <algorithm>
#include <cmath>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/explain/rg_explainer.h"
#include "fusesim/gnn/checkpoint.h"

namespace fusesim {
namespace {

constexpr const char* kKind = "fusesim.rg/1";
constexpr int64_t kLocatorWide = 64;
constexpr int64_t kLocatorNarrow = 8;

template <typename Weights>
auto arrays_of(Weights& w) {
  const int64_t h = kRgHidden;
  return std::vector{RgArray<std::remove_reference_t<decltype((w.seed))>>{"locator1", &w.locator1,
                                                                          2 * w.embedding, kLocatorWide},
                     {"locator1_bias", &w.locator1_bias, 1, kLocatorWide},
                     {"locator2", &w.locator2, kLocatorWide, kLocatorNarrow},
                     {"locator2_bias", &w.locator2_bias, 1, kLocatorNarrow},
                     {"locator3", &w.locator3, kLocatorNarrow, 1},
                     {"seed", &w.seed, 1, h},
                     {"selected", &w.selected, 1, h},
                     {"attributes", &w.attributes, w.features, h},
                     {"attributes_bias", &w.attributes_bias, 1, h},
                     {"block1", &w.block1, h, h},
                     {"block1_bias", &w.block1_bias, 1, h},
                     {"block2", &w.block2, h, h},
                     {"block2_bias", &w.block2_bias, 1, h},
                     {"attention", &w.attention, h, 1},
                     {"score", &w.score, h, 1},
                     {"stop", &w.stop, h, 2}};
}

void expect_text(const std::string& what, const std::string& expected, const std::string& got) {
  if (got != expected) throw Error(what + ": expected " + expected + ", got " + got);
}

}  // namespace

std::vector<RgArray<std::vector<float>>> RgWeights::arrays() { return arrays_of(*this); }
std::vector<RgArray<const std::vector<float>>> RgWeights::arrays() const { return arrays_of(*this); }

void check(const RgWeights& weights, const gnn::Network& network) {
  expect_text("network", gnn::network_sha256(network), weights.network);
  expect_text("features", std::to_string(network.feature_count()), std::to_string(weights.features));
  expect_text("embedding", std::to_string(network.hidden()), std::to_string(weights.embedding));
  for (const auto& array : weights.arrays()) {
    const int64_t expected = array.rows * array.columns;
    const std::string what = array.name;
    if (static_cast<int64_t>(array.values->size()) != expected) {
      throw Error(what + ": expected " + std::to_string(expected) + " values, got " +
                  std::to_string(array.values->size()));
    }
    const auto finite = [](float x) { return std::isfinite(x); };
    if (!std::all_of(array.values->begin(), array.values->end(), finite)) {
      throw Error(what + ": expected finite values");
    }
  }
}

gnn::WeightFile to_weight_file(const RgWeights& weights) {
  gnn::WeightFile file;
  file.kind = kKind;
  file.text = {{"network", weights.network},
               {"scheme", weights.scheme},
               {"data_set", weights.data_set},
               {"command", weights.command}};
  for (const auto& array : weights.arrays()) file.arrays[array.name] = *array.values;
  return file;
}

RgWeights rg_weights_from(const gnn::WeightFile& file, const std::string& scheme, const gnn::Network& network,
                          const std::string& path) {
  try {
    expect_text("kind", kKind, file.kind);
    RgWeights weights;
    weights.network = file.text_of("network");
    weights.scheme = file.text_of("scheme");
    weights.data_set = file.text_of("data_set");
    weights.command = file.text_of("command");
    expect_text("scheme", scheme, weights.scheme);
    weights.features = network.feature_count();
    weights.embedding = network.hidden();
    for (const auto& array : weights.arrays()) {
      *array.values = file.array_of(array.name, array.rows * array.columns);
    }
    check(weights, network);
    return weights;
  } catch (const Error& error) {
    throw Error(path + ": " + error.what());
  }
}

RgWeights read_rg_weights(const std::string& scheme, const gnn::Network& network,
                          const std::string& data_directory) {
  const std::string path = data_directory + "/models/gnn/" + scheme + ".rg.weights";
  return rg_weights_from(gnn::read_weight_file(path, kKind), scheme, network, path);
}

}  // namespace fusesim
