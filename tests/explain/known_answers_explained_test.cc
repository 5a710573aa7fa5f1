#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "fusesim/explain/gnn_explainer.h"
#include "fusesim/explain/known_answers.h"
#include "fusesim/explain/train_pg.h"

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

gnn::Network trained_on(const std::vector<KnownAnswer>& training, uint64_t seed, double edge_dropout) {
  gnn::TrainOptions options = ba_2motifs_training(seed);
  options.epochs = 100;
  options.edge_dropout = edge_dropout;
  return gnn::train(samples_of(training), {}, options);
}

/// The floors hold for the mean of three seeds.
TEST(KnownAnswersExplained, GnnAndPgExplainerFindTheMotifOfBa2MotifsAsItIsAndRandomScoresDoNot) {
  double gnne = 0.0;
  double pg = 0.0;
  double random = 0.0;
  for (const uint64_t seed : {1, 2, 3}) {
    const std::vector<KnownAnswer> training = ba_2motifs(800, seed);
    const gnn::Network network = trained_on(training, seed, ba_2motifs_training(seed).edge_dropout);
    const std::vector<KnownAnswer> fresh = ba_2motifs(100, 1000 + seed);
    GnnExplainer gnn_explainer(network);
    gnne += pooled_auc(gnn_explainer, fresh, seed) / 3;
    PgOptions options = known_answers_pg(seed);
    options.runs = 1;
    PgExplainer pg_explainer(network, train_pg(network, explained_graphs(training), {}, options).weights);
    pg += pooled_auc(pg_explainer, fresh, seed) / 3;
    RandomScores random_scores;
    random += pooled_auc(random_scores, fresh, seed) / 3;
  }
  EXPECT_GT(gnne, 0.85);
  EXPECT_GT(pg, 0.85);
  EXPECT_GT(random, 0.45);
  EXPECT_LT(random, 0.55);
}

/// It counts edges, and no mask says what a count rests on.
TEST(KnownAnswersExplained, ANetworkThatSawAllEdgesIsNotExplainedByTheMotif) {
  const gnn::Network network = trained_on(ba_2motifs(800, 1), 1, 0.0);
  GnnExplainer explainer(network);
  EXPECT_LT(pooled_auc(explainer, ba_2motifs(100, 1001), 1), 0.75);
}

}  // namespace
}  // namespace fusesim
