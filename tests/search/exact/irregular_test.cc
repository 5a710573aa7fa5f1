#include <gtest/gtest.h>

#include "fusesim/import/import.h"
#include "fusesim/search/exact.h"
#include "fusesim/search/heuristic.h"

namespace fusesim {
namespace {

/// 32 nodes at random side by side have more down-sets than exact search looks at.
TEST(Irregular, PastTheStateLimitTheBoundIsBelowEveryPlanFound) {
  const ImportedModel model = import_onnx(resolve_model("irregular/randwire_ws", data_directory()));
  const Config config;
  const SearchResult exact = exact_search({*model.graph, Scheme::lbdf, config});
  EXPECT_FALSE(exact.optimal);
  EXPECT_GT(exact.lower_bound, 0);
  EXPECT_LE(exact.lower_bound, exact.network_bytes);
  EXPECT_EQ(illegal_reason(*model.graph, exact.plan), "");
  for (const Algorithm heuristic : {Algorithm::random, Algorithm::local, Algorithm::nsga2}) {
    HeuristicOptions options;
    options.budget = 500;
    options.seed = 1;
    const HeuristicResult found = heuristic_search({*model.graph, Scheme::lbdf, config}, heuristic, options);
    EXPECT_GE(found.best.network_bytes, exact.lower_bound) << to_string(heuristic);
  }
}

}  // namespace
}  // namespace fusesim
