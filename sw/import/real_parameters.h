#pragma once

#include <onnx/onnx_pb.h>

#include <vector>

#include "draft.h"
#include "fusesim/import/import.h"
#include "infer.h"

namespace fusesim::importer {

/// Weights and biases of every op of `graph` as real numbers, as far as the file has them; `drafts` are the
/// ops that they were made of. Scales and shifts that an op took over are in them.
std::vector<OpParameters> real_parameters(const TypedGraph& typed, const onnx::GraphProto& proto,
                                          const Draft& draft, const std::vector<int>& drafts,
                                          const Graph& graph);

}  // namespace fusesim::importer
