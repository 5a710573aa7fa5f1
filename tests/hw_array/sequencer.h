#pragma once

#include <cstddef>
#include <cstdint>
#include <systemc>
#include <vector>

#include "fusesim/config/config.h"
#include "program.h"
#include "tokens.h"

namespace fusesim::testing {

/// Feeds the edges of an array: in every cycle the inputs of the rows, the lanes of the columns with the
/// weights that the port lets in, and the tag of the sums to come.
///
/// A step has the array until its places have been fed and, with shadow registers, the weights of the next
/// step have entered; zeros enter if there is no next one. Without shadow registers its own weights enter
/// first. Output-stationary, a step is one place, fed in the cycle in which the last of its weights enters.
class ArraySequencer : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock{"clock"};
  sc_core::sc_vector<sc_core::sc_out<Input>> inputs;
  sc_core::sc_vector<sc_core::sc_out<Lanes>> lanes;
  sc_core::sc_out<Sums> header{"header"};

  ArraySequencer(const sc_core::sc_module_name& name, const PeArrayConfig& array, const Datatypes& types);
  SC_HAS_PROCESS(ArraySequencer);

  /// From the next edge on; `program` must outlive the run. Call only when idle.
  void start(const std::vector<Step>& program);
  bool idle() const { return step_ == steps(); }

 private:
  void drive();
  void advance();
  size_t steps() const { return program_ == nullptr ? 0 : program_->size(); }
  int64_t slot_cycles(const Step& step) const;
  void load(size_t step, int64_t cycle);
  void load_cell(const Step* step, size_t row, size_t column);
  void feed(const Step& step, int64_t place);
  int32_t input_of(const Step& step, size_t row, int64_t place);
  void feed_columns(const Step& step, int64_t place);

  PeArrayConfig array_;
  int64_t weight_bytes_;
  int64_t port_bytes_;
  int64_t load_cycles_;
  bool weights_stay_;
  const std::vector<Step>* program_ = nullptr;
  size_t step_ = 0;
  int64_t cycle_ = 0;                       // of the step, or of the first load
  bool first_load_ = false;                 // weights of the first step enter, the array waits
  std::vector<std::vector<int32_t>> kept_;  // by row and place: inputs that stay
  std::vector<Input> next_inputs_;
  std::vector<Lanes> next_lanes_;
  Tag tag_;
};

}  // namespace fusesim::testing
