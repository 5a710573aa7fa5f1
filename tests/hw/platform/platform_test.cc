#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "fusesim/hw/accelerator.h"
#include "fusesim/hw/dram.h"
#include "fusesim/testing/child_process.h"
#include "fusesim/testing/confirm.h"
#include "fusesim/testing/graph_builder.h"
#include "fusesim/testing/random_schedule.h"
#include "platform_parts.h"
#include "testing/run_in_thread.h"

namespace fusesim::testing {
namespace {

constexpr uint64_t kBase = 0x1'4000'0000;

Config small_config() {
  Config config;
  config.buffer.capacity_bytes = int64_t{64} * 1024;
  return config;
}

std::vector<ScheduledNetwork> random_networks(Scheme scheme, uint64_t count, const Config& config) {
  std::vector<ScheduledNetwork> networks;
  for (uint64_t seed = 1; networks.size() < count; ++seed) {
    auto network = random_network(seed, scheme, config, {});
    if (network) networks.push_back(std::move(*network));
  }
  return networks;
}

std::vector<Schedule> schedules_of(const std::vector<ScheduledNetwork>& networks) {
  std::vector<Schedule> schedules;
  schedules.reserve(networks.size());
  for (const ScheduledNetwork& network : networks) schedules.push_back(network.schedule);
  return schedules;
}

/// Three 3x3 convolutions, each a group of its own: plenty of traffic for little work.
ScheduledNetwork chain(const Config& config) {
  GraphBuilder b("chain");
  b.conv(b.conv(b.conv(b.input({16, 40, 40}), 16, 3), 16, 3), 16, 3);
  return scheduled(b.finish(), {{0}, {1}, {2}}, Scheme::lbdf, config);
}

std::string first_of(const std::vector<Mismatch>& mismatches) {
  return mismatches.empty() ? "" : mismatches.front().text;
}

int64_t payload_bytes(const RunResult& run) {
  int64_t bytes = 0;
  for (const GroupResult& group : run.groups) bytes += group.payload.total_bytes();
  return bytes;
}

/// Networks one after another behind a plain memory at kBase.
void expect_confirmed_behind_a_plain_memory(Scheme scheme) {
  const Config config = small_config();
  const auto networks = random_networks(scheme, 12, config);
  HostedAccelerator hosted("accelerator", config, schedules_of(networks));
  PlainMemory memory("memory");
  hosted.accelerator.memory.bind(memory.socket);
  run_in_thread([&] {
    hosted.host.write(AcceleratorRegister::memory_base_low, static_cast<uint32_t>(kBase));
    hosted.host.write(AcceleratorRegister::memory_base_high, static_cast<uint32_t>(kBase >> 32));
    for (size_t i = 0; i < networks.size(); ++i) {
      SCOPED_TRACE(networks[i].describe());
      memory.read_bytes = memory.written_bytes = 0;
      memory.end = 0;
      hosted.host.run(static_cast<uint32_t>(i));
      const RunResult& run = hosted.accelerator.result();
      EXPECT_EQ(first_of(mismatches(networks[i], run)), "");
      EXPECT_EQ(memory.read_bytes + memory.written_bytes, payload_bytes(run));
      EXPECT_GE(memory.lowest, kBase);
      EXPECT_LE(memory.end, kBase + static_cast<uint64_t>(memory_bytes(config, networks[i].schedule)));
      EXPECT_EQ(hosted.host.read(AcceleratorRegister::cycles_low), run.cycles.total);
      EXPECT_EQ(run.energy.dram_pj + run.energy.dram_background_pj, 0.0);
    }
  });
  EXPECT_GT(memory.most_under_way, 1);
}

TEST(Platform, LbdfIsConfirmedBehindAPlainMemory) { expect_confirmed_behind_a_plain_memory(Scheme::lbdf); }
TEST(Platform, BrrIsConfirmedBehindAPlainMemory) { expect_confirmed_behind_a_plain_memory(Scheme::brr); }

std::string cycles_of(const RunResult& run) {
  std::ostringstream text;
  for (const GroupResult& group : run.groups) text << group.cycles.total << ' ';
  return text.str();
}

void expect_time_of_simulate(Scheme scheme, uint64_t number) {
  const Config config = small_config();
  const ScheduledNetwork network = random_networks(scheme, number, config).back();
  const ChildResult alone =
      run_in_child([&] { return cycles_of(simulate(config, {network.schedule}).runs.at(0)); });
  ASSERT_TRUE(alone.finished) << alone.text;
  HostedAccelerator hosted("accelerator", config, {network.schedule});
  Dram dram("dram", config.dram, 1);
  hosted.accelerator.memory.bind(dram.sockets[0]);
  run_in_thread([&] { hosted.host.run(0); });
  EXPECT_EQ(cycles_of(hosted.accelerator.result()), alone.text);
}

TEST(Platform, LbdfBehindADramTakesTheTimeOfSimulate) { expect_time_of_simulate(Scheme::lbdf, 3); }
TEST(Platform, BrrBehindADramTakesTheTimeOfSimulate) { expect_time_of_simulate(Scheme::brr, 4); }

TEST(Platform, TwoAcceleratorsShareTheBandwidthOfADram) {
  const Config config = small_config();
  const ScheduledNetwork network = chain(config);
  const int64_t bytes = memory_bytes(config, network.schedule);
  HostedAccelerator one("one", config, {network.schedule});
  HostedAccelerator two("two", config, {network.schedule});
  Dram dram("dram", config.dram, 2);
  one.accelerator.memory.bind(dram.sockets[0]);
  two.accelerator.memory.bind(dram.sockets[1]);
  int64_t alone_one = 0, alone_two = 0;
  sc_core::sc_time begin, end;
  run_in_thread([&] {
    two.host.write(AcceleratorRegister::memory_base_low, static_cast<uint32_t>(bytes));
    one.host.run(0);
    alone_one = one.accelerator.result().cycles.total;
    two.host.run(0);
    alone_two = two.accelerator.result().cycles.total;
    begin = sc_core::sc_time_stamp();
    one.host.start();
    two.host.start();
    sc_core::wait(one.host.interrupt.posedge_event() & two.host.interrupt.posedge_event());
    end = sc_core::sc_time_stamp();
  });
  EXPECT_EQ(first_of(mismatches(network, one.accelerator.result())), "");
  EXPECT_EQ(first_of(mismatches(network, two.accelerator.result())), "");
  const int64_t together_one = one.accelerator.result().cycles.total;
  const int64_t together_two = two.accelerator.result().cycles.total;
  EXPECT_GT(together_one, alone_one);
  EXPECT_GT(together_two, alone_two);
  const auto both = static_cast<int64_t>((end - begin).to_seconds() * 1e9);  // cycles at 1 GHz
  EXPECT_LT(both, alone_one + alone_two);
  const DramCounts pins = dram.counts();
  EXPECT_GE((pins.reads + pins.writes) * config.dram.burst_bytes(),
            4 * payload_bytes(one.accelerator.result()));  // each ran twice
}

TEST(Platform, ARunLeavesNothingBehindForTheNext) {
  const Config config = small_config();
  const auto networks = random_networks(Scheme::brr, 3, config);
  HostedAccelerator hosted("accelerator", config, schedules_of(networks));
  PlainMemory memory("memory");
  hosted.accelerator.memory.bind(memory.socket);
  std::vector<std::string> cycles;
  run_in_thread([&] {
    for (const uint32_t schedule : {0U, 1U, 2U, 1U, 0U}) {
      hosted.host.run(schedule);
      cycles.push_back(cycles_of(hosted.accelerator.result()));
      sc_core::wait(123457, sc_core::SC_PS);
    }
  });
  EXPECT_EQ(cycles[0], cycles[4]);
  EXPECT_EQ(cycles[1], cycles[3]);
}

TEST(Platform, RegistersTakeWhatTheyShould) {
  const Config config = small_config();
  const ScheduledNetwork network = chain(config);
  HostedAccelerator hosted("accelerator", config, {network.schedule, network.schedule});
  PlainMemory memory("memory");
  hosted.accelerator.memory.bind(memory.socket);
  Host& host = hosted.host;
  run_in_thread([&] {
    EXPECT_EQ(host.status(), AcceleratorStatus::idle);
    EXPECT_THROW(hosted.accelerator.result(), Error);
    EXPECT_EQ(host.write(AcceleratorRegister::schedule, 2), tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_EQ(host.write(AcceleratorRegister::schedule, 1), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(host.read(AcceleratorRegister::schedule), 1U);
    EXPECT_EQ(host.write(AcceleratorRegister::status, 0), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(host.write(AcceleratorRegister::command, 7), tlm::TLM_GENERIC_ERROR_RESPONSE);
    uint32_t word = 0;
    EXPECT_EQ(host.access(tlm::TLM_READ_COMMAND, 0, word), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(host.access(tlm::TLM_READ_COMMAND, 0x1c, word), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(host.access(tlm::TLM_READ_COMMAND, 2, word), tlm::TLM_ADDRESS_ERROR_RESPONSE);

    EXPECT_EQ(host.access_at_once(AcceleratorRegister::schedule), 1U);
    EXPECT_EQ(host.peek(AcceleratorRegister::schedule), 1U);

    EXPECT_EQ(host.start(), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(host.status(), AcceleratorStatus::running);
    EXPECT_EQ(host.start(), tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_EQ(host.write(AcceleratorRegister::memory_base_low, 0), tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_THROW(hosted.accelerator.result(), Error);
    sc_core::wait(host.interrupt.posedge_event());
    EXPECT_EQ(host.status(), AcceleratorStatus::done);
    host.write(AcceleratorRegister::command, static_cast<uint32_t>(AcceleratorCommand::acknowledge));
    sc_core::wait(host.interrupt.negedge_event());
    EXPECT_EQ(host.status(), AcceleratorStatus::done);
    EXPECT_EQ(first_of(mismatches(network, hosted.accelerator.result())), "");
  });
}

TEST(Platform, AMemoryThatAnswersWithAnErrorFailsTheRun) {
  const Config config = small_config();
  const ScheduledNetwork network = chain(config);
  HostedAccelerator hosted("accelerator", config, {network.schedule});
  PlainMemory memory("memory");
  memory.broken_from = 4096;
  hosted.accelerator.memory.bind(memory.socket);
  run_in_thread([&] {
    hosted.host.run(0);
    EXPECT_EQ(hosted.host.status(), AcceleratorStatus::failed);
    EXPECT_EQ(hosted.host.start(), tlm::TLM_GENERIC_ERROR_RESPONSE);
  });
  try {
    hosted.accelerator.result();
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                ::testing::MatchesRegex("memory: read of [0-9]+ bytes at address [0-9]+: expected "
                                        "TLM_OK_RESPONSE, got TLM_ADDRESS_ERROR_RESPONSE"));
  }
}

TEST(Platform, AGuardThatTripsFailsTheRun) {
  const Config config = small_config();
  ScheduledNetwork network = chain(config);
  for (Ring& ring : network.schedule.groups[1].rings) ring.rows = 1;
  HostedAccelerator hosted("accelerator", config, {network.schedule});
  PlainMemory memory("memory");
  hosted.accelerator.memory.bind(memory.socket);
  run_in_thread([&] { hosted.host.run(0); });
  EXPECT_EQ(hosted.accelerator.status(), AcceleratorStatus::failed);
  EXPECT_THROW(hosted.accelerator.result(), SimulationError);
}

TEST(Platform, AScheduleOfAnotherMachineIsRefused) {
  const Config config = small_config();
  const ScheduledNetwork network = chain(config);
  Config other = config;
  other.buffer.capacity_bytes *= 2;
  EXPECT_THROW(Accelerator("accelerator", other, {network.schedule}), Error);
}

}  // namespace
}  // namespace fusesim::testing
