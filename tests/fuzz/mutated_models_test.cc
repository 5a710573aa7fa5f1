#include <gtest/gtest.h>

#include "import_oracle.h"
#include "model_mutator.h"
#include "seed_models.h"

namespace fusesim::testing {
namespace {

TEST(Seeds, AreImported) {
  for (const onnx::ModelProto& seed : seed_models()) {
    const Outcome outcome = import_outcome(seed);
    EXPECT_EQ(outcome.fault, "");
    const bool without_libonnx = seed.opset_import(0).version() > 17;
    EXPECT_TRUE(without_libonnx || outcome.refusal.empty()) << outcome.refusal;
  }
}

TEST(Seeds, MayHaveNamesLikeThoseOfTheStandardLibrary) {
  onnx::ModelProto model = seed_models().front();
  model.mutable_graph()->mutable_node(0)->set_op_type("std::Relu");
  const Outcome outcome = import_outcome(model);
  EXPECT_NE(outcome.refusal.find("std::Relu"), std::string::npos) << outcome.refusal;
  EXPECT_EQ(outcome.fault, "");
}

/// Walks away from every seed, step by step; the libFuzzer target goes on from here.
TEST(Mutations, GiveAGraphOrARefusal) {
  const std::vector<onnx::ModelProto> seeds = seed_models();
  int imports = 0;
  int refusals = 0;
  for (size_t i = 0; i < seeds.size(); ++i) {
    for (uint64_t walk = 0; walk < 40; ++walk) {
      onnx::ModelProto model = seeds[i];
      ModelMutator mutator(1000 * i + walk);
      for (int step = 0; step < 4; ++step) {
        mutator.mutate(model);
        const Outcome outcome = import_outcome(model);
        ASSERT_EQ(outcome.fault, "") << "seed " << i << ", walk " << walk << ", step " << step;
        ++(outcome.refusal.empty() ? imports : refusals);
      }
    }
  }
  EXPECT_GT(imports, 200);
  EXPECT_GT(refusals, 200);
}

}  // namespace
}  // namespace fusesim::testing
