#include "blocks/array_dataflow.h"

#include <array>
#include <cstddef>
#include <utility>

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

BufferBytes ArrayAccesses::bytes(const Datatypes& types) const {
  return {input_reads * types.activation_bytes + weight_reads * types.weight_bytes +
              bias_reads * types.bias_bytes + sum_reads * types.partial_sum_bytes,
          sum_writes * types.partial_sum_bytes + output_writes * types.activation_bytes};
}

}  // namespace fusesim::hw
