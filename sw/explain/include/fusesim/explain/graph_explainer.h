#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fusesim/gnn/graph_input.h"

namespace fusesim {

/// What an explainer says of one graph and one class.
struct Explanation {
  /// One per edge of the graph, in [0, 1]; larger: the class rests on it more.
  std::vector<double> scores;
  /// Indices of the edges that the explanation holds, by descending score (ties: ascending index). At least
  /// one where the graph has edges.
  std::vector<size_t> edges;
};

/// Says which edges of a graph the output of a trained network for one class rests on. An algorithm knows its
/// network and nothing of fusion groups. Leaves the network as it is and keeps no state between calls; one
/// object per thread.
class GraphExplainer {
 public:
  virtual ~GraphExplainer() = default;
  virtual const char* name() const = 0;
  /// A function of its arguments alone. Throws Error if the graph does not fit the network or the class is
  /// none of its classes.
  virtual Explanation explain(const gnn::GraphInput& graph, int64_t target, uint64_t seed) = 0;
};

/// Indices of the scores, by descending score (ties: ascending index).
std::vector<size_t> by_score(const std::vector<double>& scores);

/// The edges with a score of at least `threshold`, and if they are fewer than one, or than a share of all
/// (rounded up), the highest ones up to it, as Explanation::edges wants them.
std::vector<size_t> edges_above(const std::vector<double>& scores, double threshold,
                                double least_share = 0.0);
/// Throws Error unless it is a share, from 0 to 1.
void check_least_share(double share);

}  // namespace fusesim
