#include "fusesim/hw/causes.h"

#include <algorithm>
#include <numeric>

namespace fusesim {

const char* to_string(Cause cause) {
  switch (cause) {
    case Cause::array:
      return "array";
    case Cause::vector_unit:
      return "vector unit";
    case Cause::port:
      return "buffer port";
    case Cause::fill:
      return "fill";
    case Cause::dram_overhead:
      return "DRAM overhead";
    case Cause::ifmap:
      return "ifmap";
    case Cause::weights:
      return "weights";
    case Cause::ofmap:
      return "ofmap";
  }
  return "";
}

bool is_wait(Cause cause) {
  switch (cause) {
    case Cause::array:
    case Cause::vector_unit:
    case Cause::port:
    case Cause::fill:
      return false;
    case Cause::dram_overhead:
    case Cause::ifmap:
    case Cause::weights:
    case Cause::ofmap:
      break;
  }
  return true;
}

int64_t CauseCycles::total() const { return std::accumulate(cycles_.begin(), cycles_.end(), int64_t{0}); }

int64_t CauseCycles::waits() const {
  int64_t cycles = 0;
  for (const Cause cause : kAllCauses) cycles += is_wait(cause) ? (*this)[cause] : 0;
  return cycles;
}

Cause CauseCycles::largest() const {
  return kAllCauses[static_cast<size_t>(std::max_element(cycles_.begin(), cycles_.end()) - cycles_.begin())];
}

CauseCycles& CauseCycles::operator+=(const CauseCycles& o) {
  for (size_t i = 0; i < kCauses; ++i) cycles_[i] += o.cycles_[i];
  return *this;
}

}  // namespace fusesim
