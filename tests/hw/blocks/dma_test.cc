#include "blocks/dma.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <systemc>

#include "dram_tlm/dram_controller.h"
#include "fake_dram.h"
#include "fusesim/hw/simulation_error.h"
#include "testing/dram_parts.h"

namespace fusesim::hw {
namespace {

using testing::Each;
using testing::ElementsAre;

/// Eight graph inputs and eight other tensors of 64 channels, 64 rows, width 56; tensor t + 8 is written.
Graph wide_graph() {
  Graph graph;
  graph.name = "wide";
  for (TensorId t = 0; t < 16; ++t) {
    graph.tensors.push_back({"t" + std::to_string(t), {64, 64, 56}, -1, {}, false});
    if (t < 8) graph.inputs.push_back(t);
  }
  Op op;
  op.name = "conv";
  op.inputs = {0};
  op.outputs = {8};
  op.weights = 1'000'000;
  graph.ops.push_back(op);
  return graph;
}

Segment row_of(TransferKind kind, TensorId tensor, int64_t row, int64_t c0 = 0, int64_t c1 = 64) {
  Segment s;
  s.kind = kind;
  s.tensor = tensor;
  s.row = row;
  s.c0 = c0;
  s.c1 = c1;
  return s;
}
Segment load(TensorId tensor, int64_t row, int64_t c0 = 0, int64_t c1 = 64) {
  return row_of(TransferKind::ifmap, tensor, row, c0, c1);
}

int64_t now_ps() { return static_cast<int64_t>(sc_core::sc_time_stamp().value()); }

/// A Dma in front of a target, and threads that use it.
template <typename Target>
class Bench {
 public:
  Bench(const DmaConfig& config, const DramConfig& part, const std::function<std::unique_ptr<Target>()>& make)
      : image(graph, Datatypes(), part), dma("dma", config, part, 1'000'000), target(make()) {
    dma.socket.bind(target->socket);
    dma.reset_state(image);
  }
  void thread(const std::function<void()>& body) { sc_core::sc_spawn(body); }

  Graph graph = wide_graph();
  DramImage image;
  Dma dma;
  std::unique_ptr<Target> target;
};

struct DramBench : Bench<DramController> {
  explicit DramBench(const DramConfig& part = ddr4(), const DmaConfig& config = DmaConfig())
      : Bench(config, part, [&part] { return std::make_unique<DramController>("dram", part); }) {
    target->reset_state(&traffic);
    traffic.begin_group({0});
  }
  TrafficCounter traffic{graph};
};

struct FakeBench : Bench<FakeDram> {
  explicit FakeBench(const DmaConfig& config = DmaConfig())
      : Bench(config, ddr4(), [] { return std::make_unique<FakeDram>("memory"); }) {}
};

// Set-up 8000 ps and 1 ps for arbitration: cycle 9 at 1.2 GHz has begun. A closed row takes 37 cycles: 46,
// 38334 ps.
TEST(Dma, ATransferTakesItsSetUpAndTheDramsTime) {
  DramBench bench;
  int64_t end = 0;
  bench.thread([&] {
    bench.dma.transfer({load(0, 0, 0, 1)});
    end = now_ps();
  });
  sc_core::sc_start();
  EXPECT_EQ(end, 38334);
  EXPECT_EQ(bench.dma.busy_time(), sc_core::sc_time::from_value(38334));
  EXPECT_TRUE(bench.dma.idle());
}

TEST(Dma, MovesHashesBothWays) {
  DramBench bench;
  std::vector<uint64_t> written = {11, 12, 13};
  std::vector<uint64_t> read(3, 0);
  std::vector<uint64_t> input(64, 0);
  bench.thread([&] {
    Segment store = row_of(TransferKind::ofmap, 9, 5, 10, 13);
    store.hashes = written.data();
    bench.dma.transfer({store});
    Segment back = load(9, 5, 10, 13);
    back.hashes = read.data();
    Segment other = load(3, 7);
    other.hashes = input.data();
    bench.dma.transfer({back, other, load(4, 0)});  // the last one is not kept
  });
  sc_core::sc_start();
  EXPECT_EQ(read, written);
  EXPECT_EQ(input[20], bench.image.hashes(3)[20 * 64 + 7]);
}

TEST(Dma, EveryByteIsCountedOnceAndEveryBurstIsWhole) {
  DramBench bench;
  std::vector<uint64_t> hashes(64);
  bench.thread([&] {
    Segment store =
        row_of(TransferKind::ofmap, 8, 3, 1, 4);  // 168 bytes from 3 * 3584 + 56: bursts 0 to 3 of the row
    store.hashes = hashes.data();
    Segment weights;
    weights.kind = TransferKind::weight;
    weights.op = 0;
    weights.offset_bytes = 100;
    weights.bytes = 10'000;  // 100 .. 10100: bursts 1 to 157
    bench.dma.transfer({load(2, 1), store, weights});
  });
  sc_core::sc_start();
  GroupResult result;
  bench.traffic.report(result);
  EXPECT_EQ(result.payload, (Traffic{int64_t{64} * 56, int64_t{3} * 56, 10'000}));
  EXPECT_EQ(result.ifmaps.at(0).row_bytes.at(1), 64 * 56);
  EXPECT_EQ(result.ofmaps.at(0).row_bytes.at(3), 3 * 56);
  EXPECT_THAT(result.weight_bytes, ElementsAre(10'000));
  const DramCounts counts = bench.target->take_counts();
  EXPECT_EQ(counts.reads, 56 + 157);
  EXPECT_EQ(counts.writes, 4);
}

TEST(Dma, FaultsReachTheThreadThatCaused) {
  DramBench bench;
  int caught = 0;
  bench.thread([&] {
    try {
      bench.dma.transfer({load(0, 0), load(12, 0)});
    } catch (const SimulationError& e) {
      EXPECT_EQ(e.guard(), SimulationError::Guard::incomplete_tensor);
      ++caught;
    }
  });
  sc_core::sc_start();
  EXPECT_EQ(caught, 1);
  EXPECT_TRUE(bench.dma.idle());
}

class DmaLimit : public testing::TestWithParam<int64_t> {};

TEST_P(DmaLimit, OfOutstandingBurstsIsReachedAndKept) {
  DmaConfig config;
  config.max_outstanding_bursts = GetParam();
  FakeBench bench(config);
  for (TensorId t = 0; t < 4; ++t)
    bench.thread([&bench, t] { bench.dma.transfer({load(t, 0), load(t, 1)}); });
  sc_core::sc_start();
  EXPECT_EQ(bench.target->most_outstanding_bursts(), GetParam());
  EXPECT_EQ(bench.target->bytes(), 8 * 64 * 56);
}

INSTANTIATE_TEST_SUITE_P(Bursts, DmaLimit, testing::Values(1, 6, 64));

TEST(Dma, TransfersTakeTurns) {
  FakeBench bench;
  for (TensorId t : {2, 0, 1}) bench.thread([&bench, t] { bench.dma.transfer({load(t, 0)}); });
  sc_core::sc_start();
  ASSERT_GE(bench.target->tensors().size(), 6U);
  const std::vector<TensorId> first(bench.target->tensors().begin(), bench.target->tensors().begin() + 6);
  EXPECT_THAT(first, ElementsAre(0, 1, 2, 0, 1, 2));
}

TEST(Dma, AStartedTransferDoesNotBlockAndSaysWhenItIsDone) {
  DramBench bench;
  std::vector<uint64_t> row(64, 0);
  int64_t returned_ps = -1;
  int64_t done_ps = -1;
  bench.thread([&] {
    Segment segment = load(3, 7);
    segment.hashes = row.data();
    bench.dma.start({segment}, [&] { done_ps = now_ps(); });
    returned_ps = now_ps();
    EXPECT_FALSE(bench.dma.idle());
  });
  sc_core::sc_start();
  EXPECT_EQ(returned_ps, 0);
  EXPECT_GT(done_ps, 38334);
  EXPECT_EQ(row[20], bench.image.hashes(3)[20 * 64 + 7]);
  EXPECT_TRUE(bench.dma.idle());
  EXPECT_EQ(bench.dma.busy_time(), sc_core::sc_time::from_value(static_cast<uint64_t>(done_ps)));
}

TEST(Dma, StartedTransfersOfOneKindFollowOneAnother) {
  FakeBench bench;
  std::vector<int> done;
  std::vector<uint64_t> hashes(64);
  bench.thread([&] {
    Segment store = row_of(TransferKind::ofmap, 9, 0, 0, 64);
    store.hashes = hashes.data();
    bench.dma.start({load(2, 0)}, [&] { done.push_back(2); });
    bench.dma.start({load(0, 0)}, [&] { done.push_back(0); });
    bench.dma.start({store}, [&] { done.push_back(9); });
  });
  sc_core::sc_start();
  // a row is four payloads; loads and stores take turns
  EXPECT_THAT(bench.target->tensors(), ElementsAre(2, 9, 2, 9, 2, 9, 2, 9, 0, 0, 0, 0));
  EXPECT_THAT(done, ElementsAre(2, 9, 0));
}

TEST(Dma, WhatIsNotNeededYetWaitsForAnIdleLink) {
  FakeBench bench;
  bench.thread([&] {
    bench.dma.start_when_idle({load(5, 0)}, [] {});
    bench.dma.transfer({load(0, 0)});
    bench.dma.transfer({load(1, 0)});
  });
  sc_core::sc_start();
  // While a transfer is set up the link is idle: a payload may go, and is under way when the transfer begins.
  EXPECT_THAT(bench.target->tensors(), ElementsAre(0, 0, 0, 0, 5, 1, 1, 1, 1, 5, 5, 5));
  EXPECT_TRUE(bench.dma.idle());
}

TEST(Dma, WhatIsNeededNowJoinsTheOthers) {
  FakeBench bench;
  bench.thread([&] {
    bench.dma.start_when_idle({load(5, 0)}, [] {});
    bench.dma.transfer({load(0, 0)});
    bench.dma.hurry();
    bench.dma.transfer({load(1, 0)});
  });
  sc_core::sc_start();
  EXPECT_THAT(bench.target->tensors(), ElementsAre(0, 0, 0, 0, 5, 5, 5, 5, 1, 1, 1, 1));
}

TEST(Dma, TheOrderOfProcessesDoesNotMatter) {
  FakeBench bench;
  std::vector<std::vector<TensorId>> orders;
  for (const bool reverse : {false, true}) {
    bench.target->forget();
    for (TensorId i = 0; i < 5; ++i) {
      const TensorId t = reverse ? 4 - i : i;
      // Odd ones ask at the same time, but some deltas later.
      bench.thread([&bench, t] {
        for (TensorId d = 0; d < t % 2; ++d) sc_core::wait(sc_core::SC_ZERO_TIME);
        bench.dma.transfer({load(t, 0), load(t, 2)});
      });
    }
    sc_core::sc_start();
    orders.push_back(bench.target->tensors());
  }
  EXPECT_EQ(orders[0].size(), 5U * 2 * 4);
  EXPECT_EQ(orders[0], orders[1]);
}

// The response at 100001 ps makes the DMA send on in the very time step in which two new transfers come.
TEST(Dma, AResponseDoesNotHurryTheChoiceAmongNewTransfers) {
  DmaConfig config;
  config.setup_cycles = 0;
  config.max_outstanding_bursts = 1;
  FakeBench bench(config);
  bench.thread([&] { bench.dma.transfer({load(7, 0, 0, 8)}); });
  for (TensorId t : {0, 1}) {
    bench.thread([&bench, t] {
      sc_core::wait(sc_core::sc_time::from_value(100'001));
      for (int delta = 0; t == 0 && delta < 10; ++delta) sc_core::wait(sc_core::SC_ZERO_TIME);
      bench.dma.transfer({load(t, 0, 0, 1)});
    });
  }
  sc_core::sc_start();
  EXPECT_THAT(bench.target->tensors(), ElementsAre(7, 7, 7, 0, 1, 7, 7, 7, 7));
}

TEST(Dma, EarlierTransfersGoFirst) {
  FakeBench bench;
  bench.thread([&] {
    sc_core::wait(sc_core::sc_time::from_value(1));
    bench.dma.transfer({load(0, 0, 0, 8)});
  });
  bench.thread([&] { bench.dma.transfer({load(1, 0, 0, 8)}); });
  sc_core::sc_start();
  EXPECT_THAT(bench.target->tensors(), ElementsAre(1, 0));
}

TEST(Dma, WaitsForAMemoryThatHoldsRequestsBack) {
  FakeBench bench;
  bench.target->hold_requests();
  bench.thread([&] { bench.dma.transfer({load(0, 0), load(0, 1)}); });
  bench.thread([&] { bench.dma.transfer({load(1, 0)}); });
  sc_core::sc_start();
  EXPECT_EQ(bench.target->bytes(), 3 * 64 * 56);
  EXPECT_EQ(bench.target->early_requests(), 0);
  EXPECT_TRUE(bench.dma.idle());
}

TEST(Dma, PayloadsAreReused) {
  FakeBench bench;
  bench.thread([&] {
    for (int64_t row = 0; row < 64; ++row) bench.dma.transfer({load(0, row)});
  });
  sc_core::sc_start();
  EXPECT_LE(bench.target->payloads_seen(), 8U);
  EXPECT_THAT(bench.target->reference_counts(), Each(1));
}

/// Four threads stream, one of them writes; returns when each row arrived, counted from the start.
struct Observed {
  std::vector<int64_t> ends_ps;
  DramCounts counts;
};
Observed busy_run(DramBench& bench) {
  const int64_t start = now_ps();
  bench.image.reset();
  bench.dma.reset_state(bench.image);
  bench.target->reset_state(&bench.traffic);
  Observed seen;
  static std::vector<uint64_t> hashes(64);
  for (TensorId t = 0; t < 4; ++t) {
    bench.thread([&, t] {
      for (int64_t row = 0; row < 64; ++row) {
        Segment s = row_of(t == 3 ? TransferKind::ofmap : TransferKind::ifmap, t == 3 ? 8 : t, row);
        s.hashes = hashes.data();
        bench.dma.transfer({s});
        seen.ends_ps.push_back(now_ps() - start);
        sc_core::wait(sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(1000 * (row % 3))));
      }
    });
  }
  sc_core::sc_start();
  seen.counts = bench.target->take_counts();
  return seen;
}

TEST(Dma, ResetMakesRunsRepeatable) {
  DramBench bench(two_ranks());
  const Observed first = busy_run(bench);
  sc_core::sc_start(sc_core::sc_time::from_value(1'234'567));  // another phase of every clock
  const Observed second = busy_run(bench);
  EXPECT_EQ(first.ends_ps, second.ends_ps);
  EXPECT_EQ(first.counts.activates, second.counts.activates);
  EXPECT_EQ(first.counts.row_hits, second.counts.row_hits);
  EXPECT_EQ(first.counts.refreshes, second.counts.refreshes);
  EXPECT_GT(first.counts.refreshes, 0);
}

TEST(Dma, FourStreamsReachNinetyPercentOfThePeak) {
  DramBench bench;
  for (TensorId t = 0; t < 4; ++t) {
    bench.thread([&bench, t] {
      std::vector<Segment> rows;
      for (int64_t row = 0; row < 64; ++row) rows.push_back(load(t, row));
      bench.dma.transfer(rows);
    });
  }
  sc_core::sc_start();
  const DramCounts counts = bench.target->take_counts();
  const double cycles = static_cast<double>(now_ps()) * 1.2e-3;
  const double refreshed = 420.0 / 9360.0;  // tRFC of every tREFI
  EXPECT_GT(static_cast<double>(counts.busy_cycles) / cycles, 0.9 * (1.0 - refreshed));
}

}  // namespace
}  // namespace fusesim::hw
