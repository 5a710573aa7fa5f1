#include "blocks/array_dataflow.h"

namespace fusesim::hw {
namespace {

/// The inputs of a reduction step stay while all column steps pass; a column step's weights are loaded in R
/// cycles.
///
///     cycles   N * S * (R + P) + F
///     inputs   stay: K * I * P for each convolution group; depthwise K * O * P
///     weights  once per step: K * I * O
///     biases   stay for a column step: O
///     results  O * P
class InputStationary : public ArrayDataflow {
 public:
  int64_t cycles(const PeArrayConfig& array, const RowBlock& block) const override {
    return array_steps(array, block) * (array.rows + block.positions) + pipeline_fill(array);
  }

  ArrayAccesses accesses(const PeArrayConfig&, const RowBlock& block) const override {
    ArrayAccesses accesses = column_accesses(block);
    accesses.input_reads = block.input_channels() * block.taps * block.positions;
    accesses.weight_reads = block.taps * block.group_inputs * block.outputs.size();
    return accesses;
  }
};

}  // namespace

const ArrayDataflow& input_stationary() {
  static const InputStationary dataflow;
  return dataflow;
}

}  // namespace fusesim::hw
