#include <algorithm>

#include "passes.h"

namespace fusesim::importer {
namespace {

/// Channels first becomes channels last, or back: of the axes of more than one element, one end goes to the
/// other.
bool moves_channels(const DraftOp& op, const Dims& from) {
  if (from.size() != 4 || op.permutation.size() != 4) return false;
  Dims order;
  for (const int64_t axis : op.permutation) {
    if (from[static_cast<size_t>(axis)] > 1) order.push_back(axis);
  }
  const auto is_order = [&](const Dims& all) {
    Dims wanted;
    for (const int64_t axis : all) {
      if (from[static_cast<size_t>(axis)] > 1) wanted.push_back(axis);
    }
    return order == wanted;
  };
  return is_order({0, 1, 2, 3}) || is_order({0, 2, 3, 1}) || is_order({0, 3, 1, 2});
}

/// Moves nothing for those who do not ask for rows: elements keep their order, or channels go from first to
/// last or back, which is a property of the tensor in DRAM.
bool is_free(const Draft& draft, const DraftOp& op) {
  if (!op.alive) return false;
  if (op.role == DraftRole::view) return true;
  return op.role == DraftRole::transposition && moves_channels(op, draft.value(op.op.inputs[0]).dims);
}

class FreeViews {
 public:
  explicit FreeViews(Draft& draft) : draft_(draft) {}

  void run() {
    for (size_t i = 0; i < draft_.ops.size(); ++i) {
      if (is_free(draft_, draft_.ops[i]) && draft_.ops[i].op.outputs.size() == 1) drop(static_cast<int>(i));
    }
  }

 private:
  /// What only moves bytes does not ask for a shape.
  bool is_shapeless(int id) const { return draft_.op(id).op.kind == OpKind::opaque; }

  void drop(int id) {
    const int in = draft_.op(id).op.inputs[0];
    const int out = draft_.op(id).op.output();
    const bool same =
        draft_.op(id).role == DraftRole::view && draft_.value(in).shape == draft_.value(out).shape;
    hand_over(id, in, out, !same && !reshape(id, in, out));
    DraftOp& op = draft_.op(id);
    if (!draft_.value(out).readers.empty()) return;
    if (draft_.value(out).graph_output) {
      if (draft_.value(in).graph_input) return;  // somebody has to write it
      give_output(in, out);
    }
    op.folded = true;
    draft_.remove(id);
  }

  /// Lets the tensor have the shape that readers behind the view want, where nobody else wants another.
  bool reshape(int id, int in, int out) {
    const DraftValue& value = draft_.value(in);
    const bool made_by_shape = value.producer >= 0 && !is_shapeless(value.producer);
    const bool wanted = std::any_of(value.readers.begin(), value.readers.end(),
                                    [&](int reader) { return reader != id && !is_shapeless(reader); });
    if (made_by_shape || wanted) return false;
    draft_.value(in).shape = draft_.value(out).shape;
    draft_.value(in).dims = draft_.value(out).dims;
    draft_.value(in).map = draft_.value(out).map;
    return true;
  }

  void hand_over(int id, int in, int out, bool only_shapeless) {
    const std::vector<int> readers = draft_.value(out).readers;
    const std::vector<NodeRef> nodes = draft_.op(id).nodes;
    for (const int reader : readers) {
      if (only_shapeless && !is_shapeless(reader)) continue;
      std::vector<int>& inputs = draft_.op(reader).op.inputs;
      for (size_t slot = 0; slot < inputs.size(); ++slot) {
        if (inputs[slot] == out) draft_.replace_input(reader, slot, in);
      }
      std::vector<NodeRef>& own = draft_.op(reader).nodes;
      own.insert(own.end(), nodes.begin(), nodes.end());
    }
  }

  /// The tensor before the view is the output.
  void give_output(int in, int out) {
    DraftValue& value = draft_.value(in);
    DraftValue& gone = draft_.value(out);
    gone.graph_output = false;
    std::vector<int>& outputs = draft_.outputs;
    const auto place = std::find(outputs.begin(), outputs.end(), out);
    if (value.graph_output) {
      draft_.notes.push_back("graph output '" + gone.name + "' is '" + value.name + "' under another name");
      outputs.erase(place);
      return;
    }
    *place = in;
    value.graph_output = true;
    value.name = gone.name;
    const std::vector<NodeRef>& nodes = draft_.op(gone.producer).nodes;
    value.dropped.insert(value.dropped.end(), nodes.begin(), nodes.end());
    value.dropped.insert(value.dropped.end(), gone.dropped.begin(), gone.dropped.end());
  }

  Draft& draft_;
};

}  // namespace

void drop_free_views(Draft& draft) { FreeViews(draft).run(); }

void keep_functions_of_maps(Draft& draft) {
  for (DraftOp& op : draft.ops) {
    const bool function = op.alive && op.op.kind == OpKind::activation;
    if (!function || draft.value(op.op.inputs[0]).map) continue;
    op.op.kind = OpKind::opaque;
    op.op.activations.clear();
  }
}

}  // namespace fusesim::importer
