#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <random>

#include "layout.h"

// Views of maps as lists of factors against tensors of element numbers that are re-ordered for real.

namespace fusesim {
namespace {

using importer::Dims;
using importer::Factor;
using importer::Layout;

/// A tensor that holds, in its own order, which elements of a map (c, h, w) it has.
struct Elements {
  Dims dims;
  std::vector<int64_t> at;
};

int64_t size_of(const Dims& dims) {
  return std::accumulate(dims.begin(), dims.end(), int64_t{1}, std::multiplies<>());
}

/// Of a tensor of these dimensions, the index of element `i` by dimension.
Dims index_of(int64_t i, const Dims& dims) {
  Dims index(dims.size());
  for (size_t d = dims.size(); d-- > 0;) {
    index[d] = i % dims[d];
    i /= dims[d];
  }
  return index;
}

int64_t offset_of(const Dims& index, const Dims& dims) {
  int64_t offset = 0;
  for (size_t d = 0; d < dims.size(); ++d) offset = offset * dims[d] + index[d];
  return offset;
}

Elements transposed(const Elements& from, const Dims& order) {
  Elements to;
  for (const int64_t axis : order) to.dims.push_back(from.dims[static_cast<size_t>(axis)]);
  to.at.resize(from.at.size());
  for (size_t i = 0; i < to.at.size(); ++i) {
    const Dims index = index_of(static_cast<int64_t>(i), to.dims);
    Dims source(order.size());
    for (size_t d = 0; d < order.size(); ++d) source[static_cast<size_t>(order[d])] = index[d];
    to.at[i] = from.at[static_cast<size_t>(offset_of(source, from.dims))];
  }
  return to;
}

/// Which elements of the map a view says that it has.
std::vector<int64_t> read(const Layout& layout, const Dims& dims, const Shape& map) {
  std::vector<int64_t> at;
  for (int64_t i = 0; i < size_of(dims); ++i) {
    const Dims index = index_of(i, dims);
    int64_t place[] = {layout.begin(0), layout.begin(1), layout.begin(2)};
    for (size_t d = 0; d < dims.size(); ++d) {
      int64_t left = index[d];
      const std::vector<Factor>& factors = layout.dim(d);
      for (size_t f = factors.size(); f-- > 0;) {
        place[factors[f].axis] += left % factors[f].count * factors[f].step;
        left /= factors[f].count;
      }
    }
    at.push_back((place[0] * map.h + place[1]) * map.w + place[2]);
  }
  return at;
}

/// As many elements in other dimensions: neighbours joined, then each cut in two or left.
Dims other_dims(const Dims& dims, std::mt19937& random) {
  const auto dice = [&](int64_t n) { return std::uniform_int_distribution<int64_t>(0, n - 1)(random); };
  Dims joined;
  for (const int64_t d : dims) {
    if (!joined.empty() && dice(2) == 0) {
      joined.back() *= d;
    } else {
      joined.push_back(d);
    }
  }
  Dims cut;
  for (const int64_t d : joined) {
    const int64_t outer = 1 + dice(d);
    const bool even = d % outer == 0;
    cut.push_back(even ? outer : d);
    if (even) cut.push_back(d / outer);
  }
  return cut;
}

/// A view is refused or right, whatever is done to it; and most are not refused.
TEST(Factors, SayWhereTheElementsOfATensorAre) {
  const Shape maps[] = {{12, 8, 8}, {4, 6, 10}, {6, 7, 7}, {1, 12, 4}};
  std::mt19937 random(5);
  int64_t seen = 0;
  int64_t refused = 0;
  for (int run = 0; run < 2000; ++run) {
    const Shape& map = maps[run % 4];
    Elements tensor{{1, map.c, map.h, map.w}, std::vector<int64_t>(static_cast<size_t>(map.elements()))};
    std::iota(tensor.at.begin(), tensor.at.end(), int64_t{0});
    std::optional<Layout> layout = Layout::of_map(tensor.dims, map);
    for (int step = 0; step < 6; ++step) {
      if (step % 2 == 0) {
        const Dims dims = other_dims(tensor.dims, random);
        ASSERT_EQ(size_of(dims), map.elements());
        layout = layout->reshaped(dims);
        tensor.dims = dims;
      } else {
        Dims order(tensor.dims.size());
        std::iota(order.begin(), order.end(), int64_t{0});
        std::shuffle(order.begin(), order.end(), random);
        layout = layout->transposed(order);
        tensor = transposed(tensor, order);
      }
      ++(layout ? seen : refused);
      if (!layout) break;
      ASSERT_EQ(read(*layout, tensor.dims, map), tensor.at);
    }
  }
  EXPECT_GT(seen, 4 * refused);
}

/// Rows and columns cut at 7 and then at 8 of 56: what was cut in one place is whole before it is cut in
/// another.
TEST(Factors, AreJoinedBeforeTheyAreCutElsewhere) {
  const Shape map{4, 56, 56};
  const Layout whole = Layout::of_map({1, 4, 56, 56}, map);
  const std::optional<Layout> windows = whole.reshaped({1, 4, 8, 7, 8, 7});
  ASSERT_TRUE(windows);
  const std::optional<Layout> grid = windows->reshaped({1, 4, 7, 8, 7, 8});
  ASSERT_TRUE(grid);
  EXPECT_TRUE(*grid == *whole.reshaped({1, 4, 7, 8, 7, 8}));
  EXPECT_FALSE(*grid == *windows);
  // Columns before rows: nothing to join.
  const std::optional<Layout> turned = windows->transposed({0, 1, 4, 2, 3, 5});
  EXPECT_FALSE(turned->reshaped({1, 4, 7, 8, 7, 8}));
}

}  // namespace
}  // namespace fusesim
