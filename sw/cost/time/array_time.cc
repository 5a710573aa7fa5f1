#include "time/array_time.h"

#include <algorithm>

namespace fusesim {
namespace {

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace

BlockTime through_ports(const MachineParams& machine, int64_t unit_cycles, int64_t read_bytes,
                        int64_t write_bytes) {
  const int64_t read_cycles = ceil_div(read_bytes, machine.read_port_bytes);
  const int64_t write_cycles = ceil_div(write_bytes, machine.write_port_bytes);
  const int64_t port_cycles =
      machine.buffer_banks == 1 ? read_cycles + write_cycles : std::max(read_cycles, write_cycles);
  return {unit_cycles, std::max(unit_cycles, port_cycles), read_bytes, write_bytes};
}

ArrayTime::ArrayTime(const MachineParams& machine, const Datatypes& types)
    : machine_(machine),
      types_(types),
      cells_(machine.pe.rows * machine.pe.columns),
      load_cycles_(machine.weight_load_cycles),
      start_cycles_(machine.pe.pipeline_fill() + load_cycles_) {}

/// N: every convolution group that the block touches has column steps of its own.
int64_t ArrayTime::column_steps(const ArrayBlock& block) const {
  const int64_t columns = machine_.pe.columns;
  const int64_t outputs = block.end_output - block.first_output;
  if (block.depthwise) return ceil_div(outputs, columns);
  int64_t steps = 0;
  for (int64_t first = block.first_output; first < block.end_output;) {
    const int64_t group_end = (first / block.group_outputs + 1) * block.group_outputs;
    const int64_t whole_groups = (block.end_output - first) / block.group_outputs;
    if (first % block.group_outputs == 0 && whole_groups > 1) {
      steps += whole_groups * ceil_div(block.group_outputs, columns);
      first += whole_groups * block.group_outputs;
      continue;
    }
    const int64_t end = std::min(group_end, block.end_output);
    steps += ceil_div(end - first, columns);
    first = end;
  }
  return steps;
}

/// One column and reduction step over all positions, stripe after stripe.
int64_t ArrayTime::step_cycles(int64_t positions) const {
  const PeArrayConfig& pe = machine_.pe;
  if (pe.dataflow == Dataflow::output_stationary) return positions * std::max<int64_t>(1, load_cycles_);
  const int64_t stripe = pe.stripe > 0 ? std::min(pe.stripe, positions) : positions;
  const auto stay = [&](int64_t length) {
    return pe.shadow_weights ? std::max(length, load_cycles_) : length + load_cycles_;
  };
  const int64_t rest = positions % stripe;
  return positions / stripe * stay(stripe) + (rest > 0 ? stay(rest) : 0);
}

BlockTime ArrayTime::block(const ArrayBlock& block) const {
  const PeArrayConfig& pe = machine_.pe;
  const int64_t outputs = block.end_output - block.first_output;
  if (outputs == 0 || block.positions == 0) return {};
  const int64_t column_steps = this->column_steps(block);
  int64_t positions = block.positions;
  int64_t reduction_steps = block.taps * ceil_div(block.inputs, pe.rows);
  if (block.depthwise) {
    reduction_steps = ceil_div(block.taps, pe.rows);
    if (pe.depthwise_positions) positions = ceil_div(positions, std::max<int64_t>(1, pe.rows / block.taps));
  } else if (pe.fold_taps) {
    reduction_steps = std::min(reduction_steps, ceil_div(block.taps * block.inputs, pe.rows));
  }
  const int64_t stripe = pe.stripe > 0 ? std::min(pe.stripe, positions) : positions;
  const int64_t stays = ceil_div(positions, stripe);
  const int64_t weights = block.taps * block.inputs * outputs;
  const int64_t readers = block.depthwise ? outputs : column_steps;
  int64_t input_reads = readers * block.inputs * block.taps * block.positions;
  int64_t weight_reads = weights * stays;
  switch (pe.dataflow) {
    case Dataflow::weight_stationary:
      break;
    case Dataflow::output_stationary:
      weight_reads = weights * block.positions;
      break;
    case Dataflow::input_stationary:
      if (!block.depthwise)
        input_reads = ceil_div(outputs, block.group_outputs) * block.inputs * block.taps * block.positions;
      break;
  }
  const int64_t results = outputs * block.positions;
  const int64_t read_bytes = input_reads * types_.activation_bytes + weight_reads * types_.weight_bytes +
                             (block.biased ? outputs * types_.bias_bytes : 0) +
                             (block.resumes_sums ? results * types_.partial_sum_bytes : 0);
  const int64_t write_bytes =
      results * (block.leaves_sums ? types_.partial_sum_bytes : types_.activation_bytes);
  return through_ports(machine_, column_steps * reduction_steps * step_cycles(positions), read_bytes,
                       write_bytes);
}

}  // namespace fusesim
