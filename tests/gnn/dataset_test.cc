#include "fusesim/gnn/dataset.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "fusesim/gnn/features.h"
#include "fusesim/import/import.h"
#include "fusesim/testing/cost_model.h"

namespace fusesim::gnn {
namespace {

constexpr double kScale = 0.02;

const DataSet& small(Scheme scheme) {
  static const DataSet lbdf = draw_data_set(Scheme::lbdf, 5, kScale, FUSESIM_SOURCE_DIR);
  static const DataSet brr = draw_data_set(Scheme::brr, 5, kScale, FUSESIM_SOURCE_DIR);
  return scheme == Scheme::lbdf ? lbdf : brr;
}

std::vector<const std::vector<LabelledGroup>*> parts(const DataSet& data) {
  return {&data.train, &data.validation, &data.test, &data.unseen};
}

class DrawnGroups : public ::testing::TestWithParam<Scheme> {};

TEST_P(DrawnGroups, NoFormIsInTwoPlaces) {
  const DataSet& data = small(GetParam());
  std::set<std::string> forms;
  size_t groups = 0;
  for (const auto* part : parts(data)) {
    groups += part->size();
    for (const LabelledGroup& group : *part) forms.insert(canonical_form(group.input));
  }
  EXPECT_EQ(forms.size(), groups);
}

TEST_P(DrawnGroups, SplitIsEightyTenTen) {
  const DataSet& data = small(GetParam());
  const size_t all = data.train.size() + data.validation.size() + data.test.size();
  EXPECT_EQ(data.validation.size(), all / 10);
  EXPECT_EQ(data.test.size(), all / 10);
  size_t quota = 0;
  for (const ModelQuota& q : training_quotas()) quota += static_cast<size_t>(q.groups);
  EXPECT_GT(quota, 10800U);
  EXPECT_NEAR(static_cast<double>(all), static_cast<double>(quota) * kScale, 10.0);
}

TEST_P(DrawnGroups, UnseenNetworksAreUnseen) {
  std::set<std::string> trained;
  for (const ModelQuota& q : training_quotas()) EXPECT_TRUE(trained.insert(q.model).second);
  for (const ModelQuota& q : unseen_quotas()) EXPECT_EQ(trained.count(q.model), 0U);
  for (const LabelledGroup& group : small(GetParam()).unseen) EXPECT_EQ(trained.count(group.model), 0U);
  for (const LabelledGroup& group : small(GetParam()).train) EXPECT_EQ(trained.count(group.model), 1U);
}

TEST_P(DrawnGroups, AreLegalAndLabelledByTheCostModel) {
  const DataSet& data = small(GetParam());
  for (const LabelledGroup& group : data.test) {
    const Config config = load_config(std::string(FUSESIM_SOURCE_DIR) + "/configs/accelerators/" +
                                      (group.folded ? "default.yaml" : "paper.yaml"));
    const ImportedModel model =
        import_onnx(FUSESIM_SOURCE_DIR "/models/" + group.model + ".onnx", {group.folded, {}});
    ASSERT_EQ(illegal_reason(*model.graph, group.ops), "");
    const fusesim::testing::CostModel cost(*model.graph, cost_params(config));
    const int64_t f_beta =
        GetParam() == Scheme::lbdf ? cost.lbdf_f_beta(group.ops) : cost.brr_f_beta(group.ops);
    EXPECT_EQ(group.f_beta_bytes, f_beta);
    EXPECT_NE(f_beta, kNeverFits);
    for (const int64_t buffer : kBufferBytes) EXPECT_EQ(group.label(buffer) == 1, f_beta >= buffer);
  }
}

TEST_P(DrawnGroups, FollowFromTheSeed) {
  const DataSet& data = small(GetParam());
  EXPECT_EQ(draw_data_set(GetParam(), 5, kScale, FUSESIM_SOURCE_DIR).sha256, data.sha256);
  EXPECT_NE(draw_data_set(GetParam(), 6, kScale, FUSESIM_SOURCE_DIR).sha256, data.sha256);
}

INSTANTIATE_TEST_SUITE_P(Schemes, DrawnGroups, ::testing::Values(Scheme::lbdf, Scheme::brr),
                         [](const auto& scheme) { return std::string(to_string(scheme.param)); });

GraphInput diamond() {
  const auto graph = import_onnx(FUSESIM_SOURCE_DIR "/models/resnet18.onnx").graph;
  return group_input(*graph, {2, 3, 4, 5, 6, 7}, Datatypes{}, kBufferBytes[0]);
}

TEST(CanonicalForm, IgnoresTheOrderOfNodesAndTheBuffer) {
  const GraphInput graph = diamond();
  GraphInput turned = graph;
  const auto last = static_cast<int32_t>(graph.nodes - 1);
  for (int64_t i = 0; i < graph.nodes; ++i) {
    std::copy_n(graph.features.begin() + i * graph.feature_count, graph.feature_count,
                turned.features.begin() + (last - i) * graph.feature_count);
  }
  for (auto& [from, to] : turned.edges) {
    from = last - from;
    to = last - to;
  }
  set_buffer(turned, kBufferBytes[3]);
  EXPECT_EQ(canonical_form(turned), canonical_form(graph));
}

TEST(CanonicalForm, TellsFeaturesEdgesAndDirectionsApart) {
  const GraphInput graph = diamond();
  std::set<std::string> forms = {canonical_form(graph)};
  GraphInput other = graph;
  other.features[0] += 1.0F;
  EXPECT_TRUE(forms.insert(canonical_form(other)).second);
  other = graph;
  other.edges.pop_back();
  EXPECT_TRUE(forms.insert(canonical_form(other)).second);
  other = graph;
  std::swap(other.edges[0].first, other.edges[0].second);
  EXPECT_TRUE(forms.insert(canonical_form(other)).second);
}

}  // namespace
}  // namespace fusesim::gnn
