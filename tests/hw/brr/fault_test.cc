#include <gtest/gtest.h>

#include "brr_bench.h"
#include "brr_schedules.h"
#include "fusesim/testing/graph_builder.h"
#include "weights.h"

namespace fusesim::hw {
namespace {

using Guard = SimulationError::Guard;
using testing::GraphBuilder;

/// conv 3x3 16 -> 16 on 6 rows, twice; tensors 0, 1, 2
Graph two_convs() {
  GraphBuilder g("two");
  g.conv(g.conv(g.input({16, 6, 5}), 16, 3), 16, 3);
  return g.finish();
}

Graph one_conv(int64_t inputs) {
  GraphBuilder g("one");
  g.conv(g.input({inputs, 6, 5}), 16, 3);
  return g.finish();
}

/// Bytes of the weights and biases of so many outputs over so many inputs, 3x3.
int64_t weight_bytes(int64_t outputs, int64_t inputs) { return outputs * (inputs * 9 + 4); }
int64_t all_weights() { return 2 * weight_bytes(16, 16); }

BrrBench& ran(const Graph& graph, const GroupSchedule& schedule, Fault fault) {
  auto& bench = *new BrrBench(graph);
  run_in_thread([&] { bench.run(schedule, fault); });
  return bench;
}

/// Two tiles of 3 rows in slices of 8 channels.
GroupSchedule two_tiles(const Graph& graph, const std::vector<TensorId>& sliced, bool resident = false) {
  return whole_graph(graph, 8, 3, 2, sliced, resident);
}

/// After two_convs() in two tiles, the map between them in slices.
const CountingMemory& memory_after(Fault fault, bool resident = false) {
  static const Graph graph = two_convs();
  return ran(graph, two_tiles(graph, {1}, resident), fault).memory;
}

Guard short_halo_guard(const Graph& graph, const std::vector<TensorId>& sliced,
                       std::string* message = nullptr) {
  return tripped_guard([&] { ran(graph, two_tiles(graph, sliced), Fault::tile_halo_short); }, message);
}

TEST(BrrFault, NoneLeavesNothingWrong) {
  const CountingMemory& memory = memory_after(Fault::none);
  EXPECT_TRUE(memory.wrong().empty());
  EXPECT_EQ(memory.weight_bytes(), 2 * all_weights());
}

TEST(BrrFault, AShortHaloOfAFullInputIsNotResident) {
  const Graph graph = two_convs();
  EXPECT_EQ(short_halo_guard(graph, {1}), Guard::row_not_resident);
}

TEST(BrrFault, AShortHaloOfAStreamedInputIsNotResident) {
  const Graph graph = two_convs();
  EXPECT_EQ(short_halo_guard(graph, {0}), Guard::row_not_resident);
}

TEST(BrrFault, AShortHaloOfAMapMadeInsideIsNotResident) {
  GraphBuilder g("inside");
  g.conv(g.conv(g.input({16, 6, 5}), 16, 1), 16, 3);
  const Graph graph = g.finish();
  std::string message;
  EXPECT_EQ(short_halo_guard(graph, {}, &message), Guard::row_not_resident);
  EXPECT_NE(message.find("tensor 1"), std::string::npos) << message;
  EXPECT_NE(message.find("row 3"), std::string::npos) << message;
}

TEST(BrrFault, ASubgroupFetchedTwiceShowsInTheBytes) {
  const CountingMemory& memory = memory_after(Fault::weight_subgroup_twice);
  EXPECT_EQ(memory.weight_bytes(0), all_weights() + 2 * weight_bytes(8, 16));
  EXPECT_EQ(memory.weight_bytes(1), all_weights() + 2 * weight_bytes(8, 8));
  EXPECT_TRUE(memory.wrong().empty());
}

TEST(BrrFault, ASkippedSubgroupShowsInBytesAndProvenance) {
  const CountingMemory& memory = memory_after(Fault::weight_subgroup_skipped);
  EXPECT_EQ(memory.weight_bytes(0), all_weights() - 2 * weight_bytes(8, 16));
  EXPECT_EQ(memory.weight_bytes(1), all_weights() - int64_t{2} * 8 * 8 * 9);
  EXPECT_FALSE(memory.wrong().empty());
}

TEST(BrrFault, ASkippedSubgroupOfResidentWeightsShows) {
  const CountingMemory& memory = memory_after(Fault::weight_subgroup_skipped, true);
  EXPECT_LT(memory.weight_bytes(), all_weights());
  EXPECT_FALSE(memory.wrong().empty());
}

TEST(BrrFault, ASkippedBlockOfWeightPassesShows) {
  const Graph graph = one_conv(16);
  const CountingMemory& memory =
      ran(graph, weight_passes(graph, 8, 8, 2), Fault::weight_subgroup_skipped).memory;
  EXPECT_EQ(memory.weight_bytes(), weight_bytes(8, 16));
  EXPECT_EQ(memory.wrong().size(), 8U * 6U);  // the second block of channels, all rows
}

TEST(BrrFault, SwappedSlicesOfAReductionShowInProvenanceOnly) {
  const CountingMemory& memory = memory_after(Fault::slice_out_of_order);
  EXPECT_EQ(memory.weight_bytes(), 2 * all_weights());
  EXPECT_EQ(memory.ifmap_bytes(), 6 * 16 * 5);
  EXPECT_EQ(memory.wrong().size(), 16U * 6U);
}

TEST(BrrFault, SwappedSlicesOfAResultShowInProvenanceOnly) {
  GraphBuilder g("slices");
  g.conv(g.input({16, 6, 5}), 24, 3);
  const Graph graph = g.finish();
  const CountingMemory& memory = ran(graph, two_tiles(graph, {1}), Fault::slice_out_of_order).memory;
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

/// A fault in what is fetched ahead, and the guard that it trips.
struct FaultAhead {
  const char* name;
  Graph (*graph)();
  GroupSchedule (*schedule)(const Graph& graph);
  DoubleBuffer double_buffer;
  Fault fault;
  Guard guard;
  uint64_t delays = 1;
};

// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for it
void PrintTo(const FaultAhead& f, std::ostream* out) { *out << f.name; }

class FaultsAhead : public ::testing::TestWithParam<FaultAhead> {};

/// Transfers take time, so that what is taken early has not come.
TEST_P(FaultsAhead, TripTheirGuard) {
  const Graph graph = GetParam().graph();
  GroupSchedule schedule = GetParam().schedule(graph);
  schedule.brr.double_buffer = GetParam().double_buffer;
  const auto run = [&] {
    auto& bench = *new BrrBench(graph);
    bench.memory.delay(GetParam().delays);
    run_in_thread([&] { bench.run(schedule, GetParam().fault); });
  };
  EXPECT_EQ(tripped_guard(run), GetParam().guard);
}

Graph conv_of_16() { return one_conv(16); }
Graph conv_of_24() { return one_conv(24); }
GroupSchedule four_passes(const Graph& g) { return weight_passes(g, 4, 4, 4); }
GroupSchedule rows_ahead(const Graph& g) { return two_tiles(g, {1}); }
GroupSchedule slices_ahead(const Graph& g) { return two_tiles(g, {0}); }
GroupSchedule resident_slices_ahead(const Graph& g) { return two_tiles(g, {0}, true); }
GroupSchedule tiles_of_a_row(const Graph& g) { return whole_graph(g, 8, 1, 6, {}, true); }

INSTANTIATE_TEST_SUITE_P(SwappedEarly, FaultsAhead,
                         ::testing::Values(
                             // with other delays the first rows happen to come before the block
                             FaultAhead{"block of weights", conv_of_16, four_passes, DoubleBuffer::none,
                                        Fault::buffer_swapped_early, Guard::weights_not_resident, 2},
                             FaultAhead{"rows", two_convs, rows_ahead, DoubleBuffer::all,
                                        Fault::buffer_swapped_early, Guard::row_not_resident},
                             FaultAhead{"slice", two_convs, slices_ahead, DoubleBuffer::all,
                                        Fault::buffer_swapped_early, Guard::row_not_resident}));

INSTANTIATE_TEST_SUITE_P(
    PastCapacity, FaultsAhead,
    ::testing::Values(FaultAhead{"third sub-group", two_convs, rows_ahead, DoubleBuffer::weights,
                                 Fault::prefetch_past_capacity, Guard::scratchpad_overflow},
                      FaultAhead{"third block of weight passes", conv_of_16, four_passes,
                                 DoubleBuffer::weights, Fault::prefetch_past_capacity,
                                 Guard::scratchpad_overflow},
                      // three slices of the input; all weights stay
                      FaultAhead{"third slice", conv_of_24, resident_slices_ahead, DoubleBuffer::all,
                                 Fault::prefetch_past_capacity, Guard::scratchpad_overflow},
                      FaultAhead{"rows of a third tile, whose slots are taken", conv_of_16, tiles_of_a_row,
                                 DoubleBuffer::all, Fault::prefetch_past_capacity, Guard::ring_overflow}));

TEST(BrrFault, NothingIsPlantedWithoutRoomForTwo) {
  EXPECT_TRUE(memory_after(Fault::prefetch_past_capacity).wrong().empty());
}

TEST(BrrFault, WeightsThatWereNotFetchedAreNotResident) {
  const Graph graph = two_convs();
  BrrBench bench(graph);
  const EngineContext machine{graph,        bench.config.datatypes, bench.config,
                              bench.memory, bench.scratchpad,       bench.pe,
                              bench.vector, bench.counters,         Fault::none};
  const BrrGroup group = view_tiled_group(graph, two_tiles(graph, {1}));
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

/// Transfers that never end.
struct NoMemory : MemoryPort {
  void transfer(const std::vector<Segment>&) override {}
  void start(std::vector<Segment>, std::function<void()>) override {}
};

/// A buffer of 3 rows of 4 channels, 5 bytes each, in a pool of 100 bytes.
class TileBufferTest : public ::testing::Test {
 protected:
  Scratchpad scratchpad_{1000};
  NoMemory memory_;
  BrrTransfers transfers_{memory_};
  BrrPools pools_{scratchpad_, transfers_};
  TileBuffer buffer_{"x", 3, 4, 5, pools_, pools_.allocate("x", 100)};
};

TEST_F(TileBufferTest, ARowThatFindsAnotherInItsSlotOverflowsTheRing) {
  buffer_.claim(2, {0, 4});
  EXPECT_EQ(tripped_guard([&] { buffer_.claim(5, {0, 1}); }), Guard::ring_overflow);
  buffer_.release({2, 3}, {0, 4});
  buffer_.claim(5, {0, 1});
  EXPECT_EQ(scratchpad_.live_bytes(), 5);
}

TEST_F(TileBufferTest, AChannelThatIsNotThereIsNotResident) {
  buffer_.claim(1, {0, 3});
  EXPECT_NE(buffer_.channels(1, 0, 3), nullptr);
  EXPECT_EQ(tripped_guard([&] { buffer_.channels(1, 2, 4); }), Guard::row_not_resident);
  EXPECT_EQ(tripped_guard([&] { buffer_.channels(4, 0, 1); }), Guard::row_not_resident);
}

TEST_F(TileBufferTest, ARowOnItsWayIsNotThereYet) {
  buffer_.expect(1, {0, 4});
  EXPECT_EQ(scratchpad_.live_bytes(), 4 * 5);
  EXPECT_EQ(tripped_guard([&] { buffer_.channels(1, 0, 4); }), Guard::row_not_resident);
  buffer_.arrive(1, {0, 4});
  EXPECT_NE(buffer_.channels(1, 0, 4), nullptr);
}

TEST_F(TileBufferTest, ARowThatLeavesKeepsItsPlaceUntilItHasLeft) {
  buffer_.claim(1, {0, 4});
  buffer_.send(1, {0, 4});
  buffer_.release({1, 2}, {0, 4});
  EXPECT_EQ(tripped_guard([&] { buffer_.channels(1, 0, 4); }), Guard::row_not_resident);
  EXPECT_EQ(scratchpad_.live_bytes(), 4 * 5);
  EXPECT_FALSE(buffer_.has_room({4, 5}, {0, 1}));
  // Nothing is under way that could make room.
  EXPECT_EQ(tripped_guard([&] { buffer_.claim(4, {0, 1}); }), Guard::deadlock);
  buffer_.left(1, {0, 4});
  EXPECT_EQ(scratchpad_.live_bytes(), 0);
  buffer_.claim(4, {0, 1});
}

TEST_F(TileBufferTest, ARowThatLeavesAndStaysCanBeRead) {
  buffer_.claim(1, {0, 4});
  buffer_.send(1, {0, 4});
  EXPECT_NE(buffer_.channels(1, 0, 4), nullptr);
  buffer_.left(1, {0, 4});
  EXPECT_NE(buffer_.channels(1, 0, 4), nullptr);
  EXPECT_EQ(scratchpad_.live_bytes(), 4 * 5);
}

TEST_F(TileBufferTest, MoreDataThanThePoolHoldsOverflows) {
  const int pool = pools_.allocate("shared", 40);
  pools_.allocate("other", 500);
  TileBuffer a("a", 3, 4, 5, pools_, pool);
  TileBuffer b("b", 3, 4, 5, pools_, pool);
  a.claim(0, {0, 4});
  b.claim(0, {0, 4});
  EXPECT_EQ(tripped_guard([&] { b.claim(1, {0, 1}); }), Guard::scratchpad_overflow);
}

}  // namespace
}  // namespace fusesim::hw
