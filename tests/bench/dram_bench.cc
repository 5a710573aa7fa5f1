// Simulated DRAM bursts per second of host time through the whole TLM path, Dma -> DramController, with four
// threads that transfer at once. A SystemC kernel is global: one simulation serves all benchmarks, each runs
// it on for a while.

#include <benchmark/benchmark.h>

#include <array>
#include <systemc>

#include "blocks/dma.h"
#include "dram_tlm/dram_controller.h"

namespace fusesim::hw {
namespace {

constexpr int64_t kCallers = 4;
constexpr int64_t kChannels = 64;
constexpr int64_t kWidth = 56;
constexpr int64_t kRows = 512;

/// What each caller moves per transfer: `rows` pieces of `channels` channels; the last caller writes if asked
/// to.
struct Pattern {
  int64_t rows = 4;
  int64_t channels = kChannels;
  bool write = false;
};

Graph make_graph() {
  Graph graph;
  for (TensorId t = 0; t < 2 * kCallers; ++t) {
    graph.tensors.push_back({"t" + std::to_string(t), {kChannels, kRows, kWidth}, -1, {}, false});
    if (t < kCallers) graph.inputs.push_back(t);
  }
  return graph;
}

class Bench : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Bench);
  explicit Bench(const sc_core::sc_module_name& name)
      : sc_module(name),
        graph_(make_graph()),
        image_(graph_, Datatypes(), DramConfig()),
        controller_("dram", DramConfig()),
        dma_("dma", DmaConfig(), DramConfig(), 1'000'000) {
    dma_.socket.bind(controller_.socket);
    dma_.reset_state(image_);
    controller_.reset_state(nullptr);
    SC_THREAD(caller);
    SC_THREAD(caller);
    SC_THREAD(caller);
    SC_THREAD(caller);
  }

  void run(benchmark::State& state, const Pattern& pattern) {
    pattern_ = pattern;
    sc_core::sc_start(20, sc_core::SC_US);  // transfers of the pattern before
    controller_.take_counts();
    while (state.KeepRunning()) sc_core::sc_start(100, sc_core::SC_US);
    const DramCounts counts = controller_.take_counts();
    const int64_t bursts = counts.reads + counts.writes;
    state.SetItemsProcessed(bursts);
    const double cycles =
        100e-6 * static_cast<double>(DramConfig().clock_khz) * 1e3 * static_cast<double>(state.iterations());
    state.counters["bus_load"] = static_cast<double>(counts.busy_cycles) / cycles;
    state.counters["row_hits"] = static_cast<double>(counts.row_hits) / static_cast<double>(bursts);
  }

 private:
  void caller() {
    const TensorId id = next_caller_++;
    std::vector<uint64_t> hashes(static_cast<size_t>(kChannels));
    std::vector<Segment> segments;
    int64_t row = int64_t{id} * 37;
    int64_t c0 = 0;
    while (true) {
      const bool write = pattern_.write && id == kCallers - 1;
      segments.clear();
      for (int64_t i = 0; i < pattern_.rows; ++i) {
        if (c0 + pattern_.channels > kChannels) {
          c0 = 0;
          row = (row + 1) % kRows;
          if (row == 0 && write) image_.reset();
        }
        Segment segment;
        segment.kind = write ? TransferKind::ofmap : TransferKind::ifmap;
        segment.tensor = write ? kCallers + id : id;
        segment.row = row;
        segment.c0 = c0;
        segment.c1 = c0 + pattern_.channels;
        segment.hashes = hashes.data();
        segments.push_back(segment);
        c0 += pattern_.channels;
      }
      dma_.transfer(segments);
    }
  }

  Graph graph_;
  DramImage image_;
  DramController controller_;
  Dma dma_;
  Pattern pattern_;
  TensorId next_caller_ = 0;
};

Bench* bench = nullptr;

void stream_reads(benchmark::State& state) { bench->run(state, {4, kChannels, false}); }
BENCHMARK(stream_reads);

void stream_reads_and_writes(benchmark::State& state) { bench->run(state, {4, kChannels, true}); }
BENCHMARK(stream_reads_and_writes);

/// Pieces of state.range(0) channels of 56 bytes, one per transfer.
void slices(benchmark::State& state) { bench->run(state, {1, state.range(0), false}); }
BENCHMARK(slices)->Arg(4)->Arg(8)->Arg(16)->Arg(32);

/// The same, eight pieces per transfer.
void slice_batches(benchmark::State& state) { bench->run(state, {8, state.range(0), false}); }
BENCHMARK(slice_batches)->Arg(4)->Arg(8)->Arg(16)->Arg(32);

}  // namespace
}  // namespace fusesim::hw

int sc_main(int argc, char* argv[]) {
  fusesim::hw::Bench bench("bench");
  fusesim::hw::bench = &bench;
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
