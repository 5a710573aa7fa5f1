#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "fusesim/base/error.h"
#include "fusesim/graph/graph.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/testing/graph_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::HasSubstr;

/// conv a -> conv b -> add(b, a) -> conv d; ids 0..3
Graph residual() {
  GraphBuilder b("residual");
  const TensorId a = b.conv(b.input({4, 8, 8}), 4, 3);
  const TensorId c = b.conv(a, 4, 3);
  b.output(b.conv(b.add(c, a), 4, 3));
  return b.finish();
}

std::string error_of(Graph& g) {
  try {
    g.finish();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(Graph, LinksProducersAndConsumers) {
  const Graph g = residual();
  const TensorId a = g.op(0).output();
  EXPECT_EQ(g.tensor(a).producer, 0);
  EXPECT_THAT(g.tensor(a).consumers, ElementsAre(1, 2));
  EXPECT_TRUE(g.tensor(g.op(3).output()).graph_output);
}

TEST(Graph, ReaderThatReadsTwiceIsOneConsumer) {
  GraphBuilder b("twice");
  const TensorId x = b.input({4, 8, 8});
  b.output(b.add(x, x));
  const Graph g = b.finish();
  EXPECT_THAT(g.tensor(x).consumers, ElementsAre(0));
}

TEST(Graph, RejectsWrongWeightCount) {
  Graph g = residual();
  g.ops[1].weights += 1;
  EXPECT_THAT(error_of(g), HasSubstr("expected 144 weights, got 145"));
}

TEST(Graph, RejectsParametersOfAnOpThatHasNoSuch) {
  Graph g = residual();
  g.ops[1].parameters_of = 0;
  EXPECT_EQ(error_of(g), "");
  EXPECT_EQ(parameter_owner(g, 1), 0);
  EXPECT_EQ(parameter_owner(g, 0), 0);
  g.ops[3].parameters_of = 1;
  EXPECT_THAT(error_of(g), HasSubstr("expected the weights and biases of an earlier op that has its own"));
  g.ops[3].parameters_of = 3;
  EXPECT_THAT(error_of(g), HasSubstr("expected the weights and biases of an earlier op that has its own"));
  g.ops[3].parameters_of = 2;
  EXPECT_THAT(error_of(g), HasSubstr("expected as many weights and biases as op"));
}

TEST(Graph, RejectsShapeThatDoesNotFollow) {
  Graph g = residual();
  g.tensors[static_cast<size_t>(g.ops[3].output())].shape.h = 9;
  EXPECT_THAT(error_of(g), HasSubstr("does not follow"));
}

TEST(Graph, RejectsZeroAndHugeDimensions) {
  for (const int64_t bad : {int64_t{0}, int64_t{-3}, int64_t{1} << 40}) {
    Graph g = residual();
    g.tensors[static_cast<size_t>(g.inputs[0])].shape.w = bad;
    EXPECT_THAT(error_of(g), HasSubstr("expected dimensions")) << bad;
  }
}

TEST(Graph, RejectsElementCountsThatOverflow) {
  Graph g = residual();
  g.tensors[static_cast<size_t>(g.inputs[0])].shape = {int64_t{1} << 30, int64_t{1} << 30, int64_t{1} << 30};
  EXPECT_THAT(error_of(g), HasSubstr("2^46"));
}

TEST(Graph, RejectsParameterCountsThatOverflow) {
  Graph g = residual();
  g.ops[1].biases = int64_t{1} << 60;
  EXPECT_THAT(error_of(g), HasSubstr("2^46 weights and biases"));
}

TEST(Graph, RejectsOpsOutOfOrder) {
  Graph g = residual();
  std::swap(g.ops[0], g.ops[1]);
  EXPECT_THAT(error_of(g), HasSubstr("topological order"));
}

TEST(Graph, RejectsTwoProducers) {
  Graph g = residual();
  g.ops[1].outputs = g.ops[0].outputs;
  EXPECT_THAT(error_of(g), HasSubstr("two producers"));
}

TEST(Group, BoundaryOfTheResidual) {
  const Graph g = residual();
  const GroupBoundary b = boundary(g, {1, 2});
  EXPECT_THAT(b.external_inputs, ElementsAre(g.op(0).output()));
  EXPECT_THAT(b.outgoing, ElementsAre(g.op(2).output()));
  EXPECT_THAT(boundary(g, {0, 1}).outgoing, ElementsAre(g.op(0).output(), g.op(1).output()));
}

TEST(Group, ConvexityAndConnection) {
  const Graph g = residual();
  EXPECT_EQ(illegal_reason(g, Group{0, 1, 2}), "");
  EXPECT_THAT(illegal_reason(g, Group{0, 2}), HasSubstr("convex"));
  EXPECT_THAT(illegal_reason(g, Group{0, 2}), HasSubstr("through op '" + g.op(1).name + "'"));
  EXPECT_THAT(illegal_reason(g, Group{0, 3}), HasSubstr("connected"));
  EXPECT_THAT(illegal_reason(g, Group{0, 3}),
              HasSubstr("joins op '" + g.op(3).name + "' to op '" + g.op(0).name));
  EXPECT_THAT(illegal_reason(g, Group{}), HasSubstr("empty"));
  EXPECT_THAT(illegal_reason(g, Group{1, 0}), HasSubstr("ascending"));
  EXPECT_THAT(illegal_reason(g, Group{4}), HasSubstr("below 4"));
}

TEST(Group, OpaqueOpsRunAlone) {
  GraphBuilder b("opaque");
  const TensorId a = b.conv(b.input({4, 8, 8}), 4, 3);
  b.output(b.opaque({a}, {{4, 8, 8}}).front());
  const Graph g = b.finish();
  EXPECT_EQ(illegal_reason(g, Group{1}), "");
  EXPECT_THAT(illegal_reason(g, Group{0, 1}), HasSubstr("alone"));
}

TEST(Plan, PartitionInRunnableOrder) {
  const Graph g = residual();
  EXPECT_EQ(illegal_reason(g, Plan{{0}, {1, 2}, {3}}), "");
  EXPECT_THAT(illegal_reason(g, Plan{{0}, {3}, {1, 2}}), HasSubstr("runs before"));
  EXPECT_THAT(illegal_reason(g, Plan{{0}, {1, 2}}), HasSubstr("in no group"));
  EXPECT_THAT(illegal_reason(g, Plan{{0}, {1, 2}, {2, 3}}), HasSubstr("several groups"));
}

TEST(Ops, DepthwiseAndMacs) {
  GraphBuilder b("depthwise");
  const TensorId x = b.input({4, 8, 8});
  const TensorId d = b.conv(x, {8, testing::square_window(3, 1, 1), 4});
  b.output(b.conv(d, {8, testing::square_window(1), 2}));
  const Graph g = b.finish();
  EXPECT_TRUE(is_depthwise(g, g.op(0)));
  EXPECT_FALSE(is_reduction(g, g.op(0)));
  EXPECT_TRUE(is_reduction(g, g.op(1)));
  EXPECT_EQ(mac_count(g, g.op(0)), 8 * 64 * 9);
  EXPECT_EQ(mac_count(g, g.op(1)), 8 * 64 * 4);
}

TEST(Ops, TransposedConvolutionsCountProductsOnTheirMap) {
  // Stride 2, kernel 3: 4 inputs reach 9 outputs with 12 products. Pad 1 cuts off the first and the last, one
  // more row at the end brings the last back.
  const auto macs = [](const Window& window) {
    GraphBuilder b("up");
    b.conv_transpose(b.input({5, 4, 4}), {6, window, 1});
    const Graph g = b.finish();
    return mac_count(g, g.op(0));
  };
  Window window = testing::square_window(3, 2);
  EXPECT_EQ(macs(window), 12 * 12 * 5 * 6);
  window = testing::square_window(3, 2, 1);
  EXPECT_EQ(macs(window), 10 * 10 * 5 * 6);
  window.output_pad_h = 1;
  EXPECT_EQ(macs(window), 11 * 10 * 5 * 6);
}

TEST(OpFacts, OneRowForEveryKind) {
  std::set<std::string> names;
  for (size_t i = 0; i < kOpKinds.size(); ++i) {
    EXPECT_EQ(static_cast<size_t>(kOpKinds[i]), i);
    const OpFacts facts = op_facts(kOpKinds[i]);
    ASSERT_NE(facts.name, nullptr);
    EXPECT_TRUE(names.insert(facts.name).second) << facts.name;
    EXPECT_EQ(facts.channels == ChannelUse::all, facts.unit == Unit::none) << facts.name;
    const bool windowed = facts.rows == RowUse::window || facts.rows == RowUse::transposed;
    EXPECT_TRUE(facts.channels != ChannelUse::reducing || (windowed && facts.weighted)) << facts.name;
    EXPECT_FALSE(facts.pools_map() && facts.in_place != InPlace::never) << facts.name;
    // A row that is overwritten as a whole may take all of its channels.
    const bool own_row = facts.rows == RowUse::own &&
                         (facts.channels == ChannelUse::own || facts.channels == ChannelUse::normed);
    EXPECT_TRUE(facts.in_place != InPlace::own_row || own_row) << facts.name;
  }
}

/// A 1x1 convolution of (channels, 1, width) to `outputs` channels.
Graph wide_conv(int64_t channels, int64_t outputs, int64_t width) {
  Graph g;
  g.tensors.resize(2);
  g.tensors[0].shape = {channels, 1, width};
  g.tensors[1].shape = {outputs, 1, width};
  g.inputs = {0};
  g.outputs = {1};
  Op op;
  op.name = "wide";
  op.kind = OpKind::conv;
  op.inputs = {0};
  op.outputs = {1};
  op.weights = channels * outputs;
  g.ops.push_back(op);
  return g;
}

TEST(Counts, OfMultiplyAccumulatesHaveABound) {
  Graph fits = wide_conv(int64_t{1} << 20, int64_t{1} << 16, int64_t{1} << 26);
  EXPECT_EQ(error_of(fits), "");
  EXPECT_EQ(mac_count(fits, fits.op(0)), int64_t{1} << 62);
  fits.batch = 2;
  EXPECT_EQ(error_of(fits), "op 'wide': multiply-accumulates: expected a count below 2^63, got more");
  Graph past = wide_conv(int64_t{1} << 20, int64_t{1} << 20, int64_t{1} << 26);
  EXPECT_EQ(error_of(past), "op 'wide': multiply-accumulates: expected a count below 2^63, got more");
}

TEST(Counts, OfElementsHaveABound) {
  Graph g = wide_conv(1, 1, int64_t{1} << 31);
  g.batch = int64_t{1} << 16;
  EXPECT_EQ(error_of(g), "");
  const auto with_relus = [](int relus) {
    GraphBuilder b("relus");
    TensorId t = b.input({1 << 15, 1 << 15, 1 << 16});
    for (int i = 0; i < relus; ++i) t = b.activation(t, "Relu");
    b.output(t);
    return [b]() mutable { return b.finish(); };
  };
  EXPECT_NO_THROW(with_relus(8)());
  try {
    with_relus(9)();
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("elements of all operands up to here: expected at most 2^50, got more"));
    EXPECT_THAT(error.what(), HasSubstr("op '"));
  }
}

TEST(Counts, OfOpaqueWorkHaveABound) {
  GraphBuilder b("opaque");
  const TensorId x = b.input({1, 1, 1});
  const TensorId y = b.opaque({x}, {{1, 1, 1}}).front();
  b.output(b.opaque({y}, {{1, 1, 1}}).front());
  Graph g = b.finish();
  g.ops[0].opaque_macs = int64_t{1} << 62;
  EXPECT_EQ(error_of(g), "");
  g.ops[1].name = "more";
  g.ops[1].opaque_macs = 1;
  EXPECT_EQ(error_of(g), "op 'more': multiply-accumulates up to here: expected at most 2^62, got more");
}

TEST(Counts, OfWeightsHaveABound) {
  Graph g = wide_conv(int64_t{1} << 31, int64_t{1} << 31, 1);
  g.ops[0].window.kernel_h = g.ops[0].window.kernel_w = 3;
  g.ops[0].window.pad_top = g.ops[0].window.pad_bottom = g.ops[0].window.pad_left =
      g.ops[0].window.pad_right = 1;
  g.ops[0].weights = 1;
  EXPECT_EQ(error_of(g), "op 'wide': weights: expected a count below 2^63, got more");
}

}  // namespace
}  // namespace fusesim
