#include "fusesim/explain/rg_explainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <string>

#include "../gnn/random_network.h"
#include "fusesim/base/error.h"
#include "random_rg.h"

namespace fusesim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const gnn::Network& network() {
  static const gnn::Network made(gnn::random_weights(1));
  return made;
}

/// Nodes with random features and these edges.
gnn::GraphInput graph(int64_t nodes, std::vector<std::pair<int32_t, int32_t>> edges) {
  gnn::GraphInput input = gnn::random_input(3, nodes);
  input.edges = std::move(edges);
  return input;
}

gnn::GraphInput path(int32_t nodes) {
  std::vector<std::pair<int32_t, int32_t>> edges;
  for (int32_t i = 0; i + 1 < nodes; ++i) edges.emplace_back(i, i + 1);
  return graph(nodes, std::move(edges));
}

std::vector<int32_t> selected(const RgWeights& weights, const gnn::GraphInput& input,
                              RgOptions options = {}) {
  const std::vector<std::vector<int32_t>> parts = RgExplainer(network(), weights, options).select(input);
  EXPECT_EQ(parts.size(), 1U);
  return parts.front();
}

const RgWeights& never_stops() {
  static const RgWeights weights = stopping_rg_weights(network(), -1.0F);
  return weights;
}

TEST(RgExplainer, StopsAtTwoNodesAtTheEarliest) {
  EXPECT_EQ(selected(stopping_rg_weights(network(), 1.0F), path(9)).size(), 2U);
}

TEST(RgExplainer, StopsAtTheMostNodes) {
  EXPECT_EQ(selected(never_stops(), path(30)).size(), 20U);
  EXPECT_EQ(selected(never_stops(), path(30), {4}).size(), 4U);
}

TEST(RgExplainer, StopsWhereTheBoundaryIsEmpty) {
  const gnn::GraphInput two_parts = graph(7, {{0, 1}, {1, 2}, {3, 4}, {4, 5}, {5, 6}});
  EXPECT_THAT(selected(never_stops(), two_parts), ElementsAre(0, 1, 2));
}

TEST(RgExplainer, SeedsHaveNeighbours) {
  const gnn::GraphInput mostly_isolated = graph(6, {{3, 5}});
  for (uint32_t seed = 0; seed < 8; ++seed) {
    const std::vector<int32_t> nodes = selected(random_rg_weights(seed, network()), mostly_isolated);
    EXPECT_EQ(std::set<int32_t>(nodes.begin(), nodes.end()), (std::set<int32_t>{3, 5}));
  }
}

TEST(RgExplainer, EveryNodeJoinsAnEarlierOne) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    const gnn::GraphInput input = gnn::random_input(seed, 25);
    const std::vector<int32_t> nodes = selected(random_rg_weights(seed, network()), input);
    ASSERT_GE(nodes.size(), 2U);
    for (size_t i = 1; i < nodes.size(); ++i) {
      const auto joins = [&](const std::pair<int32_t, int32_t>& edge) {
        const int32_t other = edge.first == nodes[i]    ? edge.second
                              : edge.second == nodes[i] ? edge.first
                                                        : -1;
        return std::find(nodes.begin(), nodes.begin() + static_cast<std::ptrdiff_t>(i), other) !=
               nodes.begin() + static_cast<std::ptrdiff_t>(i);
      };
      EXPECT_TRUE(std::any_of(input.edges.begin(), input.edges.end(), joins)) << "seed " << seed;
    }
  }
}

/// Ties go to the first node: 0, 1, 2 of a path with a chord, then the limit.
TEST(RgExplainer, ScoresFallWithTheOrderOfSelection) {
  RgExplainer explainer(network(), never_stops(), {4});
  const Explanation found =
      explainer.explain(graph(6, {{0, 1}, {0, 2}, {1, 2}, {2, 3}, {3, 4}, {4, 5}}), 1, 0);
  EXPECT_THAT(found.scores, ElementsAre(1.0, 2.0 / 3.0, 2.0 / 3.0, 1.0 / 3.0, 0.0, 0.0));
  EXPECT_THAT(found.edges, ElementsAre(0U, 1U, 2U, 3U));
}

TEST(RgExplainer, PartsBeginWhereNoEarlierOneIs) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    const gnn::GraphInput input = gnn::random_input(seed, 25);
    const RgWeights weights = random_rg_weights(seed, network());
    const std::vector<std::vector<int32_t>> parts = RgExplainer(network(), weights, {4, 3}).select(input);
    ASSERT_FALSE(parts.empty());
    EXPECT_EQ(parts.front(), selected(weights, input, {4}));
    std::set<int32_t> held;
    for (const std::vector<int32_t>& part : parts) {
      EXPECT_EQ(held.count(part.front()), 0U);
      held.insert(part.begin(), part.end());
    }
  }
}

/// Seeds are taken in order of the nodes here: 0, then 2, since 0 and 1 are held, then 4.
TEST(RgExplainer, EdgesOfLaterPartsScoreLess) {
  RgExplainer explainer(network(), stopping_rg_weights(network(), 1.0F), {3, 4});
  const gnn::GraphInput two_pairs_apart = graph(6, {{0, 1}, {1, 2}, {2, 3}, {4, 5}});
  const Explanation found = explainer.explain(two_pairs_apart, 1, 0);
  EXPECT_THAT(explainer.select(two_pairs_apart),
              ElementsAre(ElementsAre(0, 1), ElementsAre(2, 1), ElementsAre(3, 2), ElementsAre(4, 5)));
  EXPECT_THAT(found.scores, ElementsAre(1.0, 0.75, 0.5, 0.25));
  EXPECT_THAT(found.edges, ElementsAre(0U, 1U, 2U, 3U));
}

TEST(RgExplainer, LargeGraphsHaveMoreParts) {
  const RgWeights weights = stopping_rg_weights(network(), 1.0F);
  const auto parts = [&weights](const RgOptions& options, int32_t nodes) {
    return RgExplainer(network(), weights, options).select(path(nodes)).size();
  };
  EXPECT_EQ(parts({3, 2, 0}, 12), 2U);
  EXPECT_EQ(parts({3, 2, 4}, 8), 2U);
  EXPECT_EQ(parts({3, 2, 4}, 9), 3U);
  EXPECT_EQ(parts({3, 2, 4}, 12), 3U);
  EXPECT_EQ(parts({3, 1, 4, 2}, 12), 2U);
  EXPECT_EQ(parts({3, 3, 4, 2}, 12), 3U) << "seeds is the least";
  // All other edges are of earlier parts.
  const Explanation found = RgExplainer(network(), weights, {3, 1, 4}).explain(path(12), 1, 0);
  EXPECT_EQ(found.edges.size(), 3U);
  EXPECT_DOUBLE_EQ(found.scores[found.edges.back()], 1.0 / 3.0);
}

TEST(RgExplainer, HasFewerPartsWhereNoSeedIsLeft) {
  RgExplainer explainer(network(), never_stops(), {20, 5});
  EXPECT_EQ(explainer.select(path(6)).size(), 1U);
}

TEST(RgExplainer, GraphsWithoutEdgesHaveNone) {
  RgExplainer explainer(network(), never_stops());
  EXPECT_TRUE(explainer.explain(graph(3, {}), 0, 0).edges.empty());
  EXPECT_TRUE(explainer.explain(gnn::GraphInput{0, 7, {}, {}}, 0, 0).edges.empty());
}

TEST(RgExplainer, RepeatsItselfAndLeavesTheNetwork) {
  const gnn::Network own(gnn::random_weights(1));
  RgExplainer explainer(own, random_rg_weights(5, own));
  const gnn::GraphInput input = gnn::random_input(6, 18);
  const std::vector<float> before = own.logits(input);
  const Explanation first = explainer.explain(input, 0, 1);
  EXPECT_EQ(explainer.explain(input, 1, 2).scores, first.scores);
  EXPECT_EQ(own.logits(input), before);
  EXPECT_EQ(own.weights().layers[2].root, network().weights().layers[2].root);
}

std::string reason(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(RgExplainer, RefusesWhatDoesNotFit) {
  const gnn::Network other(gnn::random_weights(2));
  EXPECT_THAT(reason([&] { RgExplainer(other, never_stops()); }), HasSubstr("network: expected"));
  EXPECT_THAT(reason([] { RgExplainer(network(), never_stops(), {1}); }), HasSubstr("most_nodes"));
  EXPECT_THAT(reason([] { RgExplainer(network(), never_stops(), {20, 0}); }), HasSubstr("seeds"));
  EXPECT_THAT(reason([] {
                RgExplainer(network(), never_stops(), {20, 1, -1});
              }),
              HasSubstr("nodes_per_seed"));
  RgExplainer explainer(network(), never_stops());
  EXPECT_THAT(reason([&] { explainer.explain(path(3), 2, 0); }), HasSubstr("below 2, got 2"));
  EXPECT_THAT(reason([&] { explainer.explain(gnn::random_input(1, 4, 6), 1, 0); }), HasSubstr("features"));
}

gnn::WeightFile stored() { return to_weight_file(random_rg_weights(4, network())); }

RgWeights loaded(const gnn::WeightFile& file) {
  return rg_weights_from(gnn::weight_file_from_bytes(gnn::to_bytes(file), file.kind, "some/file"), "lbdf",
                         network(), "some/file");
}

TEST(RgWeights, ComeBackBitForBit) {
  const RgWeights weights = random_rg_weights(4, network());
  const RgWeights back = loaded(stored());
  const auto arrays = weights.arrays();
  const auto back_arrays = back.arrays();
  for (size_t i = 0; i < arrays.size(); ++i) {
    EXPECT_EQ(*back_arrays[i].values, *arrays[i].values) << arrays[i].name;
  }
  EXPECT_EQ(back.command, weights.command);
  EXPECT_EQ(back.data_set, weights.data_set);
}

TEST(RgWeights, WholeFilesWithWrongContentAreErrors) {
  const auto says = [](auto change) {
    gnn::WeightFile file = stored();
    change(file);
    return reason([&file] { loaded(file); });
  };
  using gnn::WeightFile;
  EXPECT_THAT(says([](WeightFile& f) { f.kind = "fusesim.pg/1"; }),
              HasSubstr("some/file: kind: expected fusesim.rg/1, got fusesim.pg/1"));
  EXPECT_THAT(says([](WeightFile& f) { f.text["scheme"] = "brr"; }),
              HasSubstr("some/file: scheme: expected lbdf, got brr"));
  EXPECT_THAT(says([](WeightFile& f) { f.text["network"] = "0123"; }), HasSubstr("got 0123"));
  EXPECT_THAT(says([](WeightFile& f) { f.text.erase("network"); }), HasSubstr("some/file"));
  EXPECT_THAT(says([](WeightFile& f) { f.arrays.erase("stop"); }), HasSubstr("stop"));
  EXPECT_THAT(says([](WeightFile& f) { f.arrays["block1"].pop_back(); }), HasSubstr("expected 4096"));
  EXPECT_THAT(says([](WeightFile& f) { f.arrays["score"][3] = NAN; }), HasSubstr("finite"));
}

TEST(RgWeights, MissingFilesAreNamed) {
  EXPECT_THAT(reason([] { read_rg_weights("none", network(), "nowhere"); }),
              HasSubstr("nowhere/models/gnn/none.rg.weights"));
}

}  // namespace
}  // namespace fusesim
