#pragma once

#include <cstdint>
#include <string>

namespace fusesim::hw {

/// The on-chip buffer. Every buffer and every resident weight asks for its bytes by name before it is used;
/// buffers report how many of their bytes hold live data.
class Scratchpad {
 public:
  /// Allocations must stay strictly below capacity_bytes.
  explicit Scratchpad(int64_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  /// Throws SimulationError (scratchpad_overflow) if the total would reach the capacity.
  void allocate(const std::string& name, int64_t bytes);
  /// Bytes that came to hold live data (or ceased to, if negative). Throws SimulationError
  /// (scratchpad_overflow) if more data lives than was allocated.
  void add_live(int64_t bytes);

  /// Bytes beside the allocations that hold what a later group needs, until reset(). Throws SimulationError
  /// (scratchpad_overflow) if the total would reach the capacity.
  void hold_ahead(int64_t bytes);

  int64_t capacity_bytes() const { return capacity_bytes_; }
  int64_t allocated_bytes() const { return allocated_bytes_; }
  /// Most bytes that may still be allocated or held.
  int64_t free_bytes() const { return capacity_bytes_ - 1 - allocated_bytes_ - ahead_bytes_; }
  int64_t live_bytes() const { return live_bytes_; }
  int64_t high_water_bytes() const { return high_water_bytes_; }
  /// Frees everything and forgets the high-water mark.
  void reset();

 private:
  void require_room(const std::string& name, int64_t bytes) const;

  int64_t capacity_bytes_;
  int64_t allocated_bytes_ = 0;
  int64_t ahead_bytes_ = 0;
  int64_t live_bytes_ = 0;
  int64_t high_water_bytes_ = 0;
};

}  // namespace fusesim::hw
