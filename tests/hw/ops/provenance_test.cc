#include "ops/provenance.h"

#include <gtest/gtest.h>

#include "fusesim/testing/graph_builder.h"
#include "ops/row_window.h"

namespace fusesim::hw {
namespace {

using testing::ConvSpec;
using testing::GraphBuilder;
using testing::square_window;

/// All rows of graph input t.
class InputRows : public RowSource {
 public:
  InputRows(TensorId t, const Shape& shape) : c_(shape.c) {
    for (int64_t y = 0; y < shape.h; ++y) {
      for (int64_t c = 0; c < shape.c; ++c) rows_.push_back(input_hash(t, c, y));
    }
  }
  const uint64_t* channels(int64_t y, int64_t c0, int64_t) override { return rows_.data() + y * c_ + c0; }

 private:
  int64_t c_;
  std::vector<uint64_t> rows_;
};

struct Convolution {
  explicit Convolution(int64_t in_channels, const ConvSpec& spec) {
    GraphBuilder b("g");
    b.conv(b.input({in_channels, 6, 4}), spec);
    graph = b.finish();
  }

  std::vector<uint64_t> whole_row(int64_t y) const {
    const int64_t inputs = graph.in_shape(graph.ops[0]).c;
    InputRows rows(0, graph.in_shape(graph.ops[0]));
    std::vector<uint64_t> x(static_cast<size_t>(inputs));
    tap_sums(graph, 0, y, rows, 0, inputs, x.data());
    std::vector<uint64_t> psum(static_cast<size_t>(graph.out_shape(graph.ops[0]).c));
    accumulate(load_all_weights(graph, 0), x.data(), 0, inputs, psum.data());
    return psum;
  }

  Graph graph;
};

TEST(Provenance, MixIsSplitMix64) { EXPECT_EQ(mix(0), 0xe220a8397b1dcdafU); }

TEST(Provenance, ConvolutionFollowsItsDefinitionTermByTerm) {
  const Convolution conv(2, ConvSpec{3, square_window(3, 2, 1), 1, true});
  const std::vector<uint64_t> sums = conv.whole_row(1);  // reads rows 1, 2, 3
  for (int64_t co = 0; co < 3; ++co) {
    uint64_t expected = hash2(hash2(HashTag::bias, 0), co);
    for (int64_t ci = 0; ci < 2; ++ci) {
      uint64_t x = 0;
      for (int64_t k = 1; k <= 3; ++k) x += hash2(static_cast<uint64_t>(k), input_hash(0, ci, k));
      expected += (hash2(hash2(HashTag::w_out, 0), co) + hash2(hash2(HashTag::w_in, 0), ci)) * x;
    }
    EXPECT_EQ(sums[static_cast<size_t>(co)], expected);
  }
}

TEST(Provenance, SlicesAndSubGroupsInAnyOrderGiveTheWholeRow) {
  const Convolution conv(10, ConvSpec{7, square_window(3, 1, 1), 1, true});
  InputRows rows(0, conv.graph.in_shape(conv.graph.ops[0]));
  std::vector<uint64_t> psum(7);
  for (const auto& [s0, s1] : {std::pair<int64_t, int64_t>{6, 10}, {0, 6}}) {
    std::vector<uint64_t> x(static_cast<size_t>(s1 - s0));
    tap_sums(conv.graph, 0, 2, rows, s0, s1, x.data());
    for (const auto& [co0, co1] : {std::pair<int64_t, int64_t>{4, 7}, {0, 4}}) {
      for (int64_t ci = s0; ci < s1; ci += 2) {
        const WeightTile tile = load_weights(conv.graph, 0, co0, co1, ci, ci + 2, ci == 0);
        accumulate(tile, x.data(), s0, s1, psum.data() + co0);
      }
    }
  }
  EXPECT_EQ(psum, conv.whole_row(2));
}

TEST(Provenance, SubGroupsOfGroupedConvolutionsGiveTheWholeRow) {
  for (const int64_t groups : {2, 12}) {
    const Convolution conv(12, ConvSpec{24, square_window(3, 1, 1), groups, true});
    InputRows rows(0, conv.graph.in_shape(conv.graph.ops[0]));
    std::vector<uint64_t> x(12);
    tap_sums(conv.graph, 0, 0, rows, 0, 12, x.data());
    std::vector<uint64_t> psum(24);
    const int64_t width = 12 / groups;
    for (int64_t co = 0; co < 24; co += 8) {
      for (int64_t ci = 0; ci < width; ++ci) {
        accumulate(load_weights(conv.graph, 0, co, co + 8, ci, ci + 1, ci == 0), x.data(), 0, 12,
                   psum.data() + co);
      }
    }
    EXPECT_EQ(psum, conv.whole_row(0)) << groups;
  }
}

TEST(Provenance, ASkippedSubGroupShows) {
  const Convolution conv(4, ConvSpec{4, square_window(1), 1, false});
  InputRows rows(0, conv.graph.in_shape(conv.graph.ops[0]));
  std::vector<uint64_t> x(4), psum(4);
  tap_sums(conv.graph, 0, 0, rows, 0, 4, x.data());
  accumulate(load_weights(conv.graph, 0, 0, 4, 0, 3, true), x.data(), 0, 4, psum.data());
  EXPECT_NE(psum, conv.whole_row(0));
}

TEST(Provenance, ConcatTakesEveryChannelFromItsOperand) {
  GraphBuilder b("g");
  const TensorId x = b.input({2, 3, 1});
  const TensorId y = b.input({3, 3, 1});
  b.concat({x, y});
  const Graph graph = b.finish();
  InputRows rows_x(0, graph.tensor(0).shape), rows_y(1, graph.tensor(1).shape);
  std::vector<uint64_t> acc(3);
  local_sums(graph, 0, 2, {&rows_x, &rows_y}, 1, 4, nullptr, acc.data());
  EXPECT_EQ(acc[0], hash2(uint64_t{1}, input_hash(0, 1, 2)));
  EXPECT_EQ(acc[2], hash2(uint64_t{1}, input_hash(1, 1, 2)));
}

}  // namespace
}  // namespace fusesim::hw
