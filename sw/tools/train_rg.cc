#include <fmt/format.h>

#include <ctime>
#include <iostream>

#include "explained_metrics.h"
#include "fusesim/explain/train_rg.h"
#include "fusesim/tools/output_directory.h"
#include "train_targets.h"

namespace fusesim {
namespace {

using nlohmann::ordered_json;

ordered_json to_json(const RgTrainOptions& options) {
  return {{"most_nodes", options.most_nodes},
          {"edge_cost", options.costs.edge},
          {"radius_cost", options.costs.radius},
          {"distance_cost", options.costs.distance},
          {"ego_hops", options.ego_hops},
          {"locator_temperature", options.locator_temperature},
          {"locator_steps", options.locator_steps},
          {"ordered_epochs", options.ordered_epochs},
          {"set_epochs", options.set_epochs},
          {"pretrain_graphs", options.pretrain_graphs},
          {"pretrain_draws", options.pretrain_draws},
          {"pretrain_batch", options.pretrain_batch},
          {"epochs", options.epochs},
          {"seeds_per_step", options.seeds_per_step},
          {"rollouts", options.rollouts},
          {"locator_updates", options.locator_updates},
          {"locator_share", options.locator_share},
          {"learning_rate", options.learning_rate}};
}

ordered_json to_json(const RgEpoch& epoch) {
  return {{"epoch", epoch.epoch},
          {"reward", epoch.reward},
          {"nodes", epoch.nodes},
          {"validation_reward", epoch.validation_reward},
          {"validation_nodes", epoch.validation_nodes}};
}

RgTrainOptions options_of(const TrainingRequest& request) {
  RgTrainOptions options;
  options.seed = request.seed;
  options.epochs = request.epochs.value_or(options.epochs);
  options.seeds_per_step = request.batch.value_or(options.seeds_per_step);
  options.learning_rate = request.learning_rate.value_or(options.learning_rate);
  options.progress = [](const RgEpoch& epoch) {
    std::cerr << fmt::format("epoch {}  reward {:.3f}  nodes {:.2f}  validation {:.3f}  nodes {:.2f}\n",
                             epoch.epoch, epoch.reward, epoch.nodes, epoch.validation_reward,
                             epoch.validation_nodes);
  };
  return options;
}

double mean_nodes(const RgExplainer& explainer, const std::vector<gnn::GraphInput>& groups) {
  double sum = 0.0;
  for (const gnn::GraphInput& group : groups)
    sum += static_cast<double>(explainer.select(group).front().size());
  return groups.empty() ? 0.0 : sum / static_cast<double>(groups.size());
}

}  // namespace

void train_rg(const TrainingRequest& request) {
  const std::string name = request.fusion() + "." + to_string(ExplainerKind::rg);
  const OutputDirectory out(request.out, {name + ".weights", name + ".json"});
  const ExplainedNetwork explained_by = explained_network(request);
  const gnn::Network& network = explained_by.checkpoint.network;
  const RgTrainOptions options = options_of(request);
  const std::clock_t start = std::clock();
  RgTraining training =
      train_rg(network, as_invalid(explained_by.train), as_invalid(explained_by.validation), options);
  const double cpu_seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  stamp(training.weights, request, explained_by, options.epochs);

  RgExplainer explainer(network, training.weights);
  const std::vector<ExplainedGraph> validation = as_invalid(explained_by.validation);
  ordered_json epochs = ordered_json::array();
  for (const RgEpoch& epoch : training.epochs) epochs.push_back(to_json(epoch));
  ordered_json metrics = metrics_head(request, explained_by, options.epochs);
  metrics["options"] = to_json(options);
  metrics["epochs"] = epochs;
  metrics["best_epoch"] = training.best_epoch;
  metrics["validation"] = to_json(fidelity(network, explainer, validation, request.seed));
  add_test(metrics, network, explainer, explained_by.test, request.seed);
  metrics["test_nodes_per_explanation"] = mean_nodes(explainer, explained_by.test);
  metrics["training_cpu_seconds"] = cpu_seconds;
  out.write({{name + ".weights", gnn::to_bytes(to_weight_file(training.weights))},
             {name + ".json", metrics.dump(2) + "\n"}});
}

}  // namespace fusesim
