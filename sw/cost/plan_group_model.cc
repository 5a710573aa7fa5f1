#include <algorithm>
#include <utility>

#include "fusesim/base/error_list.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/graph/op_facts.h"
#include "strips.h"
#include "summable.h"

namespace fusesim {

PlanGroupModel::PlanGroupModel(const Graph& graph, const FusionScheme& scheme, const CostParams& params,
                               int64_t buffer_bytes)
    : graph_(graph), params_(params), buffer_bytes_(buffer_bytes) {
  for (const FusionScheme* s = &scheme; s != nullptr; s = s->fallback()) {
    schemes_.push_back(s);
    models_.push_back(s->model(graph, params));
  }
  strips_.resize(schemes_.size());
}

PlanGroupModel::PlanGroupModel(PlanGroupModel&&) noexcept = default;
PlanGroupModel::~PlanGroupModel() = default;

StripModel& PlanGroupModel::strips(size_t i) {
  if (strips_[i] == nullptr)
    strips_[i] = std::make_unique<StripModel>(graph_, *schemes_[i], params_, buffer_bytes_);
  return *strips_[i];
}

const StripPlan* PlanGroupModel::strip_plan(const Group& group) {
  if (group.size() > 1) return nullptr;
  const auto [known, is_new] = known_strips_.try_emplace(group.front());
  for (size_t i = 0; is_new && known->second == nullptr && i < schemes_.size(); ++i) {
    if (std::optional<StripPlan> plan = strips(i).plan(group))
      known->second = std::make_unique<StripPlan>(std::move(*plan));
  }
  return known->second.get();
}

std::optional<GroupCost> PlanGroupModel::cost(const Group& group) {
  std::optional<GroupCost> cost = cost_on_whole_maps(group);
  if (cost) return cost;
  const StripPlan* plan = strip_plan(group);
  if (plan != nullptr) cost = summable(graph_, group, [plan] { return plan->cost(); });
  return cost;
}

std::optional<GroupCost> PlanGroupModel::cost_on_whole_maps(const Group& group) {
  std::optional<GroupCost> cost = fused().cost(group, buffer_bytes_);
  for (size_t i = 1; !cost && group.size() == 1 && i < models_.size(); ++i)
    cost = models_[i]->cost(group, buffer_bytes_);
  return cost;
}

std::vector<GroupCost> PlanGroupModel::front(const Group& group) {
  std::vector<GroupCost> front = fused().front(group, buffer_bytes_);
  for (size_t i = 1; front.empty() && group.size() == 1 && i < models_.size(); ++i)
    front = models_[i]->front(group, buffer_bytes_);
  if (!front.empty()) return front;
  if (const StripPlan* plan = strip_plan(group))
    front = {summable(graph_, group, [plan] { return plan->cost(); })};
  return front;
}

GroupSchedule PlanGroupModel::schedule(const Group& group, const CostRank& rank) {
  const size_t tries = group.size() == 1 ? models_.size() : 1;
  for (size_t i = 0; i < tries; ++i) {
    if (std::optional<GroupSchedule> schedule = models_[i]->schedule(group, buffer_bytes_, rank))
      return *schedule;
  }
  if (const StripPlan* plan = strip_plan(group)) return plan->schedule;
  GroupModel& last = *models_[tries - 1];
  const std::string& first = graph_.op(group.front()).name;
  std::string who = "op '" + first + "'";
  if (group.size() > 1) who = "group of " + std::to_string(group.size()) + " ops from '" + first + "'";
  const int64_t needed_bytes = last.f_beta_bytes(group);
  if (needed_bytes == kNeverFits) {
    throw Error(who + ": cannot run under " + schemes_[tries - 1]->title() + ": " +
                last.illegal_reason(group));
  }
  throw Error(who + ": needs " + std::to_string(needed_bytes) + " bytes on chip, buffer.capacity is " +
              std::to_string(buffer_bytes_) + " and must be larger");
}

bool PlanGroupModel::is_fusable(const Group& group) {
  if (schemes_.size() == 1) return true;
  if (is_opaque(graph_.op(group.front()))) return false;
  if (group.size() > 1 || fused().f_beta_bytes(group) < buffer_bytes_) return true;
  return runs_in_strips(group.front());
}

bool PlanGroupModel::runs_in_strips(OpId op) {
  if (cost_on_whole_maps({op})) return false;
  const StripPlan* plan = strip_plan({op});
  return plan != nullptr && &running_scheme(plan->schedule.mode, *schemes_.front()) == schemes_.front();
}

int64_t PlanGroupModel::needed_bytes(OpId op) {
  int64_t needed = kNeverFits;
  for (size_t i = 0; i < models_.size(); ++i) {
    needed = std::min(needed, models_[i]->f_beta_bytes({op}));
    if (!is_opaque(graph_.op(op))) needed = std::min(needed, strips(i).least_bytes({op}));
  }
  // Validity is F_beta < buffer size.
  return needed == kNeverFits ? needed : needed + 1;
}

std::vector<OpId> PlanGroupModel::misfits() {
  std::vector<OpId> found;
  for (OpId o = 0; o < static_cast<OpId>(graph_.ops.size()); ++o) {
    if (!cost({o})) found.push_back(o);
  }
  return found;
}

void PlanGroupModel::require_fit() {
  const std::vector<OpId> found = misfits();
  if (found.empty()) return;
  std::string text;
  int64_t least = 0;
  for (const OpId op : found) {
    const int64_t needed = needed_bytes(op);
    least = std::max(least, needed);
    text += "op '" + graph_.op(op).name + "': needs " + std::to_string(needed) + " bytes, buffer has " +
            std::to_string(buffer_bytes_) + "\n";
  }
  throw ErrorList(text + "the whole network runs with a buffer of " + std::to_string(least) +
                  " bytes; with --skip-misfits the rest of it runs with this one, and " +
                  (found.size() == 1 ? "this op is an opaque transfer" : "these ops are opaque transfers"));
}

}  // namespace fusesim
