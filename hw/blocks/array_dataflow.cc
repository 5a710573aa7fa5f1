#include "blocks/array_dataflow.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "ops/element_bytes.h"

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

BufferBytes ArrayAccesses::bytes(const Datatypes& types, const RowBlock& block) const {
  const FileBits& file = block.file_bits;
  const int64_t output_bits = bits_in_use(file.output, types.activation_bytes, types);
  const int64_t sum_bits = std::max(output_bits, types.partial_sum_bytes * kBitsOfByte);
  return {whole_bytes(input_reads * bits_in_use(file.input, types.activation_bytes, types) +
                      weight_reads * bits_in_use(file.weight, types.weight_bytes, types) +
                      bias_reads * bits_in_use(file.bias, types.bias_bytes, types) + sum_reads * sum_bits),
          whole_bytes(sum_writes * sum_bits + output_writes * output_bits)};
}

}  // namespace fusesim::hw
