#include <algorithm>

#include "passes.h"

namespace fusesim::importer {

void fold_flattened(Draft& draft) {
  for (size_t i = 0; i < draft.ops.size(); ++i) {
    DraftOp& op = draft.ops[i];
    const int producer = op.alive && op.reads_flattened ? draft.value(op.op.inputs[0]).producer : -1;
    if (producer < 0 || draft.op(producer).role != DraftRole::view) continue;
    DraftOp& view = draft.op(producer);
    const int source = view.op.inputs[0];
    const DraftValue& map = draft.value(source);
    if (!map.map) continue;
    const std::vector<NodeRef>& dropped = draft.value(view.op.output()).dropped;
    op.nodes.insert(op.nodes.end(), view.nodes.begin(), view.nodes.end());
    op.nodes.insert(op.nodes.end(), dropped.begin(), dropped.end());
    op.first = std::min(op.first, view.first);
    op.op.window.kernel_h = map.shape.h;
    op.op.window.kernel_w = map.shape.w;
    view.folded = true;
    draft.replace_input(static_cast<int>(i), 0, source);
  }
}

void fold_affine(Draft& draft) {
  for (size_t i = 0; i < draft.ops.size(); ++i) {
    const DraftOp& op = draft.ops[i];
    if (!op.alive || !op.affine) continue;
    const int input = op.op.inputs[0];
    const int producer = draft.value(input).producer;
    if (producer < 0 || draft.sole_reader(input) != static_cast<int>(i)) continue;
    Op& convolution = draft.op(producer).op;
    const bool linear = convolution.kind == OpKind::conv || convolution.kind == OpKind::conv_transpose;
    if (!linear || !convolution.activations.empty()) continue;
    if (op.has_shift) convolution.biases = draft.value(input).shape.c;
    draft.absorb(producer, static_cast<int>(i));
  }
}

void fold_epilogues(Draft& draft) {
  for (size_t i = 0; i < draft.ops.size(); ++i) {
    const DraftOp& op = draft.ops[i];
    const bool plain =
        op.alive && op.op.kind == OpKind::activation && op.op.weights == 0 && op.op.biases == 0;
    if (!plain) continue;
    const int input = op.op.inputs[0];
    const int producer = draft.value(input).producer;
    if (producer < 0 || draft.sole_reader(input) != static_cast<int>(i)) continue;
    Op& feeding = draft.op(producer).op;
    if (feeding.outputs.size() != 1) continue;
    feeding.activations.insert(feeding.activations.end(), op.op.activations.begin(), op.op.activations.end());
    draft.absorb(producer, static_cast<int>(i));
  }
}

void remove_unread(Draft& draft) {
  for (size_t i = draft.ops.size(); i-- > 0;) {
    DraftOp& op = draft.ops[i];
    const bool read = std::any_of(op.op.outputs.begin(), op.op.outputs.end(), [&](int v) {
      return draft.value(v).graph_output || !draft.value(v).readers.empty();
    });
    if (!op.alive || read) continue;
    if (!op.folded) draft.notes.push_back("node '" + op.op.name + "' is left out: nothing reads its outputs");
    draft.remove(static_cast<int>(i));
  }
}

}  // namespace fusesim::importer
