#include "time/array_time.h"

#include <algorithm>

#include "fusesim/base/ceil_div.h"
#include "fusesim/cost/widths.h"

namespace fusesim {
namespace {

/// Where a step's weights come beside the step before, the first step of a run has none to hide behind.
bool starts_with_weights(const PeArrayConfig& pe) {
  return dataflow_facts(pe.dataflow).weights_stay && pe.shadow_weights;
}

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
      load_cycles_(machine.weight_load_cycles),
      start_cycles_(machine.pe.pipeline_fill() + (starts_with_weights(machine.pe) ? load_cycles_ : 0)) {}

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
  if (!dataflow_facts(pe.dataflow).weights_stay) return positions * std::max<int64_t>(1, load_cycles_);
  const int64_t stripe = pe.stripe > 0 ? std::min(pe.stripe, positions) : positions;
  const auto stay = [&](int64_t length) {
    return pe.shadow_weights ? std::max(length, load_cycles_) : length + load_cycles_;
  };
  const int64_t rest = positions % stripe;
  return positions / stripe * stay(stripe) + (rest > 0 ? stay(rest) : 0);
}

int64_t ArrayTime::reduction_steps(const ArrayBlock& block) const {
  const PeArrayConfig& pe = machine_.pe;
  if (block.depthwise) return ceil_div(block.taps, pe.rows);
  const int64_t steps = block.taps * ceil_div(block.inputs, pe.rows);
  return pe.fold_taps ? std::min(steps, ceil_div(block.taps * block.inputs, pe.rows)) : steps;
}

int64_t ArrayTime::walked_positions(const ArrayBlock& block) const {
  if (!block.depthwise || !machine_.pe.depthwise_positions) return block.positions;
  return ceil_div(block.positions, std::max<int64_t>(1, machine_.pe.rows / block.taps));
}

int64_t ArrayTime::stays(int64_t positions) const {
  return machine_.pe.stripe > 0 ? ceil_div(positions, machine_.pe.stripe) : 1;
}

/// Operands that stay in the array are read once per stay, those that stream once per step.
BlockTime ArrayTime::accesses(const ArrayBlock& block) const {
  const int64_t outputs = block.end_output - block.first_output;
  const int64_t weights = block.taps * block.inputs * outputs;
  const int64_t read_once = block.inputs * block.taps * block.positions;
  const int64_t stays = this->stays(walked_positions(block));
  int64_t input_reads = (block.depthwise ? outputs : column_steps(block)) * read_once;
  int64_t weight_reads = weights * stays;
  int64_t bias_reads = block.biased ? outputs : 0;
  const DataflowFacts stay = dataflow_facts(machine_.pe.dataflow);
  if (!stay.weights_stay) weight_reads = weights * walked_positions(block);
  if (stay.inputs_stay) {
    const int64_t groups =
        (block.end_output - 1) / block.group_outputs - block.first_output / block.group_outputs + 1;
    if (!block.depthwise) input_reads = groups * read_once;
    bias_reads *= stays;
  }
  const int64_t results = outputs * block.positions;
  BlockTime time;
  constexpr int64_t kBits = 8;
  const int64_t output_bits = stored_bits(block.output_bits, types_.activation_bytes, types_);
  const int64_t sum_bits = std::max(types_.partial_sum_bytes * kBits, output_bits);
  const int64_t read_bits = input_reads * stored_bits(block.input_bits, types_.activation_bytes, types_) +
                            weight_reads * stored_bits(block.weight_bits, types_.weight_bytes, types_) +
                            bias_reads * stored_bits(block.bias_bits, types_.bias_bytes, types_) +
                            (block.resumes_sums ? results * sum_bits : 0);
  time.read_bytes = ceil_div(read_bits, kBits);
  time.write_bytes = ceil_div(results * (block.leaves_sums ? sum_bits : output_bits), kBits);
  return time;
}

BlockTime ArrayTime::block(const ArrayBlock& block) const {
  if (block.end_output == block.first_output || block.positions == 0) return {};
  const int64_t cycles = column_steps(block) * reduction_steps(block) * step_cycles(walked_positions(block));
  const BlockTime moved = accesses(block);
  return through_ports(machine_, cycles, moved.read_bytes, moved.write_bytes);
}

BlockTime ArrayTime::least(const ArrayBlock& block) const {
  if (block.end_output == block.first_output || block.positions == 0) return {};
  const int64_t positions = walked_positions(block);
  const int64_t loads = stays(positions) * load_cycles_;
  int64_t step = std::max(positions, loads);
  if (!dataflow_facts(machine_.pe.dataflow).weights_stay) {
    step = step_cycles(positions);
  } else if (!machine_.pe.shadow_weights) {
    step = positions + loads;
  }
  BlockTime time = accesses(block);
  time.unit_cycles = time.cycles = column_steps(block) * reduction_steps(block) * step;
  return time;
}

}  // namespace fusesim
