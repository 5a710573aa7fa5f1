#pragma once

#include <string>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"
#include "fusesim/values/compare.h"
#include "fusesim/values/network.h"
#include "fusesim/values/parameters.h"

namespace fusesim {

/// What a reference run is asked for. All references outlive the call.
struct ReferenceRequest {
  const Graph& graph;
  const Datatypes& datatypes;
  const ParameterSource& parameters;
  std::vector<std::vector<float>> inputs;  ///< per Graph::inputs, index (c * H + y) * W + x
  std::vector<TensorId> wanted;            ///< whose values are asked for
};

/// The whole graph evaluated tensor by tensor in LibTorch's float64, which holds the integers of
/// sw/values/README.md exactly, and the settings that its sums led to.
struct ReferenceRun {
  ValueNetwork network;
  std::vector<StoredValues> values;  ///< of the wanted tensors, in their order
};

/// Throws Error.
ReferenceRun run_reference(const ReferenceRequest& request);

}  // namespace fusesim
