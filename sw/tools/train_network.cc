#include <cstdio>
#include <ctime>
#include <iostream>
#include <map>
#include <optional>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/config/config.h"
#include "fusesim/gnn/checkpoint.h"
#include "fusesim/gnn/features.h"
#include "fusesim/gnn/metrics.h"
#include "fusesim/gnn/train.h"
#include "fusesim/tools/output_directory.h"
#include "train_targets.h"

namespace fusesim {
namespace {

using nlohmann::ordered_json;

constexpr size_t kSampleGroups = 40;  ///< stored beside the metrics, for tests

std::vector<gnn::Sample> samples_of(const std::vector<gnn::LabelledGroup>& groups) {
  std::vector<gnn::Sample> samples;
  for (const gnn::LabelledGroup& group : groups) {
    for (const int64_t buffer : gnn::kBufferBytes) {
      gnn::GraphInput at = gnn::induced(group.input, {0});
      gnn::set_buffer(at, buffer);
      samples.push_back({&group.input, group.label(buffer), at.features[gnn::beta_column()]});
    }
  }
  return samples;
}

ordered_json to_json(const gnn::Confusion& c) {
  return {{"samples", c.total()},
          {"accuracy", c.accuracy()},
          {"f1_invalid", c.f1_invalid()},
          {"f1_valid", c.f1_valid()},
          {"majority_class", c.majority()},
          {"true_invalid", c.true_positive},
          {"false_invalid", c.false_positive},
          {"true_valid", c.true_negative},
          {"false_valid", c.false_negative}};
}

ordered_json to_json(const gnn::Evaluation& e) {
  return {{"all", to_json(e.all)},
          {"hard", to_json(e.hard)},
          {"logistic_regression_all", to_json(e.baseline_all)},
          {"logistic_regression_hard", to_json(e.baseline_hard)},
          {"p_invalid", e.invalid_with_edges},
          {"p_invalid_without_edges", e.invalid_without_edges},
          {"p_invalid_without_edges_of_invalid", e.invalid_without_edges_invalid},
          {"p_invalid_without_edges_of_valid", e.invalid_without_edges_valid}};
}

/// The first groups of the test set and what the network gets right of them.
ordered_json sample_of(const gnn::Network& network, const gnn::DataSet& data) {
  std::vector<gnn::LabelledGroup> few(
      data.test.begin(),
      data.test.begin() + static_cast<std::ptrdiff_t>(std::min(kSampleGroups, data.test.size())));
  ordered_json groups = ordered_json::array();
  for (const gnn::LabelledGroup& group : few) {
    groups.push_back({{"model", group.model},
                      {"fold_epilogues", group.folded},
                      {"ops", group.ops},
                      {"f_beta_bytes", group.f_beta_bytes}});
  }
  const gnn::Confusion c = gnn::evaluate(network, gnn::LogisticBaseline({}), few).all;
  return {{"correct", c.true_positive + c.true_negative}, {"samples", c.total()}, {"groups", groups}};
}

void report(const gnn::EpochReport& epoch) {
  char line[128];
  std::snprintf(line, sizeof line, "epoch %lld  loss %.4f  validation accuracy %.4f  %.0f s\n",
                static_cast<long long>(epoch.epoch), epoch.loss, epoch.validation_accuracy, epoch.seconds);
  std::cerr << line << std::flush;
}

ordered_json by_model(const gnn::Network& network, const gnn::LogisticBaseline& baseline,
                      const std::vector<gnn::LabelledGroup>& groups) {
  std::map<std::string, std::vector<gnn::LabelledGroup>> models;
  for (const gnn::LabelledGroup& group : groups) models[group.model].push_back(group);
  ordered_json result;
  for (const auto& [model, own] : models) result[model] = to_json(gnn::evaluate(network, baseline, own));
  return result;
}

/// Refuses a network that is not the one to measure.
void expect(const TrainingRequest& request, const char* what, const std::string& expected,
            const std::string& got) {
  if (got != expected) throw Error(request.weights + ": " + what + ": expected " + expected + ", got " + got);
}

/// A network to measure, if one is given.
std::optional<gnn::Checkpoint> stored_network(const TrainingRequest& request) {
  if (request.weights.empty()) return std::nullopt;
  gnn::Checkpoint stored = gnn::read_checkpoint(request.weights);
  expect(request, "scheme", request.fusion(), stored.provenance.scheme);
  expect(request, "feature_layout", gnn::feature_layout_hash(), stored.provenance.feature_layout);
  return stored;
}

gnn::Checkpoint trained_network(const TrainingRequest& request, const gnn::DataSet& data,
                                double& cpu_seconds) {
  gnn::TrainOptions options;
  options.seed = request.seed;
  options.epochs = request.epochs.value_or(options.epochs);
  options.batch = request.batch.value_or(options.batch);
  options.learning_rate = request.learning_rate.value_or(options.learning_rate);
  options.varying_column = static_cast<int64_t>(gnn::beta_column());
  options.progress = report;
  const std::clock_t start = std::clock();
  gnn::Network network = gnn::train(samples_of(data.train), samples_of(data.validation), options);
  cpu_seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  return {std::move(network),
          {request.fusion(), gnn::feature_layout_hash(), data.sha256, request.command(options.epochs),
           request.seed, options.epochs}};
}

}  // namespace

void train_network(const TrainingRequest& request) {
  const OutputDirectory out(request.out, {request.fusion() + ".weights", request.fusion() + ".json"});
  const std::optional<gnn::Checkpoint> stored = stored_network(request);
  const gnn::DataSet data = gnn::draw_data_set(request.scheme, request.seed, request.scale, data_directory());
  std::cerr << "data set " << counts_of(data).dump() << '\n';
  if (stored) expect(request, "data_set", data.sha256, stored->provenance.data_set);
  double cpu_seconds = 0.0;
  const gnn::Checkpoint checkpoint = stored ? *stored : trained_network(request, data, cpu_seconds);
  const gnn::Network& network = checkpoint.network;
  const gnn::LogisticBaseline baseline(data.train);
  ordered_json metrics = {{"scheme", request.fusion()},
                          {"command", checkpoint.provenance.command},
                          {"seed", checkpoint.provenance.seed},
                          {"epochs", checkpoint.provenance.epochs},
                          {"feature_layout", checkpoint.provenance.feature_layout},
                          {"data_set", counts_of(data)},
                          {"test", to_json(gnn::evaluate(network, baseline, data.test))},
                          {"unseen", to_json(gnn::evaluate(network, baseline, data.unseen))},
                          {"unseen_by_model", by_model(network, baseline, data.unseen)},
                          {"sample", sample_of(network, data)}};
  if (request.weights.empty()) metrics["training_cpu_seconds"] = cpu_seconds;
  out.write(
      {{request.fusion() + ".weights", gnn::to_bytes(gnn::to_weight_file(network, checkpoint.provenance))},
       {request.fusion() + ".json", metrics.dump(2) + "\n"}});
}

}  // namespace fusesim
