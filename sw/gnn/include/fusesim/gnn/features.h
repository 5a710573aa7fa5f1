#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/gnn/graph_input.h"
#include "fusesim/graph/graph.h"

namespace fusesim::gnn {

/// Names of the columns of a group's feature matrix, in order; sw/gnn/README.md says what each holds. All are
/// properties of one op, of its place at the edge of the group, of the data types or of the buffer size: none
/// is a footprint, a ring or a sum over the group.
const std::vector<std::string>& feature_names();

/// Column that holds log2 of the buffer size; the others do not depend on it.
size_t beta_column();

/// SHA-256 over names and version of the layout. A network serves only the layout that it was trained on.
const std::string& feature_layout_hash();

/// Features and edges of a group of ascending ops; node i is group[i], edges equal edges_inside(graph, group)
/// with positions for ops. Raw values: the network standardises them itself.
GraphInput group_input(const Graph& graph, const Group& group, const Datatypes& datatypes,
                       int64_t buffer_bytes);

/// The same group at another buffer size.
void set_buffer(GraphInput& input, int64_t buffer_bytes);

}  // namespace fusesim::gnn
