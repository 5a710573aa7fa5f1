#pragma once

#include <onnx/onnx_pb.h>

namespace fusesim::importer {

/// Runs libonnx's checker on a model up to opset 17 whose nodes are sorted and whose initialisers were taken
/// out. Models with a newer opset are left to the shape rules. Throws Error with the checker's reason on one
/// line.
void check_with_libonnx(const onnx::ModelProto& model);

}  // namespace fusesim::importer
