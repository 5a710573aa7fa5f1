#pragma once

#include <cstdint>

#include "blocks/row_block.h"
#include "fusesim/config/config.h"

namespace fusesim::hw {

/// Elements that the PE array reads from the on-chip buffer and writes to it for one block, by operand.
struct ArrayAccesses {
  int64_t input_reads = 0;
  int64_t weight_reads = 0;
  int64_t bias_reads = 0;
  int64_t sum_reads = 0;   ///< partial sums
  int64_t sum_writes = 0;  ///< partial sums
  int64_t output_writes = 0;

  int64_t read_bytes(const Datatypes& types) const;
  int64_t write_bytes(const Datatypes& types) const;
};

/// How the array walks through a block: closed forms of the time that it takes and of what it moves, which
/// must follow from one and the same walk.
///
/// Of a block with P positions, K taps, I input channels per convolution group and O output channels, on an
/// array of R rows (input channels) and C columns (output channels):
///
///     N = column steps: sum over the touched convolution groups of ceil(outputs in that group / C)
///     S = reduction steps: K * ceil(I / R)
///     depthwise, taps on the rows, each element with an input of its own: N = ceil(O / C), S = ceil(K / R)
///
/// A step takes one position, at most R inputs and C outputs, and one tap. Accesses are elements that cross
/// between buffer and array: an operand that stays in the array is read once for its stay, one that streams
/// is read in every step, a row of the array at a time for all columns; rows and columns that a step leaves
/// idle read nothing. Steps that lie in the padding count like others. Partial sums live in accumulators at
/// the columns and go to the buffer only between blocks, unless the walk says otherwise.
/// Epilogue activations are applied as results leave the array and cost nothing more.
class ArrayDataflow {
 public:
  virtual ~ArrayDataflow() = default;
  /// Cycles of the array's clock, pipeline fill included.
  virtual int64_t cycles(const PeArrayConfig& array, const RowBlock& block) const = 0;
  virtual ArrayAccesses accesses(const PeArrayConfig& array, const RowBlock& block) const = 0;
};

const ArrayDataflow& array_dataflow(Dataflow dataflow);
/// Each is defined in the file of dataflows/ that bears its name; the linker names one that lacks.
template <Dataflow dataflow>
const ArrayDataflow& array_dataflow();

/// What dataflows share: N * S; F; reads of inputs that stream; biases, partial sums and results of a block
/// whose sums stay at the columns.
int64_t array_steps(const PeArrayConfig& array, const RowBlock& block);
int64_t pipeline_fill(const PeArrayConfig& array);
int64_t streamed_inputs(const PeArrayConfig& array, const RowBlock& block);
ArrayAccesses column_accesses(const RowBlock& block);

}  // namespace fusesim::hw
