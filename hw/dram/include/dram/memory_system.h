#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dram/address_map.h"
#include "dram/channel.h"
#include "dram/command.h"
#include "fusesim/config/config.h"
#include "fusesim/hw/counters.h"

namespace fusesim::hw {

/// All channels of a DRAM, without a kernel. Time is in DRAM clock cycles since reset; the caller moves it
/// forward.
///
/// A piece (a contiguous range of bytes) is split into bursts; partial first and last bursts are whole ones
/// on the bus. What it does in a cycle depends only on pieces accepted in earlier cycles, so it may be told
/// to advance late, as long as that is not after next_event(): a burst's data follow its command by a fixed
/// latency.
class MemorySystem {
 public:
  explicit MemorySystem(const DramConfig& config);

  /// Power-up state at cycle 0.
  void reset();
  /// Takes a piece at `cycle` (advance()s to it first); returns its ticket, a small number not in use.
  int32_t accept(int64_t address, int64_t bytes, bool write, int64_t cycle);
  /// Issues every command that belongs at cycles <= `cycle`.
  void advance(int64_t cycle);
  /// A cycle not later than the next end of a piece; kNever if none is under way.
  int64_t next_event();
  /// The ticket of the next piece whose data ended at or before `cycle`, in order of (end, acceptance); -1 if
  /// none. Its number is free again.
  int32_t take_finished(int64_t cycle);

  /// Of a piece that was taken last: its bursts that found their row open.
  int64_t row_hits(int32_t ticket) const { return pieces_[static_cast<size_t>(ticket)].row_hits; }

  /// Bursts accepted and not yet issued.
  int64_t waiting_bursts() const;
  /// Since reset, over all channels.
  DramCounts counts() const;
  /// Told every command, or every request; null by default.
  void observe(CommandObserver* observer);
  void observe_requests(RequestObserver* observer) { requests_ = observer; }
  /// See stopped(): of the cycles since reset or forget_until().
  std::vector<BusRange> stopped_bus() const;
  void forget_until(int64_t cycle);
  int64_t bursts(int64_t address, int64_t bytes) const;

 private:
  struct Piece {
    int64_t sequence = 0;
    int64_t end_cycle = 0;
    int64_t channels_left = 0;
    int64_t row_hits = 0;
  };
  struct Ended {
    int64_t cycle = 0;
    int64_t sequence = 0;
    int32_t ticket = 0;
    bool operator<(const Ended& o) const {  // for a min-heap
      return cycle != o.cycle ? cycle > o.cycle : sequence > o.sequence;
    }
  };

  void collect(Channel& channel);

  AddressMap map_;
  std::vector<std::unique_ptr<Channel>> channels_;
  std::vector<Piece> pieces_;  // by ticket
  std::vector<int32_t> free_tickets_;
  std::vector<Ended> ended_;  // heap
  int64_t accepted_ = 0;
  RequestObserver* requests_ = nullptr;
};

}  // namespace fusesim::hw
