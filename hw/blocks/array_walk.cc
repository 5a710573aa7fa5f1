#include "blocks/array_walk.h"

#include <algorithm>

#include "ops/ranges.h"

namespace fusesim::hw {
namespace {

int64_t reduction_steps(const PeArrayConfig& array, const RowBlock& block) {
  if (block.depthwise) return ceil_div(block.taps, array.rows);
  if (array.fold_taps) return ceil_div(block.taps * block.group_inputs, array.rows);
  return block.taps * ceil_div(block.group_inputs, array.rows);
}

}  // namespace

int64_t walk_steps(const PeArrayConfig& array, const RowBlock& block) {
  return block.column_steps(array.columns) * reduction_steps(array, block);
}

int64_t walk_positions(const PeArrayConfig& array, const RowBlock& block) {
  if (!block.depthwise || !array.depthwise_positions) return block.positions;
  return ceil_div(block.positions, std::max<int64_t>(1, array.rows / block.taps));
}

Stripes stripes(const PeArrayConfig& array, const RowBlock& block) {
  const int64_t positions = walk_positions(array, block);
  if (array.stripe == 0 || positions <= array.stripe) return {positions, 1, 0};
  return {array.stripe, positions / array.stripe, positions % array.stripe};
}

int64_t StripedDataflow::cycles(const PeArrayConfig& array, const Datatypes& types,
                                const RowBlock& block) const {
  const int64_t load = array.weight_load_cycles(types);
  const auto step = [&array, load](int64_t length) {
    return array.shadow_weights ? std::max(length, load) : length + load;
  };
  const Stripes cut = stripes(array, block);
  return walk_steps(array, block) * (cut.full * step(cut.length) + (cut.rest > 0 ? step(cut.rest) : 0));
}

int64_t StripedDataflow::start_cycles(const PeArrayConfig& array, const Datatypes& types) const {
  return array.pipeline_fill() + (array.shadow_weights ? array.weight_load_cycles(types) : 0);
}

int64_t streamed_inputs(const PeArrayConfig& array, const RowBlock& block) {
  const int64_t readers = block.depthwise ? block.outputs.size() : block.column_steps(array.columns);
  return readers * block.group_inputs * block.taps * block.positions;
}

int64_t block_weights(const RowBlock& block) {
  return block.taps * block.group_inputs * block.outputs.size();
}

ArrayAccesses column_accesses(const RowBlock& block) {
  const int64_t results = block.outputs.size() * block.positions;
  ArrayAccesses accesses;
  accesses.bias_reads = block.biased ? block.outputs.size() : 0;
  accesses.sum_reads = block.resumes_sums ? results : 0;
  (block.leaves_sums ? accesses.sum_writes : accesses.output_writes) = results;
  return accesses;
}

}  // namespace fusesim::hw
