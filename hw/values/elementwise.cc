#include <algorithm>

#include "local.h"
#include "values/arithmetic.h"
#include "values/kernels.h"

namespace fusesim::hw {
namespace {

/// The channel of every operand that output channel c takes.
std::vector<Channel> operands_of(const LocalRow& row, int64_t c) {
  const Op& op = row.op();
  std::vector<Channel> operands;
  for (size_t j = 0; j < op.inputs.size(); ++j) {
    const Shape& in = row.graph().in_shape(op, j);
    operands.emplace_back(row, j, is_row_broadcast(row.graph(), op, j) ? 0 : row.y, in.c == 1 ? 0 : c);
  }
  return operands;
}

/// The result of a division, towards what an infinite one would be where the divisor is 0.
int64_t divided(int64_t a, int64_t b, int64_t bound) {
  if (b == 0) return a > 0 ? bound : a < 0 ? -bound : 0;
  return b > 0 ? rounded_quotient(a, b) : rounded_quotient(-a, -b);
}

/// One element of an eltwise op; x: by operand, the column to take.
int64_t combined(const LocalRow& row, const std::vector<Channel>& operands, const std::vector<int64_t>& x) {
  const OpValues& settings = row.settings();
  const int64_t scale = int64_t{1} << settings.scale;
  const auto lifted = [&](size_t j, int64_t at) { return shifted(operands[j][at], -settings.lifts[j]); };
  switch (row.op().eltwise) {
    case EltwiseKind::add:
    case EltwiseKind::sub: {
      const int64_t sign = row.op().eltwise == EltwiseKind::sub ? -1 : 1;
      int64_t sum = lifted(0, x[0]);
      for (size_t j = 1; j < operands.size(); ++j) sum += sign * lifted(j, x[j]);
      return shifted(sum, settings.shift);
    }
    case EltwiseKind::mul: {
      int64_t product = operands[0][x[0]];
      for (size_t j = 1; j < operands.size(); ++j) product *= operands[j][x[j]];
      return shifted(product, settings.shift);
    }
    case EltwiseKind::max: {
      const bool least = row.op().onnx_type == "Min";
      int64_t chosen = lifted(0, x[0]);
      for (size_t j = 1; j < operands.size(); ++j) {
        const int64_t other = lifted(j, x[j]);
        chosen = least ? std::min(chosen, other) : std::max(chosen, other);
      }
      return shifted(chosen, settings.shift);
    }
    case EltwiseKind::div:
      return divided(operands[0][x[0]] * scale, operands[1][x[1]], row.unit.format().highest() + 1);
    case EltwiseKind::normalise:
      break;
  }
  const int64_t deviation = std::max<int64_t>(1, lifted(1, 1));
  return rounded_quotient((lifted(0, x[0]) - lifted(1, 0)) * scale, deviation);
}

/// One element with the parameters of its channel.
int64_t parametrised(const LocalRow& row, bool slope, size_t channel, int64_t x) {
  const WeightTile& tile = *row.weights;
  const int64_t unit = int64_t{1} << row.settings().weight_fraction;
  int64_t sum = x * unit;
  if (!tile.values.empty() && (!slope || x < 0)) sum = x * tile.values[channel];
  if (!tile.bias_values.empty()) sum += tile.bias_values[channel];
  return shifted(sum, row.settings().shift);
}

}  // namespace

void combine_operands(const LocalRow& row) {
  const Op& op = row.op();
  const int64_t width = row.graph().out_shape(op).w;
  std::vector<int64_t> at(op.inputs.size());
  for (int64_t c = row.outputs.first; c < row.outputs.last; ++c) {
    const std::vector<Channel> operands = operands_of(row, c);
    for (int64_t x = row.columns().first; x < row.columns().last; ++x) {
      for (size_t j = 0; j < at.size(); ++j) at[j] = row.graph().in_shape(op, j).w == 1 && width > 1 ? 0 : x;
      row.channel(c)[x - row.columns().first] = combined(row, operands, at);
    }
  }
}

void stack_operands(const LocalRow& row) {
  const Op& op = row.op();
  int64_t begin = 0;
  for (size_t j = 0; j < op.inputs.size(); ++j) {
    const int64_t end = begin + row.graph().in_shape(op, j).c;
    for (int64_t c = std::max(row.outputs.first, begin); c < std::min(row.outputs.last, end); ++c) {
      const Channel channel(row, j, row.y, c - begin);
      for (int64_t x = row.columns().first; x < row.columns().last; ++x)
        row.channel(c)[x - row.columns().first] = shifted(channel[x], -row.settings().lifts[j]);
    }
    begin = end;
  }
}

void take_channels(const LocalRow& row) {
  const Op& op = row.op();
  for (int64_t c = row.outputs.first; c < row.outputs.last; ++c) {
    const bool slice = op.kind == OpKind::channel_slice;
    const Channel channel(row, 0, row.y, slice ? op.channel_begin + c : shuffled_channel(row.graph(), op, c));
    for (int64_t x = row.columns().first; x < row.columns().last; ++x)
      row.channel(c)[x - row.columns().first] = channel[x];
  }
}

void apply_function(const LocalRow& row) {
  const bool slope = value_rule(row.graph(), row.op()) == ValueRule::slope;
  const bool weighted = row.weights != nullptr;
  for (int64_t c = row.outputs.first; c < row.outputs.last; ++c) {
    const Channel channel(row, 0, row.y, c);
    const auto place = static_cast<size_t>(c - (weighted ? row.weights->co0 : 0));
    for (int64_t x = row.columns().first; x < row.columns().last; ++x) {
      row.channel(c)[x - row.columns().first] =
          weighted ? parametrised(row, slope, place, channel[x]) : channel[x];
    }
  }
}

void local_values(const ValueUnit& unit, OpId o, int64_t y, const std::vector<RowSource*>& inputs,
                  const ChannelRange& outputs, const WeightTile* weights, Value* out) {
  std::vector<int64_t> raw(unit.elements(o, outputs.size()), 0);
  const LocalRow row{unit, o, y, inputs, outputs, weights, raw};
  switch (unit.op(o).kind) {
    case OpKind::max_pool:
    case OpKind::avg_pool:
      pool_window(row);
      break;
    case OpKind::eltwise:
      combine_operands(row);
      break;
    case OpKind::concat:
      stack_operands(row);
      break;
    case OpKind::channel_slice:
    case OpKind::channel_shuffle:
      take_channels(row);
      break;
    case OpKind::resize:
      resize_row(row);
      break;
    case OpKind::activation:
      apply_function(row);
      break;
    case OpKind::depth_to_space:
    case OpKind::space_to_depth:
      move_squares(row);
      break;
    case OpKind::crop:
      crop_row(row);
      break;
    case OpKind::norm:
      normalise_positions(row);
      break;
    case OpKind::channel_reduce:
      reduce_channels(row);
      break;
    case OpKind::matmul:
      multiply_matrix(row);
      break;
    case OpKind::position_matmul:
      multiply_positions(row);
      break;
    case OpKind::conv:
    case OpKind::conv_transpose:
    case OpKind::global_avg_pool:
    case OpKind::global_max_pool:
    case OpKind::moments:
    case OpKind::opaque:
      break;  // have functions of their own
  }
  for (size_t i = 0; i < raw.size(); ++i) out[i] = unit.finished(o, raw[i]);
}

}  // namespace fusesim::hw
