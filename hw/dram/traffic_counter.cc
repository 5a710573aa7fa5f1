#include "dram/traffic_counter.h"

#include <algorithm>
#include <numeric>

namespace fusesim::hw {

TrafficCounter::TrafficCounter(const Graph& graph)
    : graph_(graph), ifmap_rows_(graph.tensors.size()), ofmap_rows_(graph.tensors.size()) {}

void TrafficCounter::begin_group(const Group& ops, const Group& next) {
  weight_bytes_ = ops == next_ops_ ? next_weight_bytes_ : std::vector<int64_t>(ops.size(), 0);
  next_weight_bytes_.assign(next.size(), 0);
  ops_ = ops;
  next_ops_ = next;
  payload_ = Traffic();
  payload_.weight_bytes = std::accumulate(weight_bytes_.begin(), weight_bytes_.end(), int64_t{0});
  for (auto& rows : ifmap_rows_) rows.clear();
  for (auto& rows : ofmap_rows_) rows.clear();
}

void TrafficCounter::count_row(TransferKind kind, TensorId tensor, int64_t row, int64_t bytes) {
  const bool in = kind == TransferKind::ifmap;
  auto& rows = (in ? ifmap_rows_ : ofmap_rows_)[static_cast<size_t>(tensor)];
  if (rows.empty()) rows.resize(static_cast<size_t>(graph_.tensor(tensor).shape.h), 0);
  rows[static_cast<size_t>(row)] += bytes;
  (in ? payload_.ifmap_bytes : payload_.ofmap_bytes) += bytes;
}

int64_t* TrafficCounter::find(const Group& ops, std::vector<int64_t>& bytes, OpId op) {
  const auto place = std::lower_bound(ops.begin(), ops.end(), op);
  return place != ops.end() && *place == op ? &bytes[static_cast<size_t>(place - ops.begin())] : nullptr;
}

void TrafficCounter::count_weights(OpId op, int64_t bytes) {
  if (int64_t* const next = find(next_ops_, next_weight_bytes_, op)) {
    *next += bytes;
    return;
  }
  payload_.weight_bytes += bytes;
  if (int64_t* const mine = find(ops_, weight_bytes_, op)) *mine += bytes;
}

std::vector<MovedTensor> TrafficCounter::moved(const Rows& rows) {
  std::vector<MovedTensor> tensors;
  for (size_t t = 0; t < rows.size(); ++t) {
    if (!rows[t].empty()) tensors.push_back({static_cast<TensorId>(t), rows[t]});
  }
  return tensors;
}

void TrafficCounter::report(GroupResult& result) const {
  result.payload = payload_;
  result.ifmaps = moved(ifmap_rows_);
  result.ofmaps = moved(ofmap_rows_);
  result.weight_bytes = weight_bytes_;
}

}  // namespace fusesim::hw
