#pragma once

#include <cstdint>

#include "node_view.h"

namespace fusesim::importer {

/// Multiply-accumulates of a node that is no op kind, from its shapes and attributes; `out` is the shape of
/// output 0, empty where nothing reads it. 0 where the operator multiplies nothing, or nobody knows how much:
/// operators of other domains, bodies of loops and branches.
int64_t opaque_macs(const NodeView& node, const Dims& out);

}  // namespace fusesim::importer
