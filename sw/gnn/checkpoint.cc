#include "fusesim/gnn/checkpoint.h"

#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/base/sha256.h"
#include "fusesim/gnn/features.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim::gnn {
namespace {

constexpr const char* kKind = "fusesim.gnn/1";
/// Sizes above these are no network of ours.
constexpr int64_t kMostLayers = 64;
constexpr int64_t kWidest = 1 << 16;

std::string layer_name(int64_t layer, const char* what) {
  return "layer" + std::to_string(layer) + "." + what;
}

int64_t number(const WeightFile& file, const std::string& key, int64_t least, int64_t most) {
  const std::string& text = file.text_of(key);
  int64_t value = 0;
  bool good = !text.empty() && text.size() <= 18;
  for (const char c : text) {
    good = good && c >= '0' && c <= '9';
    if (good) value = value * 10 + (c - '0');
  }
  if (!good || value < least || value > most) {
    throw Error(key + ": expected a whole number from " + std::to_string(least) + " to " +
                std::to_string(most) + ", got " + text);
  }
  return value;
}

NetworkWeights weights_from(const WeightFile& file) {
  NetworkWeights weights;
  const int64_t features = number(file, "features", 1, kWidest);
  const int64_t hidden = number(file, "hidden", 1, kWidest);
  const int64_t layers = number(file, "layers", 1, kMostLayers);
  weights.classes = number(file, "classes", 1, kWidest);
  weights.feature_mean = file.array_of("feature_mean", features);
  weights.feature_scale = file.array_of("feature_scale", features);
  for (int64_t l = 0; l < layers; ++l) {
    GraphConvWeights layer;
    layer.inputs = l == 0 ? features : hidden;
    layer.outputs = hidden;
    layer.neighbour = file.array_of(layer_name(l, "neighbour"), layer.inputs * hidden);
    layer.root = file.array_of(layer_name(l, "root"), layer.inputs * hidden);
    layer.bias = file.array_of(layer_name(l, "bias"), hidden);
    weights.layers.push_back(std::move(layer));
  }
  weights.output = file.array_of("output", hidden * weights.classes);
  weights.output_bias = file.array_of("output_bias", weights.classes);
  return weights;
}

}  // namespace

WeightFile to_weight_file(const Network& network, const Provenance& provenance) {
  const NetworkWeights& weights = network.weights();
  WeightFile file;
  file.kind = kKind;
  file.text = {{"features", std::to_string(network.feature_count())},
               {"hidden", std::to_string(network.hidden())},
               {"layers", std::to_string(weights.layers.size())},
               {"classes", std::to_string(weights.classes)},
               {"scheme", provenance.scheme},
               {"feature_layout", provenance.feature_layout},
               {"data_set", provenance.data_set},
               {"command", provenance.command},
               {"seed", std::to_string(provenance.seed)},
               {"epochs", std::to_string(provenance.epochs)}};
  file.arrays["feature_mean"] = weights.feature_mean;
  file.arrays["feature_scale"] = weights.feature_scale;
  for (size_t l = 0; l < weights.layers.size(); ++l) {
    if (weights.layers[l].outputs != network.hidden()) {
      throw Error("network: expected layers of one width");
    }
    const auto at = static_cast<int64_t>(l);
    file.arrays[layer_name(at, "neighbour")] = weights.layers[l].neighbour;
    file.arrays[layer_name(at, "root")] = weights.layers[l].root;
    file.arrays[layer_name(at, "bias")] = weights.layers[l].bias;
  }
  file.arrays["output"] = weights.output;
  file.arrays["output_bias"] = weights.output_bias;
  return file;
}

Checkpoint checkpoint_from(const WeightFile& file, const std::string& path) {
  try {
    if (file.kind != kKind) throw Error(std::string("kind: expected ") + kKind + ", got " + file.kind);
    Provenance provenance;
    provenance.scheme = file.text_of("scheme");
    provenance.feature_layout = file.text_of("feature_layout");
    provenance.data_set = file.text_of("data_set");
    provenance.command = file.text_of("command");
    provenance.seed = static_cast<uint64_t>(number(file, "seed", 0, INT64_MAX));
    provenance.epochs = number(file, "epochs", 0, INT64_MAX);
    return {Network(weights_from(file)), provenance};
  } catch (const Error& error) {
    throw Error(path + ": " + error.what());
  }
}

std::string network_sha256(const Network& network) {
  WeightFile file = to_weight_file(network, {});
  file.text.clear();
  return sha256_hex(to_bytes(file));
}

void write_checkpoint(const Network& network, const Provenance& provenance, const std::string& path) {
  write_weight_file(to_weight_file(network, provenance), path);
}

Checkpoint read_checkpoint(const std::string& path) {
  return checkpoint_from(read_weight_file(path, kKind), path);
}

Checkpoint read_group_network(const std::string& scheme, const std::string& data_directory) {
  const std::string path = data_directory + "/models/gnn/" + scheme + ".weights";
  Checkpoint checkpoint = read_checkpoint(path);
  const Provenance& provenance = checkpoint.provenance;
  if (provenance.scheme != scheme) {
    throw Error(path + ": scheme: expected " + scheme + ", got " + provenance.scheme);
  }
  if (provenance.feature_layout != feature_layout_hash() ||
      checkpoint.network.feature_count() != static_cast<int64_t>(feature_names().size()) ||
      checkpoint.network.classes() != 2) {
    throw Error(path + ": feature_layout: expected " + feature_layout_hash() + ", got " +
                provenance.feature_layout);
  }
  return checkpoint;
}

}  // namespace fusesim::gnn
