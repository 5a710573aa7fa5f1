#include "dram/traffic_counter.h"

#include <algorithm>

namespace fusesim::hw {

TrafficCounter::TrafficCounter(const Graph& graph)
    : graph_(graph), ifmap_rows_(graph.tensors.size()), ofmap_rows_(graph.tensors.size()) {}

void TrafficCounter::begin_group(const Group& ops) {
  ops_ = ops;
  payload_ = Traffic();
  for (auto& rows : ifmap_rows_) rows.clear();
  for (auto& rows : ofmap_rows_) rows.clear();
  weight_bytes_.assign(ops.size(), 0);
}

void TrafficCounter::count_row(TransferKind kind, TensorId tensor, int64_t row, int64_t bytes) {
  const bool in = kind == TransferKind::ifmap;
  auto& rows = (in ? ifmap_rows_ : ofmap_rows_)[static_cast<size_t>(tensor)];
  if (rows.empty()) rows.resize(static_cast<size_t>(graph_.tensor(tensor).shape.h), 0);
  rows[static_cast<size_t>(row)] += bytes;
  (in ? payload_.ifmap_bytes : payload_.ofmap_bytes) += bytes;
}

void TrafficCounter::count_weights(OpId op, int64_t bytes) {
  payload_.weight_bytes += bytes;
  const auto place = std::lower_bound(ops_.begin(), ops_.end(), op);
  if (place != ops_.end() && *place == op) weight_bytes_[static_cast<size_t>(place - ops_.begin())] += bytes;
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
