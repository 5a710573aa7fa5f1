#include "fusesim/explain/train_pg.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/base/random_source.h"
#include "fusesim/gnn/checkpoint.h"
#include "fusesim/gnn/torch_threads.h"
#include "masked_logits.h"

namespace fusesim {
namespace {

using torch::Tensor;

constexpr double kLeastDeviation = 0.02;
constexpr double kOutermostMean = 0.02;

void expect(bool good, const char* name, const char* expected, double got) {
  if (good) return;
  throw Error(std::string("pg: ") + name + ": expected " + expected + ", got " + std::to_string(got));
}

void check(const PgOptions& options) {
  const auto positive = [](const char* name, double value) {
    expect(std::isfinite(value) && value > 0.0, name, "more than 0", value);
  };
  const auto not_negative = [](const char* name, double value) {
    expect(std::isfinite(value) && value >= 0.0, name, "at least 0", value);
  };
  positive("epochs", static_cast<double>(options.epochs));
  positive("batch", static_cast<double>(options.batch));
  positive("units", static_cast<double>(options.units));
  positive("learning_rate", options.learning_rate);
  positive("first_temperature", options.first_temperature);
  positive("last_temperature", options.last_temperature);
  expect(options.size_step > 1.0 && std::isfinite(options.size_step), "size_step", "more than 1",
         options.size_step);
  positive("runs", static_cast<double>(options.runs));
  not_negative("size", options.size);
  not_negative("entropy", options.entropy);
  expect(std::isfinite(options.initial_mean), "initial_mean", "a finite number", options.initial_mean);
  not_negative("retries", static_cast<double>(options.retries));
  expect(options.bias > 0.0 && options.bias < 0.5, "bias", "a number in (0, 0.5)", options.bias);
}

std::vector<ExplainedGraph> with_edges(const std::vector<ExplainedGraph>& graphs) {
  std::vector<ExplainedGraph> result;
  std::copy_if(graphs.begin(), graphs.end(), std::back_inserter(result),
               [](const ExplainedGraph& graph) { return !graph.input->edges.empty(); });
  return result;
}

/// Graphs of one step side by side.
struct Batch {
  std::vector<const gnn::GraphInput*> graphs;
  std::vector<int64_t> targets;
  std::vector<float> embeddings;
  std::vector<int64_t> first_ends;
  std::vector<int64_t> second_ends;
  std::vector<float> edge_shares;  ///< 1 / edges of the graph, per edge
};

/// Samples with their embeddings.
class Samples {
 public:
  Samples(const gnn::Network& network, std::vector<ExplainedGraph> graphs)
      : hidden_(network.hidden()), graphs_(std::move(graphs)) {
    for (const ExplainedGraph& graph : graphs_) {
      expect(graph.target >= 0 && graph.target < network.classes(), "target", "a class of the network",
             static_cast<double>(graph.target));
      gnn::Pass pass(network, *graph.input);
      pass.forward();
      embeddings_.push_back(pass.node_embeddings());
    }
  }

  size_t size() const { return graphs_.size(); }

  Batch batch(const std::vector<size_t>& order, size_t begin, size_t end) const {
    Batch batch;
    for (size_t at = begin; at < end; ++at) {
      const ExplainedGraph& graph = graphs_[order[at]];
      const std::vector<float>& nodes = embeddings_[order[at]];
      const auto base = static_cast<int64_t>(batch.embeddings.size()) / hidden_;
      const std::vector<std::pair<int32_t, int32_t>>& edges = graph.input->edges;
      for (const auto& [from, to] : edges) {
        batch.first_ends.push_back(base + from);
        batch.second_ends.push_back(base + to);
      }
      batch.edge_shares.insert(batch.edge_shares.end(), edges.size(),
                               1.0F / static_cast<float>(edges.size()));
      batch.embeddings.insert(batch.embeddings.end(), nodes.begin(), nodes.end());
      batch.graphs.push_back(graph.input);
      batch.targets.push_back(graph.target);
    }
    return batch;
  }

 private:
  int64_t hidden_;
  std::vector<ExplainedGraph> graphs_;
  std::vector<std::vector<float>> embeddings_;
};

class Trainer {
 public:
  Trainer(const gnn::Network& network, const Samples& samples, const PgOptions& options, double size,
          uint64_t seed)
      : network_(network), samples_(samples), options_(options), size_(size), random_(seed) {
    torch::manual_seed(seed);
    hidden_ = torch::nn::Linear(2 * network.hidden(), options.units);
    output_ = torch::nn::Linear(options.units, 1);
    {
      const torch::NoGradGuard no_gradient;
      output_->bias += options.initial_mean;
    }
    std::vector<Tensor> parameters = hidden_->parameters();
    for (const Tensor& parameter : output_->parameters()) parameters.push_back(parameter);
    adam_ =
        std::make_unique<torch::optim::Adam>(parameters, torch::optim::AdamOptions(options.learning_rate));
    for (size_t i = 0; i < samples.size(); ++i) order_.push_back(i);
  }

  /// One pass over all samples, epochs from 0; the mean loss.
  double epoch(int64_t epoch) {
    const double progress = static_cast<double>(epoch) / static_cast<double>(options_.epochs);
    const double temperature = options_.first_temperature *
                               std::pow(options_.last_temperature / options_.first_temperature, progress);
    random_.shuffle(order_);
    double sum = 0.0;
    const auto batch_size = static_cast<size_t>(options_.batch);
    for (size_t at = 0; at < order_.size(); at += batch_size) {
      const size_t end = std::min(order_.size(), at + batch_size);
      sum += step(samples_.batch(order_, at, end), temperature) * static_cast<double>(end - at);
    }
    return sum / static_cast<double>(order_.size());
  }

  PgWeights weights() const {
    PgWeights weights;
    weights.units = options_.units;
    weights.hidden = MaskedLogits::values(hidden_->weight.t());
    weights.hidden_bias = MaskedLogits::values(hidden_->bias);
    weights.output = MaskedLogits::values(output_->weight);
    weights.output_bias = output_->bias.item<float>();
    weights.symmetric = options_.symmetric;
    weights.network = gnn::network_sha256(network_);
    return weights;
  }

 private:
  Tensor edge_logits(Batch& batch) {
    const Tensor nodes = torch::from_blob(
        batch.embeddings.data(),
        {static_cast<int64_t>(batch.embeddings.size()) / network_.hidden(), network_.hidden()});
    const Tensor first = nodes.index_select(0, torch::tensor(batch.first_ends));
    const Tensor second = nodes.index_select(0, torch::tensor(batch.second_ends));
    const auto logits = [this](const Tensor& a, const Tensor& b) {
      return output_(torch::relu(hidden_(torch::cat({a, b}, 1)))).squeeze(1);
    };
    if (!options_.symmetric) return logits(first, second);
    return (logits(first, second) + logits(second, first)) / 2;
  }

  /// log u - log(1 - u), one per edge.
  Tensor noise(size_t edges) {
    std::vector<float> values(edges);
    for (float& value : values) {
      const double u = options_.bias + (1.0 - 2.0 * options_.bias) * random_.unit();
      value = static_cast<float>(std::log(u) - std::log(1.0 - u));
    }
    return torch::tensor(values);
  }

  double step(Batch batch, double temperature) {
    adam_->zero_grad();
    const Tensor mask = torch::sigmoid((edge_logits(batch) + noise(batch.edge_shares.size())) / temperature);
    gnn::Pass pass(network_, batch.graphs);
    Tensor loss =
        torch::nn::functional::cross_entropy(MaskedLogits::apply(mask, &pass), torch::tensor(batch.targets));
    const auto graphs = static_cast<double>(batch.graphs.size());
    loss = loss + size_ / graphs * mask.sum();
    if (options_.entropy > 0.0) {
      const Tensor inner = 0.99 * mask + 0.005;
      const Tensor entropy = -inner * inner.log() - (1 - inner) * (1 - inner).log();
      loss = loss + options_.entropy / graphs * (entropy * torch::tensor(batch.edge_shares)).sum();
    }
    loss.backward();
    adam_->step();
    return loss.item<double>();
  }

  const gnn::Network& network_;
  const Samples& samples_;
  const PgOptions& options_;
  double size_;
  RandomSource random_;
  torch::nn::Linear hidden_ = nullptr;
  torch::nn::Linear output_ = nullptr;
  std::unique_ptr<torch::optim::Adam> adam_;
  std::vector<size_t> order_;
};

/// The weights after the last epoch; adds the losses to the attempt.
PgWeights trained(const gnn::Network& network, const Samples& samples, const PgOptions& options,
                  PgAttempt& attempt) {
  Trainer trainer(network, samples, options, attempt.size, attempt.seed);
  for (int64_t epoch = 0; epoch < options.epochs; ++epoch) {
    attempt.losses.push_back(trainer.epoch(epoch));
    if (options.progress) options.progress({attempt.run, attempt.retry, epoch + 1, attempt.losses.back()});
  }
  return trainer.weights();
}

ScoreSpread spread_over(GraphExplainer& explainer, const std::vector<ExplainedGraph>& graphs) {
  std::vector<double> scores;
  for (const ExplainedGraph& graph : graphs) {
    const Explanation explanation = explainer.explain(*graph.input, graph.target, 0);
    scores.insert(scores.end(), explanation.scores.begin(), explanation.scores.end());
  }
  return spread_of(scores);
}

/// Collapsed ones come last.
bool better(const PgAttempt& a, const PgAttempt& b) {
  if (a.spread.collapsed() != b.spread.collapsed()) return b.spread.collapsed();
  return a.validation.insertion_minus_deletion > b.validation.insertion_minus_deletion;
}

}  // namespace

bool ScoreSpread::collapsed() const {
  return deviation < kLeastDeviation || mean <= kOutermostMean || mean >= 1.0 - kOutermostMean;
}

ScoreSpread spread_of(const std::vector<double>& scores) {
  if (scores.empty()) return {};
  const auto count = static_cast<double>(scores.size());
  ScoreSpread spread;
  for (const double score : scores) spread.mean += score / count;
  double variance = 0.0;
  for (const double score : scores) variance += (score - spread.mean) * (score - spread.mean) / count;
  spread.deviation = std::sqrt(variance);
  return spread;
}

PgTraining train_pg(const gnn::Network& network, const std::vector<ExplainedGraph>& samples,
                    const std::vector<ExplainedGraph>& validation, const PgOptions& options) {
  check(options);
  const Samples training(network, with_edges(samples));
  if (training.size() == 0) throw Error("pg: samples: expected at least one graph with an edge, got none");
  const std::vector<ExplainedGraph> judged = with_edges(validation.empty() ? samples : validation);
  gnn::use_one_thread();
  RandomSource seeds(options.seed);
  PgTraining result;
  double size = options.size;
  for (int64_t run = 0; run < options.runs; ++run) {
    for (int64_t retry = 0; retry <= options.retries; ++retry) {
      PgAttempt attempt;
      attempt.run = run;
      attempt.retry = retry;
      attempt.seed = seeds.bits();
      attempt.size = size;
      PgWeights weights = trained(network, training, options, attempt);
      PgExplainer explainer(network, weights);
      attempt.spread = spread_over(explainer, judged);
      attempt.validation = fidelity(network, explainer, judged, 0);
      result.attempts.push_back(attempt);
      if (result.attempts.size() == 1 || better(attempt, result.attempts[result.chosen])) {
        result.chosen = result.attempts.size() - 1;
        result.weights = std::move(weights);
      }
      if (!attempt.spread.collapsed()) break;
      size *= attempt.spread.mean > 0.5 ? options.size_step : 1.0 / options.size_step;
    }
  }
  return result;
}

}  // namespace fusesim
