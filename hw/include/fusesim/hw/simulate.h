#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fusesim/base/error.h"
#include "fusesim/config/config.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// The machine refused to go on: a row that is not resident, an overflow, an incomplete or double transfer, a
/// deadlock. what() is one line that names group, op or tensor, and row or tile.
class SimulationError : public Error {
 public:
  /// Which guard tripped.
  enum class Guard : uint8_t {
    row_not_resident,
    weights_not_resident,
    ring_overflow,
    scratchpad_overflow,
    incomplete_tensor,
    double_transfer,
    deadlock,
    bad_schedule,
  };
  SimulationError(Guard guard, const std::string& message) : Error(message), guard_(guard) {}
  Guard guard() const { return guard_; }

 private:
  Guard guard_;
};
const char* to_string(SimulationError::Guard guard);

/// Deliberate faults that tests plant in the machine to prove that its checks see them.
enum class Fault : uint8_t {
  none,
  tile_halo_short,          ///< brr_tiles: every tile loads or makes one halo row less than its readers need
  weight_subgroup_twice,    ///< brr: the first weight sub-group of every op is fetched twice
  weight_subgroup_skipped,  ///< brr: the last weight sub-group of every op is not fetched; stale weights are
                            ///< used
  slice_out_of_order,       ///< brr_tiles: the first two slices of a tree swap their places in the result
  early_release,            ///< lbdf: every reader releases one row more than it may
};

/// What the DRAM saw. Counts at the pins; payload excludes the unused part of a burst.
struct DramCounts {
  int64_t bus_bytes = 0;  ///< whole bursts
  int64_t reads = 0;      ///< bursts
  int64_t writes = 0;     ///< bursts
  int64_t activates = 0;
  int64_t precharges = 0;
  int64_t row_hits = 0;  ///< bursts that found their row open
  int64_t refreshes = 0;
  int64_t busy_cycles = 0;  ///< data-bus cycles, DRAM clock, summed over channels
  DramCounts& operator+=(const DramCounts& o);
};

/// Cycles in accelerator clock.
struct CycleCounts {
  int64_t total = 0;
  int64_t pe_busy = 0;      ///< PE array occupied
  int64_t vector_busy = 0;  ///< vector unit occupied
  int64_t dram_busy = 0;    ///< at least one transfer outstanding
  int64_t stall = 0;        ///< neither PE array nor vector unit occupied
  CycleCounts& operator+=(const CycleCounts& o);
};

/// Payload bytes of one tensor that crossed the pins, per row.
struct MovedTensor {
  TensorId tensor = -1;
  std::vector<int64_t> row_bytes;
};

struct GroupResult {
  Traffic payload;
  std::vector<MovedTensor> ifmaps;    ///< ascending tensor id
  std::vector<MovedTensor> ofmaps;    ///< ascending tensor id
  std::vector<int64_t> weight_bytes;  ///< per op of the group, in its order; weights and biases
  DramCounts dram;
  CycleCounts cycles;
  int64_t allocated_bytes = 0;    ///< what the group asked the scratchpad for
  int64_t peak_buffer_bytes = 0;  ///< high-water of bytes that held live data
  int64_t macs = 0;
  int64_t vector_ops = 0;
  int64_t buffer_read_bytes = 0;
  int64_t buffer_write_bytes = 0;
  double energy_pj = 0.0;
};

/// Provenance of one network output: one 64-bit hash per channel and row, index c * H + y (hw/README.md).
struct OutputProvenance {
  TensorId tensor = -1;
  std::vector<uint64_t> hashes;
};

struct RunResult {
  std::vector<GroupResult> groups;
  std::vector<OutputProvenance> outputs;  ///< in Graph::outputs order
  DramCounts dram;
  CycleCounts cycles;
  double pe_utilization = 0.0;         ///< macs / (total cycles * rows * columns)
  double bandwidth_bytes_per_s = 0.0;  ///< payload bytes over simulated time
  double energy_pj = 0.0;
};

struct SimResults {
  std::vector<RunResult> runs;  ///< one per schedule, in order
};

struct SimOptions {
  Fault fault = Fault::none;
  /// Called after each finished group (run index, group index, group count); may be null.
  void (*progress)(void* context, size_t run, size_t group, size_t groups) = nullptr;
  void* progress_context = nullptr;
};

/// The only door into the machine. Runs the schedules one after another in one SystemC kernel and resets all
/// state between them, so their order does not matter; a process may call it once (a SystemC kernel is
/// global). Throws SimulationError when a guard trips, Error when a schedule does not fit config (datatypes,
/// capacity).
SimResults simulate(const Config& config, const std::vector<Schedule>& schedules,
                    const SimOptions& options = {});

}  // namespace fusesim
