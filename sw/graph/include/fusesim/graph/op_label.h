#pragma once

#include <string>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// What tells an op apart, for people: the module that it belongs to, as far as its ONNX name has one, with
/// what it does: "layer1.0.conv1_3x3_64" (kernel and output channels of a convolution), "layer1.0.add",
/// "maxpool_3x3". Not always unique; op_title() is.
std::string op_label(const Graph& graph, OpId op);
/// "17 layer1.0.conv1_3x3_64": index and label.
std::string op_title(const Graph& graph, OpId op);

}  // namespace fusesim
