#include "rg_policy.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace fusesim {
namespace {

constexpr int kDiffusionSteps = 3;
constexpr float kAlpha = 0.85F;
constexpr auto kWidth = static_cast<size_t>(kRgHidden);

void insert_sorted(std::vector<int32_t>& sorted, int32_t value) {
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), value);
  if (at == sorted.end() || *at != value) sorted.insert(at, value);
}

/// out = bias + x W; W is inputs x outputs.
void affine(const float* x, size_t inputs, const std::vector<float>& matrix, const std::vector<float>& bias,
            float* out) {
  const size_t outputs = bias.size();
  std::copy(bias.begin(), bias.end(), out);
  for (size_t i = 0; i < inputs; ++i) {
    const float factor = x[i];
    const float* row = matrix.data() + i * outputs;
    for (size_t c = 0; c < outputs; ++c) out[c] += factor * row[c];
  }
}

float dot(const float* x, const std::vector<float>& y) {
  return std::inner_product(y.begin(), y.end(), x, 0.0F);
}

float swish(float x) { return x / (1.0F + std::exp(-x)); }

/// h += swish(h) W + b
void residual_block(const std::vector<float>& matrix, const std::vector<float>& bias, float* h) {
  float active[kWidth];
  float added[kWidth];
  std::transform(h, h + kWidth, active, swish);
  affine(active, kWidth, matrix, bias, added);
  for (size_t c = 0; c < kWidth; ++c) h[c] += added[c];
}

void log_softmax(float* begin, float* end) {
  const float most = *std::max_element(begin, end);
  float sum = 0.0F;
  for (const float* x = begin; x != end; ++x) sum += std::exp(*x - most);
  const float shift = most + std::log(sum);
  for (float* x = begin; x != end; ++x) *x -= shift;
}

/// Log-probabilities of going on and of stopping from all rows of h.
std::vector<float> stopping(const RgWeights& weights, const std::vector<float>& h) {
  const size_t rows = h.size() / kWidth;
  std::vector<float> share(rows);
  for (size_t r = 0; r < rows; ++r) share[r] = dot(h.data() + r * kWidth, weights.attention);
  log_softmax(share.data(), share.data() + rows);
  std::vector<float> pooled(kWidth, 0.0F);
  for (size_t r = 0; r < rows; ++r) {
    const float a = std::exp(share[r]);
    for (size_t c = 0; c < kWidth; ++c) pooled[c] += a * h[r * kWidth + c];
  }
  std::vector<float> result(2, 0.0F);
  for (size_t c = 0; c < kWidth; ++c) {
    const float x = swish(pooled[c]);
    result[0] += x * weights.stop[2 * c];
    result[1] += x * weights.stop[2 * c + 1];
  }
  log_softmax(result.data(), result.data() + 2);
  return result;
}

}  // namespace

RgGraph::RgGraph(const gnn::GraphInput& graph) : neighbours_(static_cast<size_t>(graph.nodes)) {
  for (const auto& [from, to] : graph.edges) {
    if (from == to) continue;
    insert_sorted(neighbours_[static_cast<size_t>(from)], to);
    insert_sorted(neighbours_[static_cast<size_t>(to)], from);
  }
  const size_t n = neighbours_.size();
  std::vector<float> norm(n, 0.0F);
  for (size_t v = 0; v < n; ++v) {
    if (!neighbours_[v].empty()) norm[v] = 1.0F / std::sqrt(static_cast<float>(neighbours_[v].size()));
  }
  for (size_t seed = 0; seed < n; ++seed) {
    std::vector<float> x(n, 0.0F);
    x[seed] = 1.0F;
    for (int step = 0; step < kDiffusionSteps; ++step) {
      std::vector<float> next(n, 0.0F);
      for (size_t v = 0; v < n; ++v) {
        for (const int32_t u : neighbours_[v]) {
          const auto from = static_cast<size_t>(u);
          next[v] += kAlpha * norm[v] * norm[from] * x[from];
        }
      }
      next[seed] += 1.0F - kAlpha;
      x = std::move(next);
    }
    diffused_.push_back(std::move(x));
  }
}

Expansion::Expansion(const RgGraph& graph, int32_t seed)
    : graph_(&graph), selected_{seed}, boundary_(graph.neighbours(seed)), diffused_(graph.diffused(seed)) {}

Expansion::Expansion(const RgGraph& graph, const std::vector<int32_t>& selected)
    : Expansion(graph, selected.front()) {
  for (size_t i = 1; i < selected.size(); ++i) add(selected[i]);
}

void Expansion::add(int32_t node) {
  selected_.push_back(node);
  boundary_.erase(std::lower_bound(boundary_.begin(), boundary_.end(), node));
  for (const int32_t next : graph_->neighbours(node)) {
    const bool is_selected = std::find(selected_.begin(), selected_.end(), next) != selected_.end();
    if (!is_selected) insert_sorted(boundary_, next);
  }
  const std::vector<float>& spread = graph_->diffused(node);
  for (size_t v = 0; v < spread.size(); ++v) diffused_[v] += spread[v];
}

std::vector<float> standardised(const gnn::Network& network, const gnn::GraphInput& graph) {
  const auto width = static_cast<size_t>(network.feature_count());
  std::vector<float> values = graph.features;
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] =
        (values[i] - network.weights().feature_mean[i % width]) * network.weights().feature_scale[i % width];
  }
  return values;
}

std::vector<float> locator_rows(const std::vector<float>& node_embeddings, int64_t width) {
  const auto w = static_cast<size_t>(width);
  const size_t nodes = node_embeddings.size() / w;
  std::vector<float> mean(w, 0.0F);
  for (size_t i = 0; i < node_embeddings.size(); ++i) {
    mean[i % w] += node_embeddings[i] / static_cast<float>(nodes);
  }
  std::vector<float> rows;
  rows.reserve(2 * node_embeddings.size());
  for (auto node = node_embeddings.begin(); node != node_embeddings.end(); node += width) {
    rows.insert(rows.end(), mean.begin(), mean.end());
    rows.insert(rows.end(), node, node + width);
  }
  return rows;
}

std::vector<float> seed_logits(const RgWeights& weights, const std::vector<float>& node_embeddings) {
  const auto width = static_cast<size_t>(2 * weights.embedding);
  const std::vector<float> rows = locator_rows(node_embeddings, weights.embedding);
  std::vector<float> first(weights.locator1_bias.size());
  std::vector<float> second(weights.locator2_bias.size());
  std::vector<float> logits;
  for (size_t at = 0; at < rows.size(); at += width) {
    affine(rows.data() + at, width, weights.locator1, weights.locator1_bias, first.data());
    for (float& x : first) x = std::max(x, 0.0F);
    affine(first.data(), first.size(), weights.locator2, weights.locator2_bias, second.data());
    for (float& x : second) x = std::max(x, 0.0F);
    logits.push_back(dot(second.data(), weights.locator3));
  }
  return logits;
}

int32_t best_seed(const RgGraph& graph, const std::vector<float>& logits, const std::vector<bool>& taken) {
  int32_t best = -1;
  for (int32_t v = 0; v < static_cast<int32_t>(graph.nodes()); ++v) {
    if (graph.neighbours(v).empty() || (!taken.empty() && taken[static_cast<size_t>(v)])) continue;
    if (best < 0 || logits[static_cast<size_t>(v)] > logits[static_cast<size_t>(best)]) best = v;
  }
  return best;
}

std::vector<float> attribute_terms(const RgWeights& weights, const std::vector<float>& features) {
  const auto width = static_cast<size_t>(weights.features);
  const size_t nodes = features.size() / width;
  std::vector<float> terms(nodes * kWidth);
  for (size_t v = 0; v < nodes; ++v) {
    affine(features.data() + v * width, width, weights.attributes, weights.attributes_bias,
           terms.data() + v * kWidth);
  }
  return terms;
}

std::vector<float> step_log_probabilities(const RgWeights& weights, const std::vector<float>& attributes,
                                          const Expansion& expansion) {
  const std::vector<float>& from_seed = expansion.graph().diffused(expansion.selected().front());
  std::vector<int32_t> involved = expansion.boundary();
  involved.insert(involved.end(), expansion.selected().begin(), expansion.selected().end());
  std::vector<float> h(involved.size() * kWidth);
  for (size_t r = 0; r < involved.size(); ++r) {
    const auto v = static_cast<size_t>(involved[r]);
    float* row = h.data() + r * kWidth;
    for (size_t c = 0; c < kWidth; ++c) {
      row[c] = from_seed[v] * weights.seed[c] + expansion.diffused()[v] * weights.selected[c] +
               attributes[v * kWidth + c];
    }
    residual_block(weights.block1, weights.block1_bias, row);
    residual_block(weights.block2, weights.block2_bias, row);
  }
  const size_t choices = expansion.boundary().size();
  std::vector<float> result(choices + 1, -std::numeric_limits<float>::infinity());
  for (size_t r = 0; r < choices; ++r) result[r] = dot(h.data() + r * kWidth, weights.score);
  log_softmax(result.data(), result.data() + choices);
  if (!expansion.may_stop()) return result;
  const std::vector<float> stop = stopping(weights, h);
  for (size_t r = 0; r < choices; ++r) result[r] += stop[0];
  result[choices] = stop[1];
  return result;
}

void grow_greedily(const RgWeights& weights, const std::vector<float>& attributes, int64_t most_nodes,
                   Expansion& expansion) {
  while (!expansion.ended(most_nodes)) {
    const std::vector<float> steps = step_log_probabilities(weights, attributes, expansion);
    const auto best = static_cast<size_t>(std::max_element(steps.begin(), steps.end()) - steps.begin());
    if (best == expansion.boundary().size()) return;
    expansion.add(expansion.boundary()[best]);
  }
}

}  // namespace fusesim
