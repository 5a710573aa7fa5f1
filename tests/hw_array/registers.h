#pragma once

#include <cstddef>
#include <cstdint>
#include <systemc>
#include <vector>

namespace fusesim::testing {

/// Registers one behind the other: what goes in comes out as many clock edges later. None is a wire.
template <class T>
class Registers : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock{"clock"};
  sc_core::sc_in<T> in{"in"};
  sc_core::sc_out<T> out{"out"};

  Registers(const sc_core::sc_module_name& name, int64_t count)
      : sc_module(name), behind_(static_cast<size_t>(count > 0 ? count - 1 : 0)) {
    if (count == 0) {
      SC_METHOD(pass);
      sensitive << in;
    } else {
      SC_METHOD(shift);
      sensitive << clock.pos();
      dont_initialize();
    }
  }
  SC_HAS_PROCESS(Registers);

 private:
  void pass() { out.write(in.read()); }
  void shift() {
    if (behind_.empty()) return pass();
    out.write(behind_[oldest_]);
    behind_[oldest_] = in.read();
    oldest_ = (oldest_ + 1) % behind_.size();
  }

  std::vector<T> behind_;  // all but the one that feeds `out`
  size_t oldest_ = 0;
};

}  // namespace fusesim::testing
