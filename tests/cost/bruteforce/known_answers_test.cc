#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "cases.h"
#include "fusesim/testing/cost_model.h"
#include "fusesim/testing/graph_builder.h"

namespace fusesim::testing {
namespace {

/// A network of known ring sizes: builds it and returns the tensors in question with their rows.
using Expected = std::vector<std::pair<TensorId, int64_t>>;
struct KnownAnswer {
  const char* name;
  std::function<Expected(GraphBuilder&)> build;
};

Expected basic_block(GraphBuilder& b) {
  const TensorId x = b.input({4, 12, 12});
  const TensorId t1 = b.conv(x, 4, 3);
  const TensorId t2 = b.conv(t1, 4, 3);
  return {{x, 3}, {t1, 3}, {t2, 1}, {b.add(t2, x), 1}};
}

Expected bottleneck(GraphBuilder& b) {
  const TensorId x = b.input({8, 12, 12});
  const TensorId t1 = b.conv(x, 4, 1);
  const TensorId t2 = b.conv(t1, 4, 3);
  const TensorId t3 = b.conv(t2, 8, 1);
  return {{x, 2}, {t1, 3}, {t2, 1}, {t3, 1}, {b.add(t3, x), 1}};
}

Expected strided_bottleneck(GraphBuilder& b, bool projection_first) {
  const TensorId x = b.input({8, 12, 12});
  TensorId projection = projection_first ? b.conv(x, 8, 1, 2) : -1;
  const TensorId t1 = b.conv(x, 4, 1);
  const TensorId t2 = b.conv(t1, 4, 3, 2);
  const TensorId t3 = b.conv(t2, 8, 1);
  if (!projection_first) projection = b.conv(x, 8, 1, 2);
  const TensorId sum = b.add(t3, projection);
  return {{x, projection_first ? 2 : 1}, {t1, 3}, {t2, 1}, {t3, 1}, {projection, 1}, {sum, 1}};
}

Expected stem(GraphBuilder& b) {
  const TensorId x = b.input({3, 32, 32});
  const TensorId conv = b.conv(x, 8, 7, 2);
  return {{x, 7}, {conv, 3}, {b.max_pool(conv, square_window(3, 2, 1)), 1}};
}

Expected squeeze_and_excite(GraphBuilder& b) {
  const TensorId x = b.input({8, 10, 10});
  const TensorId map = b.conv(x, 8, 1);
  TensorId s = b.global_avg_pool(map);
  s = b.conv(s, 2, 1);
  s = b.conv(s, 8, 1);
  b.mul(map, s);
  return {{map, 10}};
}

Expected aspp(GraphBuilder& b) {
  const TensorId x = b.input({4, 33, 33});
  std::vector<TensorId> branches;
  for (int64_t dilation : {6, 12, 18}) {
    branches.push_back(b.conv(x, ConvSpec{4, square_window(3, 1, dilation, dilation), 1, true}));
  }
  b.concat(branches);
  return {{x, 33}};
}

Expected mean(GraphBuilder& b, bool conv_leaves) {
  const TensorId x = b.input({4, 9, 9});
  const TensorId conv = b.conv(x, 4, 3);
  const TensorId pooled = b.global_avg_pool(conv);
  if (conv_leaves) b.output(conv);
  return {{conv, 1}, {pooled, 1}};
}

Expected fire(GraphBuilder& b) {
  const TensorId x = b.input({8, 13, 13});
  const TensorId squeeze = b.conv(x, 2, 1);
  const TensorId e1 = b.conv(squeeze, 4, 1);
  const TensorId e3 = b.conv(squeeze, 4, 3);
  const TensorId both = b.concat({e1, e3});
  const TensorId pool = b.max_pool(both, square_window(3, 2, 0));
  return {{x, 1}, {squeeze, 3}, {e1, 1}, {e3, 1}, {both, 3}, {pool, 1}};
}

const std::vector<KnownAnswer>& known_answers() {
  static const std::vector<KnownAnswer> all{
      {"basic block", basic_block},
      {"bottleneck", bottleneck},
      {"strided bottleneck", [](GraphBuilder& b) { return strided_bottleneck(b, false); }},
      {"strided bottleneck, projection first", [](GraphBuilder& b) { return strided_bottleneck(b, true); }},
      {"7x7/2 and pool", stem},
      {"squeeze and excite", squeeze_and_excite},
      {"dilated pyramid", aspp},
      {"conv and mean", [](GraphBuilder& b) { return mean(b, false); }},
      {"conv and mean, conv leaves", [](GraphBuilder& b) { return mean(b, true); }},
      {"fire module and pool", fire},
  };
  return all;
}

Group all_ops(const Graph& graph) {
  Group group;
  for (size_t o = 0; o < graph.ops.size(); ++o) group.push_back(static_cast<OpId>(o));
  return group;
}

TEST(KnownAnswers, BruteForceRings) {
  for (const KnownAnswer& known : known_answers()) {
    GraphBuilder builder(known.name);
    const Expected expected = known.build(builder);
    const Graph graph = builder.finish();
    const BruteLbdf brute = brute_lbdf(graph, all_ops(graph), BruteParams{});
    for (const auto& [tensor, rows] : expected) {
      EXPECT_EQ(brute.ring_rows.at(tensor), rows) << known.name << ", tensor " << tensor;
    }
  }
}

TEST(KnownAnswers, CostModelRings) {
  for (const KnownAnswer& known : known_answers()) {
    GraphBuilder builder(known.name);
    const Expected expected = known.build(builder);
    const Graph graph = builder.finish();
    const testing::LbdfCost cost = testing::CostModel(graph, CostParams{}).lbdf(all_ops(graph));
    for (const auto& [tensor, rows] : expected) {
      const TensorId id = tensor;
      const auto ring =
          std::find_if(cost.rings.begin(), cost.rings.end(), [&](const Ring& r) { return r.tensor == id; });
      ASSERT_NE(ring, cost.rings.end()) << known.name << ", tensor " << tensor;
      EXPECT_EQ(ring->rows, rows) << known.name << ", tensor " << tensor;
    }
  }
}

TEST(KnownAnswers, RingsCompleteInAnyOrder) {
  for (const KnownAnswer& known : known_answers()) {
    GraphBuilder builder(known.name);
    known.build(builder);
    const Graph graph = builder.finish();
    const BruteLbdf brute = brute_lbdf(graph, all_ops(graph), BruteParams{});
    for (uint64_t order = 0; order < 20; ++order) {
      EXPECT_TRUE(self_timed_run(graph, all_ops(graph), brute.ring_rows, order).has_value()) << known.name;
    }
  }
}

}  // namespace
}  // namespace fusesim::testing
