#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <numeric>

#include "../gnn/random_network.h"
#include "fusesim/base/error.h"
#include "fusesim/explain/known_answers.h"
#include "fusesim/explain/train_rg.h"
#include "fusesim/gnn/checkpoint.h"
#include "random_rg.h"
#include "rg_learner.h"

namespace fusesim {
namespace {

/// A graph, what a network says of it, and a learner of this network.
struct Lesson {
  gnn::Network network{gnn::random_weights(3)};
  gnn::GraphInput graph = gnn::random_input(3, 12);
  RgSubject subject{network, {&graph, 1}};
  RgLearner learner{7, 24, 2.0, 1e-2, 5};

  std::vector<float> steps(const std::vector<int32_t>& selected) const {
    const RgWeights now = learner.weights();
    return step_log_probabilities(now, attribute_terms(now, subject.features),
                                  Expansion(subject.shape, selected));
  }
};

TEST(RgLearner, LossIsThatOfThePlainPolicy) {
  Lesson lesson;
  const std::vector<int32_t> one = {4};
  const std::vector<int32_t> two = {4, lesson.subject.shape.neighbours(4).front()};
  const std::vector<RgDecision> decisions = {
      {&lesson.subject, one, 0, 0.5}, {&lesson.subject, two, 1, -2.0}, {&lesson.subject, two, 0, 1.0}};
  for (int step = 0; step < 5; ++step) {
    double expected = 0.0;
    for (const RgDecision& decision : decisions) {
      expected -= decision.advantage * lesson.steps(decision.selected)[decision.action] / 3.0;
    }
    EXPECT_NEAR(lesson.learner.reinforce(decisions), expected, 1e-4) << "step " << step;
  }
}

TEST(RgLearner, RaisesTheProbabilityOfTheBetterStep) {
  Lesson lesson;
  const std::vector<int32_t> selected = {4, lesson.subject.shape.neighbours(4).front()};
  const size_t stop = lesson.steps(selected).size() - 1;
  for (const size_t better : {size_t{0}, size_t{1}, stop}) {
    const size_t worse = better == 0 ? 1 : 0;
    const std::vector<float> before = lesson.steps(selected);
    lesson.learner.reinforce(
        {{&lesson.subject, selected, better, 1.0}, {&lesson.subject, selected, worse, -1.0}});
    const std::vector<float> after = lesson.steps(selected);
    EXPECT_GT(after[better], before[better]) << better;
    EXPECT_LT(after[worse], before[worse]) << better;
  }
}

TEST(RgLearner, LearnsWhichSeedIsBest) {
  Lesson lesson;
  std::vector<double> rewards(12, -1.0);
  rewards[7] = 0.0;
  double loss = 0.0;
  for (int step = 0; step < 150; ++step) loss = lesson.learner.locate({{&lesson.subject, rewards}}, 0.1);
  EXPECT_LT(loss, 0.1);
  EXPECT_EQ(
      best_seed(lesson.subject.shape, seed_logits(lesson.learner.weights(), lesson.subject.node_embeddings)),
      7);
}

/// A path a - b - c - d of one part, and a reward that is known by hand: the network is a constant.
TEST(RgReward, IsCrossEntropyAndCosts) {
  gnn::NetworkWeights weights = gnn::random_weights(3);
  std::fill(weights.output.begin(), weights.output.end(), 0.0F);
  weights.output_bias = {0.0F, 0.0F};
  const gnn::Network network(weights);
  gnn::GraphInput graph = gnn::random_input(3, 5);
  graph.edges = {{0, 1}, {1, 2}, {1, 3}, {2, 3}, {3, 4}};
  const RgSubject subject(network, {&graph, 1});
  const RgReward reward(network, {0.25, 0.5, 2.0});
  const std::vector<double> got = reward({{&subject, {3, 1, 2, 0}}, {&subject, {0, 1, 2, 3, 4}}});
  gnn::Pass part(network, gnn::induced(graph, {0, 1, 2, 3}));
  part.forward();
  double difference = 0.0;
  double size = 0.0;
  for (size_t c = 0; c < subject.embedding.size(); ++c) {
    difference += std::pow(part.graph_embeddings()[c] - subject.embedding[c], 2);
    size += std::pow(subject.embedding[c], 2);
  }
  EXPECT_NEAR(got[0], -(std::log(2.0) + 0.25 * 4 + 0.5 * 2 + 2.0 * std::sqrt(difference / size)), 1e-5);
  EXPECT_NEAR(got[1], -(std::log(2.0) + 0.25 * 5 + 0.5 * 3), 1e-5);
}

TEST(RgEpisodes, AdvantagesOfASeedSumToNothing) {
  Lesson lesson;
  RandomSource random(1);
  const RgReward reward(lesson.network, {});
  const RgWeights weights = random_rg_weights(2, lesson.network, 0.1F);
  const RgRound round = reinforce_round(weights, {{&lesson.subject, {4}}}, reward, 5, 20, random);
  double sum = 0.0;
  int64_t episodes = 0;
  for (const RgDecision& decision : round.decisions) {
    if (decision.selected.size() > 1) continue;
    sum += decision.advantage;
    ++episodes;
  }
  EXPECT_EQ(episodes, 5);
  EXPECT_NEAR(sum, 0.0, 1e-9);
}

TEST(RgEpisodes, EgosHoldAllNodesWithinSoManySteps) {
  gnn::Network network(gnn::random_weights(3));
  gnn::GraphInput path = gnn::random_input(3, 7);
  path.edges = {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {5, 6}};
  const RgSubject subject(network, {&path, 0});
  EXPECT_EQ(ego(subject, 3, 1).nodes, (std::vector<int32_t>{3, 2, 4}));
  EXPECT_EQ(ego(subject, 3, 2).nodes, (std::vector<int32_t>{3, 2, 4, 1, 5}));
  EXPECT_EQ(radius(ego(subject, 3, 2)), 2);
  EXPECT_EQ(radius({&subject, {2, 3, 4, 1, 5}}), 3);
}

/// Few graphs with a planted edge and a network that knows them.
struct Planted {
  Planted() : training(planted_edges(600, 2)), positives(with_label(training, 1, 240)) {
    gnn::TrainOptions options = planted_edges_training(2);
    options.epochs = 15;
    network = std::make_unique<gnn::Network>(gnn::train(samples_of(training), {}, options));
    for (const KnownAnswer& answer : positives) samples.push_back({&answer.graph, 1});
  }

  static RgTrainOptions quick(uint64_t seed, int64_t epochs) {
    RgTrainOptions options;
    options.seed = seed;
    options.epochs = epochs;
    options.ordered_epochs = 3;
    options.set_epochs = 3;
    options.locator_steps = 150;
    return options;
  }

  std::vector<KnownAnswer> training;
  std::vector<KnownAnswer> positives;
  std::unique_ptr<gnn::Network> network;
  std::vector<ExplainedGraph> samples;
};

TEST(TrainRg, FindsThePlantedEdgeAndLeavesTheNetwork) {
  const Planted planted;
  const std::string before = gnn::network_sha256(*planted.network);
  const std::vector<ExplainedGraph> validation(planted.samples.begin(), planted.samples.begin() + 60);
  const RgTraining training = train_rg(*planted.network, planted.samples, validation, Planted::quick(1, 3));
  EXPECT_EQ(gnn::network_sha256(*planted.network), before);
  EXPECT_EQ(training.epochs.size(), 4U);
  RgExplainer explainer(*planted.network, training.weights);
  EXPECT_GT(pooled_auc(explainer, with_label(planted_edges(300, 102), 1, 150), 7), 0.85);
}

TEST(TrainRg, RepeatsItself) {
  const gnn::Network network(gnn::random_weights(3));
  std::vector<gnn::GraphInput> graphs;
  for (uint32_t seed = 0; seed < 6; ++seed) graphs.push_back(gnn::random_input(seed, 8));
  std::vector<ExplainedGraph> samples;
  samples.reserve(graphs.size());
  for (const gnn::GraphInput& graph : graphs) samples.push_back({&graph, 1});
  RgTrainOptions options = Planted::quick(1, 2);
  options.locator_steps = 5;
  const RgWeights a = train_rg(network, samples, {}, options).weights;
  EXPECT_EQ(train_rg(network, samples, {}, options).weights.block1, a.block1);
  options.seed = 2;
  EXPECT_NE(train_rg(network, samples, {}, options).weights.block1, a.block1);
}

TEST(TrainRg, RefusesBadInput) {
  const gnn::Network network(gnn::random_weights(3));
  gnn::GraphInput graph = gnn::random_input(1, 8);
  RgTrainOptions options = Planted::quick(1, 1);
  EXPECT_THROW(train_rg(network, {{&graph, 2}}, {}, options), Error);
  options.rollouts = 0;
  EXPECT_THROW(train_rg(network, {{&graph, 1}}, {}, options), Error);
  graph.edges.clear();
  EXPECT_THROW(train_rg(network, {{&graph, 1}}, {}, Planted::quick(1, 1)), Error);
}

}  // namespace
}  // namespace fusesim
