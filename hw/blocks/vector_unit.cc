#include "blocks/vector_unit.h"

namespace fusesim::hw {

int64_t vector_ops(const Graph& graph, const Op& op, int64_t channels) {
  const int64_t elements = channels * graph.out_shape(op).w;
  switch (op.kind) {
    case OpKind::max_pool:
    case OpKind::avg_pool:
      return elements * op.window.kernel_h * op.window.kernel_w;
    case OpKind::global_avg_pool:
      return channels * graph.in_shape(op).w;
    case OpKind::eltwise:
      return elements * static_cast<int64_t>(op.inputs.size() - 1);
    case OpKind::resize:
      return elements * (op.resize.mode == ResizeMode::linear ? 4 : 1);
    case OpKind::activation:
      return elements * (op.weights + op.biases > 0 ? 2 : 1);
    case OpKind::concat:
    case OpKind::channel_slice:
    case OpKind::conv:
    case OpKind::conv_transpose:
    case OpKind::opaque:
      break;
  }
  return elements;
}

}  // namespace fusesim::hw
