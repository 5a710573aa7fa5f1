#pragma once

#include <onnx/onnx_pb.h>

#include <string>

#include "fusesim/import/import.h"
#include "place.h"

namespace fusesim::importer {

/// All steps from a parsed model, which it changes, to the graph; leaves `path` and `sha256` empty. Throws
/// Error without the path.
ImportedModel build_model(onnx::ModelProto& proto, const std::string& name, const ImportOptions& options,
                          Place& place);

}  // namespace fusesim::importer
