#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "batch.h"
#include "setting.h"

namespace fusesim::testing {
namespace {

constexpr int64_t kSettingsPerScheme = 5;  // and those in which loads run ahead
constexpr size_t kBatch = 50;

/// Random networks per setting: FUSESIM_PROPERTY_CASES counts those of one scheme.
int64_t cases_per_setting() {
  const char* text = std::getenv("FUSESIM_PROPERTY_CASES");
  const int64_t total = text == nullptr ? 100 : std::max<int64_t>(1, std::atoll(text));
  return (total + kSettingsPerScheme - 1) / kSettingsPerScheme;
}

class PredictionIsConfirmed : public ::testing::TestWithParam<Setting> {};

/// A failure names its seed; FUSESIM_PROPERTY_SEED=<seed> runs that network alone.
TEST_P(PredictionIsConfirmed, OnRandomNetworks) {
  const Setting& setting = GetParam();
  Machine machine = setting.machine();
  machine.config.datatypes.from_file = setting.widths;
  const NetworkOptions options = networks_of(setting, machine);
  uint64_t seed = setting.first_seed;
  int64_t wanted = cases_per_setting();
  if (const char* text = std::getenv("FUSESIM_PROPERTY_SEED")) {
    seed = std::strtoull(text, nullptr, 10);
    wanted = 1;
  }
  int64_t confirmed = 0;
  int64_t without_fit = 0;
  std::vector<ScheduledNetwork> batch;
  while (confirmed < wanted) {
    std::optional<ScheduledNetwork> network = random_network(seed++, setting.scheme, machine.config, options);
    if (network) batch.push_back(std::move(*network));
    without_fit += network ? 0 : 1;
    ASSERT_LT(without_fit, 20 + 2 * wanted) << "too many networks have an op that fits in no way";
    if (batch.size() < std::min(kBatch, static_cast<size_t>(wanted - confirmed))) continue;
    const std::string text = confirm_batch(machine.config, batch);
    ASSERT_TRUE(text.empty()) << text;
    confirmed += static_cast<int64_t>(batch.size());
    batch.clear();
  }
  RecordProperty("networks", std::to_string(confirmed));
}

INSTANTIATE_TEST_SUITE_P(
    Lbdf, PredictionIsConfirmed,
    ::testing::Values(
        Setting{"WideBest", Scheme::lbdf, wide_machine, Choice::best, 1000000},
        Setting{"TinyBest", Scheme::lbdf, tiny_machine, Choice::best, 2000000},
        Setting{"PaperBest", Scheme::lbdf, paper_machine, Choice::best, 3000000},
        Setting{"MixedLongerRings", Scheme::lbdf, mixed_machine, Choice::random, 4000000},
        Setting{"PaperAhead", Scheme::lbdf, paper_ahead_machine, Choice::best, 13000000},
        Setting{"TinyInStrips", Scheme::lbdf, tiny_machine, Choice::best, 14000000, true},
        Setting{"MixedInStrips", Scheme::lbdf, mixed_machine, Choice::random, 15000000, true},
        Setting{"TinyImages", Scheme::lbdf, tiny_machine, Choice::best, 19000000, false, 4},
        Setting{"MixedImagesInStrips", Scheme::lbdf, mixed_machine, Choice::random, 20000000, true, 3},
        Setting{"TinyWidths", Scheme::lbdf, tiny_machine, Choice::best, 24000000, false, 2, true},
        Setting{"MixedWidthsInStrips", Scheme::lbdf, mixed_machine, Choice::random, 25000000, true, 1, true},
        Setting{"RoomyLongerRings", Scheme::lbdf, roomy_machine, Choice::random, 5000000}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Brr, PredictionIsConfirmed,
    ::testing::Values(
        Setting{"WideBest", Scheme::brr, wide_machine, Choice::best, 6000000},
        Setting{"TinyBest", Scheme::brr, tiny_machine, Choice::best, 7000000},
        Setting{"PaperAnySchedule", Scheme::brr, paper_machine, Choice::random, 8000000},
        Setting{"MixedAnySchedule", Scheme::brr, mixed_machine, Choice::random, 9000000},
        Setting{"TinyAhead", Scheme::brr, tiny_ahead_machine, Choice::random, 11000000},
        Setting{"PaperAhead", Scheme::brr, paper_ahead_machine, Choice::random, 12000000},
        Setting{"TinyInStrips", Scheme::brr, tiny_machine, Choice::random, 16000000, true},
        Setting{"MixedInStrips", Scheme::brr, mixed_machine, Choice::random, 17000000, true},
        Setting{"PaperAheadInStrips", Scheme::brr, paper_ahead_machine, Choice::random, 18000000, true},
        Setting{"TinyImages", Scheme::brr, tiny_machine, Choice::random, 21000000, false, 4},
        Setting{"PaperAheadImages", Scheme::brr, paper_ahead_machine, Choice::best, 22000000, false, 3},
        Setting{"MixedImagesInStrips", Scheme::brr, mixed_machine, Choice::random, 23000000, true, 3},
        Setting{"TinyWidths", Scheme::brr, tiny_machine, Choice::random, 26000000, false, 2, true},
        Setting{"PaperAheadWidths", Scheme::brr, paper_ahead_machine, Choice::random, 27000000, false, 1,
                true},
        Setting{"MixedWidthsInStrips", Scheme::brr, mixed_machine, Choice::random, 28000000, true, 1, true},
        Setting{"RoomyAnySchedule", Scheme::brr, roomy_machine, Choice::random, 10000000}),
    name_of);

}  // namespace
}  // namespace fusesim::testing
