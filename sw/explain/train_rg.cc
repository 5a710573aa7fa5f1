#include "fusesim/explain/train_rg.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/gnn/checkpoint.h"
#include "rg_episodes.h"
#include "rg_learner.h"

namespace fusesim {
namespace {

void expect(bool good, const char* name, const char* expected, double got) {
  if (good) return;
  throw Error(std::string("rg: ") + name + ": expected " + expected + ", got " + std::to_string(got));
}

std::vector<std::unique_ptr<RgSubject>> subjects_of(const gnn::Network& network,
                                                    const std::vector<ExplainedGraph>& graphs) {
  std::vector<std::unique_ptr<RgSubject>> subjects;
  for (const ExplainedGraph& graph : graphs) {
    expect(graph.target >= 0 && graph.target < network.classes(), "target", "a class of the network",
           static_cast<double>(graph.target));
    if (!graph.input->edges.empty()) subjects.push_back(std::make_unique<RgSubject>(network, graph));
  }
  return subjects;
}

/// Root of the mean square of all embeddings.
double scale_of(const std::vector<std::unique_ptr<RgSubject>>& subjects) {
  double sum = 0.0;
  double count = 0.0;
  for (const auto& subject : subjects) {
    for (const float x : subject->node_embeddings) sum += static_cast<double>(x) * x;
    count += static_cast<double>(subject->node_embeddings.size());
  }
  const double scale = count > 0.0 ? std::sqrt(sum / count) : 0.0;
  return scale > 0.0 ? scale : 1.0;
}

int64_t features_of(const std::vector<std::unique_ptr<RgSubject>>& subjects) {
  if (subjects.empty()) throw Error("rg: samples: expected at least one graph with an edge, got none");
  return subjects.front()->input->feature_count;
}

void check(const RgTrainOptions& options) {
  const auto at_least = [](const char* name, int64_t value, int64_t least, const char* expected) {
    expect(value >= least, name, expected, static_cast<double>(value));
  };
  at_least("most_nodes", options.most_nodes, static_cast<int64_t>(kRgLeastNodes), "at least 2");
  at_least("seeds_per_step", options.seeds_per_step, 1, "at least 1");
  at_least("rollouts", options.rollouts, 1, "at least 1");
  at_least("pretrain_batch", options.pretrain_batch, 1, "at least 1");
  at_least("pretrain_draws", options.pretrain_draws, 1, "at least 1");
  at_least("ego_hops", options.ego_hops, 1, "at least 1");
  at_least("epochs", options.epochs, 0, "at least 0");
  expect(options.locator_temperature > 0.0, "locator_temperature", "more than 0",
         options.locator_temperature);
  expect(std::isfinite(options.learning_rate) && options.learning_rate > 0.0, "learning_rate", "more than 0",
         options.learning_rate);
}

class Trainer {
 public:
  Trainer(const gnn::Network& network, const std::vector<ExplainedGraph>& samples,
          const std::vector<ExplainedGraph>& validation, const RgTrainOptions& options)
      : options_(options),
        subjects_(subjects_of(network, samples)),
        validation_(subjects_of(network, validation)),
        reward_(network, options.costs),
        random_(options.seed),
        learner_(features_of(subjects_), network.hidden(), scale_of(subjects_), options.learning_rate,
                 options.seed) {
    for (const auto& subject : subjects_) order_.push_back(subject.get());
  }

  void pretrain_locator();
  void pretrain_generator();
  RgEpoch epoch();
  RgEpoch validated(RgEpoch epoch) const;
  RgWeights weights() const { return learner_.weights(); }

 private:
  int32_t seed_of(const RgWeights& weights, const RgSubject& subject) const {
    return best_seed(subject.shape, seed_logits(weights, subject.node_embeddings));
  }
  std::vector<RgSeedValues> valued(const std::vector<RgPart>& parts) const;
  void locate(std::vector<RgSeedValues>& values, int64_t steps);
  void update_locator();
  std::vector<RgPart> best_expansions(const std::vector<RgPart>& seeds);

  const RgTrainOptions& options_;
  std::vector<std::unique_ptr<RgSubject>> subjects_;
  std::vector<std::unique_ptr<RgSubject>> validation_;
  RgReward reward_;
  RandomSource random_;
  RgLearner learner_;
  std::vector<const RgSubject*> order_;
};

/// Rewards of parts that list every node of a subject as seed in turn, subject after subject.
std::vector<RgSeedValues> Trainer::valued(const std::vector<RgPart>& parts) const {
  const std::vector<double> rewards = reward_(parts);
  std::vector<RgSeedValues> values;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (values.empty() || values.back().subject != parts[i].subject) values.push_back({parts[i].subject, {}});
    values.back().rewards.push_back(rewards[i]);
  }
  return values;
}

void Trainer::locate(std::vector<RgSeedValues>& values, int64_t steps) {
  const auto batch = static_cast<size_t>(options_.seeds_per_step);
  size_t at = values.size();
  for (int64_t step = 0; step < steps; ++step, at += batch) {
    if (at >= values.size()) {
      random_.shuffle(values);
      at = 0;
    }
    const size_t end = std::min(values.size(), at + batch);
    learner_.locate(
        {values.begin() + static_cast<std::ptrdiff_t>(at), values.begin() + static_cast<std::ptrdiff_t>(end)},
        options_.locator_temperature);
  }
}

/// Towards the nodes around which, within some number of steps, the reward is best.
void Trainer::pretrain_locator() {
  std::vector<RgSeedValues> values;
  for (int64_t hops = 1; hops <= options_.ego_hops; ++hops) {
    std::vector<RgPart> egos;
    for (const auto& subject : subjects_) {
      for (int32_t v = 0; v < static_cast<int32_t>(subject->shape.nodes()); ++v) {
        egos.push_back(ego(*subject, v, hops));
      }
    }
    std::vector<RgSeedValues> further = valued(egos);
    if (hops == 1) {
      values = std::move(further);
      continue;
    }
    for (size_t s = 0; s < further.size(); ++s) {
      std::transform(values[s].rewards.begin(), values[s].rewards.end(), further[s].rewards.begin(),
                     values[s].rewards.begin(), [](double a, double b) { return std::max(a, b); });
    }
  }
  locate(values, options_.locator_steps);
}

/// Towards the nodes from which the generator now reaches the best reward.
void Trainer::update_locator() {
  const RgWeights now = learner_.weights();
  random_.shuffle(order_);
  const auto share = static_cast<size_t>(options_.locator_share * static_cast<double>(order_.size()));
  std::vector<RgPart> parts;
  for (size_t i = 0; i < std::min(order_.size(), std::max<size_t>(share, 1)); ++i) {
    for (int32_t v = 0; v < static_cast<int32_t>(order_[i]->shape.nodes()); ++v) {
      parts.push_back(greedy_part(now, *order_[i], v, options_.most_nodes));
    }
  }
  std::vector<RgSeedValues> values = valued(parts);
  locate(values, options_.locator_updates);
}

/// For every seed the best of some random expansions.
std::vector<RgPart> Trainer::best_expansions(const std::vector<RgPart>& seeds) {
  const auto draws = static_cast<size_t>(options_.pretrain_draws);
  std::vector<RgPart> drawn;
  for (const RgPart& seed : seeds) {
    for (size_t d = 0; d < draws; ++d) {
      drawn.push_back(random_expansion(*seed.subject, seed.nodes.front(), options_.most_nodes, random_));
    }
  }
  const std::vector<double> rewards = reward_(drawn);
  std::vector<RgPart> best;
  for (size_t s = 0; s < seeds.size(); ++s) {
    const auto begin = rewards.begin() + static_cast<std::ptrdiff_t>(s * draws);
    const auto at = std::max_element(begin, begin + static_cast<std::ptrdiff_t>(draws)) - rewards.begin();
    best.push_back(drawn[static_cast<size_t>(at)]);
  }
  return best;
}

/// Maximum likelihood of good random expansions, first in their order, then in any.
void Trainer::pretrain_generator() {
  random_.shuffle(order_);
  const RgWeights located = learner_.weights();
  std::vector<RgPart> seeds;
  for (const RgSubject* subject : order_) {
    if (static_cast<int64_t>(seeds.size()) == options_.pretrain_graphs) break;
    seeds.push_back({subject, {seed_of(located, *subject)}});
  }
  const auto batch = static_cast<size_t>(options_.pretrain_batch);
  for (int64_t epoch = 0; epoch < options_.ordered_epochs + options_.set_epochs; ++epoch) {
    random_.shuffle(seeds);
    const std::vector<RgPart> wanted = best_expansions(seeds);
    for (size_t at = 0; at < wanted.size(); at += batch) {
      const RgWeights now = learner_.weights();
      std::vector<RgDecision> decisions;
      for (size_t i = at; i < std::min(wanted.size(), at + batch); ++i) {
        const bool can_stop = static_cast<int64_t>(wanted[i].nodes.size()) < options_.most_nodes &&
                              !Expansion(wanted[i].subject->shape, wanted[i].nodes).boundary().empty();
        const std::vector<RgDecision> steps = epoch < options_.ordered_epochs
                                                  ? decisions_of({wanted[i], can_stop})
                                                  : steps_to_set(now, wanted[i], options_.most_nodes);
        decisions.insert(decisions.end(), steps.begin(), steps.end());
      }
      learner_.reinforce(decisions);
    }
  }
}

RgEpoch Trainer::epoch() {
  update_locator();
  random_.shuffle(order_);
  RgEpoch result;
  const auto batch = static_cast<size_t>(options_.seeds_per_step);
  for (size_t at = 0; at < order_.size(); at += batch) {
    const RgWeights now = learner_.weights();
    std::vector<RgPart> seeds;
    for (size_t i = at; i < std::min(order_.size(), at + batch); ++i) {
      seeds.push_back({order_[i], {seed_of(now, *order_[i])}});
    }
    const RgRound round =
        reinforce_round(now, seeds, reward_, options_.rollouts, options_.most_nodes, random_);
    learner_.reinforce(round.decisions);
    const double share = static_cast<double>(seeds.size()) / static_cast<double>(order_.size());
    result.reward += round.reward * share;
    result.nodes += round.nodes * share;
  }
  return result;
}

RgEpoch Trainer::validated(RgEpoch epoch) const {
  const RgWeights now = learner_.weights();
  std::vector<RgPart> parts;
  for (const auto& subject : validation_) {
    parts.push_back(greedy_part(now, *subject, seed_of(now, *subject), options_.most_nodes));
  }
  const std::vector<double> rewards = reward_(parts);
  for (size_t i = 0; i < parts.size(); ++i) {
    epoch.validation_reward += rewards[i] / static_cast<double>(parts.size());
    epoch.validation_nodes += static_cast<double>(parts[i].nodes.size()) / static_cast<double>(parts.size());
  }
  return epoch;
}

}  // namespace

RgTraining train_rg(const gnn::Network& network, const std::vector<ExplainedGraph>& samples,
                    const std::vector<ExplainedGraph>& validation, const RgTrainOptions& options) {
  check(options);
  Trainer trainer(network, samples, validation, options);
  trainer.pretrain_locator();
  trainer.pretrain_generator();
  RgTraining training;
  for (int64_t epoch = 0; epoch <= options.epochs; ++epoch) {
    RgEpoch report = trainer.validated(epoch == 0 ? RgEpoch() : trainer.epoch());
    report.epoch = epoch;
    const bool better = training.epochs.empty() || validation.empty() ||
                        report.validation_reward >
                            training.epochs[static_cast<size_t>(training.best_epoch)].validation_reward;
    if (better) {
      training.best_epoch = epoch;
      training.weights = trainer.weights();
    }
    training.epochs.push_back(report);
    if (options.progress) options.progress(report);
  }
  training.weights.network = gnn::network_sha256(network);
  return training;
}

}  // namespace fusesim
