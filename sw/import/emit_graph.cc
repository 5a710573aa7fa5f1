#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "fusesim/base/error.h"
#include "fusesim/base/text.h"
#include "passes.h"

namespace fusesim::importer {
namespace {

class Emitter {
 public:
  explicit Emitter(const Draft& draft)
      : draft_(&draft), ids_(draft.values.size(), -1), listed_(draft.values.size()) {}

  Graph run(const std::string& name) {
    graph_.name = plain_name(name);
    for (const int v : draft_->inputs) {
      const DraftValue& value = draft_->value(v);
      if (value.readers.empty() && !value.graph_output) continue;
      graph_.inputs.push_back(add_tensor(v));
    }
    for (const int i : order()) add_op(draft_->op(i));
    for (const int v : draft_->outputs) graph_.outputs.push_back(ids_[static_cast<size_t>(v)]);
    if (graph_.ops.empty()) throw Error("the graph has no operator that depends on its inputs");
    if (graph_.outputs.empty()) throw Error("the graph has no output that depends on its inputs");
    graph_.finish();
    return std::move(graph_);
  }

  /// Ops by the place of their first node, then of the node that gave them their kind, then as they were
  /// made.
  std::vector<int> order() const {
    std::vector<int> order;
    for (size_t i = 0; i < draft_->ops.size(); ++i) {
      if (draft_->ops[i].alive) order.push_back(static_cast<int>(i));
    }
    std::stable_sort(order.begin(), order.end(), [this](int a, int b) {
      const DraftOp& x = draft_->op(a);
      const DraftOp& y = draft_->op(b);
      return x.first != y.first ? x.first < y.first : x.main < y.main;
    });
    return order;
  }

 private:
  TensorId add_tensor(int v) {
    const DraftValue& value = draft_->value(v);
    const auto id = static_cast<TensorId>(graph_.tensors.size());
    Tensor tensor;
    tensor.name = plain_name(value.name);
    tensor.shape = value.shape;
    tensor.bits = value.bits;
    graph_.tensors.push_back(std::move(tensor));
    ids_[static_cast<size_t>(v)] = id;
    return id;
  }

  /// Dropped nodes are listed with the op that makes their tensor; those of graph inputs with the first
  /// reader.
  void add_op(const DraftOp& draft) {
    Op op = draft.op;
    op.name = plain_name(op.name);
    std::vector<NodeRef> nodes = draft.nodes;
    const auto list_dropped = [&](int v) {
      if (listed_[static_cast<size_t>(v)]) return;
      listed_[static_cast<size_t>(v)] = true;
      const std::vector<NodeRef>& dropped = draft_->value(v).dropped;
      nodes.insert(nodes.end(), dropped.begin(), dropped.end());
    };
    for (TensorId& v : op.inputs) {
      if (draft_->value(v).graph_input) list_dropped(v);
      v = ids_[static_cast<size_t>(v)];
    }
    for (TensorId& v : op.outputs) {
      list_dropped(v);
      v = add_tensor(v);
    }
    std::stable_sort(nodes.begin(), nodes.end(),
                     [](const NodeRef& a, const NodeRef& b) { return a.position < b.position; });
    std::set<std::string> seen;
    for (const NodeRef& node : nodes) {
      if (seen.insert(node.name).second) op.nodes.push_back(plain_name(node.name));
    }
    find_owner(draft, op);
    graph_.ops.push_back(std::move(op));
  }

  /// The first op that is made of the same constants in the same way, if there is one.
  void find_owner(const DraftOp& draft, Op& op) {
    if (draft.parameters.empty() || op.weights + op.biases == 0) return;
    const auto id = static_cast<OpId>(graph_.ops.size());
    const auto found =
        owners_.emplace(std::make_tuple(op.kind, op.onnx_type, op.weights, op.biases, draft.parameters), id);
    if (!found.second) op.parameters_of = found.first->second;
  }

  const Draft* draft_;
  Graph graph_;
  std::vector<TensorId> ids_;  ///< per draft value
  std::vector<bool> listed_;
  std::map<std::tuple<OpKind, std::string, int64_t, int64_t, std::vector<int>>, OpId> owners_;
};

}  // namespace

Graph emit_graph(const Draft& draft, const std::string& name, std::vector<int>* drafts) {
  Emitter emitter(draft);
  if (drafts != nullptr) *drafts = emitter.order();
  return emitter.run(name);
}

}  // namespace fusesim::importer
