#include "fusesim/reference/reference.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <set>

#include "arithmetic.h"
#include "fusesim/values/quantiser.h"
#include "kernels.h"

namespace fusesim {
namespace reference {
namespace {

using at::Tensor;

Made made_of(const Evaluation& e) {
  const Tensor x = e.inputs.empty() ? Tensor() : e.inputs[0];
  const ValueRule rule = value_rule(e.graph, e.op);
  switch (e.op.kind) {
    case OpKind::conv:
    case OpKind::conv_transpose:
      return shifted_sum(convolution(e));
    case OpKind::max_pool:
    case OpKind::avg_pool:
      return window_pool(e);
    case OpKind::global_avg_pool:
    case OpKind::global_max_pool:
      return whole_map_pool(e);
    case OpKind::eltwise:
      return eltwise(e);
    case OpKind::concat:
      return as_it_is(concat(e));
    case OpKind::channel_slice:
      return as_it_is(x.narrow(0, e.op.channel_begin, e.out().c));
    case OpKind::resize:
      return as_it_is(resize(e));
    case OpKind::activation:
      if (rule == ValueRule::copy) return as_it_is(x);
      return shifted_sum(parametrised(e, x, rule == ValueRule::slope));
    case OpKind::channel_shuffle: {
      std::vector<int64_t> places;
      for (int64_t c = 0; c < x.size(0); ++c) places.push_back(shuffled_channel(e.graph, e.op, c));
      return as_it_is(x.index_select(0, at::tensor(places, at::kLong)));
    }
    case OpKind::depth_to_space:
    case OpKind::space_to_depth:
      return as_it_is(blocks(e));
    case OpKind::crop:
      return as_it_is(crop(e));
    case OpKind::norm:
      return norm(e);
    case OpKind::channel_reduce:
      return channel_reduce(e);
    case OpKind::moments:
      return moments(e);
    case OpKind::matmul:
      return shifted_sum(matrix_product(e));
    case OpKind::position_matmul:
      return shifted_sum(position_product(e));
    case OpKind::opaque:
      break;
  }
  return as_it_is(checksum(e, 0));
}

class Run {
 public:
  explicit Run(const ReferenceRequest& request)
      : request_(request),
        graph_(request.graph),
        quantiser_(request.graph, request.datatypes, request.parameters),
        maps_(graph_.tensors.size()),
        readers_left_(graph_.tensors.size()) {}

  ReferenceRun run() {
    for (const TensorId t : request_.wanted) result_.values.push_back({t, {}});
    for (size_t t = 0; t < graph_.tensors.size(); ++t) readers_left_[t] = graph_.tensors[t].consumers.size();
    for (size_t i = 0; i < graph_.inputs.size(); ++i) take_input(i);
    for (size_t o = 0; o < graph_.ops.size(); ++o) evaluate(static_cast<OpId>(o));
    result_.network = quantiser_.take();
    return std::move(result_);
  }

 private:
  Tensor& map(TensorId t) { return maps_[static_cast<size_t>(t)]; }

  void take_input(size_t i) {
    const TensorId t = graph_.inputs[i];
    quantiser_.set_input(t, request_.inputs[i]);
    const std::vector<Value>& values = quantiser_.network().inputs[i];
    const Shape& shape = graph_.tensor(t).shape;
    Tensor made = at::empty({shape.c, shape.h, shape.w}, at::kDouble);
    std::copy(values.begin(), values.end(), made.data_ptr<double>());
    keep(t, std::move(made));
  }

  void evaluate(OpId o) {
    const Op& op = graph_.op(o);
    quantiser_.prepare(o);
    const ValueNetwork& network = quantiser_.network();
    const OpValues& values = network.ops[static_cast<size_t>(o)];
    Evaluation e{graph_, op, values, network.format, {}};
    for (const TensorId t : op.inputs) e.inputs.push_back(map(t));
    const Made made = made_of(e);
    quantiser_.settle(o, made.largest);
    for (size_t j = 0; j < op.outputs.size(); ++j)
      keep(op.outputs[j], finished(e, j == 0 ? made.cut(values) : checksum(e, j)));
    e.inputs.clear();
    for (const TensorId t : std::set<TensorId>(op.inputs.begin(), op.inputs.end())) {
      if (--readers_left_[static_cast<size_t>(t)] == 0) map(t) = Tensor();
    }
  }

  static Tensor finished(const Evaluation& e, const Tensor& raw) {
    const auto lowest = static_cast<double>(e.format.lowest());
    const Tensor cut = at::clamp(raw, lowest, static_cast<double>(e.format.highest()));
    return (e.values.table.empty() ? cut : looked_up(e.values.table, cut, e.format.lowest())).contiguous();
  }

  void keep(TensorId t, Tensor made) {
    const auto found = std::find(request_.wanted.begin(), request_.wanted.end(), t);
    if (found != request_.wanted.end()) {
      const double* elements = made.data_ptr<double>();
      std::vector<Value>& values =
          result_.values[static_cast<size_t>(found - request_.wanted.begin())].values;
      values.reserve(static_cast<size_t>(made.numel()));
      for (int64_t i = 0; i < made.numel(); ++i) values.push_back(static_cast<Value>(elements[i]));
    }
    if (readers_left_[static_cast<size_t>(t)] > 0) map(t) = std::move(made);
  }

  const ReferenceRequest& request_;
  const Graph& graph_;
  Quantiser quantiser_;
  std::vector<Tensor> maps_;  // per tensor, while somebody reads it
  std::vector<size_t> readers_left_;
  ReferenceRun result_;
};

}  // namespace
}  // namespace reference

ReferenceRun run_reference(const ReferenceRequest& request) {
  const at::NoGradGuard no_gradients;
  return reference::Run(request).run();
}

}  // namespace fusesim
