#include "blocks/array_dataflow.h"

namespace fusesim::hw {

// The list: each in a file of dataflows/ that bears its name.
const ArrayDataflow& output_stationary();
const ArrayDataflow& weight_stationary();
const ArrayDataflow& input_stationary();

const ArrayDataflow& array_dataflow(Dataflow dataflow) {
  switch (dataflow) {
    case Dataflow::output_stationary:
      return output_stationary();
    case Dataflow::weight_stationary:
      return weight_stationary();
    case Dataflow::input_stationary:
      return input_stationary();
  }
  return weight_stationary();
}

BufferBytes ArrayAccesses::bytes(const Datatypes& types) const {
  return {input_reads * types.activation_bytes + weight_reads * types.weight_bytes +
              bias_reads * types.bias_bytes + sum_reads * types.partial_sum_bytes,
          sum_writes * types.partial_sum_bytes + output_writes * types.activation_bytes};
}

}  // namespace fusesim::hw
