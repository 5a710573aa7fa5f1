#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "exposure.h"
#include "outcome.h"

namespace fusesim::testing {
namespace {

Config machine(DoubleBuffer double_buffer = DoubleBuffer::none) {
  Config config;
  config.brr.double_buffer = double_buffer;
  config.buffer.capacity_bytes = 2048;
  config.pe.rows = 4;
  config.pe.columns = 4;
  config.brr.slice_channels = {4, 2, 1};
  return config;
}

/// Networks per fault that certainly suffer from it; FUSESIM_MUTATION_CASES overrides.
int64_t cases() {
  const char* text = std::getenv("FUSESIM_MUTATION_CASES");
  return text == nullptr ? 25 : std::max<int64_t>(1, std::atoll(text));
}

NetworkOptions network_options(bool strips = false) {
  NetworkOptions options;
  options.graph = RandomGraphOptions::tiny();
  options.graph.max_blocks = 3;
  options.max_group_ops = 6;
  options.choice = Choice::random;
  options.strips = strips;
  if (strips) options.graph.max_width = 12;
  return options;
}

struct Setting {
  const char* name;
  Fault fault;
  Scheme scheme;
  DoubleBuffer double_buffer = DoubleBuffer::none;
  bool strips = false;
};
// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for it
void PrintTo(const Setting& s, std::ostream* out) { *out << s.name; }

class RandomMutation : public ::testing::TestWithParam<Setting> {};

TEST_P(RandomMutation, IsCaughtWhereItMatters) {
  const Setting& setting = GetParam();
  const Config config = machine(setting.double_buffer);
  Tally caught;
  int64_t exposed = 0;
  for (uint64_t seed = 0; exposed < cases(); ++seed) {
    ASSERT_LT(seed, 200U * static_cast<uint64_t>(cases())) << "networks that expose this fault are too rare";
    const std::optional<ScheduledNetwork> network =
        random_network(seed, setting.scheme, config, network_options(setting.strips));
    if (!network || !certainly_exposes(network->schedule, setting.fault)) continue;
    ++exposed;
    const Outcome clean = run_with_fault(config, *network, Fault::none);
    ASSERT_FALSE(clean.noticed) << clean.caught_by << ": " << clean.text << "\n" << network->describe();
    const Outcome outcome = run_with_fault(config, *network, setting.fault);
    ASSERT_TRUE(outcome.noticed) << to_string(setting.fault) << " stayed unnoticed\n" << network->describe();
    ASSERT_NE(outcome.caught_by, "crash") << outcome.text << "\n" << network->describe();
    ++caught[outcome.caught_by];
  }
  std::cout << to_string(setting.fault) << ", " << exposed << " random networks: caught by "
            << to_string(caught) << "\n";
  RecordProperty("caught", to_string(caught));
}

std::string name_of(const ::testing::TestParamInfo<Setting>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Faults, RandomMutation,
    ::testing::Values(
        Setting{"TileHaloShort", Fault::tile_halo_short, Scheme::brr},
        Setting{"WeightSubgroupTwice", Fault::weight_subgroup_twice, Scheme::brr},
        Setting{"WeightSubgroupSkipped", Fault::weight_subgroup_skipped, Scheme::brr},
        Setting{"SliceOutOfOrder", Fault::slice_out_of_order, Scheme::brr},
        Setting{"BufferSwappedEarly", Fault::buffer_swapped_early, Scheme::brr},
        Setting{"BufferSwappedEarlyOfTwo", Fault::buffer_swapped_early, Scheme::brr, DoubleBuffer::all},
        Setting{"PrefetchPastCapacity", Fault::prefetch_past_capacity, Scheme::brr, DoubleBuffer::weights},
        Setting{"StripHaloShortOfTiles", Fault::strip_halo_short, Scheme::brr, DoubleBuffer::none, true},
        Setting{"StripHaloShortOfLineBuffers", Fault::strip_halo_short, Scheme::lbdf, DoubleBuffer::none,
                true},
        Setting{"ChannelsUnshuffledInTiles", Fault::channels_unshuffled, Scheme::brr},
        Setting{"ChannelsUnshuffledInRows", Fault::channels_unshuffled, Scheme::lbdf},
        Setting{"EarlyRelease", Fault::early_release, Scheme::lbdf}),
    name_of);

/// Shortens one ring by a row. Where a reader needs more rows at once than are left, a guard must trip;
/// elsewhere the run either trips one or is right in every byte and hash.
TEST(RandomRingMutation, ShortRingIsCaughtOrHarmless) {
  const Config config = machine();
  NetworkOptions options = network_options();
  options.choice = Choice::best;
  Tally caught;
  int64_t impossible = 0;
  int64_t harmless = 0;
  for (uint64_t seed = 0; impossible < cases(); ++seed) {
    ASSERT_LT(seed, 200U * static_cast<uint64_t>(cases()));
    std::optional<ScheduledNetwork> network = random_network(seed, Scheme::lbdf, config, options);
    if (!network) continue;
    Random random(seed);
    GroupSchedule& group = network->schedule.groups[static_cast<size_t>(
        random.range(0, static_cast<int64_t>(network->schedule.groups.size()) - 1))];
    std::vector<Ring*> long_rings;
    for (Ring& ring : group.rings) {
      if (ring.rows >= 2) long_rings.push_back(&ring);
    }
    if (long_rings.empty()) continue;
    Ring& ring = *random.pick(long_rings);
    --ring.rows;
    network->prediction = predict(network->schedule, config);
    const Outcome outcome = run_with_fault(config, *network, Fault::none);
    if (!outcome.noticed) {
      ASSERT_FALSE(too_short_for_a_reader(network->graph(), group.ops, ring.tensor, ring.rows))
          << "t" << ring.tensor << " stayed unnoticed\n"
          << network->describe();
      ++harmless;
      continue;
    }
    ASSERT_EQ(outcome.caught_by.rfind("guard ", 0), 0U) << outcome.caught_by << ": " << outcome.text << "\n"
                                                        << network->describe();
    impossible += too_short_for_a_reader(network->graph(), group.ops, ring.tensor, ring.rows) ? 1 : 0;
    ++caught[outcome.caught_by];
  }
  std::cout << "ring one row short: caught by " << to_string(caught) << "; " << harmless
            << " shortened rings were longer than this run needs\n";
}

}  // namespace
}  // namespace fusesim::testing
