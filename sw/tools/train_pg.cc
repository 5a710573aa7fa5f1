#include <fmt/format.h>

#include <ctime>
#include <iostream>

#include "explained_metrics.h"
#include "fusesim/explain/train_pg.h"
#include "fusesim/tools/output_directory.h"
#include "train_targets.h"

namespace fusesim {
namespace {

using nlohmann::ordered_json;

ordered_json to_json(const PgAttempt& attempt) {
  return {{"run", attempt.run},
          {"retry", attempt.retry},
          {"seed", attempt.seed},
          {"size", attempt.size},
          {"collapsed", attempt.spread.collapsed()},
          {"score_mean", attempt.spread.mean},
          {"score_deviation", attempt.spread.deviation},
          {"validation", to_json(attempt.validation)},
          {"losses", attempt.losses}};
}

ordered_json to_json(const PgOptions& options) {
  return {{"epochs", options.epochs},
          {"batch", options.batch},
          {"units", options.units},
          {"learning_rate", options.learning_rate},
          {"size", options.size},
          {"entropy", options.entropy},
          {"first_temperature", options.first_temperature},
          {"last_temperature", options.last_temperature},
          {"bias", options.bias},
          {"initial_mean", options.initial_mean},
          {"runs", options.runs},
          {"retries", options.retries},
          {"size_step", options.size_step}};
}

PgOptions options_of(const TrainingRequest& request) {
  PgOptions options;
  options.seed = request.seed;
  options.epochs = request.epochs.value_or(options.epochs);
  options.batch = request.batch.value_or(options.batch);
  options.learning_rate = request.learning_rate.value_or(options.learning_rate);
  options.progress = [](const PgEpoch& epoch) {
    std::cerr << fmt::format("run {} retry {} epoch {}  loss {:.4f}\n", epoch.run, epoch.retry, epoch.epoch,
                             epoch.loss);
  };
  return options;
}

}  // namespace

void train_pg(const TrainingRequest& request) {
  const std::string name = request.fusion() + "." + to_string(ExplainerKind::pg);
  const OutputDirectory out(request.out, {name + ".weights", name + ".json"});
  const ExplainedNetwork explained_by = explained_network(request);
  const gnn::Network& network = explained_by.checkpoint.network;
  const PgOptions options = options_of(request);
  const std::clock_t start = std::clock();
  PgTraining training =
      train_pg(network, as_invalid(explained_by.train), as_invalid(explained_by.validation), options);
  const double cpu_seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  stamp(training.weights, request, explained_by, options.epochs);

  PgExplainer explainer(network, training.weights);
  ordered_json attempts = ordered_json::array();
  for (const PgAttempt& attempt : training.attempts) attempts.push_back(to_json(attempt));
  ordered_json metrics = metrics_head(request, explained_by, options.epochs);
  metrics["options"] = to_json(options);
  metrics["attempts"] = attempts;
  metrics["chosen"] = training.chosen;
  add_test(metrics, network, explainer, explained_by.test, request.seed);
  metrics["training_cpu_seconds"] = cpu_seconds;
  out.write({{name + ".weights", gnn::to_bytes(to_weight_file(training.weights))},
             {name + ".json", metrics.dump(2) + "\n"}});
}

}  // namespace fusesim
