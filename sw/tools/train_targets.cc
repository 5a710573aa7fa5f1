#include "train_targets.h"

#include <fmt/format.h>

#include <map>

#include "fusesim/base/error.h"
#include "fusesim/config/config.h"
#include "fusesim/gnn/features.h"

namespace fusesim {
namespace {

std::vector<gnn::GraphInput> invalid_of(const std::vector<gnn::LabelledGroup>& groups) {
  std::vector<gnn::GraphInput> invalid;
  for (const gnn::LabelledGroup& group : groups) {
    if (group.input.edges.empty()) continue;
    for (const int64_t buffer : gnn::kBufferBytes) {
      if (group.label(buffer) != gnn::kInvalid) continue;
      invalid.push_back(group.input);
      gnn::set_buffer(invalid.back(), buffer);
    }
  }
  return invalid;
}

}  // namespace

std::string TrainingRequest::command(int64_t trained_epochs) const {
  std::string text = fmt::format("run_train --fusion {}", fusion());
  if (explainer) text += fmt::format(" --explainer {}", to_string(*explainer));
  text += fmt::format(" --seed {} --epochs {}", seed, trained_epochs);
  if (scale != 1.0) text += fmt::format(" --scale {}", scale);
  if (learning_rate) text += fmt::format(" --learning-rate {}", *learning_rate);
  if (batch) text += fmt::format(" --batch {}", *batch);
  return text;
}

nlohmann::ordered_json counts_of(const gnn::DataSet& data) {
  std::map<std::string, int64_t> drawn;
  for (const auto* part : {&data.train, &data.validation, &data.test}) {
    for (const gnn::LabelledGroup& group : *part) ++drawn[group.model];
  }
  std::map<std::string, int64_t> unseen;
  for (const gnn::LabelledGroup& group : data.unseen) ++unseen[group.model];
  return {{"sha256", data.sha256},
          {"train_groups", data.train.size()},
          {"validation_groups", data.validation.size()},
          {"test_groups", data.test.size()},
          {"unseen_groups", data.unseen.size()},
          {"buffer_sizes", gnn::kBufferBytes.size()},
          {"groups_by_model", drawn},
          {"unseen_groups_by_model", unseen}};
}

ExplainedNetwork explained_network(const TrainingRequest& request) {
  gnn::Checkpoint checkpoint = gnn::read_group_network(request.fusion(), data_directory());
  const gnn::Provenance& provenance = checkpoint.provenance;
  const gnn::DataSet data =
      gnn::draw_data_set(request.scheme, provenance.seed, request.scale, data_directory());
  if (data.sha256 != provenance.data_set) {
    throw Error(
        fmt::format("models/gnn/{}.weights: data_set: expected {} (drawn with seed {} and scale {}), got {}",
                    request.fusion(), data.sha256, provenance.seed, request.scale, provenance.data_set));
  }
  return {std::move(checkpoint), counts_of(data), invalid_of(data.train), invalid_of(data.validation),
          invalid_of(data.test)};
}

nlohmann::ordered_json metrics_head(const TrainingRequest& request, const ExplainedNetwork& explained_by,
                                    int64_t epochs) {
  return {{"scheme", request.fusion()},
          {"command", request.command(epochs)},
          {"seed", request.seed},
          {"network", gnn::network_sha256(explained_by.checkpoint.network)},
          {"data_set", explained_by.data_set},
          {"train_samples", explained_by.train.size()},
          {"validation_samples", explained_by.validation.size()},
          {"test_samples", explained_by.test.size()}};
}

const std::vector<TrainedExplainer>& trained_explainers() {
  static const std::vector<TrainedExplainer> all = {{ExplainerKind::pg, train_pg},
                                                    {ExplainerKind::rg, train_rg}};
  return all;
}

void train(const TrainingRequest& request) {
  if (!request.explainer) return train_network(request);
  for (const TrainedExplainer& explainer : trained_explainers()) {
    if (explainer.kind == *request.explainer) return explainer.train(request);
  }
  throw Error(std::string("--explainer: expected one that is trained, got '") +
              to_string(*request.explainer) + "'");
}

}  // namespace fusesim
