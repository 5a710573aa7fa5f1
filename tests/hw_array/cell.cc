#include "cell.h"

namespace fusesim::testing {

Cell::Cell(const sc_core::sc_module_name& name, int64_t row, WeightPath path, const CellRegisters& registers)
    : sc_module(name),
      row_(static_cast<size_t>(row)),
      path_(path),
      input_registers_("input_registers", registers.input),
      lanes_registers_("lanes_registers", registers.lanes),
      sums_registers_("sums_registers", registers.sums) {
  input_registers_.clock(clock);
  input_registers_.in(arriving_);
  input_registers_.out(held_);
  lanes_registers_.clock(clock);
  lanes_registers_.in(lanes_in);
  lanes_registers_.out(lanes_out);
  sums_registers_.clock(clock);
  sums_registers_.in(summed_);
  sums_registers_.out(sums_out);
  SC_METHOD(select);
  sensitive << input_in << lanes_in;
  SC_METHOD(hold_weight);
  sensitive << clock.pos();
  dont_initialize();
  SC_METHOD(multiply_and_add);
  sensitive << held_ << weight_ << sums_in;
}

void Cell::select() {
  Input input = input_in.read();
  if (input.own) input.value = lanes_in.read().of_row[row_].input;
  arriving_.write(input);
}

void Cell::hold_weight() {
  const Lane& lane = lanes_in.read().of_row[row_];
  if (path_ == WeightPath::direct) {
    if (lane.loads) weight_.write(lane.weight);
    return;
  }
  if (arriving_.read().first) weight_.write(shadow_);
  if (lane.loads) shadow_ = lane.weight;
}

void Cell::multiply_and_add() {
  const Input& input = held_.read();
  input_out.write(input);
  Sums sums = sums_in.read();
  sums.of_segment[static_cast<size_t>(input.segment)] += int64_t{input.value} * weight_.read();
  summed_.write(sums);
}

}  // namespace fusesim::testing
