#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "fusesim/explain/gnn_explainer.h"
#include "fusesim/explain/known_answers.h"

namespace fusesim {
namespace {

/// A network that was trained on few graphs, and positive graphs that it never saw. Only the network's own
/// weights can tell an explainer which edge it is.
struct Planted {
  Planted() {
    gnn::TrainOptions options = planted_edges_training(2);
    options.epochs = 15;
    const std::vector<KnownAnswer> training = planted_edges(600, 2);
    network = std::make_unique<gnn::Network>(gnn::train(samples_of(training), {}, options));
    positives = with_label(planted_edges(300, 102), 1, 150);
  }

  std::unique_ptr<gnn::Network> network;
  std::vector<KnownAnswer> positives;
};

TEST(KnownAnswersExplained, GnnExplainerFindsThePlantedEdgeAndRandomScoresDoNot) {
  const Planted planted;
  const auto right = std::count_if(planted.positives.begin(), planted.positives.end(),
                                   [&planted](const KnownAnswer& answer) {
                                     const std::vector<float> logits = planted.network->logits(answer.graph);
                                     return logits[1] > logits[0];
                                   });
  EXPECT_GE(right, 140);

  GnnExplainer explainer(*planted.network);
  EXPECT_GT(pooled_auc(explainer, planted.positives, 7), 0.95);
  RandomScores random;
  EXPECT_NEAR(pooled_auc(random, planted.positives, 7), 0.5, 0.1);
}

}  // namespace
}  // namespace fusesim
