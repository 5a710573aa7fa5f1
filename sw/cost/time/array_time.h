#pragma once

#include <cstdint>

#include "fusesim/cost/params.h"

namespace fusesim {

/// A piece of a convolution that the array works on without a pause: some rows and output channels, and the
/// input channels of each convolution group that are summed.
struct ArrayBlock {
  int64_t positions = 0;     ///< rows times width of what is made
  int64_t taps = 1;          ///< per position
  int64_t inputs = 1;        ///< channels per convolution group
  int64_t first_output = 0;  ///< channels [first_output, end_output)
  int64_t end_output = 0;
  int64_t group_outputs = 1;  ///< output channels of one convolution group
  bool depthwise = false;
  bool biased = false;
  bool resumes_sums = false;  ///< partial sums come from the buffer
  bool leaves_sums = false;   ///< partial sums go there
  /// Widths of elements as the file has them; 0: those of the configuration.
  int32_t input_bits = 0, weight_bits = 0, bias_bits = 0, output_bits = 0;
};

/// What a block of work takes of a unit and of the buffer's ports.
struct BlockTime {
  int64_t unit_cycles = 0;  ///< of the unit alone
  int64_t cycles = 0;       ///< its slowest part: the unit, or a port
  int64_t read_bytes = 0;
  int64_t write_bytes = 0;
};

/// Cycles of a block that reads and writes so much: unit and ports side by side; a buffer of one bank reads
/// and writes in turn.
BlockTime through_ports(const MachineParams& machine, int64_t unit_cycles, int64_t read_bytes,
                        int64_t write_bytes);

/// The PE array's closed forms (doc/design.md, section 9): what the machine walks through, worked out here
/// independently of it.
class ArrayTime {
 public:
  ArrayTime(const MachineParams& machine, const Datatypes& types);

  BlockTime block(const ArrayBlock& block) const;
  /// Before the first block of a run of blocks without a gap: the pipeline fills, the first weights come.
  int64_t start_cycles() const { return start_cycles_; }
  /// No less is taken by the same work in any number of blocks, of any rows and channels; ports aside.
  BlockTime least(const ArrayBlock& block) const;

 private:
  int64_t column_steps(const ArrayBlock& block) const;
  int64_t reduction_steps(const ArrayBlock& block) const;
  /// Of a depthwise convolution the array may take several at once.
  int64_t walked_positions(const ArrayBlock& block) const;
  int64_t stays(int64_t positions) const;
  int64_t step_cycles(int64_t positions) const;
  BlockTime accesses(const ArrayBlock& block) const;

  MachineParams machine_;
  Datatypes types_;
  int64_t load_cycles_;  ///< L
  int64_t start_cycles_;
};

}  // namespace fusesim
