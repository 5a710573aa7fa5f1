#pragma once

#include <onnx/onnx_pb.h>

#include <array>
#include <new>
#include <string>

#include "fusesim/base/error.h"

namespace fusesim::importer {

/// Where the import is. Plain bytes, so that it can lie in memory that another process reads after this one
/// died.
class Place {
 public:
  /// A step that looks at the whole model.
  void enter(const std::string& step);
  void enter(const onnx::NodeProto& node);
  void leave() { text_[0] = '\0'; }
  /// "node (Type)", the step, or empty.
  std::string text() const { return std::string(text_.data()); }

  /// Runs `work` at a node. Errors get the node's name in front, exceptions of other kinds its type too; what
  /// runs out of memory is the caller's to report.
  template <class Work>
  void at(const onnx::NodeProto& node, const Work& work) {
    enter(node);
    try {
      work();
    } catch (const Error& e) {
      throw Error(node.name() + ": " + e.what());
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& e) {
      throw Error(node.name() + ": operator " + node.op_type() + ": " + e.what());
    }
    leave();
  }

 private:
  std::array<char, 256> text_ = {};
};

}  // namespace fusesim::importer
