#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/base/random_source.h"
#include "fusesim/explain/train_rg.h"
#include "rg_policy.h"

namespace fusesim {

/// A graph that RG-Explainer learns from, and what its network says of it.
struct RgSubject {
  /// Both have to outlive it.
  RgSubject(const gnn::Network& network, const ExplainedGraph& graph);

  const gnn::GraphInput* input;
  RgGraph shape;
  std::vector<float> features;         ///< standardised
  std::vector<float> node_embeddings;  ///< nodes x E
  std::vector<float> embedding;        ///< their sum, E
  int64_t target;
};

/// Nodes of a graph, in order of selection.
struct RgPart {
  const RgSubject* subject;
  std::vector<int32_t> nodes;
};

/// -(cross-entropy of the target class + costs) of kept parts, by running the network on each as a graph of
/// its own.
class RgReward {
 public:
  /// The network has to outlive it.
  RgReward(const gnn::Network& network, const RgCosts& costs) : network_(network), costs_(costs) {}
  std::vector<double> operator()(const std::vector<RgPart>& parts) const;

 private:
  const gnn::Network& network_;
  RgCosts costs_;
};

/// Steps from the first node to the farthest inside the part.
int64_t radius(const RgPart& part);

/// A step that was taken: with `selected` chosen so far, number `action` of the boundary, or stopping if it
/// is the boundary's size. What it was better than expected weighs its log-probability.
struct RgDecision {
  const RgSubject* subject;
  std::vector<int32_t> selected;
  size_t action = 0;
  double advantage = 1.0;
};

/// A drawn or greedy expansion.
struct RgEpisode {
  RgPart part;
  bool stopped = false;  ///< by choice, not for want of nodes or at the limit
};

/// Draws steps with their probability, from `prefix` until stopping or the end. `attributes` are the
/// subject's attribute_terms.
RgEpisode play(const RgWeights& weights, const std::vector<float>& attributes, const RgPart& prefix,
               int64_t most_nodes, RandomSource& random);

/// Its steps after the first `given` nodes.
std::vector<RgDecision> decisions_of(const RgEpisode& episode, size_t given = 1);

/// A random expansion of random size from 2 to `most_nodes` nodes (or all that can be reached).
RgPart random_expansion(const RgSubject& subject, int32_t seed, int64_t most_nodes, RandomSource& random);

/// Steps that reach the same nodes in the policy's own order: always the most probable node that is wanted,
/// and stopping when none is left.
std::vector<RgDecision> steps_to_set(const RgWeights& weights, const RgPart& wanted, int64_t most_nodes);

struct RgRound {
  std::vector<RgDecision> decisions;
  double reward = 0.0;  ///< mean over the episodes
  double nodes = 0.0;
};

/// `rollouts` episodes from each seed. The advantage of every step is the reward of its episode less the mean
/// over the episodes from the same seed.
RgRound reinforce_round(const RgWeights& weights, const std::vector<RgPart>& seeds, const RgReward& reward,
                        int64_t rollouts, int64_t most_nodes, RandomSource& random);

/// All nodes within so many steps of a node, which is the first.
RgPart ego(const RgSubject& subject, int32_t node, int64_t hops);

/// The explanation's nodes: greedy growth from `seed`.
RgPart greedy_part(const RgWeights& weights, const RgSubject& subject, int32_t seed, int64_t most_nodes);

}  // namespace fusesim
