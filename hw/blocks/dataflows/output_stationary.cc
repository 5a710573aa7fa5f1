#include <algorithm>

#include "blocks/array_walk.h"
#include "walk.h"

namespace fusesim::hw {

/// For each column step and each position all reduction steps: the sums of a position stay until they are
/// complete. Every step brings its own inputs and its own weights, which pass through the array beside each
/// other, so that there are no weights to hold and none to load ahead.
///
///     cycles   N * S * P * max(1, L)
///     start    fill
///     inputs   stream: K * I * P for each column step; depthwise K * O * P
///     weights  stream: K * I * O * P; depthwise, once for the positions side by side, K * O * ceil(P / q)
///     biases   stay for a column step: O
///     results  O * P
template <>
class Walk<Dataflow::output_stationary> : public ArrayDataflow {
 public:
  int64_t cycles(const PeArrayConfig& array, const Datatypes& types, const RowBlock& block) const override {
    const int64_t step = std::max<int64_t>(1, array.weight_load_cycles(types));
    return walk_steps(array, block) * walk_positions(array, block) * step;
  }

  int64_t start_cycles(const PeArrayConfig& array, const Datatypes&) const override {
    return array.pipeline_fill();
  }

  ArrayAccesses accesses(const PeArrayConfig& array, const RowBlock& block) const override {
    ArrayAccesses accesses = column_accesses(block);
    accesses.input_reads = streamed_inputs(array, block);
    accesses.weight_reads = block_weights(block) * walk_positions(array, block);
    return accesses;
  }
};

template const ArrayDataflow& array_dataflow<Dataflow::output_stationary>();

}  // namespace fusesim::hw
