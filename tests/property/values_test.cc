#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/hw/simulate.h"
#include "fusesim/reference/reference.h"
#include "fusesim/testing/child_process.h"
#include "fusesim/values/compare.h"
#include "setting.h"

namespace fusesim::testing {
namespace {

constexpr size_t kBatch = 25;

/// Sums of 16-bit values and weights need more than the 16 bits that this machine has otherwise.
Machine wide_sums() {
  Machine machine = paper_ahead_machine();
  machine.config.datatypes = {2, 2, 8, 8};
  return machine;
}

/// The same of products of two 16-bit values.
Machine mixed_sums() {
  Machine machine = mixed_machine();
  machine.config.datatypes.partial_sum_bytes = 8;
  return machine;
}

/// The same network with functions that are drawn: nothing that is predicted depends on them.
void draw_functions(ScheduledNetwork& network) {
  static const std::vector<std::string> norms{"Softmax", "LogSoftmax", "RMSNormalization",
                                              "LayerNormalization"};
  static const std::vector<std::string> reductions{"ReduceMax", "ReduceMin", "ReduceMean", "ReduceSum"};
  static const std::vector<ActivationFn> functions{{"Relu", 0.0F, 0.0F},      {"Clip", 0.0F, 6.0F},
                                                   {"Sigmoid", 0.0F, 0.0F},   {"HardSwish", 1.0F / 6, 0.5F},
                                                   {"LeakyRelu", 0.1F, 0.0F}, {"Exp", 0.0F, 0.0F}};
  Random random(network.seed);
  auto graph = std::make_shared<Graph>(network.graph());
  for (Op& op : graph->ops) {
    if (op.kind == OpKind::norm) op.onnx_type = random.pick(norms);
    const bool reduces = op.kind == OpKind::channel_reduce || op.kind == OpKind::global_avg_pool;
    if (reduces) op.onnx_type = random.pick(reductions);
    const bool picks = op.kind == OpKind::eltwise && op.eltwise == EltwiseKind::max;
    if (picks && random.chance(50)) op.onnx_type = "Min";
    if (op.kind == OpKind::activation && op.weights > 0 && random.chance(50))
      op.activations = {{"PRelu", 0.0F, 0.0F}};
    if (op.kind != OpKind::opaque && random.chance(50)) op.activations.push_back(random.pick(functions));
  }
  network.schedule.graph = std::move(graph);
}

ReferenceRun reference_of(const Schedule& schedule, uint64_t seed) {
  const SeededParameters parameters(*schedule.graph, seed);
  return run_reference(
      {*schedule.graph, schedule.datatypes, parameters, parameters.inputs(), stored_tensors(schedule)});
}

/// Empty, or what differs.
std::string run_batch(const Config& config, const std::vector<ScheduledNetwork>& batch) {
  std::vector<Schedule> schedules;
  std::vector<ReferenceRun> references;
  SimOptions options;
  for (const ScheduledNetwork& n : batch) {
    schedules.push_back(n.schedule);
    references.push_back(reference_of(n.schedule, n.seed));
  }
  for (const ReferenceRun& reference : references) options.values.push_back(&reference.network);
  std::string text;
  try {
    const SimResults results = simulate(config, schedules, options);
    for (size_t i = 0; i < batch.size(); ++i) {
      const ValueComparison found =
          compare_values(batch[i].graph(), references[i].values, results.runs[i].values);
      if (found.different > 0) text += found.differences.front() + "\n" + batch[i].describe() + "\n";
    }
  } catch (const SimulationError& e) {
    text = std::string("stopped (") + to_string(e.guard()) + "): " + e.what() + "\n";
    for (const ScheduledNetwork& n : batch) text += std::to_string(n.seed) + " ";
  }
  return text;
}

/// Random networks with their values: what the machine stores is what a whole-graph evaluation gives, element
/// by element. FUSESIM_PROPERTY_CASES counts the networks of one scheme, FUSESIM_PROPERTY_SEED=<seed> runs
/// one alone.
class ValuesAreThoseOfTheReference : public ::testing::TestWithParam<Setting> {};

TEST_P(ValuesAreThoseOfTheReference, OnRandomNetworks) {
  const Setting& setting = GetParam();
  const Machine machine = setting.machine();
  const NetworkOptions options = networks_of(setting, machine);
  const char* cases = std::getenv("FUSESIM_PROPERTY_CASES");
  const char* alone = std::getenv("FUSESIM_PROPERTY_SEED");
  uint64_t seed = alone == nullptr ? setting.first_seed : std::strtoull(alone, nullptr, 10);
  size_t left = alone != nullptr   ? 1
                : cases == nullptr ? 25
                                   : static_cast<size_t>(std::max(5, std::atoi(cases)) / 5);
  std::vector<ScheduledNetwork> batch;
  for (; left > 0; ++seed) {
    std::optional<ScheduledNetwork> network = random_network(seed, setting.scheme, machine.config, options);
    if (!network) continue;
    draw_functions(*network);
    batch.push_back(std::move(*network));
    if (batch.size() < std::min(kBatch, left)) continue;
    const ChildResult child = run_in_child([&] { return run_batch(machine.config, batch); });
    ASSERT_TRUE(child.finished) << child.text;
    ASSERT_TRUE(child.text.empty()) << child.text;
    left -= batch.size();
    batch.clear();
  }
}

/// Operands whose fractions lie more than 62 bits apart; windows that end within the padding above a map.
TEST(Values, OfNetworksThatDifferedOnce) {
  const std::vector<std::pair<Setting, uint64_t>> networks{
      {{"WideSums", Scheme::lbdf, wide_sums, Choice::best, 0}, 24000074},
      {{"TinyImages", Scheme::lbdf, tiny_machine, Choice::random, 0, false, 3}, 31000089}};
  for (const auto& [setting, seed] : networks) {
    const Machine machine = setting.machine();
    std::optional<ScheduledNetwork> network =
        random_network(seed, setting.scheme, machine.config, networks_of(setting, machine));
    ASSERT_TRUE(network.has_value()) << seed;
    draw_functions(*network);
    const std::vector<ScheduledNetwork> batch{*network};
    const ChildResult child = run_in_child([&] { return run_batch(machine.config, batch); });
    EXPECT_TRUE(child.finished && child.text.empty()) << child.text;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Lbdf, ValuesAreThoseOfTheReference,
    ::testing::Values(Setting{"Wide", Scheme::lbdf, wide_machine, Choice::best, 21000000},
                      Setting{"TinyLongerRings", Scheme::lbdf, tiny_machine, Choice::random, 22000000},
                      Setting{"TinyInStrips", Scheme::lbdf, tiny_machine, Choice::random, 23000000, true},
                      Setting{"WideSums", Scheme::lbdf, wide_sums, Choice::best, 24000000},
                      Setting{"TinyImages", Scheme::lbdf, tiny_machine, Choice::random, 31000000, false, 3},
                      Setting{"MixedInStrips", Scheme::lbdf, mixed_sums, Choice::random, 25000000, true}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Brr, ValuesAreThoseOfTheReference,
    ::testing::Values(Setting{"Wide", Scheme::brr, wide_machine, Choice::random, 26000000},
                      Setting{"TinyAhead", Scheme::brr, tiny_ahead_machine, Choice::random, 27000000},
                      Setting{"TinyInStrips", Scheme::brr, tiny_machine, Choice::random, 28000000, true},
                      Setting{"WideSumsAhead", Scheme::brr, wide_sums, Choice::random, 29000000},
                      Setting{"TinyImages", Scheme::brr, tiny_machine, Choice::random, 32000000, false, 3},
                      Setting{"MixedInStrips", Scheme::brr, mixed_sums, Choice::random, 30000000, true}),
    name_of);

}  // namespace
}  // namespace fusesim::testing
