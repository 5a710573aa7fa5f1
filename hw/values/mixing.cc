#include <algorithm>
#include <limits>

#include "local.h"
#include "values/arithmetic.h"

namespace fusesim::hw {
namespace {

/// The channels [first, last) of a position of an operand.
class Position {
 public:
  Position(const LocalRow& row, int64_t first, int64_t last, size_t operand = 0) {
    for (int64_t c = first; c < last; ++c) channels_.emplace_back(row, operand, row.y, c);
  }
  void move_to(int64_t x) {
    values_.clear();
    for (const Channel& channel : channels_) values_.push_back(channel[x]);
  }
  const std::vector<int64_t>& values() const { return values_; }

 private:
  std::vector<Channel> channels_;
  std::vector<int64_t> values_;
};

int64_t deep_channel(const Block& block, int64_t channels, int64_t c, int64_t i, int64_t j) {
  return block.innermost ? (c * block.size + i) * block.size + j : (i * block.size + j) * channels + c;
}

void spread_squares(const LocalRow& row) {
  const Block& block = row.op().block;
  const int64_t channels = row.graph().out_shape(row.op()).c;
  for (int64_t c = row.outputs.first; c < row.outputs.last; ++c) {
    for (int64_t x = row.columns().first; x < row.columns().last; ++x) {
      const int64_t from = deep_channel(block, channels, c, row.y % block.size, x % block.size);
      row.channel(c)[x - row.columns().first] = Channel(row, 0, row.y / block.size, from)[x / block.size];
    }
  }
}

void gather_squares(const LocalRow& row) {
  const Block& block = row.op().block;
  const int64_t channels = row.graph().in_shape(row.op()).c;
  for (int64_t i = 0; i < block.size; ++i) {
    for (int64_t c = 0; c < channels; ++c) {
      const Channel channel(row, 0, row.y * block.size + i, c);
      for (int64_t j = 0; j < block.size; ++j) {
        const int64_t co = deep_channel(block, channels, c, i, j);
        if (co < row.outputs.first || co >= row.outputs.last) continue;
        for (int64_t x = row.columns().first; x < row.columns().last; ++x)
          row.channel(co)[x - row.columns().first] = channel[x * block.size + j];
      }
    }
  }
}

/// Shares of the exponentials of a position.
void softmax(const LocalRow& row, std::vector<int64_t>& values) {
  const std::vector<int32_t>& table = row.settings().exponentials;
  const int64_t largest = *std::max_element(values.begin(), values.end());
  int64_t sum = 0;
  for (int64_t& v : values) {
    v = table[static_cast<size_t>(largest - v)];
    sum += v;
  }
  for (int64_t& v : values) v = rounded_quotient(v * (int64_t{1} << row.settings().scale), sum);
}

/// By the root of the mean square, of the differences from the mean if `centred`.
void divide_by_deviation(const LocalRow& row, bool centred, std::vector<int64_t>& values) {
  const auto count = static_cast<int64_t>(values.size());
  const int64_t unit = int64_t{1} << moment_bits(row.unit.format());
  int64_t sum = 0;
  for (const int64_t v : values) sum += v;
  const int64_t mean = centred ? rounded_quotient(sum * unit, count) : 0;
  int64_t squares = 0;
  for (int64_t& v : values) {
    v = v * unit - mean;
    squares += v * v;
  }
  const int64_t deviation = std::max<int64_t>(1, integer_root(squares / count));
  for (int64_t& v : values) {
    const int64_t quotient = rounded_quotient(v * (int64_t{1} << row.settings().scale), deviation);
    v = std::clamp<int64_t>(quotient, std::numeric_limits<int16_t>::min(),
                            std::numeric_limits<int16_t>::max());
  }
}

int64_t parametrised(const LocalRow& row, int64_t c, int64_t x) {
  int64_t sum = x * (int64_t{1} << row.settings().weight_fraction);
  if (row.weights != nullptr) {
    const auto place = static_cast<size_t>(c - row.weights->co0);
    if (!row.weights->values.empty()) sum = x * row.weights->values[place];
    if (!row.weights->bias_values.empty()) sum += row.weights->bias_values[place];
  }
  return shifted(sum, row.settings().shift);
}

/// Row r of some channels of a matrix, element by element in the order of its channels and positions.
class Matrix {
 public:
  /// Channels [first, last) of operand 1.
  Matrix(const LocalRow& row, int64_t first, int64_t last) {
    const Shape& shape = row.graph().in_shape(row.op(), 1);
    for (int64_t c = first; c < last; ++c) {
      for (int64_t r = 0; r < shape.h; ++r) {
        const Channel channel(row, 1, r, c);
        for (int64_t x = 0; x < shape.w; ++x) elements_.push_back(channel[x]);
      }
    }
  }
  int64_t operator[](int64_t i) const { return elements_[static_cast<size_t>(i)]; }

 private:
  std::vector<int64_t> elements_;
};

}  // namespace

void move_squares(const LocalRow& row) {
  row.op().kind == OpKind::depth_to_space ? spread_squares(row) : gather_squares(row);
}

void normalise_positions(const LocalRow& row) {
  const ValueRule rule = value_rule(row.graph(), row.op());
  const int64_t width = row.graph().in_shape(row.op()).c / row.op().groups;
  for (int64_t g = row.outputs.first / width; g <= (row.outputs.last - 1) / width; ++g) {
    Position position(row, g * width, (g + 1) * width);
    for (int64_t x = row.columns().first; x < row.columns().last; ++x) {
      position.move_to(x);
      std::vector<int64_t> values = position.values();
      if (rule == ValueRule::softmax) {
        softmax(row, values);
      } else {
        divide_by_deviation(row, rule == ValueRule::centred_norm, values);
      }
      for (int64_t c = std::max(row.outputs.first, g * width);
           c < std::min(row.outputs.last, (g + 1) * width); ++c) {
        const int64_t v = values[static_cast<size_t>(c - g * width)];
        row.channel(c)[x - row.columns().first] = rule == ValueRule::softmax ? v : parametrised(row, c, v);
      }
    }
  }
}

void reduce_channels(const LocalRow& row) {
  const ValueRule rule = value_rule(row.graph(), row.op());
  const int64_t channels = row.graph().in_shape(row.op()).c;
  Position position(row, 0, channels);
  for (int64_t x = row.columns().first; x < row.columns().last; ++x) {
    position.move_to(x);
    const std::vector<int64_t>& values = position.values();
    int64_t made = 0;
    if (rule == ValueRule::largest) {
      made = *std::max_element(values.begin(), values.end());
    } else if (rule == ValueRule::smallest) {
      made = *std::min_element(values.begin(), values.end());
    } else {
      int64_t sum = 0;
      for (const int64_t v : values) sum += v;
      row.unit.check_sums(row.id, 0, row.y, 1, &sum, 1);
      made = rule == ValueRule::mean ? rounded_quotient(sum * (int64_t{1} << row.settings().scale), channels)
                                     : shifted(sum, row.settings().shift);
    }
    row.channel(0)[x - row.columns().first] = made;
  }
}

void multiply_matrix(const LocalRow& row) {
  const Op& op = row.op();
  const bool by_columns = value_rule(row.graph(), op) == ValueRule::matrix_of_columns;
  const int64_t depth = row.graph().in_shape(op).c / op.groups;
  const int64_t width = row.graph().out_shape(op).c / op.groups;
  const int64_t part = row.graph().in_shape(op, 1).c / op.groups;
  for (int64_t g = row.outputs.first / width; g <= (row.outputs.last - 1) / width; ++g) {
    Position position(row, g * depth, (g + 1) * depth);
    const Matrix matrix(row, g * part, (g + 1) * part);
    for (int64_t x = row.columns().first; x < row.columns().last; ++x) {
      position.move_to(x);
      for (int64_t c = std::max(row.outputs.first, g * width);
           c < std::min(row.outputs.last, (g + 1) * width); ++c) {
        const int64_t o = c - g * width;
        int64_t sum = 0;
        for (int64_t i = 0; i < depth; ++i)
          sum +=
              position.values()[static_cast<size_t>(i)] * matrix[by_columns ? o * depth + i : i * width + o];
        row.unit.check_sums(row.id, c, row.y, 1, &sum, 1);
        row.channel(c)[x - row.columns().first] = shifted(sum, row.settings().shift);
      }
    }
  }
}

void multiply_positions(const LocalRow& row) {
  const Op& op = row.op();
  const int64_t depth = op.channel_block;
  const Shape& left = row.graph().in_shape(op);
  const Shape& right = row.graph().in_shape(op, 1);
  const int64_t columns = right.c / (op.groups * depth);
  const int64_t width = row.graph().out_shape(op).c / op.groups;
  Position a(row, 0, left.c);
  Position b(row, 0, right.c, 1);
  for (int64_t x = row.columns().first; x < row.columns().last; ++x) {
    a.move_to(x);
    b.move_to(x);
    for (int64_t c = row.outputs.first; c < row.outputs.last; ++c) {
      const int64_t first_a = c / width * (left.c / op.groups) + c % width / columns * depth;
      const int64_t first_b = c / width * (right.c / op.groups) + c % columns;
      int64_t sum = 0;
      for (int64_t k = 0; k < depth; ++k) {
        sum += a.values()[static_cast<size_t>(first_a + k)] *
               b.values()[static_cast<size_t>(first_b + k * columns)];
      }
      row.unit.check_sums(row.id, c, row.y, 1, &sum, 1);
      row.channel(c)[x - row.columns().first] = shifted(sum, row.settings().shift);
    }
  }
}

}  // namespace fusesim::hw
