#pragma once

#include <onnx/onnx_pb.h>

#include <string>

namespace fusesim::importer {

struct ModelFile {
  onnx::ModelProto proto;
  std::string sha256;  ///< lower-case hex, of the file's bytes
};

/// Reads and parses a whole file. Throws Error (without the path) where it is missing, unreadable, empty,
/// above the 2 GiB that a protobuf message may have, text, truncated, or holds no graph.
ModelFile read_model_file(const std::string& path);

}  // namespace fusesim::importer
