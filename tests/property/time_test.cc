#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "fusesim/config/load.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/search/exact.h"
#include "fusesim/testing/child_process.h"
#include "fusesim/testing/confirm.h"
#include "fusesim/testing/graph_builder.h"
#include "machines.h"

namespace fusesim::testing {
namespace {

constexpr size_t kBatch = 25;

struct Setting {
  const char* name;
  Scheme scheme;
  Machine (*machine)();
  double median, most;  ///< errors of cycles: of half of the groups, of 95 of 100
};

// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for it
void PrintTo(const Setting& s, std::ostream* out) { *out << s.name; }

/// "group cycles predicted", or why not.
std::string simulate_all(const Config& config, const std::vector<ScheduledNetwork>& batch) {
  std::vector<Schedule> schedules;
  schedules.reserve(batch.size());
  for (const ScheduledNetwork& n : batch) schedules.push_back(n.schedule);
  std::ostringstream text;
  try {
    const SimResults results = simulate(config, schedules, {});
    for (size_t i = 0; i < results.runs.size(); ++i) {
      for (size_t g = 0; g < results.runs[i].groups.size(); ++g) {
        const PredictedTime& want = batch[i].prediction.groups[g].time;
        const GroupResult& got = results.runs[i].groups[g];
        text << want.cycles << ' ' << got.cycles.total << ' ' << want.energy_pj << ' '
             << std::llround(got.energy.total_pj()) << '\n';
      }
      text << "0 0 0 0\n";
    }
  } catch (const SimulationError& e) {
    return std::string("stopped: ") + e.what();
  }
  return "figures\n" + text.str();
}

double error(double predicted, double simulated) { return std::abs(predicted / simulated - 1.0); }

class Errors {
 public:
  explicit Errors(const char* what) : what_(what) {}
  void add(double value) { values_.push_back(value); }
  double at(double part) {
    std::sort(values_.begin(), values_.end());
    return values_[static_cast<size_t>(part * static_cast<double>(values_.size() - 1))];
  }
  void print() {
    std::cout << what_ << ": " << values_.size() << ", median " << at(0.5) << ", 95 of 100 within "
              << at(0.95) << ", most " << at(1.0) << "\n";
  }

 private:
  const char* what_;
  std::vector<double> values_;
};

/// Predicted time and energy of random networks against the machine. Maps of a few rows are short of what the
/// closed forms neglect, so that the tolerances are those of each machine's networks.
class TimeIsPredicted : public ::testing::TestWithParam<Setting> {};

TEST_P(TimeIsPredicted, OnRandomNetworks) {
  const Setting& setting = GetParam();
  const Machine machine = setting.machine();
  NetworkOptions options;
  options.graph = machine.graphs;
  const char* cases = std::getenv("FUSESIM_PROPERTY_CASES");
  const int64_t wanted = std::max<int64_t>(1, cases == nullptr ? 200 : std::atoll(cases) / 4);
  Errors cycles("cycles of groups");
  Errors energy("energy of groups");
  Errors networks("cycles of networks");
  std::vector<ScheduledNetwork> batch;
  int64_t drawn = 0;
  for (uint64_t seed = 40000000; drawn < wanted; ++seed) {
    std::optional<ScheduledNetwork> network = random_network(seed, setting.scheme, machine.config, options);
    if (!network) continue;
    ++drawn;
    batch.push_back(std::move(*network));
    if (batch.size() < kBatch && drawn < wanted) continue;
    const ChildResult child = run_in_child([&] { return simulate_all(machine.config, batch); });
    ASSERT_TRUE(child.finished) << child.text;
    std::istringstream lines(child.text);
    std::string head;
    std::getline(lines, head);
    ASSERT_EQ(head, "figures") << child.text;
    double all_want = 0;
    double all_got = 0;
    for (double want = 0, got = 0, want_pj = 0, got_pj = 0; lines >> want >> got >> want_pj >> got_pj;) {
      if (got == 0) {
        networks.add(error(all_want, all_got));
        all_want = all_got = 0;
        continue;
      }
      cycles.add(error(want, got));
      energy.add(error(want_pj, got_pj));
      all_want += want;
      all_got += got;
    }
    batch.clear();
  }
  cycles.print();
  energy.print();
  networks.print();
  EXPECT_LE(cycles.at(0.5), setting.median);
  EXPECT_LE(cycles.at(0.95), setting.most);
  EXPECT_LE(energy.at(0.5), setting.median);
  EXPECT_LE(energy.at(0.95), setting.most);
}

struct TimedGroup {
  const char* name;
  void (*build)(GraphBuilder& b);
  std::vector<int64_t> slice_channels = Config{}.brr.slice_channels;
  Scheme scheme = Scheme::brr;
  int64_t outstanding_bursts = Config{}.dma.max_outstanding_bursts;
};

// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for it
void PrintTo(const TimedGroup& s, std::ostream* out) { *out << s.name; }

/// What a group of the built-in machine takes where one thing outweighs the rest.
class GroupsAreTimed : public ::testing::TestWithParam<TimedGroup> {};

TEST_P(GroupsAreTimed, WithinTheToleranceOfTheConfiguration) {
  GraphBuilder b(GetParam().name);
  GetParam().build(b);
  const Graph graph = b.finish();
  Config config;
  config.brr.slice_channels = GetParam().slice_channels;
  config.dma.max_outstanding_bursts = GetParam().outstanding_bursts;
  const Scheme scheme = GetParam().scheme;
  ExactSearch search(graph, fusion_scheme(scheme), config);
  Schedule schedule = make_schedule(graph, search.least(dram_objective()).plan, scheme, config);
  schedule.graph = std::make_shared<const Graph>(graph);
  const Prediction prediction = predict(schedule, config);
  const ChildResult child = run_in_child([&] { return simulate_all(config, {{0, schedule, prediction}}); });
  ASSERT_TRUE(child.finished) << child.text;
  std::istringstream lines(child.text);
  std::string head;
  std::getline(lines, head);
  double want = 0;
  double got = 0;
  double want_pj = 0;
  double got_pj = 0;
  ASSERT_TRUE(lines >> want >> got >> want_pj >> got_pj) << child.text;
  EXPECT_NEAR(want / got, 1.0, config.confirm.cycles_tolerance);
  EXPECT_NEAR(want_pj / got_pj, 1.0, config.confirm.cycles_tolerance);
}

std::string name_of_group(const ::testing::TestParamInfo<TimedGroup>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Groups, GroupsAreTimed,
    ::testing::Values(TimedGroup{"StoresOutweighWork",
                                 [](GraphBuilder& b) {
                                   b.conv(b.input({8, 112, 112}), 512, 1);
                                 }},
                      TimedGroup{"AnInnerTensorLeavesToo",
                                 [](GraphBuilder& b) {
                                   const TensorId a = b.conv(b.input({8, 112, 112}), 256, 1);
                                   b.output(a);
                                   b.conv(a, 8, 1);
                                 }},
                      TimedGroup{"SlicesAreMoreThanTheRowsOfTheArray",
                                 [](GraphBuilder& b) {
                                   const TensorId x = b.conv(b.input({33, 28, 28}), 198, 1);
                                   const TensorId y = b.conv(x, {198, square_window(3, 1, 1), 198});
                                   b.conv(y, 33, 1);
                                 },
                                 {33}},
                      TimedGroup{"BlocksCrossConvolutionGroups",
                                 [](GraphBuilder& b) {
                                   b.conv(b.input({64, 56, 56}), {96, square_window(3, 1, 1), 2});
                                 }},
                      TimedGroup{"SlicesLeaveFromStorageThatIsTakenOverInPlace",
                                 [](GraphBuilder& b) {
                                   const TensorId x = b.conv(b.input({32, 75, 75}), 192, 1);
                                   const TensorId y = b.conv(x, {192, square_window(3, 1, 1), 192});
                                   b.output(y);
                                   b.global_avg_pool(y);
                                 }},
                      TimedGroup{"MostSlicesOfAConcatComeFromDram",
                                 [](GraphBuilder& b) {
                                   const TensorId old = b.input({992, 14, 14});
                                   const TensorId x = b.conv(b.input({128, 14, 14}), 32, 3);
                                   b.activation(b.concat({old, x}), "Affine", true, true);
                                 }},
                      TimedGroup{"SlicesLieInDifferentRowsOfTheDram",
                                 [](GraphBuilder& b) {
                                   b.conv(b.input({960, 33, 33}), {256, square_window(3, 1, 12, 12)});
                                 }},
                      TimedGroup{"OnePositionInWeightPasses",
                                 [](GraphBuilder& b) {
                                   b.conv(b.input({247, 1, 1}), 64, 1);
                                 }},
                      TimedGroup{"AConcatTakesOneTensorTwice",
                                 [](GraphBuilder& b) {
                                   const TensorId x = b.conv(b.input({9, 57, 6}), 267, 3);
                                   b.concat({x, x});
                                 }},
                      TimedGroup{"ChannelsThatAreLeftOutComeToo",
                                 [](GraphBuilder& b) {
                                   b.activation(b.channel_slice(b.input({200, 20, 20}), 64, 100), "Relu");
                                 }},
                      TimedGroup{"RowsThatAStrideSkipsDoNotCome",
                                 [](GraphBuilder& b) {
                                   b.conv(b.input({32, 46, 43}), 8, 1, 3);
                                 }},
                      TimedGroup{"RowsShareBursts",
                                 [](GraphBuilder& b) {
                                   const TensorId x = b.input({1, 43, 44});
                                   b.add(x, b.input({1, 43, 44}));
                                 }},
                      TimedGroup{"OneBurstAtATime",
                                 [](GraphBuilder& b) {
                                   b.conv(b.input({64, 56, 56}), 64, 3);
                                 },
                                 Config{}.brr.slice_channels, Scheme::brr, 1},
                      TimedGroup{"RowsComeBesideWeights",
                                 [](GraphBuilder& b) {
                                   const TensorId x = b.conv(b.input({3, 224, 224}), 16, 3, 2);
                                   b.dense(b.global_avg_pool(x), 8192);
                                 },
                                 Config{}.brr.slice_channels, Scheme::lbdf},
                      TimedGroup{"OneRowOfSeveralOpsAtATime",
                                 [](GraphBuilder& b) {
                                   const TensorId x = b.conv(b.input({3, 224, 224}), 64, 7, 2);
                                   const TensorId y = b.max_pool(x, square_window(3, 2, 1));
                                   b.conv(b.conv(y, 64, 1), 64, 3);
                                 },
                                 Config{}.brr.slice_channels, Scheme::lbdf},
                      TimedGroup{"OneBurstAtATimeForRows",
                                 [](GraphBuilder& b) {
                                   b.conv(b.input({64, 56, 56}), 64, 3);
                                 },
                                 Config{}.brr.slice_channels, Scheme::lbdf, 1}),
    name_of_group);

struct Standby {
  const char* name;
  std::vector<std::string> settings;
};

// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for it
void PrintTo(const Standby& s, std::ostream* out) { *out << s.name; }

/// Groups that compute for long between their transfers, on a machine whose DRAM alone takes energy: nearly
/// all of it is standby by whether rows are open or powered down, and refreshes.
class StandbyIsPredicted : public ::testing::TestWithParam<Standby> {};

TEST_P(StandbyIsPredicted, WithinTheToleranceOfTheConfiguration) {
  GraphBuilder b(GetParam().name);
  TensorId x = b.conv(b.input({64, 56, 56}), 64, 3);
  for (int i = 0; i < 3; ++i) x = b.conv(x, 64, 3);
  b.global_avg_pool(b.conv(x, 512, 3));
  const Graph graph = b.finish();
  std::vector<std::string> settings = GetParam().settings;
  for (const char* part : {"mac_pj", "vector_op_pj", "buffer_read_byte_pj", "buffer_write_byte_pj"})
    settings.push_back(std::string("energy.") + part + "=0");
  const Config config = load_config("", settings);
  for (const Scheme scheme : {Scheme::lbdf, Scheme::brr}) {
    ExactSearch search(graph, fusion_scheme(scheme), config);
    Schedule schedule = make_schedule(graph, search.least(dram_objective()).plan, scheme, config);
    schedule.graph = std::make_shared<const Graph>(graph);
    const Prediction prediction = predict(schedule, config);
    double want = 0;
    double got = 0;
    const ChildResult child = run_in_child([&] { return simulate_all(config, {{0, schedule, prediction}}); });
    ASSERT_TRUE(child.finished) << child.text;
    std::istringstream lines(child.text);
    std::string head;
    std::getline(lines, head);
    for (double cycles = 0, taken = 0, want_pj = 0, got_pj = 0;
         lines >> cycles >> taken >> want_pj >> got_pj;) {
      want += want_pj;
      got += got_pj;
    }
    EXPECT_NEAR(want / got, 1.0, config.confirm.cycles_tolerance) << to_string(scheme);
  }
}

std::string name_of_standby(const ::testing::TestParamInfo<Standby>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Parts, StandbyIsPredicted,
    ::testing::Values(Standby{"OfWholeRefreshes", {}},
                      Standby{"OfRefreshesOfOneNumber", {"dram=ddr5_4800", "dram.refresh=same_bank"}},
                      Standby{"OfRefreshesBankByBank", {"dram=hbm2", "dram.refresh=per_bank"}},
                      Standby{"OfClosedPages", {"dram.open_page=false"}},
                      Standby{"OfPowerDown", {"dram.power_down_after=1000"}}),
    name_of_standby);

std::string name_of_setting(const ::testing::TestParamInfo<Setting>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Machines, TimeIsPredicted,
                         ::testing::Values(Setting{"LbdfReal", Scheme::lbdf, real_machine, 0.02, 0.1},
                                           Setting{"LbdfWide", Scheme::lbdf, wide_machine, 0.06, 0.2},
                                           Setting{"LbdfPaper", Scheme::lbdf, paper_machine, 0.06, 0.2},
                                           Setting{"BrrReal", Scheme::brr, real_machine, 0.02, 0.1},
                                           Setting{"BrrWide", Scheme::brr, wide_machine, 0.06, 0.13},
                                           Setting{"BrrPaper", Scheme::brr, paper_machine, 0.06, 0.13}),
                         name_of_setting);

}  // namespace
}  // namespace fusesim::testing
