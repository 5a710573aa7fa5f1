#include "blocks/vector_unit.h"

#include "fusesim/graph/op_facts.h"

namespace fusesim::hw {
namespace {

/// Of one element that is made of elements at its own place: a copy or a function, one for each operand after
/// the first, or the scaling and the shift of a channel; of a norm two sums over its channels as well, then
/// the difference and the product that they lead to.
int64_t ops_of_own_element(const Op& op, const OpFacts& facts) {
  if (op.eltwise == EltwiseKind::normalise) return 2;  // less the mean, by the deviation
  if (facts.channels == ChannelUse::broadcast) return static_cast<int64_t>(op.inputs.size() - 1);
  if (facts.channels == ChannelUse::normed) return op.weights + op.biases > 0 ? 6 : 4;
  return op.weights + op.biases > 0 ? 2 : 1;
}

}  // namespace

int64_t vector_ops(const Graph& graph, const Op& op, int64_t channels) {
  const OpFacts facts = op_facts(op);
  const int64_t elements = channels * graph.out_shape(op).w;
  if (facts.channels == ChannelUse::blocked) return elements;
  switch (facts.rows) {
    case RowUse::own:
      if (facts.channels == ChannelUse::summed) return graph.in_shape(op).c * graph.in_shape(op).w;
      return elements * ops_of_own_element(op, facts);
    case RowUse::window:
      return elements * op.window.kernel_h * op.window.kernel_w;
    case RowUse::resized:
      return elements * (op.resize.mode == ResizeMode::linear ? 4 : 1);
    case RowUse::pooled:  // moments: sums and sums of squares
      return channels * graph.in_shape(op).w * graph.out_shape(op).w;
    case RowUse::transposed:
    case RowUse::whole:
      break;
  }
  return elements;
}

}  // namespace fusesim::hw
