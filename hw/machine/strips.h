#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "blocks/memory_port.h"
#include "columns.h"
#include "fusesim/graph/graph.h"
#include "fusesim/hw/fault.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim::hw {

/// Which columns of the tensors of a group belong to which of its strips. A group that is not cut is one
/// strip.
class Strips {
 public:
  /// Throws SimulationError (bad_schedule) if a strip of several would have no columns of a tensor. `graph`
  /// must outlive it.
  Strips(const Graph& graph, const GroupSchedule& group, Fault fault);

  int64_t count() const { return static_cast<int64_t>(strips_.size()); }
  /// Columns of a tensor that lie on chip while a strip runs.
  ColumnRange columns(TensorId tensor, int64_t strip) const;
  /// Columns of an outgoing tensor that a strip brings out.
  ColumnRange own_columns(TensorId tensor, int64_t strip) const;
  /// The network as a strip sees it: the group's maps as wide as the strip, its windows where they lie over
  /// it.
  Graph graph_of(int64_t strip) const;

 private:
  using Ranges = std::map<TensorId, ColumnRange>;
  Ranges ranges_of(int64_t strip, int64_t count) const;
  void close_gaps(TensorId external);
  void shorten();

  const Graph& graph_;
  Group ops_;
  std::vector<TensorId> outgoing_;
  std::vector<Ranges> strips_;
};

/// The DRAM as a strip of a group sees it: of every row of a map that is wider than the strip, its own
/// columns, channel by channel.
class StripPort : public MemoryPort {
 public:
  /// The arguments must outlive it.
  StripPort(MemoryPort& memory, const Graph& whole, const Strips& strips, int64_t strip)
      : memory_(memory), whole_(whole), strips_(strips), strip_(strip) {}

  void transfer(const std::vector<Segment>& segments) override { memory_.transfer(pieces(segments)); }
  void start(std::vector<Segment> segments, std::function<void()> done) override {
    memory_.start(pieces(segments), std::move(done));
  }
  void start_when_idle(std::vector<Segment> segments, std::function<void()> done) override {
    memory_.start_when_idle(pieces(segments), std::move(done));
  }
  void hurry() override { memory_.hurry(); }

 private:
  std::vector<Segment> pieces(const std::vector<Segment>& segments) const;

  MemoryPort& memory_;
  const Graph& whole_;
  const Strips& strips_;
  int64_t strip_;
};

/// Provenance of columns: what every column of a tensor in DRAM was made of.
class ColumnTrace {
 public:
  explicit ColumnTrace(const Graph& graph);
  /// What the ops make of the columns that strip `strip` has on chip, and stores. Throws SimulationError
  /// (column_not_resident).
  void run(const GroupSchedule& group, const Strips& strips, int64_t strip);
  /// An opaque op, whole.
  void run_opaque(OpId op);
  const std::vector<uint64_t>& hashes(TensorId tensor) const { return hashes_[static_cast<size_t>(tensor)]; }

 private:
  HeldColumns from_dram(TensorId tensor, const ColumnRange& range) const;

  const Graph& graph_;
  std::vector<std::vector<uint64_t>> hashes_;  // per tensor, as wide as it is
};

}  // namespace fusesim::hw
