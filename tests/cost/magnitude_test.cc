#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>

#include "fusesim/base/error.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/testing/graph_builder.h"

namespace fusesim {
namespace {

__extension__ using Wide = __int128;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int64_t kUnlimited = int64_t{1} << 62;
/// Transfers are played a few KiB at a time.
constexpr int64_t kMostPlayedBytes = int64_t{1} << 24;

/// Sizes at which products and sums pass 64 bits, beside such at which they do not.
class Extremes {
 public:
  explicit Extremes(uint64_t seed) : random_(seed) {}
  int64_t from(int64_t least, int64_t most) {
    return least + static_cast<int64_t>(random_() % static_cast<uint64_t>(most - least + 1));
  }
  /// About as many below every power of two.
  int64_t up_to(int bits) { return from(1, int64_t{1} << from(0, bits)); }

  Graph network() {
    GraphBuilder b("extreme");
    TensorId t = b.input({up_to(13), up_to(5), up_to(30)});
    for (int64_t ops = from(1, 3); ops > 0; --ops) t = next(b, t);
    b.output(t);
    Graph graph = b.finish();
    graph.batch = up_to(16);
    graph.finish();
    return graph;
  }

  CostParams params() {
    CostParams p;
    p.slice_channels = {up_to(16)};
    p.pe_rows = p.machine.pe.rows = up_to(16);
    p.machine.pe.columns = up_to(16);
    p.machine.pe.fill_cycles = from(0, 1'000'000);
    p.machine.pe.stripe = from(0, 1) * up_to(24);
    p.machine.weight_load_cycles = up_to(32);
    p.machine.vector_unit.lanes = up_to(16);
    p.machine.dma.setup_cycles = from(0, 1'000'000);
    p.machine.clock_khz = up_to(26);
    p.machine.dram.clock_khz = up_to(26);
    p.machine.read_port_bytes = up_to(20);
    p.machine.write_port_bytes = up_to(20);
    p.machine.energy.mac_pj = 1e6;
    p.datatypes.activation_bytes = p.datatypes.partial_sum_bytes = from(1, 8);
    p.datatypes.weight_bytes = from(1, 8);
    return p;
  }

 private:
  TensorId next(GraphBuilder& b, TensorId t) {
    switch (from(0, 3)) {
      case 0:
        return b.activation(t, "Relu");
      case 1:
        return b.max_pool(t, square_window(3, from(1, 2), 1));
      default:
        break;
    }
    ConvSpec spec;
    spec.channels = up_to(13);
    spec.window = testing::square_window(from(0, 1) * 2 + 1);
    spec.window.pad_top = spec.window.pad_left = spec.window.pad_bottom = spec.window.pad_right =
        spec.window.kernel_h / 2;
    return b.conv(t, spec);
  }
  static Window square_window(int64_t kernel, int64_t stride, int64_t pad) {
    return testing::square_window(kernel, stride, pad);
  }
  using ConvSpec = testing::ConvSpec;

  std::mt19937_64 random_;
};

/// What a single op moves in all images if nothing moves twice; weights once.
Wide least_moved(const Graph& graph, const Op& op, const Datatypes& types) {
  const auto elements = [&](TensorId t) {
    const Shape& s = graph.tensor(t).shape;
    return Wide{s.c} * s.h * s.w;
  };
  return (elements(op.inputs[0]) + elements(op.output())) * types.activation_bytes * graph.batch +
         Wide{op.weights} * types.weight_bytes + Wide{op.biases} * types.bias_bytes;
}

Wide least_cycles(const Graph& graph, const Op& op, const MachineParams& machine) {
  if (op.kind != OpKind::conv) return 0;
  const Shape& out = graph.out_shape(op);
  const Wide macs =
      Wide{out.c} * out.h * out.w * graph.in_shape(op).c * op.window.kernel_h * op.window.kernel_w;
  return macs * graph.batch / machine.pe.rows / machine.pe.columns;
}

struct Tally {
  int priced = 0;
  int timed = 0;
  int refused = 0;
};

/// Every figure is at least what 128 bits say, or the group is refused by name.
void price_each_op(const Graph& graph, Scheme scheme, const CostParams& params, Tally& tally) {
  for (OpId o = 0; o < static_cast<OpId>(graph.ops.size()); ++o) {
    const Op& op = graph.op(o);
    try {
      const auto model = fusion_scheme(scheme).model(graph, params);
      const std::optional<GroupCost> cost = model->cost({o}, kUnlimited);
      ASSERT_TRUE(cost) << op.name;
      const Traffic& moved = cost->traffic;
      ASSERT_GE(std::min({moved.ifmap_bytes, moved.ofmap_bytes, moved.weight_bytes}), 0) << op.name;
      const Wide total = Wide{moved.ifmap_bytes} + moved.ofmap_bytes + moved.weight_bytes;
      ASSERT_GE(total, least_moved(graph, op, params.datatypes)) << op.name;
      ASSERT_GE(cost->buffer_bytes, 0);
      ++tally.priced;
      if (total > kMostPlayedBytes) continue;
      for (const GroupCost& timed : model->front({o}, kUnlimited)) {
        ASSERT_GE(timed.cycles, 0) << op.name;
        ASSERT_GE(Wide{timed.cycles}, least_cycles(graph, op, params.machine)) << op.name;
        ASSERT_GE(static_cast<double>(timed.energy_pj), 0.99 * static_cast<double>(mac_count(graph, op)))
            << op.name;
      }
      ++tally.timed;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), StartsWith("op '"));
      EXPECT_THAT(error.what(), HasSubstr("': "));
      EXPECT_THAT(error.what(), HasSubstr(", got "));
      ++tally.refused;
    }
  }
}

class Magnitudes : public ::testing::TestWithParam<Scheme> {};

TEST_P(Magnitudes, AreRightOrRefusedByName) {
  Tally tally;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    Extremes extremes(seed);
    std::optional<Graph> graph;
    try {
      graph = extremes.network();
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("'")) << seed;
      continue;
    }
    price_each_op(*graph, GetParam(), extremes.params(), tally);
    if (HasFatalFailure()) FAIL() << "seed " << seed;
  }
  EXPECT_GT(tally.priced, 200);
  EXPECT_GT(tally.timed, 50);
  EXPECT_GT(tally.refused, 50);
}

INSTANTIATE_TEST_SUITE_P(Schemes, Magnitudes, ::testing::Values(Scheme::lbdf, Scheme::brr),
                         [](const auto& of) { return std::string(to_string(of.param)); });

/// The largest batch of a large network of today has room.
TEST(Magnitudes, OfLargeNetworksFit) {
  GraphBuilder b("large");
  TensorId t = b.input({3, 2160, 3840});
  for (const int64_t channels : {64, 64}) t = b.conv(t, channels, 3);
  t = b.conv(t, 4096, 1, 16);
  b.output(t);
  const Graph graph = b.finish();
  const auto model = fusion_scheme(Scheme::brr).model(graph, CostParams{});
  EXPECT_TRUE(model->cost({1}, int64_t{1} << 40));
  GraphBuilder tokens("tokens");
  tokens.output(tokens.conv(tokens.input({8192, 8192, 1}), 32768, 1));
  Graph batch = tokens.finish();
  batch.batch = 1024;
  batch.finish();
  EXPECT_TRUE(fusion_scheme(Scheme::lbdf).model(batch, CostParams{})->cost({0}, int64_t{1} << 40));
}

}  // namespace
}  // namespace fusesim
