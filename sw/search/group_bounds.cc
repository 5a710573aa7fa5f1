#include "group_bounds.h"

#include <algorithm>
#include <limits>

namespace fusesim {

GroupBounds::GroupBounds(const Graph& graph, const FusionScheme& scheme, const CostParams& params,
                         int64_t buffer_bytes)
    : graph_(graph),
      floor_(scheme.traffic_floor(graph, params.datatypes)),
      work_(scheme.work_floor(graph, params, buffer_bytes)),
      tracker_(graph, floor_),
      fit_(scheme.fit_bound(graph, params, buffer_bytes)) {}

bool GroupBounds::cannot_fit(const Group& group) {
  size_t pushed = 0;
  bool may_fit = true;
  while (pushed < group.size() && may_fit) {
    fit_->push(group[pushed++]);
    // One op alone may run in ways that the bound does not know.
    may_fit = pushed < 2 || fit_->may_fit();
  }
  for (; pushed > 0; --pushed) fit_->pop();
  return !may_fit;
}

int64_t GroupBounds::floor_bytes(const Group& group) {
  for (const OpId op : group) tracker_.push(op);
  const int64_t bytes = tracker_.floor_bytes();
  for (size_t i = 0; i < group.size(); ++i) tracker_.pop();
  return bytes;
}

OpWork GroupBounds::work(const Group& group) const {
  OpWork work;
  for (const OpId op : group) work += work_.ops[static_cast<size_t>(op)];
  return work;
}

CostFloor GroupBounds::floor(const Group& group) { return work_.costs(floor_bytes(group), work(group)); }

CostFloor GroupBounds::parted_floor(const Group& group) {
  return work_.costs(floor_bytes(group) + least_cut_bytes(group), work(group));
}

int64_t GroupBounds::least_cut_bytes(const Group& group) const {
  const auto inside = [&](OpId op) { return std::binary_search(group.begin(), group.end(), op); };
  int64_t least = std::numeric_limits<int64_t>::max();
  for (const OpId op : group) {
    for (const TensorId t : graph_.op(op).outputs) {
      const Tensor& tensor = graph_.tensor(t);
      const auto readers = std::count_if(tensor.consumers.begin(), tensor.consumers.end(), inside);
      if (readers == 0) continue;
      const auto i = static_cast<size_t>(t);
      const bool stays = !tensor.graph_output && static_cast<size_t>(readers) == tensor.consumers.size();
      least = std::min(least, floor_.least_fetch_bytes[i] + (stays ? floor_.tensor_bytes[i] : 0));
    }
  }
  return least;
}

}  // namespace fusesim
