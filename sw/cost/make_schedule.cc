#include <string>

#include "fusesim/base/error.h"
#include "fusesim/cost/cost.h"

namespace fusesim {
namespace {

[[noreturn]] void does_not_fit(const Graph& graph, const Group& group, int64_t needed_bytes,
                               int64_t buffer_bytes, const std::string& reason) {
  const std::string& first = graph.op(group.front()).name;
  std::string who = "op '" + first + "'";
  if (group.size() > 1) who = "group of " + std::to_string(group.size()) + " ops from '" + first + "'";
  if (needed_bytes == kNeverFits) throw Error(who + ": cannot run under BRR: " + reason);
  throw Error(who + ": needs " + std::to_string(needed_bytes) + " bytes on chip, buffer.capacity is " +
              std::to_string(buffer_bytes) + " and must be larger");
}

void fill_brr(const CostModel& model, const Graph& graph, const Group& group, int64_t buffer_bytes,
              GroupSchedule& out) {
  const std::optional<BrrCost> cost = model.brr(group, buffer_bytes);
  if (!cost) {
    does_not_fit(graph, group, model.brr_f_beta(group), buffer_bytes, model.brr_illegal_reason(group));
  }
  out.mode = cost->mode;
  out.brr = cost->schedule;
}

}  // namespace

Schedule make_schedule(const Graph& graph, const Plan& plan, Scheme scheme, const Config& config) {
  const std::string reason = illegal_reason(graph, plan);
  if (!reason.empty()) throw Error("plan: " + reason);
  const CostModel model(graph, cost_params(config));
  Schedule schedule;
  schedule.datatypes = config.datatypes;
  schedule.buffer_bytes = config.buffer.capacity_bytes;
  schedule.scheme = scheme;
  for (const Group& group : plan) {
    GroupSchedule out;
    out.ops = group;
    out.outgoing = boundary(graph, group).outgoing;
    const bool opaque = graph.op(group.front()).kind == OpKind::opaque;
    if (scheme == Scheme::brr || opaque) {
      fill_brr(model, graph, group, schedule.buffer_bytes, out);
    } else {
      LbdfCost cost = model.lbdf(group);
      if (cost.f_beta_bytes < schedule.buffer_bytes) {
        out.mode = GroupMode::lbdf;
        out.rings = std::move(cost.rings);
        out.prefetch_rows = config.lbdf.prefetch_rows;
      } else if (group.size() == 1) {
        fill_brr(model, graph, group, schedule.buffer_bytes, out);
      } else {
        does_not_fit(graph, group, cost.f_beta_bytes, schedule.buffer_bytes, "");
      }
    }
    schedule.groups.push_back(std::move(out));
  }
  return schedule;
}

}  // namespace fusesim
