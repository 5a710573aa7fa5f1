#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "fusesim/explain/rg_explainer.h"
#include "rg_episodes.h"

namespace fusesim {

/// What the seeds of a graph are worth: one reward a node.
struct RgSeedValues {
  const RgSubject* subject;
  std::vector<double> rewards;
};

/// The weights in training: LibTorch behind a plain interface. Starts with uniform weights within
/// 1/sqrt(inputs); the weights of score and stop start at zero (original code), so that the first policy
/// takes all steps alike.
class RgLearner {
 public:
  /// `embedding_scale` divides embeddings before the locator sees them; weights() has it worked in. Sets
  /// LibTorch to one thread and seeds it.
  RgLearner(int64_t features, int64_t embedding, double embedding_scale, double learning_rate, uint64_t seed);
  ~RgLearner();
  RgLearner(const RgLearner&) = delete;
  RgLearner& operator=(const RgLearner&) = delete;

  /// One step of Adam along the mean of advantage times gradient of the log-probability; that mean's negative
  /// before the step.
  double reinforce(const std::vector<RgDecision>& decisions);
  /// One step of Adam on the mean divergence KL(softmax of rewards / temperature || seed probabilities); its
  /// value before the step.
  double locate(const std::vector<RgSeedValues>& values, double temperature);

  RgWeights weights() const;

 private:
  struct Model;
  std::unique_ptr<Model> model_;
};

}  // namespace fusesim
