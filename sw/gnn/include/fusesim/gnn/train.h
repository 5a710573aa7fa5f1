#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "fusesim/gnn/network.h"

namespace fusesim::gnn {

/// A graph and its class. Graphs that differ only in column `varying` share one input.
struct Sample {
  const GraphInput* input = nullptr;
  int label = 0;
  float varying = 0.0F;  ///< value of the column TrainOptions::varying_column, if that is set
};

struct EpochReport {
  int64_t epoch = 0;
  double loss = 0.0;
  double validation_accuracy = 0.0;
  double seconds = 0.0;
};

struct TrainOptions {
  int64_t epochs = 50;
  int64_t batch = 128;  ///< graphs per step
  int64_t hidden = 128;
  int64_t layers = 4;
  int64_t classes = 2;
  double learning_rate = 1e-3;  ///< Adam; falls along a cosine to a hundredth
  double weight_decay = 1e-5;
  bool balance_classes = true;  ///< weigh the loss by inverse class frequency
  bool standardise = true;      ///< else mean 0, scale 1
  int64_t varying_column = -1;
  /// DropEdge (Rong et al. 2020): the chance, drawn anew in every step, that an edge is left out of its graph
  /// in training; the label stays. What rests on the number of edges alone is not learned then.
  double edge_dropout = 0.0;
  uint64_t seed = 0;
  std::function<void(const EpochReport&)> progress;
};

/// Trains with LibTorch on the calling thread (it sets LibTorch to one thread) and returns the weights of the
/// epoch with the best validation accuracy, the last one without validation samples. Reproducible on one
/// machine and BLAS. Throws Error without samples or if edge_dropout is no number in [0, 1].
Network train(const std::vector<Sample>& samples, const std::vector<Sample>& validation,
              const TrainOptions& options);

}  // namespace fusesim::gnn
