#include <cmath>

#include "fusesim/gnn/metrics.h"

namespace fusesim::gnn {
namespace {

constexpr size_t kTerms = 4;
constexpr int kSteps = 25;
constexpr double kRidge = 1e-6;

using Row = std::array<double, kTerms>;

Row row_of(const LabelledGroup& group, int64_t buffer_bytes) {
  const auto log2_of = [](int64_t x) { return std::log2(static_cast<double>(x) + 1.0) / 10.0; };
  return {1.0, log2_of(group.weight_bytes), log2_of(group.row_bytes), log2_of(buffer_bytes)};
}

double score(const std::vector<double>& weights, const Row& row) {
  double sum = 0.0;
  for (size_t i = 0; i < kTerms; ++i) sum += weights[i] * row[i];
  return sum;
}

/// Solves m x = v by elimination with pivots; m is positive definite.
std::vector<double> solved(std::array<Row, kTerms> m, Row v) {
  for (size_t c = 0; c < kTerms; ++c) {
    size_t pivot = c;
    for (size_t r = c + 1; r < kTerms; ++r) {
      if (std::abs(m[r][c]) > std::abs(m[pivot][c])) pivot = r;
    }
    std::swap(m[c], m[pivot]);
    std::swap(v[c], v[pivot]);
    for (size_t r = c + 1; r < kTerms; ++r) {
      const double factor = m[r][c] / m[c][c];
      for (size_t k = c; k < kTerms; ++k) m[r][k] -= factor * m[c][k];
      v[r] -= factor * v[c];
    }
  }
  std::vector<double> x(kTerms, 0.0);
  for (size_t c = kTerms; c-- > 0;) {
    double rest = v[c];
    for (size_t k = c + 1; k < kTerms; ++k) rest -= m[c][k] * x[k];
    x[c] = rest / m[c][c];
  }
  return x;
}

}  // namespace

LogisticBaseline::LogisticBaseline(const std::vector<LabelledGroup>& training) : weights_(kTerms, 0.0) {
  for (int step = 0; step < kSteps; ++step) {
    std::array<Row, kTerms> curvature{};
    Row gradient{};
    for (size_t i = 0; i < kTerms; ++i) curvature[i][i] = kRidge;
    for (const LabelledGroup& group : training) {
      for (const int64_t buffer : kBufferBytes) {
        const Row row = row_of(group, buffer);
        const double p = 1.0 / (1.0 + std::exp(-score(weights_, row)));
        for (size_t i = 0; i < kTerms; ++i) {
          gradient[i] += (group.label(buffer) - p) * row[i];
          for (size_t j = 0; j < kTerms; ++j) curvature[i][j] += p * (1.0 - p) * row[i] * row[j];
        }
      }
    }
    const std::vector<double> change = solved(curvature, gradient);
    for (size_t i = 0; i < kTerms; ++i) weights_[i] += change[i];
  }
}

int LogisticBaseline::predict(const LabelledGroup& group, int64_t buffer_bytes) const {
  return score(weights_, row_of(group, buffer_bytes)) > 0.0 ? 1 : 0;
}

}  // namespace fusesim::gnn
