#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fusesim/base/error.h"
#include "fusesim/import/import.h"
#include "value.h"

namespace fusesim::importer {

/// True inputs with another batch than 1: the file has to be read with one image. Its message has no remedy.
class BatchError : public Error {
 public:
  using Shapes = std::map<std::string, Dims>;
  BatchError(const std::string& message, Shapes single, int64_t batch)
      : Error(message), single_(std::move(single)), batch_(batch) {}
  /// Of all of them; 0 where they have several.
  int64_t batch() const { return batch_; }
  /// Their shapes with batch 1.
  const Shapes& single() const { return single_; }

 private:
  Shapes single_;
  int64_t batch_;
};

/// Everything that is there before the first node runs.
struct Sources {
  std::vector<Value> values;             ///< true inputs that are read, parameters and initialisers
  std::vector<std::string> true_inputs;  ///< in file order
  /// Shapes that the file declares for other tensors hold: no static dimension was overridden.
  bool declared_shapes_hold = true;
};

/// Names of all graph inputs and initialisers. Throws Error where two share a name.
std::set<std::string> source_names(const onnx::GraphProto& graph);

/// Tells true inputs from parameters, sets symbolic dimensions from the options, checks every shape, and
/// leaves the model without initialisers: each becomes a graph input of its type. Throws Error that names
/// input and dimension, BatchError where nothing else is wrong with the inputs.
Sources resolve_sources(onnx::ModelProto& model, const ImportOptions& options);

}  // namespace fusesim::importer
