#include "fusesim/cost/group_model.h"

#include "fusesim/base/checked.h"
#include "fusesim/graph/op_facts.h"
#include "op_traffic.h"
#include "product_checks.h"
#include "summable.h"
#include "time/opaque_time.h"

namespace fusesim {
namespace {

/// The opaque op that a group consists of, or nullptr.
const Op* opaque_op(const Graph& graph, const Group& group) {
  const Op& first = graph.op(group.front());
  return is_opaque(first) ? &first : nullptr;
}

int64_t sum(const std::vector<TensorTraffic>& tensors) {
  int64_t bytes = 0;
  for (const TensorTraffic& t : tensors) {
    for (const int64_t row : t.row_bytes) bytes = checked_add(bytes, row, "bytes moved");
  }
  return bytes;
}

}  // namespace

GroupModel::GroupModel(const Graph& graph, const CostParams& params) : graph_(graph), params_(params) {
  check_products(graph, params);
}

int64_t GroupModel::row_bytes(TensorId tensor) const {
  const Tensor& t = graph_.tensor(tensor);
  return graph_.batch * t.shape.c * piece_bytes(t, t.shape.w, params_.datatypes);
}

/// Images one after another, each with everything that the op reads.
PredictedTime GroupModel::opaque_time_of(const Op& op) const {
  GroupTime time;
  time.add(opaque_time(graph_, op, params_), graph_.batch);
  return predicted_time(params_.machine, time);
}

int64_t GroupModel::f_beta_bytes(const Group& group) {
  return opaque_op(graph_, group) != nullptr ? 0 : fused_f_beta_bytes(group);
}

std::optional<GroupCost> GroupModel::cost(const Group& group, int64_t buffer_bytes,
                                          std::optional<int64_t> f_beta_bytes) {
  if (const Op* op = opaque_op(graph_, group))
    return GroupCost{single_transfers(graph_, *op, params_.datatypes), 0, 0, 0};
  return summable(graph_, group, [&] { return fused_cost(group, buffer_bytes, f_beta_bytes); });
}

std::vector<GroupCost> GroupModel::front(const Group& group, int64_t buffer_bytes,
                                         std::optional<int64_t> f_beta_bytes) {
  const Op* op = opaque_op(graph_, group);
  return summable(graph_, group, [&]() -> std::vector<GroupCost> {
    if (op == nullptr) return fused_front(group, buffer_bytes, f_beta_bytes);
    const PredictedTime time = opaque_time_of(*op);
    return {{single_transfers(graph_, *op, params_.datatypes), 0, time.cycles, time.energy_pj}};
  });
}

std::optional<GroupSchedule> GroupModel::schedule(const Group& group, int64_t buffer_bytes,
                                                  const CostRank& rank) {
  GroupSchedule out;
  out.ops = group;
  out.outgoing = boundary(graph_, group).outgoing;
  out.mode = GroupMode::opaque;
  const auto fill = [&] { return fill_schedule(buffer_bytes, rank, out); };
  if (opaque_op(graph_, group) != nullptr || named([&] { return name_of(graph_, group); }, fill)) return out;
  return std::nullopt;
}

std::string GroupModel::illegal_reason(const Group& group) {
  return opaque_op(graph_, group) != nullptr ? std::string() : fused_illegal_reason(group);
}

BufferBreakdown GroupModel::breakdown(const Group& group) {
  BufferBreakdown out;
  if (opaque_op(graph_, group) == nullptr) fill_breakdown(group, out);
  return out;
}

GroupPrediction GroupModel::predict(const GroupSchedule& group) {
  return summable(graph_, group.ops, [&] { return predict_unchecked(group); });
}

GroupPrediction GroupModel::predict_unchecked(const GroupSchedule& group) {
  GroupPrediction out;
  const GroupBoundary edge = boundary(graph_, group.ops);
  const auto once = [this](TensorId t) {
    return TensorTraffic{t,
                         std::vector<int64_t>(static_cast<size_t>(graph_.tensor(t).shape.h), row_bytes(t))};
  };
  for (const TensorId t : edge.external_inputs) out.ifmaps.push_back(once(t));
  for (const TensorId t : edge.outgoing) out.ofmaps.push_back(once(t));
  if (const Op* op = opaque_op(graph_, group.ops)) {
    out.traffic.weight_bytes = graph_.batch * weight_bytes(*op, params_.datatypes);
    out.time = opaque_time_of(*op);
  } else {
    fill_prediction(group, out);
  }
  out.traffic.ifmap_bytes = sum(out.ifmaps);
  out.traffic.ofmap_bytes = sum(out.ofmaps);
  return out;
}

}  // namespace fusesim
