#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fusesim/explain/graph_explainer.h"
#include "fusesim/explain/train_pg.h"
#include "fusesim/gnn/graph_input.h"
#include "fusesim/gnn/train.h"

namespace fusesim {

/// A graph of which it is known what its class rests on.
struct KnownAnswer {
  gnn::GraphInput graph;
  int label = 0;
  std::vector<bool> truth;  ///< one per edge: the label rests on it
};

/// BA-2Motifs (Luo et al. 2020): a Barabasi-Albert tree of 20 nodes, and a motif of 5 nodes behind one
/// connecting edge: a house of 6 edges (label 0, even indices) or a cycle of 5 (label 1, odd ones). Every
/// node has 10 features of 0.1. Truth: both ends in the motif. A function of its arguments.
std::vector<KnownAnswer> ba_2motifs(size_t count, uint64_t seed);

/// Planted edge: connected DAGs of 15 nodes and 18 edges, nodes of six types (one-hot). Label 1 (odd
/// indices): exactly one edge joins a node of type 0 and one of type 1, and is the truth. Label 0: no edge
/// does, nothing is true. A function of its arguments.
std::vector<KnownAnswer> planted_edges(size_t count, uint64_t seed);

struct KnownAnswerSets {
  std::vector<KnownAnswer> train;
  std::vector<KnownAnswer> validation;
  std::vector<KnownAnswer> test;
};

/// The first `train` of the answers, the next `validation`, and the rest, as shares of 1 (they are drawn
/// independently of their place).
KnownAnswerSets split(std::vector<KnownAnswer> answers, double train = 0.8, double validation = 0.1);

/// The first `count` answers of a label.
std::vector<KnownAnswer> with_label(const std::vector<KnownAnswer>& answers, int label, size_t count);

/// For training of networks and of PGExplainer; the answers have to outlive them.
std::vector<gnn::Sample> samples_of(const std::vector<KnownAnswer>& answers);
std::vector<ExplainedGraph> explained_graphs(const std::vector<KnownAnswer>& answers);

/// Settings under which a network learns these graphs in a few seconds. BA-2Motifs needs edge dropout: a
/// cycle has 25 edges, a house 26, and a network that may count them rests on every edge, not on the motif.
gnn::TrainOptions ba_2motifs_training(uint64_t seed);
gnn::TrainOptions planted_edges_training(uint64_t seed);

/// Settings of PGExplainer for these networks, which know whole edges only: masks start near 1, where a graph
/// is what it was, and noise leaves them near 0 or 1.
PgOptions known_answers_pg(uint64_t seed);

/// Area under the ROC curve: the chance that a true one of these scores is above a false one, ties count
/// half. Throws Error unless there is one truth per score and both kinds are there.
double roc_auc(const std::vector<double>& scores, const std::vector<bool>& truth);

/// roc_auc of an explainer's scores for the labels, over the edges of all graphs together; graph i has seed +
/// i.
double pooled_auc(GraphExplainer& explainer, const std::vector<KnownAnswer>& answers, uint64_t seed);

/// Control: scores that are drawn at random.
class RandomScores : public GraphExplainer {
 public:
  const char* name() const override { return "random"; }
  Explanation explain(const gnn::GraphInput& graph, int64_t target, uint64_t seed) override;
};

/// Control: as many edges as another explainer names, drawn at random.
class RandomEdgeScores : public GraphExplainer {
 public:
  /// The reference has to outlive it.
  explicit RandomEdgeScores(GraphExplainer& reference) : reference_(reference) {}
  const char* name() const override { return "random"; }
  Explanation explain(const gnn::GraphInput& graph, int64_t target, uint64_t seed) override;

 private:
  GraphExplainer& reference_;
};

}  // namespace fusesim
