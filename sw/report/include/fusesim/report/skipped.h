#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// An op that does not fit in any way and runs as an opaque transfer.
struct SkippedOp {
  OpId op = -1;
  std::string name;
  OpKind kind = OpKind::opaque;  ///< that it has in the network
  int64_t macs = 0;              ///< that nobody computes
  int64_t needs_bytes = 0;       ///< least buffer with which it runs
};

/// `graph` is the network before the ops became opaque.
std::vector<SkippedOp> skipped_ops(const Graph& graph, const std::vector<OpId>& ops, Scheme scheme,
                                   const Config& config);
/// "2 ops with 300 MACs fit in no way and run as opaque transfers:" and a line for each; empty without any.
std::string skipped_table(const std::vector<SkippedOp>& skipped);

}  // namespace fusesim
