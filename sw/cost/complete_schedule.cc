#include "fusesim/cost/complete_schedule.h"

#include <algorithm>
#include <string>

#include "complete_group.h"
#include "fusesim/base/error.h"
#include "fusesim/cost/scheme.h"

namespace fusesim {

void complete_schedule(Schedule& schedule, const std::vector<size_t>& open, const Config& config,
                       const CostRank& rank) {
  const Graph& graph = *schedule.graph;
  const FusionScheme& scheme = fusion_scheme(schedule.scheme);
  const CostParams params = cost_params(config);
  PlanGroupModel model(graph, scheme, params, schedule.buffer_bytes);
  for (size_t i = 0; i < schedule.groups.size(); ++i) {
    GroupSchedule& group = schedule.groups[i];
    try {
      if (std::binary_search(open.begin(), open.end(), i)) {
        group = model.schedule(group.ops, rank);
      } else {
        complete_group(graph, params, scheme, group);
      }
    } catch (const Error& error) {
      throw Error("groups[" + std::to_string(i) + "]: " + error.what());
    }
  }
}

}  // namespace fusesim
