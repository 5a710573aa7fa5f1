#include "fusesim/gnn/features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "fusesim/import/import.h"
#include "fusesim/search/edge_explainer.h"

namespace fusesim::gnn {
namespace {

constexpr int64_t kBeta = 256 << 10;

std::shared_ptr<const Graph> zoo(const char* model) {
  return import_onnx(std::string(FUSESIM_SOURCE_DIR) + "/models/" + model + ".onnx").graph;
}

Group run_of(const Graph& graph, OpId first, OpId count) {
  Group group;
  for (OpId o = first; o < first + count && o < static_cast<OpId>(graph.ops.size()); ++o) group.push_back(o);
  return group;
}

float at(const GraphInput& input, size_t node, const char* name) {
  const auto& names = feature_names();
  const auto column = std::find(names.begin(), names.end(), name) - names.begin();
  EXPECT_LT(static_cast<size_t>(column), names.size()) << name;
  return input.features[node * names.size() + static_cast<size_t>(column)];
}

TEST(Features, HaveOneNamedColumnEach) {
  const auto& names = feature_names();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  EXPECT_EQ(names[beta_column()], "log_buffer_bytes");
}

/// A footprint or a ring depends on the ops around; so a column that does not, holds neither. The four
/// columns that say how an op is connected are recomputed from the graph in the next test.
TEST(Features, OfAnOpAloneEqualThoseInAnyGroupButForItsPlace) {
  const std::set<std::string> place = {"external_inputs", "log_external_readers", "outgoing",
                                       "log_output_readers"};
  const auto graph = zoo("mobilenet_v3_small");
  const auto& names = feature_names();
  const Group group = run_of(*graph, 3, 25);
  const GraphInput input = group_input(*graph, group, Datatypes{}, kBeta);
  for (size_t i = 0; i < group.size(); ++i) {
    const GraphInput alone = group_input(*graph, {group[i]}, Datatypes{}, kBeta);
    for (size_t f = 0; f < names.size(); ++f) {
      if (place.count(names[f]) != 0) continue;
      EXPECT_EQ(input.features[i * names.size() + f], alone.features[f]) << names[f] << " of op " << group[i];
    }
  }
}

TEST(Features, OfPlaceCountOnlyConnections) {
  const auto graph = zoo("resnet18");
  const Group group = run_of(*graph, 2, 9);
  const GraphInput input = group_input(*graph, group, Datatypes{}, kBeta);
  const auto inside = [&](OpId o) { return std::binary_search(group.begin(), group.end(), o); };
  for (size_t i = 0; i < group.size(); ++i) {
    const Op& op = graph->op(group[i]);
    std::set<TensorId> external;
    int64_t shared = 1;
    for (const TensorId t : op.inputs) {
      if (inside(graph->tensor(t).producer)) continue;
      external.insert(t);
      const auto& readers = graph->tensor(t).consumers;
      shared = std::max<int64_t>(shared, std::count_if(readers.begin(), readers.end(), inside));
    }
    const Tensor& out = graph->tensor(op.output());
    const auto readers = std::count_if(out.consumers.begin(), out.consumers.end(), inside);
    EXPECT_EQ(at(input, i, "external_inputs"), static_cast<float>(external.size()));
    EXPECT_FLOAT_EQ(at(input, i, "log_external_readers"), std::log2(static_cast<float>(shared)));
    EXPECT_EQ(at(input, i, "outgoing") != 0.0F,
              out.graph_output || readers < static_cast<std::ptrdiff_t>(out.consumers.size()));
    EXPECT_FLOAT_EQ(at(input, i, "log_output_readers"), std::log2(1.0F + static_cast<float>(readers)));
  }
}

TEST(Features, DescribeTheFirstConvolutionOfResnet18) {
  const auto graph = zoo("resnet18");
  const GraphInput input = group_input(*graph, {0}, Datatypes{}, kBeta);
  const auto log2_of = [](double x) { return static_cast<float>(std::log2(x)); };
  EXPECT_EQ(at(input, 0, "kind=conv"), 1.0F);
  EXPECT_EQ(at(input, 0, "kind=depthwise"), 0.0F);
  EXPECT_FLOAT_EQ(at(input, 0, "log_in_c"), log2_of(3));
  EXPECT_FLOAT_EQ(at(input, 0, "log_in_h"), log2_of(224));
  EXPECT_FLOAT_EQ(at(input, 0, "log_out_c"), log2_of(64));
  EXPECT_FLOAT_EQ(at(input, 0, "log_out_w"), log2_of(112));
  EXPECT_FLOAT_EQ(at(input, 0, "log_kernel_h"), log2_of(7));
  EXPECT_FLOAT_EQ(at(input, 0, "log_stride_w"), log2_of(2));
  EXPECT_FLOAT_EQ(at(input, 0, "log_weight_bytes"), log2_of(7 * 7 * 3 * 64 + 4 * 64));
  EXPECT_FLOAT_EQ(at(input, 0, "log_buffer_bytes"), 18.0F);
  EXPECT_EQ(at(input, 0, "external_inputs"), 1.0F);
  EXPECT_EQ(at(input, 0, "outgoing"), 1.0F);
}

TEST(Features, BufferSizeChangesItsColumnAlone) {
  const auto graph = zoo("squeezenet1_0");
  const Group group = run_of(*graph, 0, 12);
  GraphInput input = group_input(*graph, group, Datatypes{}, kBeta);
  const GraphInput larger = group_input(*graph, group, Datatypes{}, 4 * kBeta);
  for (size_t i = 0; i < input.features.size(); ++i) {
    const bool beta = i % feature_names().size() == beta_column();
    EXPECT_EQ(input.features[i] != larger.features[i], beta);
  }
  set_buffer(input, 4 * kBeta);
  EXPECT_EQ(input.features, larger.features);
}

TEST(Features, EdgesAreThoseInsideTheGroup) {
  const auto graph = zoo("inception_v3");
  for (OpId first = 0; first + 20 < static_cast<OpId>(graph->ops.size()); first += 7) {
    const Group group = run_of(*graph, first, 20);
    std::vector<GroupEdge> expected;
    for (const auto& [from, to] : group_input(*graph, group, Datatypes{}, kBeta).edges) {
      expected.push_back({group[static_cast<size_t>(from)], group[static_cast<size_t>(to)]});
    }
    EXPECT_EQ(edges_inside(*graph, group), expected);
  }
}

}  // namespace
}  // namespace fusesim::gnn
