#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// Weights and biases of a network as real numbers. The order of a convolution's weights is (output channel,
/// input channel of its group, kernel row, kernel column), for a transposed one too.
class ParameterSource {
 public:
  virtual ~ParameterSource() = default;
  /// Weights [first, first + count) of an op.
  virtual void weights(OpId op, int64_t first, int64_t count, float* out) const = 0;
  /// The same of its biases.
  virtual void biases(OpId op, int64_t first, int64_t count, float* out) const = 0;
};

/// Parameters drawn from a seed: each is a function of the seed, its op and its place alone. Weights of a
/// convolution are uniform with the variance 2 / (products per sum), so that a network neither fades nor
/// overflows; scales lie in [0.5, 1.5), slopes in [0, 0.5), biases in [-0.1, 0.1).
class SeededParameters : public ParameterSource {
 public:
  /// `graph` must outlive it.
  SeededParameters(const Graph& graph, uint64_t seed) : graph_(graph), seed_(seed) {}
  void weights(OpId op, int64_t first, int64_t count, float* out) const override;
  void biases(OpId op, int64_t first, int64_t count, float* out) const override;
  /// Elements of a graph input, uniform in [-1, 1).
  void input(TensorId tensor, int64_t first, int64_t count, float* out) const;
  /// All elements of every graph input, per Graph::inputs.
  std::vector<std::vector<float>> inputs() const;

 private:
  const Graph& graph_;
  uint64_t seed_;
};

}  // namespace fusesim
