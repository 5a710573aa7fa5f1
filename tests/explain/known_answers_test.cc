#include "fusesim/explain/known_answers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

size_t count_true(const KnownAnswer& answer) {
  return static_cast<size_t>(std::count(answer.truth.begin(), answer.truth.end(), true));
}

bool connected(const gnn::GraphInput& graph) {
  std::vector<int32_t> part(static_cast<size_t>(graph.nodes));
  std::iota(part.begin(), part.end(), 0);
  for (size_t round = 0; round < part.size(); ++round) {
    for (const auto& [from, to] : graph.edges) {
      int32_t& a = part[static_cast<size_t>(from)];
      int32_t& b = part[static_cast<size_t>(to)];
      a = b = std::min(a, b);
    }
  }
  return std::all_of(part.begin(), part.end(), [](int32_t p) { return p == 0; });
}

/// Ascending, without loops and repetitions.
bool simple(const gnn::GraphInput& graph) {
  return std::is_sorted(graph.edges.begin(), graph.edges.end()) &&
         std::adjacent_find(graph.edges.begin(), graph.edges.end()) == graph.edges.end() &&
         std::all_of(graph.edges.begin(), graph.edges.end(),
                     [](const auto& e) { return e.first < e.second; });
}

/// Degrees inside the motif, ascending.
std::vector<int> motif_degrees(const KnownAnswer& answer) {
  std::map<int32_t, int> degrees;
  for (size_t e = 0; e < answer.truth.size(); ++e) {
    if (!answer.truth[e]) continue;
    ++degrees[answer.graph.edges[e].first];
    ++degrees[answer.graph.edges[e].second];
  }
  std::vector<int> sorted;
  sorted.reserve(degrees.size());
  for (const auto& [node, degree] : degrees) sorted.push_back(degree);
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

TEST(Ba2Motifs, AreTreesWithAHouseOrACycle) {
  const std::vector<KnownAnswer> answers = ba_2motifs(200, 7);
  ASSERT_EQ(answers.size(), 200U);
  for (size_t i = 0; i < answers.size(); ++i) {
    const KnownAnswer& answer = answers[i];
    EXPECT_EQ(answer.label, static_cast<int>(i % 2));
    EXPECT_EQ(answer.graph.nodes, 25);
    EXPECT_EQ(answer.graph.features, std::vector<float>(250, 0.1F));
    EXPECT_TRUE(simple(answer.graph));
    EXPECT_TRUE(connected(answer.graph));
    const bool house = answer.label == 0;
    // 19 of the tree, one that connects
    EXPECT_EQ(answer.graph.edges.size(), house ? 26U : 25U);
    EXPECT_EQ(answer.truth.size(), answer.graph.edges.size());
    EXPECT_EQ(count_true(answer), house ? 6U : 5U);
    EXPECT_EQ(motif_degrees(answer),
              house ? (std::vector<int>{2, 2, 2, 3, 3}) : (std::vector<int>{2, 2, 2, 2, 2}));
  }
}

TEST(PlantedEdges, AreLabelledByTheEdgeBetweenTypes0And1) {
  const std::vector<KnownAnswer> answers = planted_edges(200, 7);
  ASSERT_EQ(answers.size(), 200U);
  for (size_t i = 0; i < answers.size(); ++i) {
    const KnownAnswer& answer = answers[i];
    EXPECT_EQ(answer.label, static_cast<int>(i % 2));
    EXPECT_EQ(answer.graph.nodes, 15);
    EXPECT_EQ(answer.graph.edges.size(), 18U);
    EXPECT_TRUE(simple(answer.graph));
    EXPECT_TRUE(connected(answer.graph));
    const auto is = [&answer](int32_t node, size_t type) {
      return answer.graph.features[static_cast<size_t>(node) * 6 + type] == 1.0F;
    };
    for (int32_t node = 0; node < 15; ++node) {
      const auto row = answer.graph.features.begin() + int64_t{node} * 6;
      EXPECT_EQ(std::accumulate(row, row + 6, 0.0F), 1.0F);
    }
    for (size_t e = 0; e < 18; ++e) {
      const auto [from, to] = answer.graph.edges[e];
      EXPECT_EQ(answer.truth[e], (is(from, 0) && is(to, 1)) || (is(from, 1) && is(to, 0)));
    }
    EXPECT_EQ(count_true(answer), static_cast<size_t>(answer.label));
  }
}

TEST(KnownAnswers, FollowFromTheSeed) {
  for (const auto make : {ba_2motifs, planted_edges}) {
    const auto a = make(20, 3);
    const auto longer = make(30, 3);
    const auto other = make(20, 4);
    bool differs = false;
    for (size_t i = 0; i < a.size(); ++i) {
      EXPECT_EQ(a[i].graph.edges, longer[i].graph.edges);
      EXPECT_EQ(a[i].graph.features, longer[i].graph.features);
      differs = differs || a[i].graph.edges != other[i].graph.edges;
    }
    EXPECT_TRUE(differs);
  }
}

TEST(KnownAnswers, SplitKeepsEveryGraphOnce) {
  const auto answers = planted_edges(50, 1);
  const KnownAnswerSets sets = split(answers);
  EXPECT_EQ(sets.train.size(), 40U);
  EXPECT_EQ(sets.validation.size(), 5U);
  EXPECT_EQ(sets.test.size(), 5U);
  EXPECT_EQ(sets.train.front().graph.edges, answers[0].graph.edges);
  EXPECT_EQ(sets.validation.front().graph.edges, answers[40].graph.edges);
  EXPECT_EQ(sets.test.back().graph.edges, answers[49].graph.edges);
  EXPECT_EQ(with_label(answers, 1, 7).size(), 7U);
  EXPECT_EQ(with_label(answers, 1, 7).back().graph.edges, answers[13].graph.edges);
}

TEST(RocAuc, CountsPairsInTheRightOrder) {
  EXPECT_EQ(roc_auc({4, 3, 2, 1}, {true, true, false, false}), 1.0);
  EXPECT_EQ(roc_auc({1, 2, 3, 4}, {true, true, false, false}), 0.0);
  EXPECT_EQ(roc_auc({5, 5, 5}, {true, false, false}), 0.5);
  // pairs: 3 > 2, 3 > 1, 1 < 2, 1 = 1
  EXPECT_EQ(roc_auc({3, 1, 2, 1}, {true, true, false, false}), 2.5 / 4);
}

TEST(RocAuc, RefusesWhatHasNoCurve) {
  EXPECT_THROW(roc_auc({1, 2}, {true}), Error);
  EXPECT_THROW(roc_auc({1, 2}, {true, true}), Error);
  EXPECT_THROW(roc_auc({}, {}), Error);
}

/// Knows what the test knows.
class Oracle : public GraphExplainer {
 public:
  explicit Oracle(const std::vector<KnownAnswer>& answers) : answers_(answers) {}
  const char* name() const override { return "oracle"; }
  Explanation explain(const gnn::GraphInput&, int64_t target, uint64_t seed) override {
    const KnownAnswer& answer = answers_[seed];
    EXPECT_EQ(target, answer.label);
    return {{answer.truth.begin(), answer.truth.end()}, {}};
  }

 private:
  const std::vector<KnownAnswer>& answers_;
};

TEST(PooledAuc, AsksForTheLabelOfEveryGraphWithASeedOfItsOwn) {
  const auto answers = ba_2motifs(10, 1);
  Oracle oracle(answers);
  EXPECT_EQ(pooled_auc(oracle, answers, 0), 1.0);
}

TEST(RandomScores, KnowNothing) {
  RandomScores random;
  EXPECT_NEAR(pooled_auc(random, ba_2motifs(400, 2), 5), 0.5, 0.03);
  const auto graph = planted_edges(1, 1)[0].graph;
  EXPECT_EQ(random.explain(graph, 0, 3).scores, random.explain(graph, 0, 3).scores);
  EXPECT_NE(random.explain(graph, 0, 3).scores, random.explain(graph, 0, 4).scores);
  EXPECT_EQ(random.explain(graph, 0, 3).scores.size(), 18U);
}

}  // namespace
}  // namespace fusesim
