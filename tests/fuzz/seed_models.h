#pragma once

#include <onnx/onnx_pb.h>

#include <vector>

namespace fusesim::testing {

/// Small valid models that together have every operator that the importer turns into a kind, computes with,
/// or has a rule for.
std::vector<onnx::ModelProto> seed_models();

}  // namespace fusesim::testing
