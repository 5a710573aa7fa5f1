#pragma once

#include <onnx/onnx_pb.h>

#include <string>

namespace fusesim::importer {

/// Brings in the elements of small initialisers and constants that lie in files beside the model, as
/// exporters keep shapes and bounds too. Of a tensor that is large, or whose file is not there, is too short
/// or does not lie under `directory`, only type and dimensions remain; no byte of it is read.
void load_small_external_data(onnx::GraphProto& graph, const std::string& directory);

}  // namespace fusesim::importer
