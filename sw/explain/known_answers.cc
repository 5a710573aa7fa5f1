#include "fusesim/explain/known_answers.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/base/random_source.h"

namespace fusesim {
namespace {

using Edge = std::pair<int32_t, int32_t>;

constexpr int32_t kTreeNodes = 20;
constexpr int32_t kMotifNodes = 5;
constexpr int64_t kConstantFeatures = 10;
constexpr float kConstant = 0.1F;
/// A square with a roof, and a ring.
const std::vector<Edge> kHouse = {{0, 1}, {0, 3}, {0, 4}, {1, 2}, {1, 4}, {2, 3}};
const std::vector<Edge> kCycle = {{0, 1}, {0, 4}, {1, 2}, {2, 3}, {3, 4}};

constexpr int32_t kPlantedNodes = 15;
constexpr size_t kPlantedEdges = 18;
constexpr int kTypes = 6;

/// Every node joins an earlier one, drawn in proportion to its degree.
std::vector<Edge> barabasi_albert_tree(RandomSource& random) {
  std::vector<Edge> edges = {{0, 1}};
  std::vector<int32_t> ends = {0, 1};
  for (int32_t node = 2; node < kTreeNodes; ++node) {
    const int32_t earlier = random.pick(ends);
    edges.emplace_back(earlier, node);
    ends.insert(ends.end(), {earlier, node});
  }
  return edges;
}

KnownAnswer tree_with_motif(int label, RandomSource& random) {
  KnownAnswer answer;
  answer.label = label;
  answer.graph.nodes = kTreeNodes + kMotifNodes;
  answer.graph.feature_count = kConstantFeatures;
  answer.graph.features.assign(static_cast<size_t>(answer.graph.nodes * kConstantFeatures), kConstant);
  std::vector<Edge>& edges = answer.graph.edges;
  edges = barabasi_albert_tree(random);
  for (const auto& [from, to] : label == 0 ? kHouse : kCycle) {
    edges.emplace_back(kTreeNodes + from, kTreeNodes + to);
  }
  const auto tree_end = static_cast<int32_t>(random.below(kTreeNodes));
  edges.emplace_back(tree_end, kTreeNodes + static_cast<int32_t>(random.below(kMotifNodes)));
  std::sort(edges.begin(), edges.end());
  for (const Edge& edge : edges) answer.truth.push_back(edge.first >= kTreeNodes);
  return answer;
}

std::vector<Edge> connected_dag(RandomSource& random) {
  std::set<Edge> edges;
  for (int32_t node = 1; node < kPlantedNodes; ++node) {
    edges.emplace(static_cast<int32_t>(random.below(static_cast<uint64_t>(node))), node);
  }
  while (edges.size() < kPlantedEdges) {
    const auto to = static_cast<int32_t>(1 + random.below(kPlantedNodes - 1));
    edges.emplace(static_cast<int32_t>(random.below(static_cast<uint64_t>(to))), to);
  }
  return {edges.begin(), edges.end()};
}

/// With whatever label comes out: how many edges join types 0 and 1.
KnownAnswer typed_dag(RandomSource& random) {
  KnownAnswer answer;
  answer.graph.nodes = kPlantedNodes;
  answer.graph.feature_count = kTypes;
  answer.graph.edges = connected_dag(random);
  std::vector<int> types;
  for (int32_t node = 0; node < kPlantedNodes; ++node) {
    types.push_back(static_cast<int>(random.below(kTypes)));
    for (int type = 0; type < kTypes; ++type) {
      answer.graph.features.push_back(type == types.back() ? 1.0F : 0.0F);
    }
  }
  for (const auto& [from, to] : answer.graph.edges) {
    const auto [low, high] = std::minmax(types[static_cast<size_t>(from)], types[static_cast<size_t>(to)]);
    answer.truth.push_back(low == 0 && high == 1);
    answer.label += answer.truth.back() ? 1 : 0;
  }
  return answer;
}

gnn::TrainOptions small_training(uint64_t seed) {
  gnn::TrainOptions options;
  options.standardise = false;
  options.learning_rate = 5e-3;
  options.weight_decay = 0.0;
  options.seed = seed;
  return options;
}

}  // namespace

std::vector<KnownAnswer> ba_2motifs(size_t count, uint64_t seed) {
  RandomSource random(seed);
  std::vector<KnownAnswer> answers;
  for (size_t i = 0; i < count; ++i) answers.push_back(tree_with_motif(static_cast<int>(i % 2), random));
  return answers;
}

std::vector<KnownAnswer> planted_edges(size_t count, uint64_t seed) {
  RandomSource random(seed);
  std::vector<KnownAnswer> answers;
  while (answers.size() < count) {
    KnownAnswer drawn = typed_dag(random);
    if (drawn.label == static_cast<int>(answers.size() % 2)) answers.push_back(std::move(drawn));
  }
  return answers;
}

KnownAnswerSets split(std::vector<KnownAnswer> answers, double train, double validation) {
  const auto count = static_cast<double>(answers.size());
  const auto place = [&answers, count](double share) {
    return answers.begin() + std::min(static_cast<std::ptrdiff_t>(answers.size()),
                                      static_cast<std::ptrdiff_t>(std::lround(share * count)));
  };
  const auto moved = [](auto from, auto to) {
    return std::vector<KnownAnswer>(std::make_move_iterator(from), std::make_move_iterator(to));
  };
  const auto first = place(train);
  const auto second = place(train + validation);
  return {moved(answers.begin(), first), moved(first, second), moved(second, answers.end())};
}

std::vector<KnownAnswer> with_label(const std::vector<KnownAnswer>& answers, int label, size_t count) {
  std::vector<KnownAnswer> chosen;
  for (const KnownAnswer& answer : answers) {
    if (chosen.size() == count) break;
    if (answer.label == label) chosen.push_back(answer);
  }
  return chosen;
}

std::vector<gnn::Sample> samples_of(const std::vector<KnownAnswer>& answers) {
  std::vector<gnn::Sample> samples;
  samples.reserve(answers.size());
  for (const KnownAnswer& answer : answers) samples.push_back({&answer.graph, answer.label});
  return samples;
}

std::vector<ExplainedGraph> explained_graphs(const std::vector<KnownAnswer>& answers) {
  std::vector<ExplainedGraph> graphs;
  graphs.reserve(answers.size());
  for (const KnownAnswer& answer : answers) graphs.push_back({&answer.graph, answer.label});
  return graphs;
}

gnn::TrainOptions ba_2motifs_training(uint64_t seed) {
  gnn::TrainOptions options = small_training(seed);
  options.hidden = 20;
  options.layers = 3;
  options.epochs = 200;
  options.batch = 64;
  options.edge_dropout = 0.2;
  return options;
}

gnn::TrainOptions planted_edges_training(uint64_t seed) {
  gnn::TrainOptions options = small_training(seed);
  options.hidden = 32;
  options.epochs = 30;
  options.batch = 32;
  return options;
}

PgOptions known_answers_pg(uint64_t seed) {
  PgOptions options;
  options.size = 0.01;
  options.first_temperature = 2.0;
  options.last_temperature = 1.0;
  options.symmetric = true;
  options.seed = seed;
  return options;
}

double roc_auc(const std::vector<double>& scores, const std::vector<bool>& truth) {
  if (scores.size() != truth.size()) {
    throw Error("roc_auc: expected " + std::to_string(scores.size()) + " truths, got " +
                std::to_string(truth.size()));
  }
  const auto positives = static_cast<double>(std::count(truth.begin(), truth.end(), true));
  const double negatives = static_cast<double>(truth.size()) - positives;
  if (positives == 0.0 || negatives == 0.0)
    throw Error("roc_auc: expected true and false ones, got one kind");
  const std::vector<size_t> order = by_score(scores);
  double wins = 0.0;
  double negatives_above = 0.0;
  for (size_t begin = 0; begin < order.size();) {
    double tied_positives = 0.0;
    double tied_negatives = 0.0;
    size_t end = begin;
    for (; end < order.size() && scores[order[end]] == scores[order[begin]]; ++end) {
      ++(truth[order[end]] ? tied_positives : tied_negatives);
    }
    wins += tied_positives * (negatives - negatives_above - 0.5 * tied_negatives);
    negatives_above += tied_negatives;
    begin = end;
  }
  return wins / (positives * negatives);
}

double pooled_auc(GraphExplainer& explainer, const std::vector<KnownAnswer>& answers, uint64_t seed) {
  std::vector<double> scores;
  std::vector<bool> truth;
  for (const KnownAnswer& answer : answers) {
    const Explanation found = explainer.explain(answer.graph, answer.label, seed++);
    scores.insert(scores.end(), found.scores.begin(), found.scores.end());
    truth.insert(truth.end(), answer.truth.begin(), answer.truth.end());
  }
  return roc_auc(scores, truth);
}

Explanation RandomScores::explain(const gnn::GraphInput& graph, int64_t, uint64_t seed) {
  RandomSource random(seed);
  Explanation explanation;
  for (size_t e = 0; e < graph.edges.size(); ++e) explanation.scores.push_back(random.unit());
  explanation.edges = edges_above(explanation.scores, 0.5);
  return explanation;
}

Explanation RandomEdgeScores::explain(const gnn::GraphInput& graph, int64_t target, uint64_t seed) {
  Explanation explanation = RandomScores().explain(graph, target, seed);
  explanation.edges = by_score(explanation.scores);
  explanation.edges.resize(reference_.explain(graph, target, seed).edges.size());
  return explanation;
}

}  // namespace fusesim
