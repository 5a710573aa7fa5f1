#pragma once

#include <cstddef>
#include <cstdint>
#include <systemc>

#include "registers.h"
#include "tokens.h"

namespace fusesim::testing {

/// Registers on each way through a cell. Any other number than one is a fault that tests plant.
struct CellRegisters {
  int64_t input = 1;
  int64_t lanes = 1;
  int64_t sums = 1;
};

/// How a cell gets its weight.
enum class WeightPath {
  shadow,  ///< into a shadow register, from which the first input of a step takes it
  direct,  ///< into the register in use
};

/// A processing element: inputs go from left to right, weights and sums from top to bottom, one cell a clock.
///
/// A value that arrives in one cycle is in the input register in the next, and there meets the weight
/// register and the sums that arrive: the new sum is in its register at the end of that cycle. A weight that
/// arrives for this row is in its register in the next cycle.
class Cell : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock{"clock"};
  sc_core::sc_in<Input> input_in{"input_in"};
  sc_core::sc_out<Input> input_out{"input_out"};
  sc_core::sc_in<Lanes> lanes_in{"lanes_in"};
  sc_core::sc_out<Lanes> lanes_out{"lanes_out"};
  sc_core::sc_in<Sums> sums_in{"sums_in"};
  sc_core::sc_out<Sums> sums_out{"sums_out"};

  Cell(const sc_core::sc_module_name& name, int64_t row, WeightPath path, const CellRegisters& registers);
  SC_HAS_PROCESS(Cell);

  int32_t weight() const { return weight_.read(); }

 private:
  void select();
  void hold_weight();
  void multiply_and_add();

  size_t row_;
  WeightPath path_;
  sc_core::sc_signal<Input> arriving_{"arriving"};
  sc_core::sc_signal<Input> held_{"held"};
  sc_core::sc_signal<Sums> summed_{"summed"};
  sc_core::sc_signal<int32_t> weight_{"weight"};
  int32_t shadow_ = 0;
  Registers<Input> input_registers_;
  Registers<Lanes> lanes_registers_;
  Registers<Sums> sums_registers_;
};

}  // namespace fusesim::testing
