#include <algorithm>
#include <utility>

#include "arithmetic.h"
#include "kernels.h"

namespace fusesim::reference {
namespace {

using at::Tensor;

Tensor lifted(const Evaluation& e, size_t j) { return shifted(e.inputs[j], -e.values.lifts[j]); }

template <class Combine>
Tensor folded(const Evaluation& e, bool lift, Combine combine) {
  Tensor all = lift ? lifted(e, 0) : e.inputs[0];
  for (size_t j = 1; j < e.inputs.size(); ++j) all = combine(all, lift ? lifted(e, j) : e.inputs[j]);
  const Shape out = e.out();
  return all.expand({out.c, out.h, out.w});
}

/// A division by 0 gives the end of the range that its dividend points to.
Made divided(const Evaluation& e) {
  const Tensor a = e.inputs[0];
  const Tensor b = e.inputs[1];
  const Tensor sign = at::where(b < 0, at::full_like(b, -1.0), at::ones_like(b));
  const Tensor divisor = at::where(b == 0, at::ones_like(b), b.abs());
  const Tensor dividend = a * sign;
  const Tensor bound = a.sign() * static_cast<double>(e.format.highest() + 1);
  const Tensor none = (b == 0).expand_as(dividend);
  const double largest = largest_magnitude(at::where(none, at::zeros_like(dividend), dividend / divisor));
  return {largest, [dividend, divisor, none, bound](const OpValues& values) {
            const Tensor exact = rounded_quotient(dividend * std::ldexp(1.0, values.scale), divisor);
            return at::where(none, bound.expand_as(exact), exact);
          }};
}

Made normalised(const Evaluation& e) {
  const Tensor statistics = lifted(e, 1);
  const Tensor deviation = at::clamp_min(statistics.narrow(2, 1, 1), 1.0);
  const Tensor dividend = lifted(e, 0) - statistics.narrow(2, 0, 1);
  return as_it_is(rounded_quotient(dividend * std::ldexp(1.0, e.values.scale), deviation));
}

/// One parameter to each channel, (C, 1, 1).
template <class Number>
Tensor by_channel(const std::vector<Number>& parameters, int64_t channels) {
  const Tensor result = at::empty({channels, 1, 1}, at::kDouble);
  for (int64_t c = 0; c < channels; ++c) {
    const int64_t place = parameter_of(c, channels, static_cast<int64_t>(parameters.size()));
    result.data_ptr<double>()[c] = static_cast<double>(parameters[static_cast<size_t>(place)]);
  }
  return result;
}

}  // namespace

Made shifted_sum(Tensor sum) {
  const double largest = largest_magnitude(sum);
  return {largest, [sum = std::move(sum)](const OpValues& values) { return shifted(sum, values.shift); }};
}

Made scaled_quotient(Tensor dividend, Tensor divisor) {
  const double largest = largest_magnitude(dividend / divisor);
  return {largest, [dividend = std::move(dividend), divisor = std::move(divisor)](const OpValues& values) {
            return rounded_quotient(dividend * std::ldexp(1.0, values.scale), divisor);
          }};
}

Made as_it_is(Tensor result) {
  return {0.0, [result = std::move(result)](const OpValues&) { return result; }};
}

Made eltwise(const Evaluation& e) {
  switch (e.op.eltwise) {
    case EltwiseKind::add:
      return shifted_sum(folded(e, true, [](const Tensor& a, const Tensor& b) { return a + b; }));
    case EltwiseKind::sub:
      return shifted_sum(folded(e, true, [](const Tensor& a, const Tensor& b) { return a - b; }));
    case EltwiseKind::mul:
      return shifted_sum(folded(e, false, [](const Tensor& a, const Tensor& b) { return a * b; }));
    case EltwiseKind::max:
      if (e.op.onnx_type == "Min")
        return shifted_sum(
            folded(e, true, [](const Tensor& a, const Tensor& b) { return at::minimum(a, b); }));
      return shifted_sum(folded(e, true, [](const Tensor& a, const Tensor& b) { return at::maximum(a, b); }));
    case EltwiseKind::div:
      return divided(e);
    case EltwiseKind::normalise:
      break;
  }
  return normalised(e);
}

Tensor concat(const Evaluation& e) {
  std::vector<Tensor> parts;
  for (size_t j = 0; j < e.inputs.size(); ++j) parts.push_back(lifted(e, j));
  return at::cat(parts, 0);
}

Tensor parametrised(const Evaluation& e, const Tensor& x, bool slope) {
  const int64_t channels = e.out().c;
  const Tensor plain = x * std::ldexp(1.0, e.values.weight_fraction);
  Tensor sum = plain;
  if (!e.values.weights.empty()) {
    const Tensor scaled = x * by_channel(e.values.weights, channels);
    sum = slope ? at::where(x < 0, scaled, plain) : scaled;
  }
  return e.values.biases.empty() ? sum : sum + by_channel(e.values.biases, channels);
}

Tensor checksum(const Evaluation& e, size_t j) {
  constexpr uint32_t kPlace = 2654435761U;
  constexpr uint32_t kOutput = 16777619U;
  uint32_t sum = 0;
  for (size_t i = 0; i < e.inputs.size(); ++i) {
    const Tensor flat = e.inputs[i].contiguous();
    for (int64_t k = 0; k < flat.numel(); ++k) {
      const auto place = static_cast<uint32_t>(k + 1 + static_cast<int64_t>(i));
      const auto element = static_cast<int32_t>(flat.data_ptr<double>()[k]);
      sum += static_cast<uint32_t>(element) * (place * kPlace | 1U);
    }
  }
  const Shape& shape = e.graph.tensor(e.op.outputs[j]).shape;
  Tensor result = at::empty({shape.c, shape.h, shape.w}, at::kDouble);
  for (int64_t k = 0; k < shape.elements(); ++k) {
    const auto place = static_cast<uint32_t>(k + 1 + static_cast<int64_t>(j));
    const uint32_t mixed = (sum + place) * kPlace ^ (sum >> 7U) * kOutput;
    const auto top = static_cast<int64_t>(mixed >> static_cast<unsigned>(32 - e.format.value_bits));
    result.data_ptr<double>()[k] = static_cast<double>(top + e.format.lowest());
  }
  return result;
}

}  // namespace fusesim::reference
