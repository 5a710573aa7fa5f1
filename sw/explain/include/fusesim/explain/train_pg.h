#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "fusesim/explain/fidelity.h"
#include "fusesim/explain/pg_explainer.h"
#include "fusesim/gnn/network.h"

namespace fusesim {

/// Settings of the training. Sources: [P] Luo et al. 2020 and its code, [G] PyTorch Geometric.
struct PgOptions {
  int64_t epochs = 25;          ///< Mills et al.; [P] 30
  int64_t batch = 32;           ///< graphs per step; [P] all of an epoch, [G] one
  int64_t units = 64;           ///< [P]
  double learning_rate = 3e-3;  ///< of Adam, [P] and [G]
  /// Of the sum of a graph's mask, where each edge counts once; [P] and [G] 0.05, which drives every mask to
  /// zero where the cross-entropy of no edges is log 2. Only a start: see retries.
  double size = 0.005;
  double entropy = 0.0;            ///< of the mean entropy of a graph's mask; [P] and [G] 1
  double first_temperature = 5.0;  ///< of the concrete distribution, [P] and [G]
  double last_temperature = 2.0;   ///< after the last epoch, geometric on the way there; [G]; [P] 1
  double bias = 0.01;              ///< b: u in [b, 1 - b], [G]
  bool symmetric = false;          ///< see PgWeights
  int64_t runs = 3;                ///< with seeds of their own; the one with the best validation is kept
  /// Of a run that collapsed, each with another seed and `size_step` times the size where all scores are
  /// high, a `size_step`th of it where they are low; the runs after it start from there.
  int64_t retries = 3;
  double size_step = 4.0;
  /// Added to the output bias before training, and so to the first logit of every edge, as in
  /// GnnExplainerOptions: masks that start near 1 leave the graph as the network knows it, where those near
  /// 0.5 ([P] and [G]: 0) may be on the far side of a loss that is worse than no edges at all.
  double initial_mean = 5.0;
  uint64_t seed = 0;
  std::function<void(const struct PgEpoch&)> progress;
};

struct PgEpoch {
  int64_t run = 0;    ///< from 0
  int64_t retry = 0;  ///< from 0
  int64_t epoch = 0;  ///< from 1
  double loss = 0.0;
};

/// Scores that are all alike tell no edge from another.
struct ScoreSpread {
  double mean = 0.0;
  double deviation = 0.0;  ///< standard
  /// Deviation below 0.02, or mean outside (0.02, 0.98).
  bool collapsed() const;
};
ScoreSpread spread_of(const std::vector<double>& scores);

/// One training from random weights to the last epoch.
struct PgAttempt {
  int64_t run = 0;
  int64_t retry = 0;
  uint64_t seed = 0;
  double size = 0.0;
  std::vector<double> losses;  ///< mean over the samples, per epoch
  ScoreSpread spread;          ///< over all edges of the validation graphs
  Fidelity validation;
};

struct PgTraining {
  PgWeights weights;  ///< scheme, data set and command empty
  std::vector<PgAttempt> attempts;
  size_t chosen = 0;  ///< index of the attempt that gave the weights
};

/// Trains PGExplainer for a network, which stays as it is: the perceptron's logits w give each graph the mask
///   m = sigmoid((log u - log(1 - u) + w) / T)     (concrete distribution, u uniform, T falling)
/// and the loss, mean over the graphs of a step,
///   cross-entropy of the target under edge weights m + size * sum m + entropy * mean H(0.99 m + 0.005).
/// The attempt with the largest validation.insertion_minus_deletion is kept, before others one that has not
/// collapsed. Without validation graphs the samples serve as such. Keeps the embeddings of all samples in
/// memory (nodes x hidden floats). Uses LibTorch on the calling thread alone; reproducible on one machine and
/// BLAS. Throws Error for bad options, graphs that do not fit the network, or no graph with an edge.
PgTraining train_pg(const gnn::Network& network, const std::vector<ExplainedGraph>& samples,
                    const std::vector<ExplainedGraph>& validation, const PgOptions& options);

}  // namespace fusesim
