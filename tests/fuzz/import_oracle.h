#pragma once

#include <onnx/onnx_pb.h>

#include <string>

namespace fusesim::testing {

/// What an import came to.
struct Outcome {
  std::string refusal;  ///< empty: a graph
  std::string fault;    ///< what should hold of every outcome and does not; empty: all does
};

/// Imports a model in this process: as it is, and with epilogues apart and shapes given for open inputs. The
/// graph, if one comes out, has to survive the way through bytes, and whatever else comes out has to be a
/// refusal in our words. A crash is the caller's to notice.
Outcome import_outcome(const onnx::ModelProto& model);

}  // namespace fusesim::testing
