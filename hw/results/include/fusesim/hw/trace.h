#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fusesim/graph/graph.h"
#include "fusesim/hw/causes.h"

namespace fusesim {

// What the machine tells of itself while it runs. Moments are picoseconds from the beginning of a run.

/// Some rows and channels of an op's output, or a part of their sums, that a unit made at one go.
struct TracedBlock {
  int64_t id = 0;             ///< of blocks alone, from 1
  Cause unit = Cause::array;  ///< or Cause::vector_unit
  OpId op = -1;
  int64_t first_row = 0, last_row = 0;  ///< [first_row, last_row); of a pool of the whole map those it takes
  int64_t c0 = 0, c1 = 0;
  int64_t begin_ps = 0;
  int64_t computes_ps = 0;  ///< the pipeline is full
  int64_t waits_ps = 0;     ///< computed; what its bytes take longer than that follows
  int64_t end_ps = 0;
  std::vector<int64_t> loads;  ///< transfers that brought what it is the first to use
};

enum class TracedKind : uint8_t { ifmap, weights, ofmap };

/// One request of an engine to the DMA.
struct TracedTransfer {
  int64_t id = 0;  ///< of transfers alone, from 1
  TracedKind kind = TracedKind::ifmap;
  TensorId tensor = -1;  ///< the first, if it moves rows
  OpId op = -1;          ///< the first, if it moves weights
  int64_t first_row = 0, rows = 0;
  int64_t bytes = 0;
  int64_t begin_ps = 0;
  int64_t end_ps = 0;
  std::vector<int64_t> blocks;  ///< that made what it is the first to take away
};

/// Bytes that lie in a part of the on-chip buffer.
struct TracedLevel {
  int64_t part = 0;  ///< from 0; the same name and capacity in another group is another part
  std::string name;
  int64_t capacity_bytes = 0;
  int64_t bytes = 0;
  int64_t at_ps = 0;
};

/// What happens on a bank or on the data bus of a channel.
struct TracedDram {
  enum class Kind : uint8_t { open, close, read, write, refresh };
  Kind kind = Kind::open;
  int64_t channel = 0, rank = 0, bank = 0;  ///< bank: of the rank; of a refresh the first
  int64_t row = 0;
  int64_t begin_ps = 0;
  int64_t end_ps = 0;  ///< read, write: of the data; refresh: of it
  int64_t bursts = 0;  ///< read, write: so many without a gap
};

/// Sees what the machine does, each kind of thing in the order in which it ends. Commands of the DRAM come
/// late, but before the end of the group in which they were given.
class MachineObserver {
 public:
  virtual ~MachineObserver() = default;
  virtual void on_group_begin(size_t group, int64_t at_ps) = 0;
  virtual void on_group_end(size_t group, int64_t at_ps) = 0;
  virtual void on_block(const TracedBlock& block) = 0;
  virtual void on_transfer(const TracedTransfer& transfer) = 0;
  virtual void on_level(const TracedLevel& level) = 0;
  virtual void on_dram(const TracedDram& event) = 0;
};

}  // namespace fusesim
