#pragma once

#include <functional>
#include <map>
#include <systemc>
#include <utility>
#include <vector>

#include "blocks/engine.h"
#include "blocks/machine_clock.h"
#include "blocks/shared_unit.h"
#include "ops/provenance.h"
#include "testing/guard.h"
#include "testing/run_in_thread.h"

namespace fusesim::hw {

/// A DRAM that takes the same time for every transfer and remembers what it was asked.
class FakeMemory : public MemoryPort {
 public:
  FakeMemory(const Graph& graph, const MachineClock& clock, int64_t latency_cycles)
      : graph_(graph), clock_(clock), latency_cycles_(latency_cycles) {}

  void transfer(const std::vector<Segment>& segments) override {
    clock_.wait_cycles(latency_cycles_);
    for (const Segment& segment : segments) move(segment);
  }

  void start(std::vector<Segment> segments, std::function<void()> done) override {
    sc_core::sc_spawn([this, segments = std::move(segments), done = std::move(done)] {
      transfer(segments);
      done();
    });
  }

  const std::vector<Segment>& log() const { return log_; }
  int64_t moved_rows(TransferKind kind, TensorId tensor) const {
    int64_t rows = 0;
    for (const Segment& s : log_) rows += s.kind == kind && s.tensor == tensor ? 1 : 0;
    return rows;
  }
  /// Hashes of a stored tensor, index c * H + y.
  std::vector<uint64_t> stored(TensorId tensor) const {
    const Shape& shape = graph_.tensor(tensor).shape;
    std::vector<uint64_t> all;
    for (int64_t c = 0; c < shape.c; ++c) {
      for (int64_t y = 0; y < shape.h; ++y) all.push_back(rows_.at({tensor, y})[static_cast<size_t>(c)]);
    }
    return all;
  }

 private:
  void move(const Segment& s) {
    log_.push_back(s);
    if (s.kind == TransferKind::ofmap) rows_[{s.tensor, s.row}].assign(s.hashes, s.hashes + (s.c1 - s.c0));
    if (s.kind != TransferKind::ifmap || s.hashes == nullptr) return;
    for (int64_t c = s.c0; c < s.c1; ++c) {
      s.hashes[c - s.c0] = graph_.tensor(s.tensor).producer < 0
                               ? input_hash(s.tensor, c, s.row)
                               : rows_.at({s.tensor, s.row})[static_cast<size_t>(c)];
    }
  }

  const Graph& graph_;
  const MachineClock& clock_;
  int64_t latency_cycles_;
  std::vector<Segment> log_;
  std::map<std::pair<TensorId, int64_t>, std::vector<uint64_t>> rows_;
};

using testing::run_in_thread;

/// One accelerator with a FakeMemory: 32 x 32 weight-stationary PEs (pipeline fill 64, first weights 32), 32
/// lanes, 1 GHz.
struct TestBench {
  explicit TestBench(const Graph& g, int64_t latency_cycles = 10, int64_t capacity_bytes = 1 << 20)
      : graph(g),
        clock(config.clock_khz),
        compute(clock),
        pe(config, clock, compute),
        vector(config, clock, compute),
        scratchpad(capacity_bytes),
        memory(graph, clock, latency_cycles) {}

  EngineContext context(Fault fault = Fault::none) {
    return {graph, config.datatypes, config, memory, scratchpad, pe, vector, counters, fault};
  }

  const Graph& graph;
  Config config;
  MachineClock clock;
  Activity compute;
  PeArray pe;
  VectorUnit vector;
  Scratchpad scratchpad;
  FakeMemory memory;
  WorkCounts counters;
};

}  // namespace fusesim::hw
