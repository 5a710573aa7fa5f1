#include <algorithm>
#include <set>

#include "passes.h"

namespace fusesim::importer {
namespace {

class Stacks {
 public:
  explicit Stacks(Draft& draft) : draft_(draft) {}

  void run() {
    for (size_t i = 0; i < draft_.ops.size(); ++i) {
      const DraftOp& op = draft_.ops[i];
      if (op.alive && op.stacks && op.op.outputs.size() == 1 && is_free(op)) drop(static_cast<int>(i));
    }
  }

 private:
  /// Every operand is made, and has no other place to lie in; every reader takes the operands as well.
  bool is_free(const DraftOp& op) const {
    const std::vector<int>& parts = op.op.inputs;
    if (!op.op.activations.empty() || std::set<int>(parts.begin(), parts.end()).size() != parts.size())
      return false;
    for (const int v : parts) {
      const DraftValue& part = draft_.value(v);
      if (part.producer < 0 || part.graph_output) return false;
      const auto stacks = [this](int reader) { return draft_.op(reader).stacks; };
      if (std::count_if(part.readers.begin(), part.readers.end(), stacks) > 1) return false;
    }
    const std::vector<int>& readers = draft_.value(op.op.output()).readers;
    return std::all_of(readers.begin(), readers.end(),
                       [this](int reader) { return draft_.op(reader).op.kind == OpKind::opaque; });
  }

  void drop(int id) {
    const std::vector<int> parts = draft_.op(id).op.inputs;
    const int out = draft_.op(id).op.output();
    const std::vector<int> readers = draft_.value(out).readers;
    for (const int reader : readers) take_parts(reader, out, parts);
    if (draft_.value(out).graph_output) leave_parts(out, parts);
    const std::vector<NodeRef>& nodes = draft_.op(id).nodes;
    std::vector<NodeRef>& listed = draft_.value(parts.back()).dropped;
    listed.insert(listed.end(), nodes.begin(), nodes.end());
    draft_.op(id).stacks = false;
    draft_.op(id).folded = true;
    draft_.remove(id);
  }

  /// One operand that is the stack becomes its parts.
  void take_parts(int reader, int out, const std::vector<int>& parts) {
    std::vector<int>& inputs = draft_.op(reader).op.inputs;
    const auto at = std::find(inputs.begin(), inputs.end(), out);
    if (at == inputs.end()) return;
    draft_.replace_input(reader, static_cast<size_t>(at - inputs.begin()), parts.front());
    const auto behind = draft_.op(reader).op.inputs.begin() + (at - inputs.begin()) + 1;
    draft_.op(reader).op.inputs.insert(behind, parts.begin() + 1, parts.end());
    for (size_t i = 1; i < parts.size(); ++i) draft_.value(parts[i]).readers.push_back(reader);
  }

  void leave_parts(int out, const std::vector<int>& parts) {
    std::string names;
    for (const int v : parts) {
      draft_.value(v).graph_output = true;
      names += (names.empty() ? "'" : ", '") + draft_.value(v).name + "'";
    }
    draft_.value(out).graph_output = false;
    draft_.notes.push_back("graph output '" + draft_.value(out).name + "' is written in parts: " + names);
    std::vector<int>& outputs = draft_.outputs;
    const auto place = outputs.erase(std::find(outputs.begin(), outputs.end(), out));
    outputs.insert(place, parts.begin(), parts.end());
  }

  Draft& draft_;
};

}  // namespace

void drop_stacks(Draft& draft) { Stacks(draft).run(); }

}  // namespace fusesim::importer
