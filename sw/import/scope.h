#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <unordered_map>

namespace fusesim::importer {

/// Names of an inner graph (the body of a function, the branch of an If) as they are where its nodes come to
/// stand.
class Scope {
 public:
  void bind(const std::string& inner, const std::string& outer) { names_[inner] = outer; }
  bool binds(const std::string& inner) const { return names_.count(inner) != 0; }
  /// The outer name; names that are not bound stay.
  const std::string& of(const std::string& inner) const;
  /// Renames operands and outputs of a node, and what its own subgraphs read and give.
  void rename(onnx::NodeProto& node) const;

 private:
  std::unordered_map<std::string, std::string> names_;
};

/// A node that passes a tensor on under another name.
onnx::NodeProto identity(const std::string& name, const std::string& from, const std::string& to);

}  // namespace fusesim::importer
