#include "blocks/array_walk.h"
#include "walk.h"

namespace fusesim::hw {

/// For each stripe and each reduction step all column steps: the inputs of a step stay while the weights of
/// every column step come and go. Sums of all column steps of a stripe are in work at once, so a column has
/// accumulators for N stripes.
///
///     cycles   S * sum over stripes of N * max(length, L); without shadow registers of N * (length + L)
///     start    fill + L; without shadow registers fill
///     inputs   stay for a stripe: K * I * P for each convolution group; depthwise K * O * P
///     weights  stay for a column step of a stripe: K * I * O for each stripe
///     biases   once per column step of a stripe: O for each stripe
///     results  O * P
template <>
class Walk<Dataflow::input_stationary> : public StripedDataflow {
 public:
  ArrayAccesses accesses(const PeArrayConfig& array, const RowBlock& block) const override {
    ArrayAccesses accesses = column_accesses(block);
    const int64_t count = stripes(array, block).count();
    accesses.input_reads = block.input_channels() * block.taps * block.positions;
    accesses.weight_reads = block_weights(block) * count;
    accesses.bias_reads *= count;
    return accesses;
  }
};

template const ArrayDataflow& array_dataflow<Dataflow::input_stationary>();

}  // namespace fusesim::hw
