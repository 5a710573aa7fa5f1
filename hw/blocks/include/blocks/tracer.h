#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "blocks/shared_unit.h"
#include "dram/command.h"
#include "dram/cycle_clock.h"
#include "dram/segment.h"
#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"
#include "fusesim/hw/trace.h"
#include "ops/ranges.h"

namespace fusesim::hw {

/// Rows and channels of an op's output that a block makes; of a pool of the whole map the rows that it takes.
struct Made {
  OpId op = -1;
  RowRange rows;
  ChannelRange channels;
};

/// Tells an observer what the machine does, and which transfers and blocks belong together: a block uses the
/// rows and weights that came for it, a store takes what blocks have made. It changes nothing.
class Tracer : public CommandObserver {
 public:
  /// The arguments must outlive it.
  Tracer(MachineObserver& observer, const Config& config, const MachineClock& clock);

  /// A run begins now. `graph` must outlive it.
  void begin_run(const Graph& graph);
  void begin_group(size_t group);
  void end_group(size_t group);

  /// A block has ended.
  void block(Cause unit, const Made& made, const UnitSpan& span);
  /// A transfer that was asked for at `begin_ps` of the kernel's time has ended.
  void transfer(const std::vector<Segment>& segments, int64_t bytes, int64_t begin_ps);
  /// A part of the buffer, empty; returns its number.
  int64_t part(const std::string& name, int64_t capacity_bytes);
  void level(int64_t part, int64_t bytes);
  void on_command(const Command& command) override;

 private:
  /// Something that waits for what uses it.
  struct Pending {
    int64_t id = 0;
    RowRange rows;
    ChannelRange channels;
  };
  using Waiting = std::map<int32_t, std::vector<Pending>>;  // by tensor or op
  /// Bursts of one direction without a gap on the bus of a channel, in DRAM cycles.
  struct Run {
    bool write = false;
    int64_t begin = 0, end = 0, bursts = 0;
  };
  struct Part {
    TracedLevel level;
    bool changed = false;
  };

  int64_t now_ps() const;
  void use(Waiting& waiting, int32_t key, const RowRange& rows, const ChannelRange& channels,
           std::vector<int64_t>& used);
  void used_by(const Made& made, std::vector<int64_t>& loads);
  void remember(const Made& made, int64_t id);
  void tell(Part& part);
  void burst(const Command& command, bool write);
  bool refreshed_with(const Command& command, int64_t bank) const;
  void end_run(size_t channel);

  MachineObserver& observer_;
  const Config& config_;
  const MachineClock& clock_;
  CycleClock dram_clock_;
  const Graph* graph_ = nullptr;
  int64_t epoch_ps_ = 0;
  int64_t blocks_ = 0;
  int64_t transfers_ = 0;
  Waiting rows_, weights_, made_;
  std::vector<Part> parts_;
  std::vector<Run> runs_;  // by channel
};

}  // namespace fusesim::hw
