#include "branch.h"

#include <set>

#include "fusesim/base/error.h"
#include "scope.h"
#include "tensor_data.h"

namespace fusesim::importer {
namespace {

/// Tensors that the branch makes or holds itself.
std::set<std::string> local_tensors(const onnx::GraphProto& branch) {
  std::set<std::string> names;
  for (const auto& tensor : branch.initializer()) names.insert(tensor.name());
  for (const auto& node : branch.node()) names.insert(node.output().begin(), node.output().end());
  names.erase("");
  return names;
}

std::string free_prefix(const std::string& node, const std::set<std::string>& names,
                        const std::function<bool(const std::string&)>& is_taken) {
  std::string prefix = node + "/";
  const auto clashes = [&] {
    for (const std::string& name : names) {
      if (is_taken(prefix + name)) return true;
    }
    return false;
  };
  while (clashes()) prefix += "_";
  return prefix;
}

}  // namespace

InlinedBranch inline_branch(const onnx::NodeProto& node, const onnx::GraphProto& branch,
                            const std::function<bool(const std::string&)>& is_taken) {
  if (branch.output_size() < node.output_size()) {
    throw Error("its branch has " + std::to_string(branch.output_size()) + " outputs: expected " +
                std::to_string(node.output_size()));
  }
  const std::set<std::string> names = local_tensors(branch);
  const std::string prefix = free_prefix(node.name(), names, is_taken);
  Scope scope;
  for (const std::string& name : names) scope.bind(name, prefix + name);
  InlinedBranch result;
  for (const auto& tensor : branch.initializer())
    result.constants.push_back({scope.of(tensor.name()), checked_type(tensor), true, read_elements(tensor)});
  for (int i = 0; i < branch.node_size(); ++i) {
    onnx::NodeProto inner = branch.node(i);
    scope.rename(inner);
    const std::string own = inner.name().empty() ? inner.op_type() + "_" + std::to_string(i) : inner.name();
    inner.set_name(prefix + own);
    result.nodes.push_back(std::move(inner));
  }
  for (int i = 0; i < node.output_size(); ++i) {
    if (node.output(i).empty()) continue;
    const std::string& inner = branch.output(i).name();
    const std::string name = node.name() + (i > 0 ? "[" + std::to_string(i) + "]" : "");
    result.nodes.push_back(identity(name, scope.of(inner), node.output(i)));
  }
  return result;
}

}  // namespace fusesim::importer
