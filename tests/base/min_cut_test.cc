#include "fusesim/base/min_cut.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "fusesim/testing/random.h"

namespace fusesim {
namespace {

struct Link {
  size_t from, to;
  int64_t capacity;
};

int64_t least_cut_of_all(size_t nodes, const std::vector<Link>& links) {
  int64_t least = MinCut::kUncuttable;
  for (uint32_t mask = 0; mask < uint32_t{1} << nodes; ++mask) {
    const auto on_source_side = [&](size_t node) { return (mask >> node & 1U) != 0; };
    if (!on_source_side(0) || on_source_side(nodes - 1)) continue;
    int64_t cut = 0;
    for (const Link& link : links) {
      if (on_source_side(link.from) && !on_source_side(link.to)) cut += link.capacity;
    }
    least = std::min(least, cut);
  }
  return least;
}

TEST(MinCut, FindsTheLeastOfAllCuts) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    testing::Random random(seed);
    const auto nodes = static_cast<size_t>(random.range(2, 9));
    std::vector<Link> links;
    for (int64_t i = random.range(0, 25); i > 0; --i) {
      const auto last = static_cast<int64_t>(nodes) - 1;
      links.push_back({static_cast<size_t>(random.range(0, last)), static_cast<size_t>(random.range(0, last)),
                       random.range(0, 9)});
    }
    MinCut network(nodes);
    for (const Link& link : links) network.add_edge(link.from, link.to, link.capacity);
    ASSERT_EQ(network.solve(0, nodes - 1), least_cut_of_all(nodes, links)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace fusesim
