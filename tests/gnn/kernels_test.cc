#include "kernels.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

namespace fusesim::gnn {
namespace {

struct alignas(64) PanelRow {
  float values[16];
};

TEST(Kernels, GiveTheSameBitsOnEveryProcessor) {
  std::mt19937 engine(1);
  std::normal_distribution<float> normal;
  for (int64_t rows = 1; rows < 20; ++rows) {
    const int64_t inner = 5 + 11 * rows;
    for (const int64_t columns : {1, 16, 33, 48}) {
      std::vector<float> a(static_cast<size_t>(rows * inner));
      std::vector<PanelRow> b(static_cast<size_t>((columns + 15) / 16 * inner), PanelRow{});
      for (float& x : a) x = normal(engine);
      for (PanelRow& row : b) {
        for (float& x : row.values) x = normal(engine);
      }
      std::vector<float> fast(static_cast<size_t>(rows * columns));
      std::vector<float> plain = fast;
      kernels().multiply(a.data(), rows, inner, b.data()->values, columns, fast.data());
      plain_kernels().multiply(a.data(), rows, inner, b.data()->values, columns, plain.data());
      ASSERT_EQ(std::memcmp(fast.data(), plain.data(), fast.size() * sizeof(float)), 0);
      const float dot = kernels().dot(a.data(), a.data(), inner);
      ASSERT_EQ(dot, plain_kernels().dot(a.data(), a.data(), inner));
      kernels().add_scaled(a.data(), 0.3F, a.data(), inner);
    }
  }
}

}  // namespace
}  // namespace fusesim::gnn
