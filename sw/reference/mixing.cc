#include <algorithm>
#include <limits>

#include "arithmetic.h"
#include "kernels.h"

namespace fusesim::reference {
namespace {

using at::Tensor;

int64_t exact(double x) { return static_cast<int64_t>(x); }

int64_t root_of(int64_t x) {
  int64_t low = 0;
  int64_t high = int64_t{1} << 31;
  while (high - low > 1) {
    const int64_t middle = (low + high) / 2;
    (middle * middle <= x ? low : high) = middle;
  }
  return low;
}

/// (groups, channels of one, H, W)
Tensor by_group(const Tensor& x, int64_t groups) {
  return x.reshape({groups, x.size(0) / groups, x.size(1), x.size(2)});
}

Tensor softmax(const Evaluation& e, const Tensor& x) {
  const Tensor parts = looked_up(e.values.exponentials, x.amax(1, true) - x, 0);
  return rounded_quotient(parts * std::ldexp(1.0, e.values.scale), parts.sum(1, true));
}

Tensor by_deviation(const Evaluation& e, bool centred, const Tensor& x) {
  const auto count = static_cast<double>(x.size(1));
  const double unit = std::ldexp(1.0, moment_bits(e.format));
  Tensor difference = x * unit;
  if (centred) difference = difference - rounded_quotient(x.sum(1, true) * unit, count);
  const Tensor square = at::floor((difference * difference).sum(1, true) / count);
  const Tensor deviation = at::clamp_min(at::floor(at::sqrt(square)), 1.0);
  return at::clamp(rounded_quotient(difference * std::ldexp(1.0, e.values.scale), deviation),
                   std::numeric_limits<int16_t>::min(), std::numeric_limits<int16_t>::max());
}

/// Mean and deviation of a group, `bits` bits finer than its elements.
std::pair<int64_t, int64_t> statistics(const Evaluation& e, const Tensor& group) {
  const int bits = moment_bits(e.format);
  const int64_t count = group.numel();
  const int64_t sum = exact(group.sum().item<double>()) * (int64_t{1} << bits);
  const int64_t doubled = 2 * sum + count;
  const int64_t mean = doubled >= 0 ? doubled / (2 * count) : -((-doubled + 2 * count - 1) / (2 * count));
  const int64_t squares =
      exact(at::floor(group * group * std::ldexp(1.0, -e.values.square_shift)).sum().item<double>());
  const int64_t square = squares * (int64_t{1} << (e.values.square_shift + 2 * bits)) / count;
  return {mean, root_of(std::max<int64_t>(0, square - mean * mean))};
}

}  // namespace

Tensor blocks(const Evaluation& e) {
  const int64_t n = e.op.block.size;
  const Tensor& x = e.inputs[0];
  const Shape out = e.out();
  if (e.op.kind == OpKind::depth_to_space) {
    const Tensor squares = e.op.block.innermost
                               ? x.reshape({out.c, n, n, x.size(1), x.size(2)}).permute({0, 3, 1, 4, 2})
                               : x.reshape({n, n, out.c, x.size(1), x.size(2)}).permute({2, 3, 0, 4, 1});
    return squares.reshape({out.c, out.h, out.w});
  }
  const Tensor squares =
      x.slice(1, 0, out.h * n).slice(2, 0, out.w * n).reshape({x.size(0), out.h, n, out.w, n});
  return (e.op.block.innermost ? squares.permute({0, 2, 4, 1, 3}) : squares.permute({2, 4, 0, 1, 3}))
      .reshape({out.c, out.h, out.w});
}

Made norm(const Evaluation& e) {
  const ValueRule rule = value_rule(e.graph, e.op);
  const Tensor x = by_group(e.inputs[0], e.op.groups);
  const Shape out = e.out();
  if (rule == ValueRule::softmax) return as_it_is(softmax(e, x).reshape({out.c, out.h, out.w}));
  const Tensor made = by_deviation(e, rule == ValueRule::centred_norm, x).reshape({out.c, out.h, out.w});
  return shifted_sum(parametrised(e, made, false));
}

Made channel_reduce(const Evaluation& e) {
  const Tensor& x = e.inputs[0];
  const ValueRule rule = value_rule(e.graph, e.op);
  if (rule == ValueRule::largest) return as_it_is(x.amax(0, true));
  if (rule == ValueRule::smallest) return as_it_is(x.amin(0, true));
  if (rule == ValueRule::total) return shifted_sum(x.sum(0, true));
  return scaled_quotient(x.sum(0, true), at::full({1, 1, 1}, static_cast<double>(x.size(0)), at::kDouble));
}

Tensor matrix_product(const Evaluation& e) {
  const int64_t groups = e.op.groups;
  const Shape out = e.out();
  const Tensor& x = e.inputs[0];
  const Tensor rows = x.reshape({groups, x.size(0) / groups, x.size(1) * x.size(2)});
  const Tensor matrix = e.inputs[1].contiguous();
  const int64_t depth = rows.size(1);
  const int64_t width = out.c / groups;
  const Tensor turned = value_rule(e.graph, e.op) == ValueRule::matrix_of_columns
                            ? matrix.reshape({groups, width, depth})
                            : matrix.reshape({groups, depth, width}).transpose(1, 2);
  return at::bmm(turned, rows).reshape({out.c, out.h, out.w});
}

Tensor position_product(const Evaluation& e) {
  const Shape out = e.out();
  const int64_t depth = e.op.channel_block;
  const int64_t positions = out.h * out.w;
  const auto matrices = [&](const Tensor& x, bool rows) {
    const int64_t other = x.size(0) / (e.op.groups * depth);
    const Tensor t = x.reshape({e.op.groups, rows ? other : depth, rows ? depth : other, positions});
    return t.permute({0, 3, 1, 2});
  };
  return at::matmul(matrices(e.inputs[0], true), matrices(e.inputs[1], false))
      .permute({0, 2, 3, 1})
      .reshape({out.c, out.h, out.w});
}

Made whole_map_pool(const Evaluation& e) {
  const Tensor& x = e.inputs[0];
  const Tensor flat = x.reshape({x.size(0), 1, x.size(1) * x.size(2)});
  const ValueRule rule = value_rule(e.graph, e.op);
  if (rule == ValueRule::largest) return as_it_is(flat.amax(2, true));
  if (rule == ValueRule::smallest) return as_it_is(flat.amin(2, true));
  if (rule == ValueRule::total) return shifted_sum(flat.sum(2, true));
  return scaled_quotient(flat.sum(2, true),
                         at::full({1, 1, 1}, static_cast<double>(flat.size(2)), at::kDouble));
}

Made moments(const Evaluation& e) {
  const Tensor& x = e.inputs[0];
  const int64_t each = x.size(0) / e.op.groups;
  const int bits = moment_bits(e.format);
  const Tensor fine = at::empty({x.size(0), 1, 2}, at::kDouble);
  for (int64_t g = 0; g < e.op.groups; ++g) {
    const auto [mean, deviation] = statistics(e, x.narrow(0, g * each, each));
    fine.narrow(0, g * each, each).select(2, 0).fill_(static_cast<double>(mean));
    fine.narrow(0, g * each, each).select(2, 1).fill_(static_cast<double>(deviation));
  }
  return {std::ldexp(largest_magnitude(fine), -bits),
          [fine, bits](const OpValues& values) { return shifted(fine, bits - values.scale); }};
}

}  // namespace fusesim::reference
