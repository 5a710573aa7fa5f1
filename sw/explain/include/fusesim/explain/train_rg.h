#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "fusesim/explain/fidelity.h"
#include "fusesim/explain/rg_explainer.h"

namespace fusesim {

/// What the reward of a kept part takes off beside the cross-entropy of its class; the coefficients of the
/// original code, radius apart.
struct RgCosts {
  double edge = 0.01;    ///< per edge; original: per direction
  double radius = 0.01;  ///< per step to the node farthest from the seed; original code 0.1
  /// Of the distance of the graph embeddings. Ours: relative to the embedding of the whole graph, since sums
  /// over nodes grow with the graph; original code: absolute.
  double distance = 0.01;
};

/// "Original": default of the authors' code; "paper": Mills et al., which settle epochs only; else ours.
struct RgTrainOptions {
  int64_t most_nodes = 20;  ///< original
  RgCosts costs;

  /// A seed is worth the best reward of its neighbourhoods of 1 to so many steps; original: of that of 3.
  int64_t ego_hops = 3;
  double locator_temperature = 0.1;  ///< the locator aims at softmax(worth / temperature); original: 1
  int64_t locator_steps = 400;       ///< original: 200 with all graphs in each
  int64_t ordered_epochs = 10;       ///< original: likelihood of expansions as they were drawn
  int64_t set_epochs = 25;           ///< original: likelihood of their nodes in any order
  int64_t pretrain_graphs = 1000;    ///< at most; the data sets of the original have about as many
  int64_t pretrain_draws = 10;       ///< original: the best of so many random expansions
  int64_t pretrain_batch = 32;       ///< original

  int64_t epochs = 10;           ///< paper; ours: each passes once over all graphs (original: one step)
  int64_t seeds_per_step = 128;  ///< original
  int64_t rollouts = 5;          ///< from each seed; original: from every prefix of an expansion
  int64_t locator_updates = 10;  ///< original, in each epoch
  double locator_share = 0.2;    ///< original: graphs whose seeds are valued anew for that
  double learning_rate = 3e-3;   ///< of Adam, locator and generator; original: 1e-2

  uint64_t seed = 0;
  std::function<void(const struct RgEpoch&)> progress;
};

/// One epoch of REINFORCE; 0: after pre-training.
struct RgEpoch {
  int64_t epoch = 0;
  double reward = 0.0;             ///< mean over sampled expansions
  double nodes = 0.0;              ///< mean
  double validation_reward = 0.0;  ///< mean over the explanations of the validation graphs
  double validation_nodes = 0.0;
};

struct RgTraining {
  /// Scheme, data set and command empty. Of the epoch with the best validation reward; the last one without
  /// validation graphs.
  RgWeights weights;
  std::vector<RgEpoch> epochs;
  int64_t best_epoch = 0;
};

/// Trains seed locator and generator for a network, which is only run, on the kept parts of graphs: locator
/// and generator alone for a start, then together. Graphs without edges are left out. Sets LibTorch to one
/// thread; reproducible on one machine and BLAS. Throws Error if no graph is left or one does not fit.
RgTraining train_rg(const gnn::Network& network, const std::vector<ExplainedGraph>& samples,
                    const std::vector<ExplainedGraph>& validation, const RgTrainOptions& options);

}  // namespace fusesim
