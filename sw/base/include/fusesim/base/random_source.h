#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace fusesim {

/// The random numbers of one search. The engine is fixed by the C++ standard and the distributions are
/// written out here, so that a seed gives the same numbers with every standard library.
class RandomSource {
 public:
  explicit RandomSource(uint64_t seed) : engine_(seed) {}

  /// 64 random bits; good as the seed of another source.
  uint64_t bits() { return engine_(); }
  /// Uniform in [0, bound), without bias; bound > 0.
  uint64_t below(uint64_t bound) {
    const uint64_t reject_below = (0 - bound) % bound;
    uint64_t x = engine_();
    while (x < reject_below) x = engine_();
    return x % bound;
  }
  /// Uniform in [0, size) as an index.
  size_t index(size_t size) { return static_cast<size_t>(below(size)); }
  /// Uniform in [0, 1).
  double unit() { return static_cast<double>(engine_() >> 11U) * 0x1.0p-53; }
  bool chance(double probability) { return unit() < probability; }
  template <typename T>
  const T& pick(const std::vector<T>& from) {
    return from[index(from.size())];
  }
  template <typename T>
  void shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[index(i)]);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace fusesim
