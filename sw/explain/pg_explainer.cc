#include "fusesim/explain/pg_explainer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/gnn/checkpoint.h"

namespace fusesim {
namespace {

constexpr const char* kKind = "fusesim.pg/1";
constexpr double kThreshold = 0.5;

void expect_text(const std::string& what, const std::string& expected, const std::string& got) {
  if (got != expected) throw Error(what + ": expected " + expected + ", got " + got);
}

void check_values(const std::vector<float>& values, const char* what) {
  if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
    throw Error(std::string(what) + ": expected finite values");
  }
}

void check_size(const std::vector<float>& values, int64_t expected, const char* what) {
  if (static_cast<int64_t>(values.size()) == expected) return;
  throw Error(std::string(what) + ": expected " + std::to_string(expected) + " values, got " +
              std::to_string(values.size()));
}

void check(const PgWeights& weights, const gnn::Network& network) {
  expect_text("network", gnn::network_sha256(network), weights.network);
  if (weights.units < 1) throw Error("hidden_bias: expected at least 1 value, got 0");
  check_size(weights.hidden, 2 * network.hidden() * weights.units, "hidden");
  check_size(weights.hidden_bias, weights.units, "hidden_bias");
  check_size(weights.output, weights.units, "output");
  check_values(weights.hidden, "hidden");
  check_values(weights.hidden_bias, "hidden_bias");
  check_values(weights.output, "output");
  check_values({weights.output_bias}, "output_bias");
}

/// nodes x 2 units: what a node contributes as the first and as the second end of an edge.
std::vector<float> projections(const PgWeights& weights, const std::vector<float>& embeddings) {
  const auto units = static_cast<size_t>(weights.units);
  const size_t width = weights.hidden.size() / units / 2;
  const size_t nodes = embeddings.size() / width;
  std::vector<float> result(nodes * 2 * units, 0.0F);
  for (size_t i = 0; i < nodes; ++i) {
    for (size_t end = 0; end < 2; ++end) {
      float* to = result.data() + (2 * i + end) * units;
      for (size_t c = 0; c < width; ++c) {
        const float factor = embeddings[i * width + c];
        const float* row = weights.hidden.data() + (end * width + c) * units;
        for (size_t u = 0; u < units; ++u) to[u] += factor * row[u];
      }
    }
  }
  return result;
}

}  // namespace

std::vector<double> pg_logits(const PgWeights& weights, const std::vector<float>& embeddings,
                              const std::vector<std::pair<int32_t, int32_t>>& edges) {
  const std::vector<float> projected = projections(weights, embeddings);
  const auto units = static_cast<size_t>(weights.units);
  const auto logit = [&](int32_t a, int32_t b) {
    const float* first = projected.data() + 2 * static_cast<size_t>(a) * units;
    const float* second = projected.data() + (2 * static_cast<size_t>(b) + 1) * units;
    double sum = weights.output_bias;
    for (size_t u = 0; u < units; ++u) {
      sum += std::max(0.0F, first[u] + second[u] + weights.hidden_bias[u]) * weights.output[u];
    }
    return sum;
  };
  std::vector<double> logits;
  logits.reserve(edges.size());
  for (const auto& [a, b] : edges) {
    logits.push_back(weights.symmetric ? (logit(a, b) + logit(b, a)) / 2 : logit(a, b));
  }
  return logits;
}

PgExplainer::PgExplainer(const gnn::Network& network, PgWeights weights, double least_share)
    : network_(network), weights_(std::move(weights)), least_share_(least_share) {
  check(weights_, network_);
  check_least_share(least_share_);
}

Explanation PgExplainer::explain(const gnn::GraphInput& graph, int64_t target, uint64_t) {
  if (target < 0 || target >= network_.classes()) {
    throw Error("class: expected a number below " + std::to_string(network_.classes()) + ", got " +
                std::to_string(target));
  }
  gnn::Pass pass(network_, graph);
  pass.forward();
  Explanation explanation;
  explanation.scores = pg_logits(weights_, pass.node_embeddings(), graph.edges);
  for (double& score : explanation.scores) score = 1.0 / (1.0 + std::exp(-score));
  explanation.edges = edges_above(explanation.scores, kThreshold, least_share_);
  return explanation;
}

gnn::WeightFile to_weight_file(const PgWeights& weights) {
  gnn::WeightFile file;
  file.kind = kKind;
  file.text = {{"network", weights.network},
               {"scheme", weights.scheme},
               {"data_set", weights.data_set},
               {"command", weights.command},
               {"edges", weights.symmetric ? "symmetric" : "directed"}};
  file.arrays = {{"hidden", weights.hidden},
                 {"hidden_bias", weights.hidden_bias},
                 {"output", weights.output},
                 {"output_bias", {weights.output_bias}}};
  return file;
}

PgWeights pg_weights_from(const gnn::WeightFile& file, const std::string& scheme, const gnn::Network& network,
                          const std::string& path) {
  try {
    expect_text("kind", kKind, file.kind);
    PgWeights weights;
    weights.network = file.text_of("network");
    weights.scheme = file.text_of("scheme");
    weights.data_set = file.text_of("data_set");
    weights.command = file.text_of("command");
    expect_text("scheme", scheme, weights.scheme);
    const std::string& edges = file.text_of("edges");
    weights.symmetric = edges == "symmetric";
    if (!weights.symmetric) expect_text("edges", "directed", edges);
    const auto bias = file.arrays.find("hidden_bias");
    weights.units = bias == file.arrays.end() ? 0 : static_cast<int64_t>(bias->second.size());
    weights.hidden_bias = file.array_of("hidden_bias", weights.units);
    weights.hidden = file.array_of("hidden", 2 * network.hidden() * weights.units);
    weights.output = file.array_of("output", weights.units);
    weights.output_bias = file.array_of("output_bias", 1).front();
    check(weights, network);
    return weights;
  } catch (const Error& error) {
    throw Error(path + ": " + error.what());
  }
}

PgWeights read_pg_weights(const std::string& scheme, const gnn::Network& network,
                          const std::string& data_directory) {
  const std::string path = data_directory + "/models/gnn/" + scheme + ".pg.weights";
  return pg_weights_from(gnn::read_weight_file(path, kKind), scheme, network, path);
}

}  // namespace fusesim
