#include "fusesim/values/parameters.h"

#include <cmath>

#include "fusesim/graph/op_facts.h"
#include "fusesim/values/network.h"

namespace fusesim {
namespace {

enum class Drawn : uint64_t { weight = 1, bias = 2, input = 3 };

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014).
uint64_t scrambled(uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// Numbers uniform in [low, high).
void draw(uint64_t seed, Drawn what, int64_t owner, int64_t first, int64_t count, double low, double high,
          float* out) {
  const uint64_t key =
      scrambled(scrambled(seed ^ (static_cast<uint64_t>(what) << 56)) + static_cast<uint64_t>(owner));
  for (int64_t i = 0; i < count; ++i) {
    const double unit =
        static_cast<double>(scrambled(key + static_cast<uint64_t>(first + i)) >> 11U) * 0x1.0p-53;
    out[i] = static_cast<float>(low + (high - low) * unit);
  }
}

}  // namespace

void SeededParameters::weights(OpId o, int64_t first, int64_t count, float* out) const {
  const Op& op = graph_.op(o);
  if (is_convolution(op)) {
    const int64_t products = op.weights / graph_.out_shape(op).c;
    const double bound = std::sqrt(6.0 / static_cast<double>(products));
    return draw(seed_, Drawn::weight, o, first, count, -bound, bound, out);
  }
  if (value_rule(graph_, op) == ValueRule::slope)
    return draw(seed_, Drawn::weight, o, first, count, 0.0, 0.5, out);
  draw(seed_, Drawn::weight, o, first, count, 0.5, 1.5, out);
}

void SeededParameters::biases(OpId o, int64_t first, int64_t count, float* out) const {
  draw(seed_, Drawn::bias, o, first, count, -0.1, 0.1, out);
}

void SeededParameters::input(TensorId tensor, int64_t first, int64_t count, float* out) const {
  draw(seed_, Drawn::input, tensor, first, count, -1.0, 1.0, out);
}

std::vector<std::vector<float>> SeededParameters::inputs() const {
  std::vector<std::vector<float>> all;
  for (const TensorId t : graph_.inputs) {
    const int64_t elements = graph_.tensor(t).shape.elements();
    input(t, 0, elements, all.emplace_back(static_cast<size_t>(elements)).data());
  }
  return all;
}

}  // namespace fusesim
