#include <algorithm>

#include "passes.h"

namespace fusesim::importer {
namespace {

bool is_function(const DraftOp& op, const std::string& type) {
  return op.op.kind == OpKind::activation && op.op.activations.size() == 1 &&
         op.op.activations[0].type == type;
}

/// A mean over the channels of a position, or over the last dimension of what may be a view of a map.
bool is_mean(const DraftOp& op) {
  const bool reduces = op.op.kind == OpKind::channel_reduce || op.over_last_axis;
  return op.alive && reduces && op.op.onnx_type == "ReduceMean";
}

/// The op that reads the value, if no other does and `fits` holds for it; else -1.
template <class Fits>
int reader_that(const Draft& draft, int value, const Fits& fits) {
  const int reader = draft.sole_reader(value);
  return reader >= 0 && fits(draft.op(reader)) ? reader : -1;
}

bool is_square(const DraftOp& op, int of) {
  const std::vector<int>& in = op.op.inputs;
  if (op.op.onnx_type == "Pow") return in.size() == 1 && in[0] == of && op.scalar && *op.scalar == 2.0;
  return op.op.onnx_type == "Mul" && in.size() == 2 && in[0] == of && in[1] == of;
}

/// x by the root of its mean square, which `square` begins: those ops in order; empty where it is something
/// else.
std::vector<int> find_quotient(const Draft& draft, int x, int square) {
  std::vector<int> ops{square};
  const auto next = [&](const auto& fits) {
    const int reader = ops.back() < 0 ? -1 : reader_that(draft, draft.op(ops.back()).op.output(), fits);
    ops.push_back(reader);
  };
  next([](const DraftOp& op) { return is_mean(op); });
  next([](const DraftOp& op) { return op.op.onnx_type == "Add" && op.op.inputs.size() == 1 && op.scalar; });
  next([](const DraftOp& op) { return is_function(op, "Sqrt"); });
  if (ops.back() < 0) return {};
  const int root = draft.op(ops.back()).op.output();
  const int inverse =
      reader_that(draft, root, [](const DraftOp& op) { return is_function(op, "Reciprocal"); });
  const int divisor = inverse < 0 ? root : draft.op(inverse).op.output();
  const int last = reader_that(draft, divisor, [&](const DraftOp& op) {
    const std::vector<int>& in = op.op.inputs;
    if (in.size() != 2) return false;
    if (inverse < 0) return op.op.onnx_type == "Div" && in[0] == x && in[1] == divisor;
    return op.op.onnx_type == "Mul" && std::min(in[0], in[1]) == std::min(x, divisor) &&
           std::max(in[0], in[1]) == std::max(x, divisor);
  });
  if (last < 0) return {};
  if (inverse >= 0) ops.push_back(inverse);
  ops.push_back(last);
  return ops;
}

/// Those readers of a value of which one is the square of it and the other the quotient.
std::vector<int> find_spread(const Draft& draft, int x) {
  for (const int reader : draft.value(x).readers) {
    if (!draft.op(reader).alive || !is_square(draft.op(reader), x)) continue;
    const std::vector<int> ops = find_quotient(draft, x, reader);
    if (!ops.empty()) return ops;
  }
  return {};
}

/// x less its mean, all of it by the root of the mean square of that; or without the mean.
std::vector<int> find_norm(const Draft& draft, int first) {
  const DraftOp& op = draft.op(first);
  const int x = op.op.inputs.empty() ? -1 : op.op.inputs[0];
  if (!op.alive || x < 0) return {};
  if (is_square(op, x)) return find_quotient(draft, x, first);
  if (!is_mean(op)) return {};
  const int centred = reader_that(draft, op.op.output(), [&](const DraftOp& sub) {
    return sub.op.onnx_type == "Sub" && sub.op.inputs == std::vector<int>{x, op.op.output()};
  });
  const int result = centred < 0 ? -1 : draft.op(centred).op.output();
  // The square reads it, by itself if it is a product, and the quotient does.
  if (result < 0 || draft.value(result).graph_output || draft.value(result).readers.size() > 3) return {};
  std::vector<int> ops = find_spread(draft, result);
  if (!ops.empty()) ops.insert(ops.begin(), {first, centred});
  return ops;
}

/// A length over the channels of a position, or over the last dimension.
bool is_length(const DraftOp& op) {
  const bool reduces = op.op.kind == OpKind::channel_reduce || op.over_last_axis;
  return op.alive && reduces && op.op.onnx_type == "ReduceL2";
}

/// x by its length, which has a least value.
std::vector<int> find_unit_length(const Draft& draft, int first) {
  const DraftOp& length = draft.op(first);
  if (!is_length(length)) return {};
  const int x = length.op.inputs[0];
  std::vector<int> ops{first};
  const auto next = [&](const auto& fits) {
    const int reader = reader_that(draft, draft.op(ops.back()).op.output(), fits);
    if (reader >= 0) ops.push_back(reader);
    return reader >= 0;
  };
  if (!next([](const DraftOp& op) { return is_function(op, "Clip"); })) return {};
  next([](const DraftOp& op) { return op.op.onnx_type == "Expand"; });
  const int divisor = draft.op(ops.back()).op.output();
  const std::vector<int> quotient{x, divisor};
  const bool found =
      next([&](const DraftOp& op) { return op.op.onnx_type == "Div" && op.op.inputs == quotient; });
  return found ? ops : std::vector<int>{};
}

/// Constants of one value per channel that scale and shift the result.
void find_parameters(const Draft& draft, int64_t channels, std::vector<int>& ops, Op& norm) {
  for (const char* type : {"Mul", "Add"}) {
    const bool scales = std::string(type) == "Mul";
    const int reader = reader_that(draft, draft.op(ops.back()).op.output(), [&](const DraftOp& op) {
      const int64_t elements = scales ? op.op.weights : op.op.biases;
      return op.op.onnx_type == type && op.affine && op.op.inputs.size() == 1 && elements == channels;
    });
    if (reader < 0) continue;
    (scales ? norm.weights : norm.biases) = channels;
    ops.push_back(reader);
  }
}

void make_norm(Draft& draft, std::vector<int> ops) {
  DraftOp norm = draft.op(ops.front());
  const int x = norm.op.inputs[0];
  const DraftValue& data = draft.value(x);
  const bool on_map = norm.op.kind == OpKind::channel_reduce || (data.map && !norm.over_last_axis);
  norm.op.weights = norm.op.biases = 0;
  norm.affine = false;
  norm.constant.clear();
  find_parameters(draft, on_map ? data.shape.c : data.dims.back(), ops, norm.op);
  norm.op.kind = on_map ? OpKind::norm : OpKind::activation;
  norm.op.activations.clear();
  if (!on_map) norm.op.activations = {{"LayerNormalization", 0.0F, 0.0F}};
  norm.over_last_axis = norm.deferred = !on_map;
  for (size_t i = 1; i < ops.size(); ++i) {
    const DraftOp& op = draft.op(ops[i]);
    norm.nodes.insert(norm.nodes.end(), op.nodes.begin(), op.nodes.end());
    norm.first = std::min(norm.first, op.first);
    if (op.op.weights + op.op.biases > 0)
      norm.parameters.insert(norm.parameters.end(), op.parameters.begin(), op.parameters.end());
  }
  for (size_t i = 0; i + 1 < ops.size(); ++i) {
    const std::vector<NodeRef>& dropped = draft.value(draft.op(ops[i]).op.output()).dropped;
    norm.nodes.insert(norm.nodes.end(), dropped.begin(), dropped.end());
  }
  norm.op.inputs = {x};
  norm.op.outputs = draft.op(ops.back()).op.outputs;
  for (const int i : ops) draft.remove(i);
  draft.op(ops.front()) = norm;
  draft.value(x).readers.push_back(ops.front());
  draft.value(norm.op.output()).producer = ops.front();
}

}  // namespace

void recognise_norms(Draft& draft) {
  for (int i = 0; i < static_cast<int>(draft.ops.size()); ++i) {
    std::vector<int> ops = find_norm(draft, i);
    if (ops.empty()) ops = find_unit_length(draft, i);
    if (!ops.empty()) make_norm(draft, ops);
  }
}

}  // namespace fusesim::importer
