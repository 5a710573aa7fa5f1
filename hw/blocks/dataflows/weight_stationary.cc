#include "walk.h"

namespace fusesim::hw {

/// At most R x C weights of one tap are loaded in R cycles and stay while all positions of the block stream
/// past.
///
///     cycles   N * S * (R + P) + F
///     inputs   stream: K * I * P for each column step; depthwise K * O * P
///     weights  stay: K * I * O
///     biases   stay for a column step: O
///     results  O * P
template <>
class Walk<Dataflow::weight_stationary> : public ArrayDataflow {
 public:
  int64_t cycles(const PeArrayConfig& array, const RowBlock& block) const override {
    return array_steps(array, block) * (array.rows + block.positions) + pipeline_fill(array);
  }

  ArrayAccesses accesses(const PeArrayConfig& array, const RowBlock& block) const override {
    ArrayAccesses accesses = column_accesses(block);
    accesses.input_reads = streamed_inputs(array, block);
    accesses.weight_reads = block.taps * block.group_inputs * block.outputs.size();
    return accesses;
  }
};

template const ArrayDataflow& array_dataflow<Dataflow::weight_stationary>();

}  // namespace fusesim::hw
