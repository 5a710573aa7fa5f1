#include "group_tracker.h"

#include <algorithm>
#include <numeric>

namespace fusesim {

GroupTracker::GroupTracker(const Graph& graph, const TrafficFloor& floor)
    : graph_(graph),
      floor_(floor),
      inside_(graph.ops.size(), false),
      readers_inside_(graph.tensors.size(), 0),
      parameter_readers_(graph.ops.size(), 0),
      fetched_bytes_(graph.tensors.size(), 0),
      parent_(graph.ops.size()),
      component_size_(graph.ops.size(), 1) {
  std::iota(parent_.begin(), parent_.end(), 0);
}

void GroupTracker::push(OpId op) {
  frames_.push_back({bytes_, extra_bytes_, merges_.size()});
  ops_.push_back(op);
  inside_[static_cast<size_t>(op)] = true;
  ++components_;
  if (parameter_readers(op)++ == 0) bytes_ += floor_.parameter_bytes[static_cast<size_t>(op)];
  extra_bytes_ += floor_.op_extra_bytes[static_cast<size_t>(op)];
  for (const TrafficFloor::Fetch& fetch : floor_.fetches[static_cast<size_t>(op)]) {
    const auto t = static_cast<size_t>(fetch.tensor);
    const Tensor& tensor = graph_.tensors[t];
    const int64_t whole_bytes = floor_.tensor_bytes[t];
    const int64_t before_bytes = fetched_bytes_[t];
    fetched_bytes_[t] += fetch.bytes;
    ++readers_inside_[t];
    if (tensor.producer < 0 || !inside_[static_cast<size_t>(tensor.producer)]) {
      bytes_ += std::min(whole_bytes, fetched_bytes_[t]) - std::min(whole_bytes, before_bytes);
      continue;
    }
    merge(op, tensor.producer);
    const bool all_inside = static_cast<size_t>(readers_inside_[t]) == tensor.consumers.size();
    if (all_inside && !tensor.graph_output) bytes_ -= whole_bytes;
  }
  for (TensorId t : graph_.op(op).outputs) {
    const Tensor& tensor = graph_.tensor(t);
    if (tensor.graph_output || !tensor.consumers.empty())
      bytes_ += floor_.tensor_bytes[static_cast<size_t>(t)];
  }
}

void GroupTracker::pop() {
  const OpId op = ops_.back();
  ops_.pop_back();
  --parameter_readers(op);
  for (const TrafficFloor::Fetch& fetch : floor_.fetches[static_cast<size_t>(op)]) {
    --readers_inside_[static_cast<size_t>(fetch.tensor)];
    fetched_bytes_[static_cast<size_t>(fetch.tensor)] -= fetch.bytes;
  }
  const Frame frame = frames_.back();
  frames_.pop_back();
  for (; merges_.size() > frame.merges; merges_.pop_back()) {
    const OpId child = merges_.back();
    component_size_[static_cast<size_t>(parent_[static_cast<size_t>(child)])] -=
        component_size_[static_cast<size_t>(child)];
    parent_[static_cast<size_t>(child)] = child;
    ++components_;
  }
  --components_;
  inside_[static_cast<size_t>(op)] = false;
  bytes_ = frame.bytes;
  extra_bytes_ = frame.extra_bytes;
}

OpId GroupTracker::component_of(OpId op) const {
  while (parent_[static_cast<size_t>(op)] != op) op = parent_[static_cast<size_t>(op)];
  return op;
}

void GroupTracker::merge(OpId a, OpId b) {
  a = component_of(a);
  b = component_of(b);
  if (a == b) return;
  if (component_size_[static_cast<size_t>(a)] > component_size_[static_cast<size_t>(b)]) std::swap(a, b);
  parent_[static_cast<size_t>(a)] = b;
  component_size_[static_cast<size_t>(b)] += component_size_[static_cast<size_t>(a)];
  merges_.push_back(a);
  --components_;
}

}  // namespace fusesim
