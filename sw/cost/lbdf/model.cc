#include "lbdf/model.h"

#include <algorithm>
#include <utility>

#include "breakdown_parts.h"
#include "element_widths.h"
#include "fusesim/base/error.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/schedule/hand_written.h"
#include "op_traffic.h"
#include "time/group_time.h"

namespace fusesim {
namespace {

bool by_tensor(const Ring& a, const Ring& b) { return a.tensor < b.tensor; }

}  // namespace

LbdfModel::LbdfModel(const Graph& graph, const CostParams& params)
    : GroupModel(graph, params),
      view_(graph, element_widths(graph, this->params().datatypes)),
      dram_time_(params.machine),
      places_(graph, this->params().datatypes, this->params().machine.dram),
      stage_times_(graph, this->params(), dram_time_),
      timeline_(places_, DramBus(dram_time_, this->params().machine.dram)) {}

int64_t LbdfModel::fused_f_beta_bytes(const Group& group) {
  view_.build(group);
  rings_.run(view_);
  int64_t bytes = view_.weight_bytes;
  for (size_t t = 0; t < view_.tensors.size(); ++t) {
    const int64_t prefetch = static_cast<int>(t) < view_.externals ? params().prefetch_rows : 0;
    bytes += (rings_.rows()[t] + prefetch) * ring_row_bytes(view_, static_cast<int>(t));
  }
  return bytes;
}

Traffic LbdfModel::view_traffic() const {
  Traffic traffic;
  for (size_t t = 0; t < view_.tensors.size(); ++t) {
    const LocalTensor& tensor = view_.tensors[t];
    const int64_t bytes = graph().batch * tensor.channels * tensor.rows * tensor.piece_bytes;
    if (static_cast<int>(t) < view_.externals) traffic.ifmap_bytes += bytes;
    if (tensor.outgoing) traffic.ofmap_bytes += bytes;
  }
  traffic.weight_bytes = view_.weight_bytes;
  return traffic;
}

std::optional<GroupCost> LbdfModel::fused_cost(const Group& group, int64_t buffer_bytes,
                                               std::optional<int64_t> f_beta_bytes) {
  if (f_beta_bytes) {
    view_.build(group);
  } else {
    f_beta_bytes = fused_f_beta_bytes(group);
  }
  if (*f_beta_bytes >= buffer_bytes) return std::nullopt;
  return GroupCost{view_traffic(), *f_beta_bytes, 0, 0};
}

PredictedTime LbdfModel::view_time(const std::vector<int64_t>& slots) {
  GroupTime time = image_time(slots, params().strip.weights_here);
  if (graph().batch > 1) time.add(image_time(slots, true), graph().batch - 1);
  return predicted_time(params().machine, time);
}

GroupTime LbdfModel::image_time(const std::vector<int64_t>& slots, bool weights_here) {
  stage_times_.run(view_, slots, weights_here);
  require_playable(dram_time_, stage_times_.array_start_cycles(), stage_times_.spent());
  GroupTime time;
  time.cycles = timeline_.run(view_, stage_times_);
  time.spent = stage_times_.spent();
  time.spent.activates = timeline_.activates();
  time.spent.dram_closed = timeline_.closed_cycles();
  return time;
}

std::vector<GroupCost> LbdfModel::fused_front(const Group& group, int64_t buffer_bytes,
                                              std::optional<int64_t> f_beta_bytes) {
  if (f_beta_bytes && *f_beta_bytes >= buffer_bytes) return {};
  const int64_t bytes = fused_f_beta_bytes(group);
  if (bytes >= buffer_bytes) return {};
  std::vector<int64_t> slots = rings_.rows();
  for (int t = 0; t < view_.externals; ++t) slots[static_cast<size_t>(t)] += params().prefetch_rows;
  const PredictedTime time = view_time(slots);
  return {{view_traffic(), bytes, time.cycles, time.energy_pj}};
}

std::vector<Ring> LbdfModel::rings_of_last() const {
  std::vector<Ring> result;
  for (size_t t = 0; t < view_.tensors.size(); ++t) {
    if (rings_.rows()[t] > 0) result.push_back({view_.tensors[t].id, rings_.rows()[t]});
  }
  std::sort(result.begin(), result.end(), by_tensor);
  return result;
}

std::vector<Ring> LbdfModel::rings(const Group& group) {
  if (is_opaque(graph().op(group.front()))) return {};
  fused_f_beta_bytes(group);
  return rings_of_last();
}

Traffic LbdfModel::traffic(const Group& group) {
  const Op& first = graph().op(group.front());
  if (is_opaque(first)) return single_transfers(graph(), first, params().datatypes);
  view_.build(group);
  return view_traffic();
}

bool LbdfModel::fill_schedule(int64_t buffer_bytes, const CostRank&, GroupSchedule& group) {
  if (fused_f_beta_bytes(group.ops) >= buffer_bytes) return false;
  group.mode = GroupMode::lbdf;
  group.rings = rings_of_last();
  group.prefetch_rows = params().prefetch_rows;
  return true;
}

void LbdfModel::complete(GroupSchedule& group) {
  if (group.mode != GroupMode::lbdf) return;
  if (group.prefetch_rows == kLeftOut) group.prefetch_rows = params().prefetch_rows;
  if (group.rings.empty()) group.rings = rings(group.ops);
}

void LbdfModel::fill_breakdown(const Group& group, BufferBreakdown& breakdown) {
  BreakdownParts parts(breakdown);
  view_.build(group);
  rings_.run(view_);
  for (const LocalOp& op : view_.ops) {
    if (op.brings) parts.add_weights(op.id, weight_bytes(*op.op, params().datatypes));
  }
  for (size_t t = 0; t < view_.tensors.size(); ++t) {
    const LocalTensor& tensor = view_.tensors[t];
    const bool external = static_cast<int>(t) < view_.externals;
    const int64_t rows = rings_.rows()[t] + (external ? params().prefetch_rows : 0);
    const int64_t row_bytes = ring_row_bytes(view_, static_cast<int>(t));
    parts.add_rows(tensor.id, rows, row_bytes, tensor.channels, rows * row_bytes);
  }
  parts.finish();
}

void LbdfModel::fill_prediction(const GroupSchedule& group, GroupPrediction& prediction) {
  if (group.prefetch_rows != params().prefetch_rows) {
    throw Error("prefetch_rows: expected " + std::to_string(params().prefetch_rows) +
                " as lbdf.prefetch_rows, got " + std::to_string(group.prefetch_rows));
  }
  prediction.f_beta_bytes = fused_f_beta_bytes(group.ops);
  prediction.traffic.weight_bytes = view_.weight_bytes;
  prediction.buffer_bytes = view_.weight_bytes;
  const std::vector<Ring> owners = rings_of_last();
  std::vector<Ring> rings = group.rings;
  std::sort(rings.begin(), rings.end(), by_tensor);
  const auto same = [](const Ring& a, const Ring& b) { return a.tensor == b.tensor; };
  if (!std::equal(rings.begin(), rings.end(), owners.begin(), owners.end(), same)) {
    throw Error("rings: expected one for each of the " + std::to_string(owners.size()) +
                " tensors that own a ring, got another set");
  }
  std::vector<int64_t> slots;
  for (size_t t = 0; t < view_.tensors.size(); ++t) {
    const auto ring = std::lower_bound(rings.begin(), rings.end(), Ring{view_.tensors[t].id, 0}, by_tensor);
    const int64_t scheduled = ring != rings.end() && ring->tensor == view_.tensors[t].id ? ring->rows : 0;
    const int64_t prefetch = static_cast<int>(t) < view_.externals ? group.prefetch_rows : 0;
    prediction.buffer_bytes += (scheduled + prefetch) * ring_row_bytes(view_, static_cast<int>(t));
    slots.push_back(scheduled + prefetch);
  }
  prediction.time = view_time(slots);
}

}  // namespace fusesim
