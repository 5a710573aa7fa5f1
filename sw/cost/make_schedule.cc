#include <map>
#include <string>

#include "fusesim/base/error.h"
#include "fusesim/cost/scheme.h"
#include "strips.h"
#include "time/group_time.h"

namespace fusesim {

Schedule make_schedule(const Graph& graph, const Plan& plan, Scheme scheme, const Config& config,
                       const CostRank& rank) {
  const std::string reason = illegal_reason(graph, plan);
  if (!reason.empty()) throw Error("plan: " + reason);
  PlanGroupModel model(graph, fusion_scheme(scheme), cost_params(config), config.buffer.capacity_bytes);
  Schedule schedule;
  schedule.datatypes = config.datatypes;
  schedule.buffer_bytes = config.buffer.capacity_bytes;
  schedule.scheme = scheme;
  for (const Group& group : plan) schedule.groups.push_back(model.schedule(group, rank));
  return schedule;
}

Prediction predict(const Schedule& schedule, const Config& config) {
  const Graph& graph = *schedule.graph;
  const FusionScheme& scheme = fusion_scheme(schedule.scheme);
  const CostParams params = cost_params(config);
  std::map<Scheme, std::unique_ptr<GroupModel>> models;
  Prediction prediction;
  for (size_t i = 0; i < schedule.groups.size(); ++i) {
    const GroupSchedule& group = schedule.groups[i];
    const FusionScheme& runs_under = running_scheme(group.mode, scheme);
    try {
      if (group.strips > 1) {
        StripModel model(graph, runs_under, params, schedule.buffer_bytes);
        prediction.groups.push_back(model.predict(group));
        continue;
      }
      std::unique_ptr<GroupModel>& model = models[runs_under.id()];
      if (!model) model = runs_under.model(graph, params);
      prediction.groups.push_back(model->predict(group));
    } catch (const Error& error) {
      throw Error("groups[" + std::to_string(i) + "]: " + error.what());
    }
  }
  int64_t begins = 0;
  for (GroupPrediction& group : prediction.groups) {
    place_refreshes(params.machine, begins, group.time);
    begins += group.time.cycles;
  }
  return prediction;
}

}  // namespace fusesim
