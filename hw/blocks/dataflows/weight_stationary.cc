#include "blocks/array_walk.h"
#include "walk.h"

namespace fusesim::hw {

/// For each column step and each stripe all reduction steps: the weights of a step stay while the positions
/// of the stripe stream past, and the sums of the stripe are complete before the next stripe begins.
///
///     cycles   N * S * sum over stripes of max(length, L); without shadow registers of length + L
///     start    fill + L; without shadow registers fill
///     inputs   stream: K * I * P for each column step; depthwise K * O * P
///     weights  stay for a stripe: K * I * O for each
///     biases   stay for a column step: O
///     results  O * P
template <>
class Walk<Dataflow::weight_stationary> : public StripedDataflow {
 public:
  ArrayAccesses accesses(const PeArrayConfig& array, const RowBlock& block) const override {
    ArrayAccesses accesses = column_accesses(block);
    accesses.input_reads = streamed_inputs(array, block);
    accesses.weight_reads = block_weights(block) * stripes(array, block).count();
    return accesses;
  }
};

template const ArrayDataflow& array_dataflow<Dataflow::weight_stationary>();

}  // namespace fusesim::hw
