#include "dram/traffic_counter.h"

#include <algorithm>
#include <numeric>

namespace fusesim::hw {

TrafficCounter::TrafficCounter(const Graph& graph)
    : graph_(graph), ifmaps_(graph.tensors.size()), ofmaps_(graph.tensors.size()) {}

void TrafficCounter::begin_group(const Group& ops, const Group& next) {
  weights_ = ops == next_ops_ ? next_weights_ : std::vector<Weights>(ops.size());
  next_weights_.assign(next.size(), {});
  ops_ = ops;
  next_ops_ = next;
  payload_ = Traffic();
  for (const Weights& weights : weights_) payload_.weight_bytes += weights.bytes;
  ifmaps_.clear();
  ofmaps_.clear();
}

/// In the order of those that moved, which is short where the network is long.
void TrafficCounter::Maps::clear() {
  for (const TensorId t : moved) {
    rows[static_cast<size_t>(t)].clear();
    bursts[static_cast<size_t>(t)] = {};
  }
  moved.clear();
}

void TrafficCounter::count_row(TransferKind kind, TensorId tensor, int64_t row, int64_t bytes,
                               const BurstCounts& bursts) {
  const bool in = kind == TransferKind::ifmap;
  const auto t = static_cast<size_t>(tensor);
  Maps& maps = in ? ifmaps_ : ofmaps_;
  auto& rows = maps.rows[t];
  if (rows.empty()) {
    rows.resize(static_cast<size_t>(graph_.tensor(tensor).shape.h), 0);
    maps.moved.push_back(tensor);
  }
  rows[static_cast<size_t>(row)] += bytes;
  (in ? payload_.ifmap_bytes : payload_.ofmap_bytes) += bytes;
  maps.bursts[t] += bursts;
}

TrafficCounter::Weights* TrafficCounter::find(const Group& ops, std::vector<Weights>& weights, OpId op) {
  const auto place = std::lower_bound(ops.begin(), ops.end(), op);
  return place != ops.end() && *place == op ? &weights[static_cast<size_t>(place - ops.begin())] : nullptr;
}

void TrafficCounter::count_weights(OpId op, int64_t bytes, const BurstCounts& bursts) {
  Weights* weights = find(next_ops_, next_weights_, op);
  if (weights == nullptr) {
    payload_.weight_bytes += bytes;
    weights = find(ops_, weights_, op);
  }
  if (weights == nullptr) return;
  weights->bytes += bytes;
  weights->bursts += bursts;
}

std::vector<MovedTensor> TrafficCounter::Maps::tensors() const {
  std::vector<TensorId> ascending = moved;
  std::sort(ascending.begin(), ascending.end());
  std::vector<MovedTensor> tensors;
  tensors.reserve(ascending.size());
  for (const TensorId t : ascending) tensors.push_back({t, rows[static_cast<size_t>(t)]});
  return tensors;
}

void TrafficCounter::report(GroupResult& result) const {
  result.payload = payload_;
  result.ifmaps = ifmaps_.tensors();
  result.ofmaps = ofmaps_.tensors();
  result.weight_bytes.clear();
  for (const Weights& weights : weights_) result.weight_bytes.push_back(weights.bytes);
  report_ops(result);
}

void TrafficCounter::report_ops(GroupResult& result) const {
  result.ops.clear();
  std::vector<BurstCounts> bursts;
  for (size_t i = 0; i < ops_.size(); ++i) {
    OpResult& op = result.ops.emplace_back();
    op.op = ops_[i];
    op.payload.weight_bytes = weights_[i].bytes;
    bursts.push_back(weights_[i].bursts);
  }
  const auto give = [&](const MovedTensor& moved, const BurstCounts& counts, size_t to, bool in) {
    Traffic& payload = result.ops[to].payload;
    (in ? payload.ifmap_bytes : payload.ofmap_bytes) +=
        std::accumulate(moved.row_bytes.begin(), moved.row_bytes.end(), int64_t{0});
    bursts[to] += counts;
  };
  for (const MovedTensor& moved : result.ifmaps) {
    const auto reads = [&](OpId o) {
      const std::vector<TensorId>& inputs = graph_.op(o).inputs;
      return std::find(inputs.begin(), inputs.end(), moved.tensor) != inputs.end();
    };
    const auto reader = std::find_if(ops_.begin(), ops_.end(), reads);
    if (reader == ops_.end()) continue;
    give(moved, ifmaps_.bursts[static_cast<size_t>(moved.tensor)], static_cast<size_t>(reader - ops_.begin()),
         true);
  }
  for (const MovedTensor& moved : result.ofmaps) {
    const auto maker = std::lower_bound(ops_.begin(), ops_.end(), graph_.tensor(moved.tensor).producer);
    if (maker == ops_.end() || *maker != graph_.tensor(moved.tensor).producer) continue;
    give(moved, ofmaps_.bursts[static_cast<size_t>(moved.tensor)], static_cast<size_t>(maker - ops_.begin()),
         false);
  }
  for (size_t i = 0; i < ops_.size(); ++i) {
    result.ops[i].bursts = bursts[i].bursts;
    result.ops[i].row_hits = bursts[i].row_hits;
  }
}

}  // namespace fusesim::hw
