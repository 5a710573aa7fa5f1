#pragma once

#include <map>
#include <string>

#include "fusesim/graph/graph.h"

namespace fusesim::testing {

/// Tensor tiles advance by `step[t]` rows per unit of h; `reason` says why a group has no such steps.
struct SinkSteps {
  std::string reason;
  std::map<TensorId, int64_t> step;  ///< per sink
};

/// Sinks (outgoing tensors; the input of a global_avg_pool) and the rows that one unit of tile height holds
/// of each. Found by trying: the least whole numbers that keep all row ratios of the group.
SinkSteps sink_steps(const Graph& graph, const Group& group);

}  // namespace fusesim::testing
