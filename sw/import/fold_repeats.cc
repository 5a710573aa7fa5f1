#include <algorithm>

#include "passes.h"

namespace fusesim::importer {
namespace {

/// Makes a map of one value per channel or of one channel: what an eltwise op does with such an operand.
bool is_repeat(const Draft& draft, const DraftOp& op) {
  if (!op.alive || op.role != DraftRole::op) return false;
  if (op.op.onnx_type != "Expand" && op.op.onnx_type != "Tile") return false;
  if (op.op.inputs.size() != 1 || op.op.outputs.size() != 1) return false;
  const DraftValue& from = draft.value(op.op.inputs[0]);
  const DraftValue& to = draft.value(op.op.output());
  const bool fits = from.shape == Shape{to.shape.c, 1, 1} || from.shape == Shape{1, to.shape.h, to.shape.w};
  return from.map && to.map && fits;
}

/// The op works element by element, and another operand has all elements of the result.
bool repeats_anyway(const Draft& draft, const DraftOp& reader, int repeated) {
  const Shape shape = draft.value(repeated).shape;
  if (reader.op.kind != OpKind::eltwise || reader.deferred) return false;
  return std::any_of(reader.op.inputs.begin(), reader.op.inputs.end(), [&](int v) {
    return v != repeated && draft.value(v).map && draft.value(v).shape == shape;
  });
}

}  // namespace

void fold_repeats(Draft& draft) {
  for (size_t i = 0; i < draft.ops.size(); ++i) {
    if (!is_repeat(draft, draft.ops[i])) continue;
    const int source = draft.ops[i].op.inputs[0];
    const int repeated = draft.ops[i].op.output();
    const std::vector<int> readers = draft.value(repeated).readers;
    for (const int reader : readers) {
      if (!repeats_anyway(draft, draft.op(reader), repeated)) continue;
      std::vector<NodeRef>& nodes = draft.op(reader).nodes;
      nodes.insert(nodes.end(), draft.ops[i].nodes.begin(), draft.ops[i].nodes.end());
      for (size_t slot = 0; slot < draft.op(reader).op.inputs.size(); ++slot) {
        if (draft.op(reader).op.inputs[slot] == repeated) draft.replace_input(reader, slot, source);
      }
      draft.ops[i].folded = true;
    }
  }
}

}  // namespace fusesim::importer
