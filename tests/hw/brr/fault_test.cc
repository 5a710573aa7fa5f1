#include <gtest/gtest.h>

#include "brr_bench.h"
#include "brr_schedules.h"
#include "fusesim/testing/graph_builder.h"
#include "weights.h"

namespace fusesim::hw {
namespace {

using Guard = SimulationError::Guard;
using testing::GraphBuilder;

/// Transfers that never end.
struct NoMemory : MemoryPort {
  void transfer(const std::vector<Segment>&) override {}
  void start(std::vector<Segment>, std::function<void()>) override {}
};

/// conv 3x3 16 -> 16 on 6 rows, twice; tensors 0, 1, 2
Graph two_convs() {
  GraphBuilder g("two");
  g.conv(g.conv(g.input({16, 6, 5}), 16, 3), 16, 3);
  return g.finish();
}

int64_t all_weights() { return int64_t{2} * (16 * 16 * 9 + 16 * 4); }

BrrBench& ran(const Graph& graph, const GroupSchedule& schedule, Fault fault) {
  auto& bench = *new BrrBench(graph);
  run_in_thread([&] { bench.run(schedule, fault); });
  return bench;
}

Guard guard_of(const Graph& graph, const GroupSchedule& schedule, Fault fault) {
  return tripped_guard([&] { ran(graph, schedule, fault); });
}

TEST(BrrFault, NoneLeavesNothingWrong) {
  const Graph graph = two_convs();
  const CountingMemory& memory = ran(graph, whole_graph(graph, 8, 3, 2, {1}), Fault::none).memory;
  EXPECT_TRUE(memory.wrong().empty());
  EXPECT_EQ(memory.weight_bytes(), 2 * all_weights());
}

TEST(BrrFault, AShortHaloOfAFullInputIsNotResident) {
  const Graph graph = two_convs();
  EXPECT_EQ(guard_of(graph, whole_graph(graph, 8, 3, 2, {1}), Fault::tile_halo_short),
            Guard::row_not_resident);
}

TEST(BrrFault, AShortHaloOfAStreamedInputIsNotResident) {
  const Graph graph = two_convs();
  EXPECT_EQ(guard_of(graph, whole_graph(graph, 8, 3, 2, {0}), Fault::tile_halo_short),
            Guard::row_not_resident);
}

TEST(BrrFault, AShortHaloOfAMapMadeInsideIsNotResident) {
  GraphBuilder g("inside");
  g.conv(g.conv(g.input({16, 6, 5}), 16, 1), 16, 3);
  const Graph graph = g.finish();
  std::string message;
  EXPECT_EQ(tripped_guard([&] { ran(graph, whole_graph(graph, 8, 3, 2), Fault::tile_halo_short); }, &message),
            Guard::row_not_resident);
  EXPECT_NE(message.find("tensor 1"), std::string::npos) << message;
  EXPECT_NE(message.find("row 3"), std::string::npos) << message;
}

TEST(BrrFault, ASubgroupFetchedTwiceShowsInTheBytes) {
  const Graph graph = two_convs();
  const CountingMemory& memory =
      ran(graph, whole_graph(graph, 8, 3, 2, {1}), Fault::weight_subgroup_twice).memory;
  EXPECT_EQ(memory.weight_bytes(0), all_weights() + int64_t{2} * (8 * 16 * 9 + 8 * 4));
  EXPECT_EQ(memory.weight_bytes(1), all_weights() + int64_t{2} * (8 * 8 * 9 + 8 * 4));
  EXPECT_TRUE(memory.wrong().empty());
}

TEST(BrrFault, ASkippedSubgroupShowsInBytesAndProvenance) {
  const Graph graph = two_convs();
  const CountingMemory& memory =
      ran(graph, whole_graph(graph, 8, 3, 2, {1}), Fault::weight_subgroup_skipped).memory;
  EXPECT_EQ(memory.weight_bytes(0), all_weights() - int64_t{2} * (8 * 16 * 9 + 8 * 4));
  EXPECT_EQ(memory.weight_bytes(1), all_weights() - int64_t{2} * 8 * 8 * 9);
  EXPECT_FALSE(memory.wrong().empty());
}

TEST(BrrFault, ASkippedSubgroupOfResidentWeightsShows) {
  const Graph graph = two_convs();
  const CountingMemory& memory =
      ran(graph, whole_graph(graph, 8, 3, 2, {1}, true), Fault::weight_subgroup_skipped).memory;
  EXPECT_LT(memory.weight_bytes(), all_weights());
  EXPECT_FALSE(memory.wrong().empty());
}

TEST(BrrFault, ASkippedBlockOfWeightPassesShows) {
  GraphBuilder g("one");
  g.conv(g.input({16, 6, 5}), 16, 3);
  const Graph graph = g.finish();
  const CountingMemory& memory =
      ran(graph, weight_passes(graph, 8, 8, 2), Fault::weight_subgroup_skipped).memory;
  EXPECT_EQ(memory.weight_bytes(), 8 * (16 * 9 + 4));
  EXPECT_EQ(memory.wrong().size(), 8U * 6U);  // the second block of channels, all rows
}

TEST(BrrFault, SwappedSlicesOfAReductionShowInProvenanceOnly) {
  const Graph graph = two_convs();
  const CountingMemory& memory =
      ran(graph, whole_graph(graph, 8, 3, 2, {1}), Fault::slice_out_of_order).memory;
  EXPECT_EQ(memory.weight_bytes(), 2 * all_weights());
  EXPECT_EQ(memory.ifmap_bytes(), 6 * 16 * 5);
  EXPECT_EQ(memory.wrong().size(), 16U * 6U);
}

TEST(BrrFault, SwappedSlicesOfAResultShowInProvenanceOnly) {
  GraphBuilder g("slices");
  g.conv(g.input({16, 6, 5}), 24, 3);
  const Graph graph = g.finish();
  const CountingMemory& memory =
      ran(graph, whole_graph(graph, 8, 3, 2, {1}), Fault::slice_out_of_order).memory;
  EXPECT_EQ(memory.ofmap_bytes(), 24 * 6 * 5);
  EXPECT_EQ(memory.wrong().size(), 16U * 6U);  // the third slice is in its place
}

TEST(BrrFault, SwappedSlicesOfAFullConcatShowInProvenanceOnly) {
  GraphBuilder g("concat");
  const TensorId x = g.input({16, 6, 5});
  g.conv(g.concat({g.conv(x, 8, 1), g.conv(x, 8, 3)}), 4, 1);
  const Graph graph = g.finish();
  const CountingMemory& memory =
      ran(graph, whole_graph(graph, 8, 6, 1, {1, 2}), Fault::slice_out_of_order).memory;
  EXPECT_EQ(memory.ofmap_bytes(), 4 * 6 * 5);
  EXPECT_EQ(memory.wrong().size(), 4U * 6U);
}

/// Transfers take time, so that what is taken early has not come.
Guard guard_with_delays(const Graph& graph, GroupSchedule schedule, Fault fault, DoubleBuffer double_buffer,
                        uint64_t delays = 1) {
  schedule.brr.double_buffer = double_buffer;
  return tripped_guard([&] {
    auto& bench = *new BrrBench(graph);
    bench.memory.delay(delays);
    run_in_thread([&] { bench.run(schedule, fault); });
  });
}

Graph one_conv(int64_t inputs) {
  GraphBuilder g("one");
  g.conv(g.input({inputs, 6, 5}), 16, 3);
  return g.finish();
}

TEST(BrrFault, ABlockOfWeightsSwappedEarlyIsNotResident) {
  // the first rows happen to come before the block
  const Graph graph = one_conv(16);
  EXPECT_EQ(guard_with_delays(graph, weight_passes(graph, 4, 4, 4), Fault::buffer_swapped_early,
                              DoubleBuffer::none, 2),
            Guard::weights_not_resident);
}

TEST(BrrFault, RowsSwappedEarlyAreNotResident) {
  const Graph graph = two_convs();
  EXPECT_EQ(guard_with_delays(graph, whole_graph(graph, 8, 3, 2, {1}), Fault::buffer_swapped_early,
                              DoubleBuffer::all),
            Guard::row_not_resident);
}

TEST(BrrFault, ASliceSwappedEarlyIsNotResident) {
  const Graph graph = two_convs();
  EXPECT_EQ(guard_with_delays(graph, whole_graph(graph, 8, 3, 2, {0}), Fault::buffer_swapped_early,
                              DoubleBuffer::all),
            Guard::row_not_resident);
}

TEST(BrrFault, AThirdSubgroupAheadOverflows) {
  const Graph graph = two_convs();
  EXPECT_EQ(guard_with_delays(graph, whole_graph(graph, 8, 3, 2, {1}), Fault::prefetch_past_capacity,
                              DoubleBuffer::weights),
            Guard::scratchpad_overflow);
}

TEST(BrrFault, AThirdBlockOfWeightPassesAheadOverflows) {
  const Graph graph = one_conv(16);
  EXPECT_EQ(guard_with_delays(graph, weight_passes(graph, 4, 4, 4), Fault::prefetch_past_capacity,
                              DoubleBuffer::weights),
            Guard::scratchpad_overflow);
}

TEST(BrrFault, AThirdSliceAheadOverflows) {
  // three slices of the input; all weights stay
  const Graph graph = one_conv(24);
  EXPECT_EQ(guard_with_delays(graph, whole_graph(graph, 8, 3, 2, {0}, true), Fault::prefetch_past_capacity,
                              DoubleBuffer::all),
            Guard::scratchpad_overflow);
}

TEST(BrrFault, RowsOfAThirdTileFindTheirSlotsTaken) {
  const Graph graph = one_conv(16);
  EXPECT_EQ(guard_with_delays(graph, whole_graph(graph, 8, 1, 6, {}, true), Fault::prefetch_past_capacity,
                              DoubleBuffer::all),
            Guard::ring_overflow);
}

TEST(BrrFault, NothingIsPlantedWithoutRoomForTwo) {
  const Graph graph = two_convs();
  const CountingMemory& memory =
      ran(graph, whole_graph(graph, 8, 3, 2, {1}), Fault::prefetch_past_capacity).memory;
  EXPECT_TRUE(memory.wrong().empty());
}

TEST(BrrFault, WeightsThatWereNotFetchedAreNotResident) {
  const Graph graph = two_convs();
  BrrBench bench(graph);
  const EngineContext machine{graph,        bench.config.datatypes, bench.config,
                              bench.memory, bench.scratchpad,       bench.pe,
                              bench.vector, bench.counters,         Fault::none};
  const BrrGroup group = view_tiled_group(graph, whole_graph(graph, 8, 3, 2, {1}));
  BrrTransfers transfers(bench.memory);
  BrrPools pools(bench.scratchpad, transfers);
  BrrWeights::Order order;
  order.subgroups = {{0, {0, 8}, {0, 16}, 0, 0}, {0, {8, 16}, {0, 16}, 0, 0}};
  place_weights(group, machine.datatypes, order.subgroups);
  BrrWeights weights(machine, group, pools, pools.allocate("weights", 8 * 16 * 9 + 8 * 4), order);
  weights.begin_round();
  weights.fetch();
  EXPECT_EQ(weights.use(0, {0, 8}, {0, 16}).co1, 8);
  EXPECT_EQ(tripped_guard([&] { weights.use(0, {8, 16}, {0, 16}); }), Guard::weights_not_resident);
  weights.done();
  EXPECT_EQ(tripped_guard([&] { weights.use(0, {0, 8}, {0, 16}); }), Guard::weights_not_resident);
  weights.fetch();
  // streamed: the first sub-group made way for the second
  EXPECT_EQ(tripped_guard([&] { weights.use(0, {0, 8}, {0, 16}); }), Guard::weights_not_resident);
  // the weights of op 1 never came
  EXPECT_EQ(tripped_guard([&] { weights.end_round(); }), Guard::weights_not_resident);
}

TEST(TileBuffer, ARowThatFindsAnotherInItsSlotOverflowsTheRing) {
  Scratchpad scratchpad(1000);
  NoMemory memory;
  BrrTransfers transfers(memory);
  BrrPools pools(scratchpad, transfers);
  TileBuffer buffer("x", 3, 4, 5, pools, pools.allocate("x", 100));
  buffer.claim(2, {0, 4});
  EXPECT_EQ(tripped_guard([&] { buffer.claim(5, {0, 1}); }), Guard::ring_overflow);
  buffer.release({2, 3}, {0, 4});
  buffer.claim(5, {0, 1});
  EXPECT_EQ(scratchpad.live_bytes(), 5);
}

TEST(TileBuffer, AChannelThatIsNotThereIsNotResident) {
  Scratchpad scratchpad(1000);
  NoMemory memory;
  BrrTransfers transfers(memory);
  BrrPools pools(scratchpad, transfers);
  TileBuffer buffer("x", 3, 4, 5, pools, pools.allocate("x", 100));
  buffer.claim(1, {0, 3});
  EXPECT_NE(buffer.channels(1, 0, 3), nullptr);
  EXPECT_EQ(tripped_guard([&] { buffer.channels(1, 2, 4); }), Guard::row_not_resident);
  EXPECT_EQ(tripped_guard([&] { buffer.channels(4, 0, 1); }), Guard::row_not_resident);
}

TEST(TileBuffer, ARowOnItsWayIsNotThereYet) {
  Scratchpad scratchpad(1000);
  NoMemory memory;
  BrrTransfers transfers(memory);
  BrrPools pools(scratchpad, transfers);
  TileBuffer buffer("x", 3, 4, 5, pools, pools.allocate("x", 100));
  buffer.expect(1, {0, 4});
  EXPECT_EQ(scratchpad.live_bytes(), 4 * 5);
  EXPECT_EQ(tripped_guard([&] { buffer.channels(1, 0, 4); }), Guard::row_not_resident);
  buffer.arrive(1, {0, 4});
  EXPECT_NE(buffer.channels(1, 0, 4), nullptr);
}

TEST(TileBuffer, ARowThatLeavesKeepsItsPlaceUntilItHasLeft) {
  Scratchpad scratchpad(1000);
  NoMemory memory;
  BrrTransfers transfers(memory);
  BrrPools pools(scratchpad, transfers);
  TileBuffer buffer("x", 3, 4, 5, pools, pools.allocate("x", 100));
  buffer.claim(1, {0, 4});
  buffer.send(1, {0, 4});
  buffer.release({1, 2}, {0, 4});
  EXPECT_EQ(tripped_guard([&] { buffer.channels(1, 0, 4); }), Guard::row_not_resident);
  EXPECT_EQ(scratchpad.live_bytes(), 4 * 5);
  EXPECT_FALSE(buffer.has_room({4, 5}, {0, 1}));
  // Nothing is under way that could make room.
  EXPECT_EQ(tripped_guard([&] { buffer.claim(4, {0, 1}); }), Guard::deadlock);
  buffer.left(1, {0, 4});
  EXPECT_EQ(scratchpad.live_bytes(), 0);
  buffer.claim(4, {0, 1});
}

TEST(TileBuffer, ARowThatLeavesAndStaysCanBeRead) {
  Scratchpad scratchpad(1000);
  NoMemory memory;
  BrrTransfers transfers(memory);
  BrrPools pools(scratchpad, transfers);
  TileBuffer buffer("x", 3, 4, 5, pools, pools.allocate("x", 100));
  buffer.claim(1, {0, 4});
  buffer.send(1, {0, 4});
  EXPECT_NE(buffer.channels(1, 0, 4), nullptr);
  buffer.left(1, {0, 4});
  EXPECT_NE(buffer.channels(1, 0, 4), nullptr);
  EXPECT_EQ(scratchpad.live_bytes(), 4 * 5);
}

TEST(TileBuffer, MoreDataThanThePoolHoldsOverflows) {
  Scratchpad scratchpad(1000);
  NoMemory memory;
  BrrTransfers transfers(memory);
  BrrPools pools(scratchpad, transfers);
  const int pool = pools.allocate("shared", 40);
  pools.allocate("other", 500);
  TileBuffer a("a", 3, 4, 5, pools, pool);
  TileBuffer b("b", 3, 4, 5, pools, pool);
  a.claim(0, {0, 4});
  b.claim(0, {0, 4});
  EXPECT_EQ(tripped_guard([&] { b.claim(1, {0, 1}); }), Guard::scratchpad_overflow);
}

}  // namespace
}  // namespace fusesim::hw
