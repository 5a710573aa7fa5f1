#include "check.h"

#include <onnx/checker.h>

#include <algorithm>
#include <new>

#include "fusesim/base/error.h"
#include "opset.h"

namespace fusesim::importer {
namespace {

/// The checker wants a type and a shape, if only an empty one, where the format makes both optional.
void complete_outputs(onnx::GraphProto& graph) {
  for (auto& output : *graph.mutable_output()) {
    if (!output.has_type())
      output.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
    if (output.type().has_tensor_type()) output.mutable_type()->mutable_tensor_type()->mutable_shape();
  }
  for (auto& input : *graph.mutable_input()) {
    if (input.type().has_tensor_type()) input.mutable_type()->mutable_tensor_type()->mutable_shape();
  }
  if (graph.name().empty()) graph.set_name("graph");
}

}  // namespace

void check_with_libonnx(const onnx::ModelProto& model) {
  if (default_opset(model) > kNewestCheckedOpset) return;
  onnx::ModelProto copy = model;
  copy.set_ir_version(std::clamp<int64_t>(copy.ir_version(), 3, onnx::IR_VERSION));
  complete_outputs(*copy.mutable_graph());
  try {
    onnx::checker::check_model(copy);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& e) {
    throw Error(std::string("not a valid ONNX model: ") + e.what());
  }
}

}  // namespace fusesim::importer
