#include "rg_episodes.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace fusesim {
namespace {

constexpr size_t kGraphsAtOnce = 128;

std::vector<int32_t> sorted(std::vector<int32_t> nodes) {
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

double cross_entropy(const float* logits, int64_t classes, int64_t target) {
  const double most = *std::max_element(logits, logits + classes);
  double sum = 0.0;
  for (int64_t k = 0; k < classes; ++k) sum += std::exp(logits[k] - most);
  return most + std::log(sum) - logits[target];
}

/// |part - whole| / |whole|
double relative_distance(const float* part, const std::vector<float>& whole) {
  double difference = 0.0;
  double size = 1e-12;
  for (size_t c = 0; c < whole.size(); ++c) {
    const double d = static_cast<double>(part[c]) - whole[c];
    difference += d * d;
    size += static_cast<double>(whole[c]) * whole[c];
  }
  return std::sqrt(difference / size);
}

size_t draw(const std::vector<float>& log_probabilities, RandomSource& random) {
  double left = random.unit();
  size_t last = 0;
  for (size_t i = 0; i < log_probabilities.size(); ++i) {
    const double p = std::exp(static_cast<double>(log_probabilities[i]));
    if (p > 0.0) last = i;
    left -= p;
    if (left < 0.0) return last;
  }
  return last;
}

/// The first `count` nodes of a part.
RgPart prefix_of(const RgPart& part, size_t count) {
  return {part.subject, {part.nodes.begin(), part.nodes.begin() + static_cast<std::ptrdiff_t>(count)}};
}

double mean(const std::vector<double>& values, size_t begin, size_t count) {
  double sum = 0.0;
  for (size_t i = begin; i < begin + count; ++i) sum += values[i];
  return sum / static_cast<double>(count);
}

}  // namespace

RgSubject::RgSubject(const gnn::Network& network, const ExplainedGraph& graph)
    : input(graph.input),
      shape(*graph.input),
      features(standardised(network, *graph.input)),
      target(graph.target) {
  gnn::Pass pass(network, *graph.input);
  pass.forward();
  node_embeddings = pass.node_embeddings();
  embedding = pass.graph_embeddings();
}

int64_t radius(const RgPart& part) {
  std::vector<int32_t> left(part.nodes.begin() + 1, part.nodes.end());
  std::vector<int32_t> front = {part.nodes.front()};
  int64_t steps = 0;
  while (!left.empty()) {
    std::vector<int32_t> next;
    for (const int32_t v : front) {
      const std::vector<int32_t>& around = part.subject->shape.neighbours(v);
      const auto reached = std::stable_partition(left.begin(), left.end(), [&around](int32_t u) {
        return !std::binary_search(around.begin(), around.end(), u);
      });
      next.insert(next.end(), reached, left.end());
      left.erase(reached, left.end());
    }
    if (next.empty()) break;
    front = std::move(next);
    ++steps;
  }
  return steps;
}

std::vector<double> RgReward::operator()(const std::vector<RgPart>& parts) const {
  std::vector<double> rewards;
  rewards.reserve(parts.size());
  const auto hidden = static_cast<size_t>(network_.hidden());
  const int64_t classes = network_.classes();
  for (size_t begin = 0; begin < parts.size(); begin += kGraphsAtOnce) {
    const size_t end = std::min(parts.size(), begin + kGraphsAtOnce);
    std::vector<gnn::GraphInput> kept;
    kept.reserve(end - begin);
    for (size_t i = begin; i < end; ++i) {
      kept.push_back(gnn::induced(*parts[i].subject->input, sorted(parts[i].nodes)));
    }
    std::vector<const gnn::GraphInput*> graphs;
    graphs.reserve(kept.size());
    for (const gnn::GraphInput& graph : kept) graphs.push_back(&graph);
    gnn::Pass pass(network_, graphs);
    const std::vector<float>& logits = pass.forward();
    for (size_t g = 0; g < kept.size(); ++g) {
      const RgPart& part = parts[begin + g];
      const double loss =
          cross_entropy(logits.data() + static_cast<int64_t>(g) * classes, classes, part.subject->target);
      const double distance =
          relative_distance(pass.graph_embeddings().data() + g * hidden, part.subject->embedding);
      rewards.push_back(-(loss + costs_.edge * static_cast<double>(kept[g].edges.size()) +
                          costs_.radius * static_cast<double>(radius(part)) + costs_.distance * distance));
    }
  }
  return rewards;
}

RgEpisode play(const RgWeights& weights, const std::vector<float>& attributes, const RgPart& prefix,
               int64_t most_nodes, RandomSource& random) {
  Expansion expansion(prefix.subject->shape, prefix.nodes);
  while (!expansion.ended(most_nodes)) {
    const size_t step = draw(step_log_probabilities(weights, attributes, expansion), random);
    if (step == expansion.boundary().size()) return {{prefix.subject, expansion.selected()}, true};
    expansion.add(expansion.boundary()[step]);
  }
  return {{prefix.subject, expansion.selected()}, false};
}

std::vector<RgDecision> decisions_of(const RgEpisode& episode, size_t given) {
  std::vector<RgDecision> decisions;
  const std::vector<int32_t>& nodes = episode.part.nodes;
  Expansion expansion(episode.part.subject->shape, prefix_of(episode.part, given).nodes);
  for (size_t i = given; i < nodes.size(); ++i) {
    const std::vector<int32_t>& boundary = expansion.boundary();
    const auto at = std::lower_bound(boundary.begin(), boundary.end(), nodes[i]) - boundary.begin();
    decisions.push_back({episode.part.subject, expansion.selected(), static_cast<size_t>(at)});
    expansion.add(nodes[i]);
  }
  if (episode.stopped) {
    decisions.push_back({episode.part.subject, nodes, expansion.boundary().size()});
  }
  return decisions;
}

RgPart random_expansion(const RgSubject& subject, int32_t seed, int64_t most_nodes, RandomSource& random) {
  const int64_t size = 2 + static_cast<int64_t>(random.below(static_cast<uint64_t>(most_nodes - 1)));
  Expansion expansion(subject.shape, seed);
  while (!expansion.ended(size)) expansion.add(random.pick(expansion.boundary()));
  return {&subject, expansion.selected()};
}

std::vector<RgDecision> steps_to_set(const RgWeights& weights, const RgPart& wanted, int64_t most_nodes) {
  const std::vector<float> attributes = attribute_terms(weights, wanted.subject->features);
  const std::vector<int32_t> set = sorted(wanted.nodes);
  Expansion expansion(wanted.subject->shape, wanted.nodes.front());
  std::vector<RgDecision> decisions;
  while (!expansion.ended(most_nodes)) {
    const std::vector<float> steps = step_log_probabilities(weights, attributes, expansion);
    const std::vector<int32_t>& boundary = expansion.boundary();
    size_t best = boundary.size();
    for (size_t i = 0; i < boundary.size(); ++i) {
      const bool is_wanted = std::binary_search(set.begin(), set.end(), boundary[i]);
      if (is_wanted && (best == boundary.size() || steps[i] > steps[best])) best = i;
    }
    decisions.push_back({wanted.subject, expansion.selected(), best});
    if (best == boundary.size()) break;
    expansion.add(boundary[best]);
  }
  return decisions;
}

RgPart ego(const RgSubject& subject, int32_t node, int64_t hops) {
  Expansion expansion(subject.shape, node);
  for (int64_t hop = 0; hop < hops; ++hop) {
    const std::vector<int32_t> front = expansion.boundary();
    for (const int32_t next : front) expansion.add(next);
  }
  return {&subject, expansion.selected()};
}

RgPart greedy_part(const RgWeights& weights, const RgSubject& subject, int32_t seed, int64_t most_nodes) {
  Expansion expansion(subject.shape, seed);
  grow_greedily(weights, attribute_terms(weights, subject.features), most_nodes, expansion);
  return {&subject, expansion.selected()};
}

RgRound reinforce_round(const RgWeights& weights, const std::vector<RgPart>& seeds, const RgReward& reward,
                        int64_t rollouts, int64_t most_nodes, RandomSource& random) {
  const auto n = static_cast<size_t>(rollouts);
  std::vector<RgEpisode> episodes;
  std::vector<RgPart> parts;
  for (const RgPart& seed : seeds) {
    const std::vector<float> attributes = attribute_terms(weights, seed.subject->features);
    for (size_t r = 0; r < n; ++r) {
      episodes.push_back(play(weights, attributes, seed, most_nodes, random));
      parts.push_back(episodes.back().part);
    }
  }
  const std::vector<double> rewards = reward(parts);
  RgRound round;
  const auto count = static_cast<double>(episodes.size());
  for (size_t first = 0; first < episodes.size(); first += n) {
    const double baseline = mean(rewards, first, n);
    for (size_t e = first; e < first + n; ++e) {
      std::vector<RgDecision> taken = decisions_of(episodes[e]);
      for (RgDecision& decision : taken) decision.advantage = rewards[e] - baseline;
      round.decisions.insert(round.decisions.end(), taken.begin(), taken.end());
      round.reward += rewards[e] / count;
      round.nodes += static_cast<double>(parts[e].nodes.size()) / count;
    }
  }
  return round;
}

}  // namespace fusesim
