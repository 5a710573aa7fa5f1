#pragma once

#include <cstdint>

#include "blocks/buffer_ports.h"
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

  BufferBytes bytes(const Datatypes& types, const RowBlock& block) const;
};

/// How the array walks through a block: closed forms of the time that it takes and of what it moves, which
/// must follow from one and the same walk.
///
/// A block has P positions, K taps, I input channels per convolution group and O output channels; the array R
/// rows and C columns. array_walk.h has the steps N * S into which the channels and taps are cut, and the
/// stripes into which positions are. A step takes one position, at most R products of a result and C results.
///
/// Accesses are elements that cross between buffer and array: an operand that stays in the array is read once
/// for its stay, one that streams once per step, a row of the array at a time for all columns; rows and
/// columns that a step leaves idle read nothing. Steps that lie in the padding count like others. Partial
/// sums live in accumulators at the columns and go to the buffer only between blocks, unless the walk says
/// otherwise. Epilogue activations are applied as results leave the array and cost nothing more.
class ArrayDataflow {
 public:
  virtual ~ArrayDataflow() = default;
  /// Cycles of the array's clock for a block that follows another without a gap.
  virtual int64_t cycles(const PeArrayConfig& array, const Datatypes& types, const RowBlock& block) const = 0;
  /// What a block takes more if the array stood still before it: its pipeline fills, and weights enter that
  /// had no step before them to hide behind.
  virtual int64_t start_cycles(const PeArrayConfig& array, const Datatypes& types) const = 0;
  virtual ArrayAccesses accesses(const PeArrayConfig& array, const RowBlock& block) const = 0;
};

const ArrayDataflow& array_dataflow(Dataflow dataflow);
/// Each is defined in the file of dataflows/ that bears its name; the linker names one that lacks.
template <Dataflow dataflow>
const ArrayDataflow& array_dataflow();

}  // namespace fusesim::hw
