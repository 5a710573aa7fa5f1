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
  uint64_t seed = 0;
  std::function<void(const EpochReport&)> progress;
};

/// Trains with LibTorch on the calling thread (it sets LibTorch to one thread) and returns the weights of the
/// epoch with the best validation accuracy, the last one without validation samples. Reproducible on one
/// machine and BLAS.
Network train(const std::vector<Sample>& samples, const std::vector<Sample>& validation,
              const TrainOptions& options);

}  // namespace fusesim::gnn
