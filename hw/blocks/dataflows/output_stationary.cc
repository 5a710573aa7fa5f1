#include "walk.h"

namespace fusesim::hw {

/// The sums of one position stay while all taps and input channels pass; then the next position's turn. So
/// every step brings its own inputs and its own weights.
///
///     cycles   N * S * P + F
///     inputs   stream: K * I * P for each column step; depthwise K * O * P
///     weights  stream: K * I * O * P
///     biases   stay for a column step: O
///     results  O * P
template <>
class Walk<Dataflow::output_stationary> : public ArrayDataflow {
 public:
  int64_t cycles(const PeArrayConfig& array, const RowBlock& block) const override {
    return array_steps(array, block) * block.positions + pipeline_fill(array);
  }

  ArrayAccesses accesses(const PeArrayConfig& array, const RowBlock& block) const override {
    ArrayAccesses accesses = column_accesses(block);
    accesses.input_reads = streamed_inputs(array, block);
    accesses.weight_reads = block.taps * block.group_inputs * block.outputs.size() * block.positions;
    return accesses;
  }
};

template const ArrayDataflow& array_dataflow<Dataflow::output_stationary>();

}  // namespace fusesim::hw
