#include "group_tracker.h"

#include <algorithm>
#include <numeric>

namespace fusesim {
namespace {

bool first_mention(const std::vector<TensorId>& inputs, size_t i) {
  const auto end = inputs.begin() + static_cast<std::ptrdiff_t>(i);
  return std::find(inputs.begin(), end, inputs[i]) == end;
}

}  // namespace

TrafficFloor::TrafficFloor(const Graph& graph, const Datatypes& datatypes) {
  for (const Tensor& tensor : graph.tensors) {
    tensor_bytes.push_back(tensor.shape.elements() * datatypes.activation_bytes);
  }
  for (const Op& op : graph.ops) {
    op_bytes.push_back(op.weights * datatypes.weight_bytes + op.biases * datatypes.bias_bytes);
  }
}

GroupTracker::GroupTracker(const Graph& graph, const TrafficFloor& floor)
    : graph_(graph),
      floor_(floor),
      inside_(graph.ops.size(), false),
      readers_inside_(graph.tensors.size(), 0),
      parent_(graph.ops.size()),
      component_size_(graph.ops.size(), 1) {
  std::iota(parent_.begin(), parent_.end(), 0);
}

void GroupTracker::push(OpId op) {
  frames_.push_back({bytes_, merges_.size()});
  ops_.push_back(op);
  inside_[static_cast<size_t>(op)] = true;
  ++components_;
  bytes_ += floor_.op_bytes[static_cast<size_t>(op)];
  const std::vector<TensorId>& inputs = graph_.op(op).inputs;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!first_mention(inputs, i)) continue;
    const auto t = static_cast<size_t>(inputs[i]);
    const Tensor& tensor = graph_.tensors[t];
    const int32_t readers = ++readers_inside_[t];
    if (tensor.producer < 0 || !inside_[static_cast<size_t>(tensor.producer)]) {
      if (readers == 1) bytes_ += floor_.tensor_bytes[t];
      continue;
    }
    merge(op, tensor.producer);
    const bool stays_inside = static_cast<size_t>(readers) == tensor.consumers.size() && !tensor.graph_output;
    if (stays_inside) bytes_ -= floor_.tensor_bytes[t];
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
  const std::vector<TensorId>& inputs = graph_.op(op).inputs;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (first_mention(inputs, i)) --readers_inside_[static_cast<size_t>(inputs[i])];
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
}

OpId GroupTracker::root(OpId op) const {
  while (parent_[static_cast<size_t>(op)] != op) op = parent_[static_cast<size_t>(op)];
  return op;
}

void GroupTracker::merge(OpId a, OpId b) {
  a = root(a);
  b = root(b);
  if (a == b) return;
  if (component_size_[static_cast<size_t>(a)] > component_size_[static_cast<size_t>(b)]) std::swap(a, b);
  parent_[static_cast<size_t>(a)] = b;
  component_size_[static_cast<size_t>(b)] += component_size_[static_cast<size_t>(a)];
  merges_.push_back(a);
  --components_;
}

}  // namespace fusesim
