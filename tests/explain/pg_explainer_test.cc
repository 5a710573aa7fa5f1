#include "fusesim/explain/pg_explainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "../gnn/random_network.h"
#include "fusesim/base/error.h"
#include "fusesim/gnn/checkpoint.h"

namespace fusesim {
namespace {

using testing::HasSubstr;

/// One layer that gives a node of feature x the embedding [max(x, 0), max(-x, 0)], whatever its neighbours.
gnn::Network splitter_of_signs() {
  gnn::NetworkWeights weights;
  weights.feature_mean = {0.0F};
  weights.feature_scale = {1.0F};
  weights.layers = {{1, 2, {0.0F, 0.0F}, {1.0F, -1.0F}, {0.0F, 0.0F}}};
  weights.output = {1.0F, 0.0F, 0.0F, 1.0F};
  weights.output_bias = {0.0F, 0.0F};
  return gnn::Network(std::move(weights));
}

/// Embeddings [1 0], [2 0], [0 3].
gnn::GraphInput path() { return {3, 1, {1.0F, 2.0F, -3.0F}, {{0, 1}, {1, 2}}}; }

PgWeights two_units(const gnn::Network& network) {
  PgWeights weights;
  weights.units = 2;
  weights.hidden = {1.0F, 0.0F, 0.0F, 1.0F, 0.5F, -1.0F, 2.0F, 0.0F};
  weights.hidden_bias = {-1.0F, 0.5F};
  weights.output = {1.0F, -2.0F};
  weights.output_bias = 0.25F;
  weights.network = gnn::network_sha256(network);
  weights.scheme = "lbdf";
  weights.data_set = "data";
  weights.command = "run_train";
  return weights;
}

double sigmoid(double w) { return 1.0 / (1.0 + std::exp(-w)); }

/// Edge 0 -> 1: units 1 + 1 - 1 = 1 and -2 + 0.5 < 0, so w = 1 + 0.25.
/// Edge 1 -> 2: units 2 + 6 - 1 = 7 and 0.5, so w = 7 - 1 + 0.25.
TEST(PgExplainer, ScoresEdgesByTheirEndsInOrder) {
  const gnn::Network network = splitter_of_signs();
  PgExplainer explainer(network, two_units(network));
  const Explanation found = explainer.explain(path(), 1, 0);
  ASSERT_EQ(found.scores.size(), 2U);
  EXPECT_NEAR(found.scores[0], sigmoid(1.25), 1e-6);
  EXPECT_NEAR(found.scores[1], sigmoid(6.25), 1e-6);
  EXPECT_EQ(found.edges, (std::vector<size_t>{1, 0}));
}

/// The other way round: 1 -> 0: 2 + 0.5 - 1 = 1.5 and -1 + 0.5 < 0; 2 -> 1: 0 + 1 - 1 = 0 and 3 - 2 + 0.5.
TEST(PgExplainer, AveragesBothOrdersOfEdgesWithoutDirection) {
  const gnn::Network network = splitter_of_signs();
  PgWeights weights = two_units(network);
  weights.symmetric = true;
  const std::vector<double> scores = PgExplainer(network, weights).explain(path(), 1, 0).scores;
  EXPECT_NEAR(scores[0], sigmoid((1.25 + 1.75) / 2), 1e-6);
  EXPECT_NEAR(scores[1], sigmoid((6.25 - 2.75) / 2), 1e-6);
}

TEST(PgExplainer, GivesTheBestEdgeWhereNoneReachesOneHalf) {
  const gnn::Network network = splitter_of_signs();
  PgWeights weights = two_units(network);
  weights.output_bias = -10.0F;
  EXPECT_EQ(PgExplainer(network, weights).explain(path(), 1, 0).edges, (std::vector<size_t>{1}));
}

TEST(PgExplainer, GivesAShareOfTheEdgesAtLeast) {
  const gnn::Network network = splitter_of_signs();
  PgWeights weights = two_units(network);
  weights.output_bias = -10.0F;
  EXPECT_EQ(PgExplainer(network, weights, 0.5).explain(path(), 1, 0).edges, (std::vector<size_t>{1}));
  EXPECT_EQ(PgExplainer(network, weights, 0.6).explain(path(), 1, 0).edges, (std::vector<size_t>{1, 0}));
  EXPECT_THROW(PgExplainer(network, weights, 1.1), Error);
}

TEST(PgExplainer, GivesNothingForAGraphWithoutEdges) {
  const gnn::Network network = splitter_of_signs();
  const Explanation found = PgExplainer(network, two_units(network)).explain({1, 1, {1.0F}, {}}, 0, 0);
  EXPECT_TRUE(found.scores.empty());
  EXPECT_TRUE(found.edges.empty());
}

TEST(PgExplainer, RefusesForeignNetworksClassesAndGraphs) {
  const gnn::Network network = splitter_of_signs();
  const gnn::Network other(gnn::random_weights(1));
  EXPECT_THROW(PgExplainer(other, two_units(network)), Error);
  PgExplainer explainer(network, two_units(network));
  EXPECT_THROW(explainer.explain(path(), 2, 0), Error);
  EXPECT_THROW(explainer.explain(path(), -1, 0), Error);
  EXPECT_THROW(explainer.explain(gnn::random_input(1, 5, 3), 0, 0), Error);
}

TEST(PgExplainer, LeavesTheNetworkAsItIs) {
  const gnn::Network network(gnn::random_weights(4));
  const std::string before = gnn::network_sha256(network);
  PgWeights weights = two_units(network);
  weights.hidden.assign(static_cast<size_t>(2 * network.hidden() * weights.units), 0.1F);
  PgExplainer(network, weights).explain(gnn::random_input(4, 9), 1, 0);
  EXPECT_EQ(gnn::network_sha256(network), before);
}

TEST(NetworkHash, FollowsEveryWeightAndNothingElse) {
  gnn::NetworkWeights weights = gnn::random_weights(4);
  const std::string hash = gnn::network_sha256(gnn::Network(weights));
  EXPECT_EQ(gnn::network_sha256(gnn::Network(weights)), hash);
  weights.output_bias[0] = std::nextafter(weights.output_bias[0], 9.0F);
  EXPECT_NE(gnn::network_sha256(gnn::Network(weights)), hash);
}

class PgFile : public testing::Test {
 protected:
  PgWeights loaded(const std::string& bytes, const std::string& scheme = "lbdf") const {
    return pg_weights_from(gnn::weight_file_from_bytes(bytes, "fusesim.pg/1", "some.weights"), scheme,
                           network_, "some.weights");
  }
  std::string stored() const { return gnn::to_bytes(to_weight_file(two_units(network_))); }
  /// The message of the error that loading gives.
  std::string fault(const std::string& bytes, const std::string& scheme = "lbdf") const {
    try {
      loaded(bytes, scheme);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  gnn::Network network_ = splitter_of_signs();
};

TEST_F(PgFile, ComesBackBitForBit) {
  PgWeights weights = two_units(network_);
  weights.symmetric = true;
  const PgWeights back = loaded(gnn::to_bytes(to_weight_file(weights)));
  EXPECT_EQ(back.hidden, weights.hidden);
  EXPECT_EQ(back.hidden_bias, weights.hidden_bias);
  EXPECT_EQ(back.output, weights.output);
  EXPECT_EQ(back.output_bias, weights.output_bias);
  EXPECT_TRUE(back.symmetric);
  EXPECT_FALSE(loaded(stored()).symmetric);
  EXPECT_EQ(back.command, "run_train");
  EXPECT_EQ(back.data_set, "data");
}

TEST_F(PgFile, EveryTruncationAndFlippedBitIsAnError) {
  const std::string bytes = stored();
  for (size_t size = 0; size < bytes.size(); size += 7) {
    EXPECT_THAT(fault(bytes.substr(0, size)), HasSubstr("some.weights: ")) << size;
  }
  for (size_t at = 0; at < bytes.size(); at += 5) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_THAT(fault(damaged), HasSubstr("some.weights: ")) << at;
  }
}

TEST_F(PgFile, OfAnotherNetworkOrSchemeSaysWhatWasExpected) {
  EXPECT_EQ(fault(stored(), "brr"), "some.weights: scheme: expected brr, got lbdf");
  PgWeights foreign = two_units(network_);
  foreign.network = gnn::network_sha256(gnn::Network(gnn::random_weights(1)));
  EXPECT_EQ(fault(gnn::to_bytes(to_weight_file(foreign))),
            "some.weights: network: expected " + gnn::network_sha256(network_) + ", got " + foreign.network);
}

TEST_F(PgFile, WholeFilesWithWrongContentAreErrors) {
  const auto refused = [this](const char* what, auto change) {
    gnn::WeightFile file = to_weight_file(two_units(network_));
    change(file);
    EXPECT_THAT(fault(gnn::to_bytes(file)), HasSubstr("some.weights: ")) << what;
  };
  refused("other kind", [](gnn::WeightFile& f) { f.kind = "fusesim.gnn/1"; });
  refused("no network", [](gnn::WeightFile& f) { f.text.erase("network"); });
  refused("unknown edges", [](gnn::WeightFile& f) { f.text["edges"] = "both"; });
  refused("no units", [](gnn::WeightFile& f) { f.arrays["hidden_bias"].clear(); });
  refused("no bias", [](gnn::WeightFile& f) { f.arrays.erase("hidden_bias"); });
  refused("short matrix", [](gnn::WeightFile& f) { f.arrays["hidden"].pop_back(); });
  refused("one unit too many", [](gnn::WeightFile& f) { f.arrays["output"].push_back(0.0F); });
  refused("not finite",
          [](gnn::WeightFile& f) { f.arrays["output_bias"][0] = std::numeric_limits<float>::quiet_NaN(); });
}

TEST_F(PgFile, MissingIsAnErrorThatNamesThePath) {
  const std::string nowhere = (std::filesystem::path(testing::TempDir()) / "fusesim_no_such_folder").string();
  try {
    read_pg_weights("lbdf", network_, nowhere);
    FAIL() << "read a file that is not there";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(nowhere + "/models/gnn/lbdf.pg.weights"));
  }
}

}  // namespace
}  // namespace fusesim
