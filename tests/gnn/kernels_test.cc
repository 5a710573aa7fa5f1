#include "kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

namespace fusesim::gnn {
namespace {

struct alignas(64) PanelRow {
  float values[16];
};

struct Results {
  std::vector<float> product;
  std::vector<float> sum;
  float dot = 0.0F;
};

Results results(const Kernels& kernels, const std::vector<float>& a, int64_t rows,
                const std::vector<PanelRow>& b, int64_t columns, const std::vector<float>& x) {
  const auto inner = static_cast<int64_t>(x.size());
  Results result;
  result.product.resize(static_cast<size_t>(rows * columns));
  kernels.multiply(a.data(), rows, inner, b.data()->values, columns, result.product.data());
  result.sum = x;
  kernels.add_scaled(result.sum.data(), 0.3F, a.data(), inner);
  result.dot = kernels.dot(a.data(), x.data(), inner);
  return result;
}

TEST(Kernels, GiveTheSameBitsOnEveryProcessor) {
  std::mt19937 engine(1);
  std::normal_distribution<float> normal;
  for (int64_t rows = 1; rows < 40; ++rows) {
    const int64_t inner = 5 + 11 * rows;
    for (const int64_t columns : {1, 16, 33, 48}) {
      std::vector<float> a(static_cast<size_t>(rows * inner));
      std::vector<PanelRow> b(static_cast<size_t>((columns + 15) / 16 * inner), PanelRow{});
      for (float& x : a) x = normal(engine);
      for (PanelRow& row : b) {
        for (float& x : row.values) x = normal(engine);
      }
      const std::vector<float> x(a.begin(), a.begin() + inner);
      const Results expected = results(supported_kernels().front(), a, rows, b, columns, x);
      for (const Kernels& kernels : supported_kernels()) {
        const Results got = results(kernels, a, rows, b, columns, x);
        ASSERT_EQ(std::memcmp(got.product.data(), expected.product.data(), 4 * got.product.size()), 0);
        ASSERT_EQ(std::memcmp(got.sum.data(), expected.sum.data(), 4 * got.sum.size()), 0);
        ASSERT_EQ(got.dot, expected.dot);
      }
    }
  }
}

/// The order of additions that the versions share.
TEST(Kernels, AddProductsInAscendingOrder) {
  for (const Kernels& kernels : supported_kernels()) {
    const std::vector<float> a = {1e8F, 1.0F, -1e8F, 0.5F};
    std::vector<PanelRow> ones(4);
    for (PanelRow& row : ones) std::fill_n(row.values, 16, 1.0F);
    std::vector<float> c(16);
    kernels.multiply(a.data(), 1, 4, ones.data()->values, 16, c.data());
    EXPECT_EQ(c, std::vector<float>(16, 0.5F));
  }
}

}  // namespace
}  // namespace fusesim::gnn
