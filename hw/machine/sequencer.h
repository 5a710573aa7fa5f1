#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <systemc>
#include <vector>

#include "blocks/dma.h"
#include "blocks/engine.h"
#include "blocks/machine_clock.h"
#include "blocks/shared_unit.h"
#include "dram/traffic_counter.h"
#include "dram_tlm/memory_side.h"
#include "fusesim/hw/simulate.h"

namespace fusesim::hw {

/// The blocks that the Sequencer commands.
struct Machine {
  const Config& config;
  MachineClock& clock;
  Activity& compute;
  PeArray& pe;
  VectorUnit& vector;
  Scratchpad& scratchpad;
  Dma& dma;
  MemorySide& dram;
  Tracer* tracer = nullptr;  ///< null: nobody asks
};

/// Walks the schedules and their groups, one group at a time; weights of the next may come while one runs.
/// Every schedule starts from the same state: empty DRAM with its rows closed, cycle 0, an empty scratchpad.
class Sequencer : public sc_core::sc_module {
 public:
  /// Whether it runs all schedules as soon as the simulation begins, and then stops it.
  enum class Start : uint8_t { at_once, when_told };

  /// The arguments must outlive the Sequencer.
  Sequencer(const sc_core::sc_module_name& name, const Machine& machine,
            const std::vector<Schedule>& schedules, const SimOptions& options, Start start = Start::at_once);
  ~Sequencer() override;
  SC_HAS_PROCESS(Sequencer);

  /// After the simulation: the results, or rethrows what stopped it. Throws SimulationError (deadlock) if the
  /// kernel ran out of events before the last group ended.
  SimResults take_results();
  /// Runs one schedule in the calling SC_THREAD, cycle 0 being now. After an exception the machine must not
  /// run again, but live until the simulation ends.
  RunResult run_schedule(size_t index);

 private:
  struct RunState;
  struct Marks {
    int64_t allocated_bytes = 0;
    int64_t high_water_bytes = 0;
  };

  void run();
  GroupResult run_group(RunState& state, const GroupSchedule& group, const GroupSchedule* next);
  void fetch_ahead(RunState& state, const GroupSchedule& next);
  Marks run_images(RunState& state, const GroupSchedule& group);
  static void trace_columns(RunState& state, const GroupSchedule& group, int64_t strip);
  static void run_strip(RunState& state, const GroupSchedule& group, int64_t strip, bool weights_kept);
  static void run_whole(RunState& state, const GroupSchedule& group, bool weights_kept);

  Machine machine_;
  const std::vector<Schedule>& schedules_;
  SimOptions options_;
  SimResults results_;
  bool finished_ = false;
  std::exception_ptr failure_;
  std::unique_ptr<RunState> state_;  // lives until the kernel has stopped, also after a failure
};

}  // namespace fusesim::hw
