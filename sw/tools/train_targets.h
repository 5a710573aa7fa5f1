#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/explain/explainers.h"
#include "fusesim/gnn/checkpoint.h"
#include "fusesim/gnn/dataset.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// What run_train was asked for. Absent settings are the trained thing's own defaults.
struct TrainingRequest {
  Scheme scheme{};
  std::optional<ExplainerKind> explainer;  ///< nothing: the network itself
  uint64_t seed = 1;
  double scale = 1.0;  ///< of the number of groups
  std::string out;
  std::string weights;  ///< network: measured instead of training, if given
  std::optional<int64_t> epochs;
  std::optional<int64_t> batch;
  std::optional<double> learning_rate;

  /// The scheme's name, which files and their metrics carry.
  std::string fusion() const { return to_string(scheme); }
  /// That makes the result again: what was given, and always the epochs.
  std::string command(int64_t trained_epochs) const;
};

/// Hash and size of a data set, as metrics files hold them.
nlohmann::ordered_json counts_of(const gnn::DataSet& data);

/// A trained network with the graphs that its explainers are trained and measured on: the groups that do not
/// fit, once per buffer size, without those that have no edges.
struct ExplainedNetwork {
  gnn::Checkpoint checkpoint;
  nlohmann::ordered_json data_set;  ///< counts_of
  std::vector<gnn::GraphInput> train;
  std::vector<gnn::GraphInput> validation;
  std::vector<gnn::GraphInput> test;
};
/// What the metrics of every trained explainer begin with.
nlohmann::ordered_json metrics_head(const TrainingRequest& request, const ExplainedNetwork& explained_by,
                                    int64_t epochs);

/// The shipped network of the scheme and its data set, drawn again. Throws Error if this is not the data set
/// that the network was trained on.
ExplainedNetwork explained_network(const TrainingRequest& request);

/// Says in trained weights what they belong to.
template <typename Weights>
void stamp(Weights& weights, const TrainingRequest& request, const ExplainedNetwork& explained_by,
           int64_t epochs) {
  weights.scheme = request.fusion();
  weights.data_set = explained_by.checkpoint.provenance.data_set;
  weights.command = request.command(epochs);
}

/// Everything below throws Error and writes its files to `out` whole or not at all.

/// The network of a scheme: `<fusion>.weights`, `<fusion>.json`.
void train_network(const TrainingRequest& request);
/// PGExplainer of the shipped network: `<fusion>.pg.weights`, `<fusion>.pg.json`.
void train_pg(const TrainingRequest& request);
/// RG-Explainer of the shipped network: `<fusion>.rg.weights`, `<fusion>.rg.json`.
void train_rg(const TrainingRequest& request);

/// An explainer that is trained, and the function that does it.
struct TrainedExplainer {
  ExplainerKind kind;
  void (*train)(const TrainingRequest& request);
};
/// All of them.
const std::vector<TrainedExplainer>& trained_explainers();
/// What the request names.
void train(const TrainingRequest& request);

}  // namespace fusesim
