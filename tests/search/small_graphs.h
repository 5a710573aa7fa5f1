#pragma once

#include <cstdint>

#include "fusesim/graph/graph.h"
#include "fusesim/testing/random_graph.h"

namespace fusesim::testing {

/// A random network of 2 to `max_ops` ops: the first of the seed's graphs that is small enough.
inline Graph small_graph(uint64_t seed, size_t max_ops) {
  RandomGraphOptions options;
  options.max_blocks = 2;
  for (uint64_t attempt = 0;; ++attempt) {
    options.max_blocks = attempt < 20 ? 2 : 1;
    Graph graph = random_graph(seed * 1000003 + attempt, options);
    if (graph.ops.size() >= 2 && graph.ops.size() <= max_ops) return graph;
  }
}

}  // namespace fusesim::testing
