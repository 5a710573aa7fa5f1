#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace fusesim {

/// What a cycle of the accelerator went to. Every cycle of a run has exactly one cause: the first of these
/// that holds as the cycle begins. Those from `ifmap` on are of cycles in which no unit is occupied; they
/// name what is waited for, of several things the one that comes first.
enum class Cause : uint8_t {
  array,          ///< the PE array computes
  vector_unit,    ///< the vector unit computes
  port,           ///< a unit waits for a port of the on-chip buffer
  fill,           ///< the array's pipeline fills, its first weights enter
  dram_overhead,  ///< the DRAM's bus turns around or a refresh stops it, and somebody waits for what it moves
  ifmap,          ///< rows that come
  weights,        ///< weights that come
  ofmap,          ///< rows that leave
};
constexpr size_t kCauses = 8;
/// In their order.
constexpr std::array<Cause, kCauses> kAllCauses = {Cause::array,   Cause::vector_unit,   Cause::port,
                                                   Cause::fill,    Cause::dram_overhead, Cause::ifmap,
                                                   Cause::weights, Cause::ofmap};
/// "array", "vector unit", "buffer port", "fill", "DRAM overhead", "ifmap", "weights", "ofmap"
const char* to_string(Cause cause);
/// No unit is occupied.
bool is_wait(Cause cause);

/// Cycles of the accelerator clock by their cause.
class CauseCycles {
 public:
  int64_t& operator[](Cause cause) { return cycles_[static_cast<size_t>(cause)]; }
  int64_t operator[](Cause cause) const { return cycles_[static_cast<size_t>(cause)]; }
  int64_t total() const;
  /// Those in which no unit is occupied.
  int64_t waits() const;
  /// The cause of most cycles; of equal ones the first.
  Cause largest() const;
  CauseCycles& operator+=(const CauseCycles& o);

 private:
  std::array<int64_t, kCauses> cycles_{};
};

}  // namespace fusesim
