#include "blocks/array_dataflow.h"

#include <array>
#include <cstddef>
#include <utility>

#include "ops/ranges.h"

namespace fusesim::hw {
namespace {

constexpr bool in_order() {
  for (size_t i = 0; i < kDataflows.size(); ++i) {
    if (static_cast<size_t>(kDataflows[i].second) != i) return false;
  }
  return true;
}
static_assert(in_order(), "kDataflows is not in the order of the enumeration");

template <size_t... I>
const ArrayDataflow& nth(size_t place, std::index_sequence<I...>) {
  static const std::array all = {&array_dataflow<kDataflows[I].second>()...};
  return *all.at(place);
}

}  // namespace

const ArrayDataflow& array_dataflow(Dataflow dataflow) {
  return nth(static_cast<size_t>(dataflow), std::make_index_sequence<kDataflows.size()>());
}

int64_t ArrayAccesses::read_bytes(const Datatypes& types) const {
  return input_reads * types.activation_bytes + weight_reads * types.weight_bytes +
         bias_reads * types.bias_bytes + sum_reads * types.partial_sum_bytes;
}

int64_t ArrayAccesses::write_bytes(const Datatypes& types) const {
  return sum_writes * types.partial_sum_bytes + output_writes * types.activation_bytes;
}

int64_t array_steps(const PeArrayConfig& array, const RowBlock& block) {
  const int64_t reduction_steps = block.depthwise ? ceil_div(block.taps, array.rows)
                                                  : block.taps * ceil_div(block.group_inputs, array.rows);
  return block.column_steps(array.columns) * reduction_steps;
}

int64_t pipeline_fill(const PeArrayConfig& array) {
  return array.fill_cycles > 0 ? array.fill_cycles : array.rows + array.columns;
}

int64_t streamed_inputs(const PeArrayConfig& array, const RowBlock& block) {
  const int64_t readers = block.depthwise ? block.outputs.size() : block.column_steps(array.columns);
  return readers * block.group_inputs * block.taps * block.positions;
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
