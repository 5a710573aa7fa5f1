#include "fusesim/explain/train_pg.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>

#include "../gnn/random_network.h"
#include "fusesim/base/error.h"
#include "fusesim/explain/known_answers.h"
#include "fusesim/gnn/checkpoint.h"

namespace fusesim {
namespace {

TEST(ScoreSpread, TellsCollapsedScoresFromUsefulOnes) {
  EXPECT_DOUBLE_EQ(spread_of({0.2, 0.4}).mean, 0.3);
  EXPECT_DOUBLE_EQ(spread_of({0.2, 0.4}).deviation, 0.1);
  EXPECT_FALSE(spread_of({0.2, 0.4}).collapsed());
  EXPECT_TRUE(spread_of({0.50, 0.51, 0.52}).collapsed()) << "all alike";
  std::vector<double> scores(100, 0.0);
  scores[0] = 1.0;  // deviation 0.1, mean 0.01
  EXPECT_TRUE(spread_of(scores).collapsed()) << "almost all zero";
  for (double& score : scores) score = 1.0 - score;
  EXPECT_TRUE(spread_of(scores).collapsed()) << "almost all one";
  EXPECT_TRUE(spread_of({}).collapsed());
}

/// A network of known answers, its positives, and some more positives that it never saw.
class TrainPg : public testing::Test {
 protected:
  void SetUp() override {
    answers_ = with_label(planted_edges(600, 2), 1, 300);
    gnn::TrainOptions options = planted_edges_training(2);
    options.epochs = 15;
    const std::vector<KnownAnswer> training = planted_edges(600, 2);
    network_ = std::make_unique<gnn::Network>(gnn::train(samples_of(training), {}, options));
    for (const KnownAnswer& answer : answers_) samples_.push_back({&answer.graph, 1});
  }

  std::vector<ExplainedGraph> first(std::ptrdiff_t count) const {
    return {samples_.begin(), samples_.begin() + count};
  }

  std::vector<KnownAnswer> answers_;
  std::unique_ptr<gnn::Network> network_;
  std::vector<ExplainedGraph> samples_;
};

TEST_F(TrainPg, FindsThePlantedEdgeAndLeavesTheNetworkAsItIs) {
  const std::string before = gnn::network_sha256(*network_);
  PgOptions options;
  options.runs = 1;
  options.symmetric = true;
  options.seed = 1;
  const PgTraining training = train_pg(*network_, samples_, first(40), options);
  PgExplainer explainer(*network_, training.weights);
  EXPECT_GT(pooled_auc(explainer, with_label(planted_edges(300, 102), 1, 150), 7), 0.88);
  EXPECT_EQ(gnn::network_sha256(*network_), before);
  EXPECT_EQ(training.weights.network, before);
  EXPECT_LT(training.attempts[0].losses.back(), 0.5 * training.attempts[0].losses.front());
}

TEST(TrainPgSeed, GivesTheWeights) {
  const gnn::Network network(gnn::random_weights(3));
  const gnn::GraphInput graph = gnn::random_input(3, 12);
  const gnn::GraphInput other = gnn::random_input(4, 8);
  const std::vector<ExplainedGraph> samples = {{&graph, 1}, {&other, 0}, {&graph, 0}};
  PgOptions options;
  options.epochs = 2;
  options.batch = 2;
  options.runs = 1;
  options.retries = 0;
  options.seed = 5;
  const PgWeights a = train_pg(network, samples, {}, options).weights;
  const PgWeights b = train_pg(network, samples, {}, options).weights;
  EXPECT_EQ(a.hidden, b.hidden);
  EXPECT_EQ(a.output, b.output);
  options.seed = 6;
  EXPECT_NE(train_pg(network, samples, {}, options).weights.hidden, a.hidden);
}

TEST_F(TrainPg, MasksStartWhereTheyAreToldTo) {
  PgOptions options;
  options.epochs = 1;
  options.learning_rate = 1e-9;
  options.runs = 1;
  options.retries = 0;
  const auto mean_score = [&](double initial_mean) {
    options.initial_mean = initial_mean;
    return train_pg(*network_, first(40), {}, options).attempts[0].spread.mean;
  };
  EXPECT_NEAR(mean_score(0.0), 0.5, 0.2);
  EXPECT_NEAR(mean_score(5.0), 0.99, 0.009);
  EXPECT_NEAR(mean_score(-5.0), 0.01, 0.009);
}

/// Where every edge costs far more than the class is worth, the first training gives zeros only.
TEST_F(TrainPg, TriesASmallerSizeWhereAllScoresAreLow) {
  PgOptions options;
  options.size = 20.0;
  options.size_step = 4000.0;
  options.runs = 2;
  options.retries = 1;
  const PgTraining training = train_pg(*network_, samples_, first(40), options);
  ASSERT_EQ(training.attempts.size(), 3U);
  EXPECT_TRUE(training.attempts[0].spread.collapsed());
  EXPECT_LT(training.attempts[0].spread.mean, 0.02);
  EXPECT_DOUBLE_EQ(training.attempts[1].size, 0.005);
  EXPECT_NE(training.attempts[1].seed, training.attempts[0].seed);
  EXPECT_FALSE(training.attempts[1].spread.collapsed());
  EXPECT_EQ(training.attempts[2].run, 1) << "starts from the size that was found";
  EXPECT_DOUBLE_EQ(training.attempts[2].size, 0.005);
  EXPECT_NE(training.chosen, 0U);
}

/// Where edges cost nothing and the graph as it is gives the class its best chance, all scores rise.
TEST(TrainPgSize, GrowsWhereAllScoresAreHigh) {
  PgOptions options;
  options.size = 1e-6;
  options.runs = 1;
  options.retries = 1;
  options.epochs = 60;
  options.learning_rate = 0.02;
  // a class that every edge speaks for alike
  gnn::NetworkWeights weights;
  weights.feature_mean = {0.0F};
  weights.feature_scale = {1.0F};
  weights.layers = {{1, 1, {1.0F}, {0.0F}, {0.0F}}};
  weights.output = {-1.0F, 1.0F};
  weights.output_bias = {6.0F, 0.0F};
  const gnn::Network network(weights);
  const gnn::GraphInput graph = {4, 1, {1.0F, 1.0F, 1.0F, 1.0F}, {{0, 1}, {0, 2}, {1, 3}, {2, 3}}};
  const std::vector<ExplainedGraph> samples(64, {&graph, 1});
  const PgTraining training = train_pg(network, samples, {}, options);
  ASSERT_EQ(training.attempts.size(), 2U);
  EXPECT_GT(training.attempts[0].spread.mean, 0.98);
  EXPECT_DOUBLE_EQ(training.attempts[1].size, 4e-6);
}

TEST(TrainPgInput, BadOptionsAndSamplesAreErrors) {
  const gnn::Network network(gnn::random_weights(1));
  const gnn::GraphInput graph = gnn::random_input(1, 6);
  const gnn::GraphInput bare = {1, 7, std::vector<float>(7, 0.0F), {}};
  const auto refused = [&](const char* what, auto change) {
    PgOptions options;
    options.epochs = 1;
    change(options);
    EXPECT_THROW(train_pg(network, {{&graph, 1}}, {}, options), Error) << what;
  };
  refused("epochs", [](PgOptions& o) { o.epochs = 0; });
  refused("batch", [](PgOptions& o) { o.batch = 0; });
  refused("units", [](PgOptions& o) { o.units = 0; });
  refused("runs", [](PgOptions& o) { o.runs = 0; });
  refused("retries", [](PgOptions& o) { o.retries = -1; });
  refused("rate", [](PgOptions& o) { o.learning_rate = std::numeric_limits<double>::quiet_NaN(); });
  refused("size", [](PgOptions& o) { o.size = -1.0; });
  refused("size_step", [](PgOptions& o) { o.size_step = 1.0; });
  refused("entropy", [](PgOptions& o) { o.entropy = std::numeric_limits<double>::infinity(); });
  refused("temperature", [](PgOptions& o) { o.last_temperature = 0.0; });
  refused("initial_mean", [](PgOptions& o) { o.initial_mean = std::numeric_limits<double>::infinity(); });
  refused("bias", [](PgOptions& o) { o.bias = 0.5; });
  EXPECT_THROW(train_pg(network, {}, {}, {}), Error);
  EXPECT_THROW(train_pg(network, {{&bare, 0}}, {}, {}), Error);
  EXPECT_THROW(train_pg(network, {{&graph, 2}}, {}, {}), Error);
}

}  // namespace
}  // namespace fusesim
