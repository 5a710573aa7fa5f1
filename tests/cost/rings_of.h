#pragma once

#include <map>

#include "fusesim/testing/cost_model.h"
#include "fusesim/testing/whole_graph.h"

namespace fusesim::testing {

/// Ring rows by tensor, of all ops under LBDF as one group.
inline std::map<TensorId, int64_t> rings(const Graph& g) {
  std::map<TensorId, int64_t> result;
  for (const Ring& r : CostModel(g, CostParams{}).lbdf(whole(g)).rings) result[r.tensor] = r.rows;
  return result;
}

}  // namespace fusesim::testing
