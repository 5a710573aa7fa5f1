#include <cmath>

#include "passes.h"

namespace fusesim::importer {
namespace {

bool is_function(const DraftOp& op, const std::string& type) {
  return op.alive && op.op.kind == OpKind::activation && op.op.activations.size() == 1 &&
         op.op.activations[0].type == type;
}

/// x+3 or x/6 by a known number.
bool is_scalar(const DraftOp& op, const std::string& onnx_type, double number) {
  return op.alive && op.affine && op.scalar && op.op.onnx_type == onnx_type &&
         std::abs(*op.scalar - number) < 1e-6 * std::abs(number);
}

bool is_sixth(const DraftOp& op) { return is_scalar(op, "Div", 6.0) || is_scalar(op, "Mul", 1.0 / 6.0); }

bool is_relu6(const DraftOp& op) {
  return is_function(op, "Clip") && op.op.activations[0].alpha == 0.0F && op.op.activations[0].beta == 6.0F;
}

/// The op that makes the value, if `reader` is all that reads it; else -1.
int private_producer(const Draft& draft, int value, int reader) {
  return draft.sole_reader(value) == reader ? draft.value(value).producer : -1;
}

/// relu6(x + 3), ending in op `clip`: the op that adds 3, else -1.
int find_shifted_relu6(const Draft& draft, int clip) {
  if (clip < 0 || !is_relu6(draft.op(clip))) return -1;
  const int add = private_producer(draft, draft.op(clip).op.inputs[0], clip);
  return add >= 0 && is_scalar(draft.op(add), "Add", 3.0) ? add : -1;
}

void set_function(DraftOp& op, const std::string& type, float alpha, float beta) {
  op.op.activations = {{type, alpha, beta}};
  op.op.weights = 0;
  op.op.biases = 0;
  op.affine = false;
}

/// relu6(x + 3) / 6 is HardSigmoid.
void recognise_hard_sigmoid(Draft& draft, int last) {
  if (!is_sixth(draft.op(last))) return;
  const int clip = private_producer(draft, draft.op(last).op.inputs[0], last);
  const int add = find_shifted_relu6(draft, clip);
  if (add < 0) return;
  draft.absorb(add, clip);
  draft.absorb(add, last);
  set_function(draft.op(add), "HardSigmoid", 1.0F / 6.0F, 0.5F);
}

/// x * gate(x), with the gate's operand at position `slot` of the product. True if recognised.
bool recognise_gate(Draft& draft, int product, size_t slot) {
  const int x = draft.op(product).op.inputs[1 - slot];
  const int gate = private_producer(draft, draft.op(product).op.inputs[slot], product);
  if (gate < 0 || draft.op(gate).op.kind != OpKind::activation) return false;
  const bool reads_x = draft.op(gate).op.inputs[0] == x;
  if (reads_x && is_function(draft.op(gate), "Sigmoid")) {
    draft.absorb(gate, product);
    set_function(draft.op(gate), "Silu", 0.0F, 0.0F);
    return true;
  }
  if (reads_x && is_function(draft.op(gate), "HardSigmoid")) {
    const ActivationFn fn = draft.op(gate).op.activations[0];
    draft.absorb(gate, product);
    set_function(draft.op(gate), "HardSwish", fn.alpha, fn.beta);
    return true;
  }
  const int inner = private_producer(draft, draft.op(gate).op.inputs[0], gate);
  if (inner < 0 || draft.op(inner).op.kind != OpKind::activation || draft.op(inner).op.inputs[0] != x)
    return false;
  if (!is_function(draft.op(gate), "Tanh") || !is_function(draft.op(inner), "Softplus")) return false;
  draft.absorb(inner, gate);
  draft.absorb(inner, product);
  set_function(draft.op(inner), "Mish", 0.0F, 0.0F);
  return true;
}

/// The op that makes `value` if it is private to `reader` and a product or sum with this number, else -1.
int find_scaled(const Draft& draft, int value, int reader, const std::string& onnx_type, double number) {
  const int op = private_producer(draft, value, reader);
  return op >= 0 && is_scalar(draft.op(op), onnx_type, number) ? op : -1;
}

/// x by the root of two, or times its inverse.
int find_over_root_two(const Draft& draft, int value, int reader) {
  const int divided = find_scaled(draft, value, reader, "Div", std::sqrt(2.0));
  return divided >= 0 ? divided : find_scaled(draft, value, reader, "Mul", std::sqrt(0.5));
}

/// sqrt(2/pi) * (x + 0.044715 * x^3), innermost op first; empty where it is something else.
std::vector<int> find_cubic(const Draft& draft, int value, int reader) {
  const int scale = find_scaled(draft, value, reader, "Mul", std::sqrt(2.0 / std::acos(-1.0)));
  const int sum = scale < 0 ? -1 : private_producer(draft, draft.op(scale).op.inputs[0], scale);
  if (sum < 0 || draft.op(sum).op.kind != OpKind::eltwise || draft.op(sum).op.inputs.size() != 2) return {};
  for (size_t slot = 0; slot < 2; ++slot) {
    const int times = find_scaled(draft, draft.op(sum).op.inputs[slot], sum, "Mul", 0.044715);
    const int cube = times < 0 ? -1 : private_producer(draft, draft.op(times).op.inputs[0], times);
    if (cube < 0 || draft.op(cube).op.onnx_type != "Pow") continue;
    if (draft.op(cube).op.inputs[0] == draft.op(sum).op.inputs[1 - slot]) return {cube, times, sum, scale};
  }
  return {};
}

/// Ops from x to 1 + Erf(x / sqrt(2)) or 1 + Tanh(cubic(x)), which `product` reads in `slot`.
std::vector<int> find_gelu_gate(const Draft& draft, int product, size_t slot) {
  const int one = find_scaled(draft, draft.op(product).op.inputs[slot], product, "Add", 1.0);
  const int function = one < 0 ? -1 : private_producer(draft, draft.op(one).op.inputs[0], one);
  if (function < 0) return {};
  std::vector<int> ops;
  if (is_function(draft.op(function), "Erf")) {
    const int scale = find_over_root_two(draft, draft.op(function).op.inputs[0], function);
    if (scale >= 0) ops = {scale};
  } else if (is_function(draft.op(function), "Tanh")) {
    ops = find_cubic(draft, draft.op(function).op.inputs[0], function);
  }
  if (ops.empty()) return {};
  ops.push_back(function);
  ops.push_back(one);
  return ops;
}

/// x * 0.5 * (1 + Erf(x / sqrt(2))), the half anywhere in the product; or the same by Tanh.
bool recognise_gelu(Draft& draft, int product, size_t slot) {
  std::vector<int> ops = find_gelu_gate(draft, product, slot);
  if (ops.empty()) return false;
  const int x = draft.op(ops.front()).op.inputs[0];
  const int other = draft.op(product).op.inputs[1 - slot];
  ops.push_back(product);
  if (other != x) {
    const int half = find_scaled(draft, other, product, "Mul", 0.5);
    if (half < 0 || draft.op(half).op.inputs[0] != x) return false;
    ops.insert(ops.begin() + 1, half);
  } else {
    const int half = draft.sole_reader(draft.op(product).op.output());
    if (half < 0 || !is_scalar(draft.op(half), "Mul", 0.5)) return false;
    ops.push_back(half);
  }
  const int first = ops.front();
  for (size_t i = 1; i < ops.size(); ++i) draft.absorb(first, ops[i]);
  set_function(draft.op(first), "Gelu", 0.0F, 0.0F);
  return true;
}

/// x * relu6(x + 3) / 6, divided last.
bool recognise_late_division(Draft& draft, int product, size_t slot) {
  const int x = draft.op(product).op.inputs[1 - slot];
  const int clip = private_producer(draft, draft.op(product).op.inputs[slot], product);
  const int add = find_shifted_relu6(draft, clip);
  const int last = draft.sole_reader(draft.op(product).op.output());
  if (add < 0 || last < 0 || draft.op(add).op.inputs[0] != x || !is_sixth(draft.op(last))) return false;
  draft.absorb(add, clip);
  draft.absorb(add, product);
  draft.absorb(add, last);
  set_function(draft.op(add), "HardSwish", 1.0F / 6.0F, 0.5F);
  return true;
}

}  // namespace

void recognise_activations(Draft& draft) {
  const int count = static_cast<int>(draft.ops.size());
  for (int i = 0; i < count; ++i) recognise_hard_sigmoid(draft, i);
  for (int i = 0; i < count; ++i) {
    const DraftOp& op = draft.op(i);
    const bool product = op.alive && op.op.kind == OpKind::eltwise && op.op.eltwise == EltwiseKind::mul &&
                         op.op.inputs.size() == 2;
    if (!product) continue;
    for (size_t slot = 0; slot < 2; ++slot) {
      if (recognise_gate(draft, i, slot) || recognise_late_division(draft, i, slot) ||
          recognise_gelu(draft, i, slot))
        break;
    }
  }
}

}  // namespace fusesim::importer
