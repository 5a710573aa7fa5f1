#include "columns/sweep_order.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fusesim/testing/graph_builder.h"
#include "networks.h"

namespace fusesim {
namespace {

TEST(NarrowOrder, IsTopological) {
  testing::for_random_graphs(0, 200, [](const Graph& graph, uint64_t) {
    const std::vector<OpId> order = narrow_order(graph);
    ASSERT_EQ(order.size(), graph.ops.size());
    std::vector<bool> placed(graph.ops.size(), false);
    for (const OpId op : order) {
      for (const TensorId t : graph.op(op).inputs) {
        const OpId producer = graph.tensor(t).producer;
        ASSERT_TRUE(producer < 0 || placed[static_cast<size_t>(producer)]);
      }
      ASSERT_FALSE(placed[static_cast<size_t>(op)]);
      placed[static_cast<size_t>(op)] = true;
    }
  });
}

/// Tensors that are alive after each op, summed.
size_t sum_of_widths(const Graph& graph, const std::vector<OpId>& order) {
  size_t sum = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const auto is_left = [&](OpId op) {
      return std::find(order.begin() + static_cast<std::ptrdiff_t>(i) + 1, order.end(), op) != order.end();
    };
    for (const Tensor& tensor : graph.tensors) {
      const bool made = tensor.producer < 0 || !is_left(tensor.producer);
      const std::vector<OpId>& readers = tensor.consumers;
      sum += made && std::any_of(readers.begin(), readers.end(), is_left) ? 1 : 0;
    }
  }
  return sum;
}

/// Four branches of three ops each, stored layer by layer: if they are followed one by one, 2, 3, 4 and 4
/// tensors are alive.
TEST(NarrowOrder, FollowsBranchesToTheirEnds) {
  testing::GraphBuilder b("branches");
  const TensorId x = b.input({8, 8, 8});
  std::vector<TensorId> ends(4, x);
  for (int layer = 0; layer < 3; ++layer) {
    for (TensorId& end : ends) end = b.conv(end, 8, 3);
  }
  b.concat(ends);
  const Graph graph = b.finish();
  EXPECT_EQ(sum_of_widths(graph, narrow_order(graph)), 3U * (2 + 3 + 4 + 4));
}

}  // namespace
}  // namespace fusesim
