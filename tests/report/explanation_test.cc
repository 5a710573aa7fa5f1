#include "fusesim/report/explanation.h"
#include "fusesim/testing/cost_model.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "fusesim/base/error.h"
#include "sample.h"

namespace fusesim {
namespace {

using nlohmann::ordered_json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// Conv c1 and pool p1 of the sample at a buffer that is too small for both, explained by hand.
struct Explained {
  std::shared_ptr<Graph> graph = std::make_shared<Graph>(*sample_graph());
  GroupAnalysis analysis;

  explicit Explained(int64_t buffer_bytes = 120, Scheme scheme = Scheme::lbdf) {
    analysis.scheme = scheme;
    analysis.group = {0, 1};
    analysis.buffer_bytes = buffer_bytes;
    analysis.needs = testing::buffer_breakdown(*graph, analysis.group, scheme, CostParams{});
    analysis.p_invalid = 0.75;
    analysis.explainer = ExplainerKind::gnne;
    analysis.edges = {{{0, 1}, 0.5, true}};
    analysis.category = SplitCategory::both_fit;
    analysis.parts = {{{0}, 111, 166}, {{1}, 36, 72}};
    analysis.alone_bytes = 238;
    analysis.whole_bytes = 118;
  }
  ExplanationReport report() const { return {*graph, "sample", std::string(64, 'a'), 7, analysis}; }
};

TEST(ExplanationText, AddsUpToTheFootprint) {
  // Weights 54 and 3 biases of 4 bytes; three rows of the input (10), two of the map between (15), one of 6.
  const std::string text = explanation_text(Explained().report());
  EXPECT_THAT(text, HasSubstr("does not fit: needs 132 bytes, the buffer has 120, 13 too few"));
  EXPECT_THAT(text, HasSubstr("66   50.0 %  weights of op 0 c1.conv_3x3_3\n"));
  EXPECT_THAT(text, HasSubstr("30   22.7 %  rows of input input: 3 x 10 bytes\n"));
  EXPECT_THAT(text, HasSubstr("30   22.7 %  rows of op 0 c1.conv_3x3_3: 2 x 15 bytes\n"));
  EXPECT_THAT(text, HasSubstr("6    4.5 %  rows of op 1 p1.max_pool_2x2: 1 x 6 bytes\n"));
  EXPECT_THAT(text, HasSubstr("132  100.0 %  in all\n"));
}

TEST(ExplanationText, SetsTheNetworkBesideTheTruth) {
  Explained e;
  EXPECT_THAT(explanation_text(e.report()), HasSubstr("P(invalid) 0.750: right"));
  e.analysis.p_invalid = 0.25;
  EXPECT_THAT(explanation_text(e.report()), HasSubstr("P(invalid) 0.250: wrong"));
}

TEST(ExplanationText, ComparesTheSplit) {
  const std::string text = explanation_text(Explained().report());
  EXPECT_THAT(text, HasSubstr("category 1"));
  EXPECT_THAT(text, HasSubstr("0.500 * 0 c1.conv_3x3_3 -> 1 p1.max_pool_2x2"));
  EXPECT_THAT(text, HasSubstr("the split moves +0.0 %"));
  EXPECT_THAT(text, HasSubstr("the split moves +101.7 %"));
}

TEST(ExplanationText, OfAGroupThatFitsSaysSo) {
  Explained e(1000);
  e.analysis.category.reset();
  e.analysis.parts.clear();
  const std::string text = explanation_text(e.report());
  EXPECT_THAT(text, HasSubstr("fits: needs 132 bytes"));
  EXPECT_THAT(text, HasSubstr("0.500 * 0 c1.conv_3x3_3 -> 1 p1.max_pool_2x2"));
  EXPECT_THAT(text, Not(HasSubstr("split    ")));
  EXPECT_THAT(text, HasSubstr("DRAM     118 bytes\n"));
}

TEST(ExplanationText, OfAFailedSplitNamesWhoIsToBlame) {
  Explained e;
  e.analysis.category = SplitCategory::failed;
  e.analysis.parts.clear();
  e.analysis.lone_misfits = {{0, 111}};
  EXPECT_THAT(explanation_text(e.report()),
              HasSubstr("op 0 c1.conv_3x3_3 needs 111 bytes alone: leave it out of the group"));
}

TEST(ExplanationJson, HasTheFieldsOfItsFormat) {
  const ordered_json json = ordered_json::parse(explanation_json(Explained().report()));
  std::vector<std::string> keys;
  for (const auto& item : json.items()) keys.push_back(item.key());
  EXPECT_THAT(keys,
              ElementsAre("format", "model", "fusion", "buffer_bytes", "ops", "fits", "p_invalid", "needs",
                          "explanation", "split", "lone_misfits", "alone_bytes", "whole_bytes"));
  EXPECT_EQ(json["format"], "fusesim.explanation/1");
  int64_t bytes = 0;
  for (const ordered_json& part : json["needs"]["parts"]) bytes += part["bytes"].get<int64_t>();
  EXPECT_EQ(bytes, json["needs"]["f_beta_bytes"]);
  EXPECT_EQ(json["split"]["f_d_bytes"], 238);
  EXPECT_EQ(json["explanation"]["seed"], 7);
}

TEST(ExplanationJson, OfAnIllegalGroupHasTheReason) {
  Explained e(120, Scheme::brr);
  e.analysis.needs.f_beta_bytes = kNeverFits;
  e.analysis.needs.illegal_reason = "because";
  e.analysis.needs.parts.clear();
  const ordered_json json = ordered_json::parse(explanation_json(e.report()));
  EXPECT_TRUE(json["needs"]["f_beta_bytes"].is_null());
  EXPECT_EQ(json["needs"]["illegal"], "because");
  EXPECT_EQ(json["fits"], false);
}

TEST(ExplanationDot, DrawsOpsEdgesAndParts) {
  const std::string dot = explanation_dot(Explained().report());
  EXPECT_THAT(
      dot,
      HasSubstr(
          "op0 [label=\"0 conv\\nc1.conv_3x3_3\\n3x4x5\\nweights 66 B\\ninput: 3 rows 30 B\\n2 rows 30 B\""));
  EXPECT_THAT(dot, HasSubstr("op0 -> op1 [penwidth=3.00"));
  EXPECT_THAT(dot, HasSubstr("subgraph cluster_1"));
  EXPECT_THAT(dot, HasSubstr("part 0: buffer 111 B, DRAM 166 B"));
}

TEST(ExplanationDot, DrawsTheCutAndKeepsTitlesClear) {
  Explained e;
  const std::string dot = explanation_dot(e.report());
  EXPECT_THAT(dot, HasSubstr("dashed: cut, through DRAM"));
  EXPECT_THAT(dot, HasSubstr("style=dashed, label=\" 0.50 cut\""));
  // a title is a node above what begins its part: a cluster's label would be crossed by what enters it
  EXPECT_THAT(dot, HasSubstr("title0 -> op0 [style=invis]"));
  EXPECT_THAT(dot, HasSubstr("title1 -> op1 [style=invis]"));
  e.analysis.parts = {{{0, 1}, 111, 166}};
  const std::string whole = explanation_dot(e.report());
  EXPECT_THAT(whole, HasSubstr("label=\" 0.50\""));
  EXPECT_THAT(whole, Not(HasSubstr("title0 -> op1")));
}

TEST(ExplanationDot, EscapesNames) {
  Explained e;
  e.graph->ops[0].name = "a\"b\\N&lt;<x>";
  e.graph->ops[1].name = "\xff\xfe";
  const std::string dot = explanation_dot(e.report());
  EXPECT_THAT(dot, HasSubstr("a\\\"b\\\\N&amp;lt;<x>"));
  EXPECT_EQ(dot.find('\xff'), std::string::npos);
}

/// Drawings are XML, which has no U+FFFE.
TEST(ExplanationDot, HasNoCharacterThatXmlLacks) {
  Explained e;
  e.graph->ops[0].name =
      "a\xEF\xBF\xBE"
      "b";
  const std::string dot = explanation_dot(e.report());
  EXPECT_THAT(dot, HasSubstr("a?b"));
  EXPECT_THAT(dot, Not(HasSubstr("\xEF\xBF\xBE")));
}

}  // namespace
}  // namespace fusesim
