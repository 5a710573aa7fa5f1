#include "fusesim/values/quantiser.h"

#include <algorithm>
#include <cmath>

#include "fusesim/graph/op_facts.h"
#include "fusesim/values/functions.h"

namespace fusesim {
namespace {

/// Bits of operands that meet in one fraction: quotients of them are exact in float64, which has 53.
constexpr int kMostAlignedBits = 40;
constexpr int64_t kBlock = int64_t{1} << 16;  // parameters that are read at a time

/// The largest f with round(largest * 2^f) <= highest; 0 if there is nothing to scale.
int fitting_fraction(double largest, int64_t highest) {
  if (largest <= 0.0) return 0;
  int exponent = 0;
  std::frexp(static_cast<double>(highest) / largest, &exponent);
  // 2^(exponent - 1) <= highest / largest
  return std::lround(std::ldexp(largest, exponent)) <= highest ? exponent : exponent - 1;
}

int ceil_log2(int64_t n) {
  int bits = 0;
  while ((int64_t{1} << bits) < n) ++bits;
  return bits;
}

int64_t clamped(double x, int64_t bound) {
  const auto limit = static_cast<double>(bound);
  return std::llround(std::clamp(x, -limit, limit));
}

/// The smallest shift with which a sum is a value.
int fitting_shift(double largest, const ValueFormat& format) {
  int shift = 0;
  while (std::floor(std::ldexp(largest, -shift) + 0.5) > static_cast<double>(format.highest())) ++shift;
  return shift;
}

/// The most bits to the left, up to `most`, with which a quotient is a value.
int fitting_scale(double largest, int most, const ValueFormat& format) {
  int scale = 0;
  while (scale < most &&
         std::floor(std::ldexp(largest, scale + 1) + 0.5) <= static_cast<double>(format.highest())) {
    ++scale;
  }
  return scale;
}

/// 2^kExponentialFraction * e^-x for the distances 0, 1, ... of two values with this fraction.
std::vector<int32_t> exponentials(int fraction, const ValueFormat& format) {
  std::vector<int32_t> table;
  for (int64_t d = 0; d <= format.highest() - format.lowest(); ++d) {
    const double x = std::exp(-std::ldexp(static_cast<double>(d), -fraction));
    table.push_back(static_cast<int32_t>(std::lround(std::ldexp(x, kExponentialFraction))));
  }
  return table;
}

/// Elements that the statistics of one group of a moments op are taken over.
int64_t elements_of_group(const Graph& graph, const Op& op) {
  return graph.in_shape(op).elements() / op.groups;
}

}  // namespace

Quantiser::Quantiser(const Graph& graph, const Datatypes& types, const ParameterSource& parameters)
    : graph_(graph), parameters_(parameters), sum_fractions_(graph.ops.size(), 0) {
  network_.format = value_format(types);
  network_.ops.resize(graph.ops.size());
  network_.fractions.resize(graph.tensors.size(), 0);
  network_.inputs.resize(graph.inputs.size());
}

void Quantiser::set_input(TensorId tensor, const std::vector<float>& elements) {
  float largest = 0.0F;
  for (const float x : elements) largest = std::max(largest, std::abs(x));
  const int64_t highest = network_.format.highest();
  const int fraction = fitting_fraction(static_cast<double>(largest), highest);
  network_.fractions[static_cast<size_t>(tensor)] = fraction;
  const auto place = std::find(graph_.inputs.begin(), graph_.inputs.end(), tensor) - graph_.inputs.begin();
  std::vector<Value>& values = network_.inputs[static_cast<size_t>(place)];
  values.reserve(elements.size());
  for (const float x : elements)
    values.push_back(static_cast<Value>(clamped(std::ldexp(static_cast<double>(x), fraction), highest)));
}

int Quantiser::fraction(const Op& op, size_t operand) const {
  return network_.fractions[static_cast<size_t>(op.inputs[operand])];
}

/// The finest fraction of an operand that leaves room in the partial sums for the coarsest.
int Quantiser::most_common_fraction(const Op& op) const {
  int coarsest = fraction(op, 0);
  int finest = coarsest;
  for (size_t j = 1; j < op.inputs.size(); ++j) {
    coarsest = std::min(coarsest, fraction(op, j));
    finest = std::max(finest, fraction(op, j));
  }
  const int room = std::min(network_.format.sum_bits, kMostAlignedBits) - network_.format.value_bits -
                   ceil_log2(static_cast<int64_t>(op.inputs.size())) - 1;
  return std::min(finest, coarsest + std::max(0, room));
}

/// Operands get the fraction `to`.
void Quantiser::align(const Op& op, OpValues& values, int to) const {
  values.lifts.clear();
  for (size_t j = 0; j < op.inputs.size(); ++j) values.lifts.push_back(to - fraction(op, j));
}

/// Returns the fraction of a product of an input and a weight.
int Quantiser::prepare_parameters(OpId o, int input_fraction) {
  const Op& op = graph_.op(o);
  OpValues& values = network_.ops[static_cast<size_t>(o)];
  values.weight_fraction = op.weights > 0 ? weights_fraction(o) : 0;
  quantise_weights(o, values);
  const int sum = input_fraction + values.weight_fraction;
  quantise_biases(o, sum, values);
  return sum;
}

/// The largest with which no weight leaves its width and, of a convolution, no sum can take up more than half
/// of the partial sums' range; where none has room, no weight does.
int Quantiser::weights_fraction(OpId o) const {
  const Op& op = graph_.op(o);
  const int64_t per_output = is_convolution(op) ? op.weights / graph_.out_shape(op).c : op.weights;
  double largest = 0.0;
  double largest_sum = 0.0;
  double sum = 0.0;
  std::vector<float> block(static_cast<size_t>(std::min(kBlock, op.weights)));
  for (int64_t first = 0; first < op.weights; first += kBlock) {
    const int64_t count = std::min(kBlock, op.weights - first);
    parameters_.weights(parameter_owner(graph_, o), first, count, block.data());
    for (int64_t i = 0; i < count; ++i) {
      if ((first + i) % per_output == 0) sum = 0.0;
      const double magnitude = std::abs(static_cast<double>(block[static_cast<size_t>(i)]));
      sum += magnitude;
      largest = std::max(largest, magnitude);
      largest_sum = std::max(largest_sum, sum);
    }
  }
  const ValueFormat& format = network_.format;
  const int widest = fitting_fraction(largest, format.highest_weight());
  if (!is_convolution(op) || largest_sum <= 0.0) return widest;
  const double room =
      std::ldexp(1.0, format.sum_bits - 1 - format.value_bits) - 0.5 * static_cast<double>(per_output);
  if (room < 1.0) return widest;
  int exponent = 0;
  std::frexp(room / largest_sum, &exponent);
  return std::min(widest, exponent - 1);
}

void Quantiser::quantise_weights(OpId o, OpValues& values) const {
  const Op& op = graph_.op(o);
  const int64_t highest = network_.format.highest_weight();
  values.weights.resize(static_cast<size_t>(op.weights));
  std::vector<float> block(static_cast<size_t>(std::min(kBlock, op.weights)));
  const double unit = std::ldexp(1.0, values.weight_fraction);
  for (int64_t first = 0; first < op.weights; first += kBlock) {
    const int64_t count = std::min(kBlock, op.weights - first);
    parameters_.weights(parameter_owner(graph_, o), first, count, block.data());
    for (int64_t i = 0; i < count; ++i) {
      const double w = static_cast<double>(block[static_cast<size_t>(i)]) * unit;
      values.weights[static_cast<size_t>(first + i)] = static_cast<Value>(clamped(w, highest));
    }
  }
}

void Quantiser::quantise_biases(OpId o, int fraction, OpValues& values) const {
  const Op& op = graph_.op(o);
  const int bits = std::min(network_.format.bias_bits, network_.format.sum_bits - 1);
  const int64_t highest = (int64_t{1} << (bits - 1)) - 1;
  std::vector<float> real(static_cast<size_t>(op.biases));
  parameters_.biases(parameter_owner(graph_, o), 0, op.biases, real.data());
  values.biases.clear();
  for (const float b : real)
    values.biases.push_back(clamped(std::ldexp(static_cast<double>(b), fraction), highest));
}

void Quantiser::prepare(OpId o) {
  const Op& op = graph_.op(o);
  OpValues& values = network_.ops[static_cast<size_t>(o)];
  const ValueFormat& format = network_.format;
  int& sum = sum_fractions_[static_cast<size_t>(o)];
  sum = op.inputs.empty() ? 0 : fraction(op, 0);
  switch (value_rule(graph_, op)) {
    case ValueRule::products:
    case ValueRule::scale:
    case ValueRule::slope:
      sum = prepare_parameters(o, sum);
      return;
    case ValueRule::centred_norm:
    case ValueRule::plain_norm:
      values.scale = kNormFraction;
      sum = prepare_parameters(o, kNormFraction);
      return;
    case ValueRule::copy:
      for (size_t j = 1; j < op.inputs.size(); ++j) sum = std::min(sum, fraction(op, j));
      return align(op, values, sum);
    case ValueRule::sum:
    case ValueRule::greatest:
      sum = most_common_fraction(op);
      return align(op, values, sum);
    case ValueRule::normalise:
      align(op, values, most_common_fraction(op));
      sum = values.scale = format.value_bits / 2;
      return;
    case ValueRule::product:
    case ValueRule::matrix_of_rows:
    case ValueRule::matrix_of_columns:
    case ValueRule::position_matrix:
      for (size_t j = 1; j < op.inputs.size(); ++j) sum += fraction(op, j);
      return;
    case ValueRule::quotient:
      sum -= fraction(op, 1);
      return;
    case ValueRule::softmax:
      values.exponentials = exponentials(sum, format);
      sum = values.scale = format.value_bits - 1;
      return;
    case ValueRule::moments:
      values.square_shift = std::max(0, ceil_log2(elements_of_group(graph_, op)) +
                                            2 * (format.value_bits - 1) - (format.sum_bits - 1) + 1);
      return;
    case ValueRule::checksum:
      sum = 0;
      return;
    case ValueRule::largest:
    case ValueRule::smallest:
    case ValueRule::mean:
    case ValueRule::total:
    case ValueRule::interpolation:
      return;
  }
}

void Quantiser::settle(OpId o, double largest) {
  const Op& op = graph_.op(o);
  OpValues& values = network_.ops[static_cast<size_t>(o)];
  const ValueFormat& format = network_.format;
  int raw = sum_fractions_[static_cast<size_t>(o)];
  switch (value_rule(graph_, op)) {
    case ValueRule::products:
    case ValueRule::matrix_of_rows:
    case ValueRule::matrix_of_columns:
    case ValueRule::position_matrix:
    case ValueRule::total:
    case ValueRule::sum:
    case ValueRule::product:
    case ValueRule::greatest:
    case ValueRule::scale:
    case ValueRule::slope:
    case ValueRule::centred_norm:
    case ValueRule::plain_norm:
      values.shift = fitting_shift(largest, format);
      raw -= values.shift;
      break;
    case ValueRule::mean:
    case ValueRule::quotient:
      values.scale = fitting_scale(largest, format.value_bits, format);
      raw += values.scale;
      break;
    case ValueRule::moments:
      values.scale = fitting_scale(largest, moment_bits(format), format);
      raw += values.scale;
      break;
    case ValueRule::copy:
    case ValueRule::largest:
    case ValueRule::smallest:
    case ValueRule::interpolation:
    case ValueRule::normalise:
    case ValueRule::softmax:
    case ValueRule::checksum:
      break;
  }
  FunctionTable made = make_table(table_functions(graph_, op), raw, format);
  values.table = std::move(made.table);
  for (const TensorId t : op.outputs) network_.fractions[static_cast<size_t>(t)] = made.fraction;
}

}  // namespace fusesim
