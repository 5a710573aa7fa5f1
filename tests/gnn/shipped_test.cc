#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "fusesim/cost/scheme.h"
#include "fusesim/gnn/checkpoint.h"
#include "fusesim/gnn/dataset.h"
#include "fusesim/gnn/features.h"
#include "fusesim/import/import.h"

namespace fusesim::gnn {
namespace {

const std::string kRoot = FUSESIM_SOURCE_DIR;

class Shipped : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::ifstream file(kRoot + "/models/gnn/" + GetParam() + ".json");
    ASSERT_TRUE(file) << "no metrics for " << GetParam();
    metrics_ = nlohmann::json::parse(file);
  }

  nlohmann::json metrics_;
};

TEST_P(Shipped, NetworkGetsItsStoredSampleAsRecorded) {
  const Checkpoint checkpoint = read_group_network(GetParam(), kRoot);
  int64_t right = 0;
  int64_t samples = 0;
  for (const auto& entry : metrics_["sample"]["groups"]) {
    const bool folded = entry["fold_epilogues"];
    const Config config =
        load_config(kRoot + "/configs/accelerators/" + (folded ? "default.yaml" : "paper.yaml"));
    const auto graph =
        import_onnx(kRoot + "/models/" + entry["model"].get<std::string>() + ".onnx", {folded, {}}).graph;
    const auto ops = entry["ops"].get<Group>();
    ASSERT_EQ(illegal_reason(*graph, ops), "");
    GraphInput input = group_input(*graph, ops, config.datatypes, kBufferBytes[0]);
    for (const int64_t buffer : kBufferBytes) {
      set_buffer(input, buffer);
      const std::vector<float> logits = checkpoint.network.logits(input);
      const bool invalid = logits[kInvalid] > logits[kValid];
      if (invalid == (entry["f_beta_bytes"].get<int64_t>() >= buffer)) ++right;
      ++samples;
    }
  }
  EXPECT_EQ(samples, metrics_["sample"]["samples"].get<int64_t>());
  EXPECT_EQ(right, metrics_["sample"]["correct"].get<int64_t>());
}

TEST_P(Shipped, NetworkAndMetricsComeFromOneRun) {
  const Checkpoint checkpoint = read_group_network(GetParam(), kRoot);
  EXPECT_EQ(checkpoint.provenance.data_set, metrics_["data_set"]["sha256"]);
  EXPECT_EQ(checkpoint.provenance.command, metrics_["command"]);
  EXPECT_EQ(checkpoint.provenance.seed, metrics_["seed"]);
  EXPECT_EQ(checkpoint.network.hidden(), 128);
  EXPECT_EQ(checkpoint.network.weights().layers.size(), 4U);
}

TEST_P(Shipped, NetworkMeetsItsGoal) {
  EXPECT_GE(metrics_["test"]["all"]["accuracy"].get<double>(), 0.95);
  EXPECT_GE(metrics_["test"]["all"]["f1_invalid"].get<double>(), 0.95);
  EXPECT_GE(metrics_["test"]["all"]["f1_valid"].get<double>(), 0.95);
}

TEST_P(Shipped, FileIsSmall) {
  EXPECT_LT(std::filesystem::file_size(kRoot + "/models/gnn/" + GetParam() + ".weights"), 500'000U);
}

INSTANTIATE_TEST_SUITE_P(Schemes, Shipped, testing::Values("lbdf", "brr"),
                         [](const auto& scheme) { return std::string(scheme.param); });

}  // namespace
}  // namespace fusesim::gnn
