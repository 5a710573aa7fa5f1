#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim::hw {

/// One operation unit of a line-buffered group: an op and the activations that work in place on its row. All
/// of them write one row of `output`, the only tensor among theirs that owns a ring.
struct LbdfStage {
  std::vector<OpId> ops;  ///< ops[0] reads rings; each further op reads its predecessor's row
  TensorId output = -1;
  int64_t rows = 0;  ///< output rows that something needs, from the top
};

/// A ring and who touches it.
struct LbdfRing {
  TensorId tensor = -1;
  int64_t rows = 0;  ///< prefetch rows included
  int64_t row_bytes = 0;
  bool external = false;
  bool outgoing = false;
};

/// How a line-buffered group is laid out on the machine: which units exist, which rings connect them and how
/// far each unit runs. Plain analysis of the schedule.
struct LbdfPlan {
  std::vector<LbdfRing> rings;    ///< ascending tensor ids
  std::vector<LbdfStage> stages;  ///< ascending first op
};

/// Throws SimulationError (bad_schedule) if a tensor lacks a ring and cannot work in place, a ring belongs to
/// no tensor of the group, or the group holds an opaque op.
LbdfPlan lbdf_plan(const Graph& graph, const Datatypes& types, const GroupSchedule& group);

}  // namespace fusesim::hw
