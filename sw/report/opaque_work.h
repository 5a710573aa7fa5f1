#pragma once

#include <string>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// What runs without being modelled: opaque ops, ascending, and their multiply-accumulates as far as they are
/// known.
struct OpaqueWork {
  std::vector<OpId> ops;
  int64_t macs = 0;
};
OpaqueWork opaque_work(const Graph& graph);
/// "2 ops with about 663,552 MACs run as opaque transfers: conv0, pool" with the names of the first few;
/// empty without any.
std::string opaque_line(const OpaqueWork& work, const Graph& graph);

}  // namespace fusesim
