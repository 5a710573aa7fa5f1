#pragma once

#include <onnx/onnx_pb.h>

namespace fusesim::importer {

/// Puts the body of every function of the model in the place of its calls, those in subgraphs and in other
/// functions included; nodes and tensors of a body get the name of the call in front. The nodes have names.
/// Throws Error where a function calls itself or the bodies come to more nodes than a network has.
void inline_functions(onnx::ModelProto& model);

}  // namespace fusesim::importer
