#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "dram/segment.h"

namespace fusesim::hw {

/// How engines reach the DRAM. Implemented by Dma; a plain fake serves in tests.
class MemoryPort {
 public:
  virtual ~MemoryPort() = default;
  /// Moves all segments; several may be in flight at once. Blocks the calling SC_THREAD until all are done
  /// and counted.
  virtual void transfer(const std::vector<Segment>& segments) = 0;
  /// The same, but returns at once. `done` runs when all are done and counted, possibly before start()
  /// returns; it may neither wait, throw nor start another transfer. What the segments point to must live
  /// until then.
  virtual void start(std::vector<Segment> segments, std::function<void()> done) = 0;
  /// The same for what is not needed yet: sent while the link has nothing else to do, until hurry().
  virtual void start_when_idle(std::vector<Segment> segments, std::function<void()> done) {
    start(std::move(segments), std::move(done));
  }
  /// What was started for idle times is needed now.
  virtual void hurry() {}
};

}  // namespace fusesim::hw
