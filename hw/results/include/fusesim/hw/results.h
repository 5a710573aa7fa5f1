#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"
#include "fusesim/hw/causes.h"
#include "fusesim/hw/counters.h"
#include "fusesim/schedule/schedule.h"
#include "fusesim/values/compare.h"

namespace fusesim {

/// Payload bytes of one tensor that crossed the pins, per row.
struct MovedTensor {
  TensorId tensor = -1;
  std::vector<int64_t> row_bytes;
};

/// One op of a group: what it did, what moved for it, and the cycles that went to it. Rows of an external
/// tensor move for the first op of the group that reads it.
struct OpResult {
  OpId op = -1;
  CauseCycles cycles;  ///< over the ops of a group: those of the group
  int64_t macs = 0;
  int64_t vector_ops = 0;
  Traffic payload;
  int64_t bursts = 0;
  int64_t row_hits = 0;  ///< of the bursts: found their row open
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
  EnergyParts energy;
  CauseCycles causes;         ///< of cycles.total
  std::vector<OpResult> ops;  ///< in the group's order
};

/// Provenance of one network output: one 64-bit hash per channel and row, index c * H + y, and one per column
/// (hw/ops/README.md).
struct OutputProvenance {
  TensorId tensor = -1;
  std::vector<uint64_t> hashes;
  std::vector<uint64_t> column_hashes = {};
};

struct RunResult {
  std::vector<GroupResult> groups;
  std::vector<OutputProvenance> outputs;  ///< in Graph::outputs order
  std::vector<StoredValues> values;       ///< functional mode: every tensor that went to DRAM, ascending
  DramCounts dram;
  CycleCounts cycles;
  CauseCycles causes;                  ///< of cycles.total
  double pe_utilization = 0.0;         ///< macs / (total cycles * rows * columns)
  double bandwidth_bytes_per_s = 0.0;  ///< payload bytes over simulated time
  EnergyParts energy;
};

struct SimResults {
  std::vector<RunResult> runs;  ///< one per schedule, in order
};

}  // namespace fusesim
