#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "brr/engine.h"
#include "fusesim/testing/brute_force.h"
#include "fusesim/testing/random.h"
#include "fusesim/testing/reference_evaluation.h"
#include "testing/engine_bench.h"

namespace fusesim::hw {

/// A DRAM that holds the reference hashes of every tensor, counts payload bytes per row and keeps what is
/// stored.
class CountingMemory : public MemoryPort {
 public:
  CountingMemory(const Graph& graph, const Datatypes& types) : graph_(graph), types_(types) {
    Graph all = graph;
    all.outputs.clear();
    for (size_t t = 0; t < all.tensors.size(); ++t) all.outputs.push_back(static_cast<TensorId>(t));
    all.finish();
    reference_ = testing::reference_evaluation(all);
  }

  void transfer(const std::vector<Segment>& segments) override {
    for (const Segment& s : segments) {
      log_.push_back(s);
      if (s.kind == TransferKind::weight) {
        weight_bytes_[s.op] += s.bytes;
        continue;
      }
      const Shape& shape = graph_.tensor(s.tensor).shape;
      std::vector<int64_t>& rows = s.kind == TransferKind::ifmap ? loaded_[s.tensor] : stored_[s.tensor];
      rows.resize(static_cast<size_t>(shape.h));
      rows[static_cast<size_t>(s.row)] += (s.c1 - s.c0) * shape.w * types_.activation_bytes;
      for (int64_t c = s.c0; c < s.c1 && s.hashes != nullptr; ++c) touch(s, c);
    }
  }

  /// Takes up to 300 cycles of 1 ns, or no time.
  void start(std::vector<Segment> segments, std::function<void()> done) override {
    if (!delays_) {
      transfer(segments);
      return done();
    }
    const auto delay_ns = static_cast<double>(delays_->range(1, 300));
    sc_core::sc_spawn([this, delay_ns, segments = std::move(segments), done = std::move(done)] {
      sc_core::wait(delay_ns, sc_core::SC_NS);
      transfer(segments);
      done();
    });
  }
  /// From now on transfers take random times, so that they end in another order than they started.
  void delay(uint64_t seed) { delays_.emplace(seed); }

  const std::vector<Segment>& log() const { return log_; }
  const std::map<TensorId, std::vector<int64_t>>& loaded() const { return loaded_; }
  const std::map<TensorId, std::vector<int64_t>>& stored() const { return stored_; }
  int64_t weight_bytes() const { return total(weight_bytes_); }
  int64_t weight_bytes(OpId op) const { return weight_bytes_.count(op) == 0 ? 0 : weight_bytes_.at(op); }
  int64_t ifmap_bytes() const { return rows_total(loaded_); }
  int64_t ofmap_bytes() const { return rows_total(stored_); }
  /// (tensor, channel, row) whose stored hash is not that of the reference evaluation.
  const std::vector<std::string>& wrong() const { return wrong_; }

 private:
  void touch(const Segment& s, int64_t c) {
    const int64_t height = graph_.tensor(s.tensor).shape.h;
    const uint64_t expected =
        reference_[static_cast<size_t>(s.tensor)][static_cast<size_t>(c * height + s.row)];
    if (s.kind == TransferKind::ifmap) {
      s.hashes[c - s.c0] = expected;
    } else if (s.hashes[c - s.c0] != expected) {
      wrong_.push_back("tensor " + std::to_string(s.tensor) + " channel " + std::to_string(c) + " row " +
                       std::to_string(s.row));
    }
  }
  static int64_t total(const std::map<OpId, int64_t>& bytes) {
    int64_t sum = 0;
    for (const auto& [key, value] : bytes) sum += value;
    return sum;
  }
  static int64_t rows_total(const std::map<TensorId, std::vector<int64_t>>& bytes) {
    int64_t sum = 0;
    for (const auto& [key, rows] : bytes) {
      for (const int64_t row : rows) sum += row;
    }
    return sum;
  }

  const Graph& graph_;
  Datatypes types_;
  std::vector<testing::ProvenanceMap> reference_;
  std::vector<Segment> log_;
  std::map<TensorId, std::vector<int64_t>> loaded_, stored_;
  std::map<OpId, int64_t> weight_bytes_;
  std::vector<std::string> wrong_;
  std::optional<testing::Random> delays_;
};

/// One accelerator with a CountingMemory.
struct BrrBench {
  explicit BrrBench(const Graph& g, const Config& c = {}, int64_t capacity_bytes = int64_t{1} << 40)
      : graph(g),
        config(c),
        clock(config.clock_khz),
        compute(clock),
        pe(config, clock, compute),
        vector(config, clock, compute),
        scratchpad(capacity_bytes),
        memory(graph, config.datatypes) {}

  EngineContext context(Fault fault = Fault::none) {
    return {graph, config.datatypes, config, memory, scratchpad, pe, vector, counters, fault};
  }
  /// Call from an SC_THREAD. After a failure the bench must live until the kernel has stopped.
  void run(const GroupSchedule& group, Fault fault = Fault::none) {
    if (group.mode == GroupMode::brr_passes) {
      engine = std::make_unique<BrrPassesEngine>(context(fault));
    } else {
      engine = std::make_unique<BrrTilesEngine>(context(fault));
    }
    engine->run_group(group);
  }

  const Graph& graph;
  Config config;
  MachineClock clock;
  Activity compute;
  PeArray pe;
  VectorUnit vector;
  Scratchpad scratchpad;
  CountingMemory memory;
  WorkCounts counters;
  std::unique_ptr<Engine> engine;
};

inline DoubleBuffer double_buffer_of(const testing::BruteParams& p) {
  if (!p.two_weight_pieces) return DoubleBuffer::none;
  return p.two_inputs ? DoubleBuffer::all : DoubleBuffer::weights;
}

inline Config config_of(const testing::BruteParams& p) {
  Config config;
  config.datatypes = {p.activation_bytes, p.weight_bytes, p.bias_bytes, p.partial_sum_bytes};
  config.pe.rows = p.pe_rows;
  return config;
}

inline GroupSchedule to_schedule(const Graph& graph, const Group& ops, const testing::BruteParams& params,
                                 const testing::BruteBrrCandidate& c) {
  GroupSchedule group;
  group.mode = c.passes_mode ? GroupMode::brr_passes : GroupMode::brr_tiles;
  group.ops = ops;
  group.outgoing = boundary(graph, ops).outgoing;
  BrrSchedule& brr = group.brr;
  brr.start = c.start_slice ? BrrStart::slice : BrrStart::full;
  brr.join = c.join_any ? BrrJoin::any : BrrJoin::all;
  brr.slice_channels = c.slice_channels;
  brr.tile_rows = c.tile_rows;
  (c.passes_mode ? brr.passes : brr.tiles) = c.tiles;
  brr.weights_resident = c.weights_resident;
  brr.block_channels = c.block_channels;
  brr.double_buffer = double_buffer_of(params);
  for (const auto& [tensor, sliced] : c.sliced) {
    brr.residency.push_back({tensor, sliced ? Residency::slice : Residency::full});
  }
  return group;
}

/// What differs between a run of the machine and the brute force; empty if nothing does. `delays`: seed of
/// random times that transfers take; 0: none.
inline std::string difference(const Graph& graph, const Group& ops, const testing::BruteParams& params,
                              const testing::BruteBrrCandidate& c, uint64_t delays = 0) {
  auto& bench = *new BrrBench(graph, config_of(params));  // after a failure the kernel still refers to it
  if (delays != 0) bench.memory.delay(delays);
  try {
    bench.run(to_schedule(graph, ops, params, c));
  } catch (const SimulationError& e) {
    return std::string(to_string(e.guard())) + ": " + e.what();
  }
  const auto compare = [](const std::string& what, int64_t expected, int64_t actual) {
    return expected == actual
               ? std::string()
               : what + ": expected " + std::to_string(expected) + ", got " + std::to_string(actual) + "; ";
  };
  std::string text = compare("allocated", c.footprint_bytes, bench.scratchpad.allocated_bytes()) +
                     compare("ifmap", c.traffic.ifmap_bytes, bench.memory.ifmap_bytes()) +
                     compare("ofmap", c.traffic.ofmap_bytes, bench.memory.ofmap_bytes()) +
                     compare("weight", c.traffic.weight_bytes, bench.memory.weight_bytes());
  for (const auto& [tensor, rows] : c.fetched) {
    const auto moved = bench.memory.loaded().find(tensor);
    if (moved == bench.memory.loaded().end() ? c.traffic.ifmap_bytes != 0 : moved->second != rows) {
      text += "rows of tensor " + std::to_string(tensor) + "; ";
    }
  }
  if (!bench.memory.wrong().empty()) text += "provenance: " + bench.memory.wrong().front();
  if (bench.scratchpad.high_water_bytes() > bench.scratchpad.allocated_bytes()) text += "high-water; ";
  if (text.empty()) delete &bench;
  return text;
}

inline std::string label(const testing::BruteBrrCandidate& c) {
  return std::string(c.passes_mode ? "passes" : "tiles") + (c.start_slice ? " start=slice" : " start=full") +
         (c.join_any ? " join=any" : " join=all") + " g=" + std::to_string(c.slice_channels) +
         " h=" + std::to_string(c.tile_rows) + " n=" + std::to_string(c.tiles) +
         (c.weights_resident ? " resident" : "") + " k=" + std::to_string(c.block_channels);
}

}  // namespace fusesim::hw
