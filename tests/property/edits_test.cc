#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "batch.h"
#include "fusesim/base/error.h"
#include "fusesim/cost/complete_schedule.h"
#include "fusesim/schedule/edit.h"
#include "machines.h"

namespace fusesim::testing {
namespace {

constexpr size_t kBatch = 25;
constexpr int kEdits = 12;

PlanEdit random_edit(const Schedule& schedule, Random& random, std::optional<OpId>& op) {
  const auto last = static_cast<int64_t>(schedule.groups.size()) - 1;
  const auto group = [&] { return std::to_string(random.range(0, last)); };
  op = static_cast<OpId>(random.range(0, static_cast<int64_t>(schedule.graph->ops.size()) - 1));
  const std::string index = std::to_string(*op);
  for (;;) {
    std::optional<PlanEdit> edit;
    switch (random.range(0, 2)) {
      case 0:
        edit = parse_edit("split:" + group() + "@" + index);
        break;
      case 1:
        edit = parse_edit("merge:" + group() + "+" + group());
        break;
      default:
        edit = parse_edit("move:" + index + ">" + (random.chance(20) ? "new" : group()));
    }
    if (edit || last == 0) return edit ? *edit : *parse_edit("move:" + index + ">new");
  }
}

/// A random network after random edits; those that are refused, or do not fit, leave it as it was.
ScheduledNetwork edited_network(ScheduledNetwork network, const Config& config, int& applied) {
  Random random(network.seed);
  for (int i = 0; i < kEdits; ++i) {
    Schedule schedule = network.schedule;
    std::optional<OpId> op;
    const PlanEdit edit = random_edit(schedule, random, op);
    try {
      const std::vector<size_t> open = edit_schedule(schedule, {}, edit, op);
      complete_schedule(schedule, open, config, least_traffic());
    } catch (const Error&) {
      continue;
    }
    EXPECT_EQ(invalid_reason(schedule), "") << edit.text << "\n" << network.describe();
    network.schedule = schedule;
    ++applied;
  }
  network.prediction = predict(network.schedule, config);
  return network;
}

class Edits : public ::testing::TestWithParam<Scheme> {};

TEST_P(Edits, OfRandomNetworksAreConfirmedByTheMachine) {
  const Machine machine = wide_machine();
  NetworkOptions options;
  options.graph = machine.graphs;
  const char* cases = std::getenv("FUSESIM_PROPERTY_CASES");
  const size_t wanted = cases == nullptr ? 50 : static_cast<size_t>(std::max<int64_t>(1, std::atoll(cases)));
  std::vector<ScheduledNetwork> batch;
  size_t drawn = 0;
  int applied = 0;
  for (uint64_t seed = 31000000; drawn < wanted; ++seed) {
    std::optional<ScheduledNetwork> network = random_network(seed, GetParam(), machine.config, options);
    if (!network) continue;
    ++drawn;
    batch.push_back(edited_network(std::move(*network), machine.config, applied));
    if (batch.size() < kBatch && drawn < wanted) continue;
    EXPECT_EQ(confirm_batch(machine.config, batch), "");
    batch.clear();
  }
  EXPECT_GT(applied, static_cast<int>(wanted)) << "edits that changed something";
}

std::string name_of_scheme(const ::testing::TestParamInfo<Scheme>& info) { return to_string(info.param); }

INSTANTIATE_TEST_SUITE_P(Schemes, Edits, ::testing::Values(Scheme::lbdf, Scheme::brr), name_of_scheme);

}  // namespace
}  // namespace fusesim::testing
