#include "blocks/array_walk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace fusesim::hw {
namespace {

/// What a walk counts, step by step and cycle by cycle.
struct Walk {
  int64_t cycles = 0;
  int64_t inputs = 0;
  int64_t weights = 0;
  int64_t biases = 0;
};

/// Columns of one step, and the convolution group that they belong to.
struct ColumnStep {
  int64_t group = 0;
  int64_t columns = 0;
};

/// One random block on one random array, walked.
class Walker {
 public:
  Walker(const PeArrayConfig& array, const Datatypes& types, const RowBlock& block)
      : array_(array), types_(types), block_(block) {
    cut_columns();
    cut_products();
    cut_positions();
  }

  Walk walk() {
    switch (array_.dataflow) {
      case Dataflow::output_stationary:
        output_stationary();
        break;
      case Dataflow::weight_stationary:
        weight_stationary();
        break;
      case Dataflow::input_stationary:
        input_stationary();
        break;
    }
    return seen_;
  }

 private:
  /// Output by output; a step ends where its columns are full or another convolution group begins.
  void cut_columns() {
    for (int64_t c = block_.outputs.first; c < block_.outputs.last; ++c) {
      const int64_t group = block_.depthwise ? 0 : c / block_.group_outputs;
      const bool fits = !columns_.empty() && columns_.back().columns < array_.columns;
      if (!fits || columns_.back().group != group) columns_.push_back({group, 0});
      ++columns_.back().columns;
    }
  }

  /// Product by product of one result; a step ends where its rows are full or, not folded, at the next tap.
  void cut_products() {
    const int64_t inputs = block_.depthwise ? 1 : block_.group_inputs;
    for (int64_t tap = 0; tap < block_.taps; ++tap) {
      for (int64_t i = 0; i < inputs; ++i) {
        const bool next_tap = i == 0 && !array_.fold_taps && !block_.depthwise;
        if (rows_.empty() || rows_.back() == array_.rows || next_tap) rows_.push_back(0);
        ++rows_.back();
      }
    }
  }

  /// Position by position; as many lie side by side as their taps find rows.
  void cut_positions() {
    std::vector<int64_t> side_by_side;
    for (int64_t p = 0; p < block_.positions; ++p) {
      const bool room = block_.depthwise && array_.depthwise_positions && !side_by_side.empty() &&
                        (side_by_side.back() + 1) * block_.taps <= array_.rows;
      if (!room) side_by_side.push_back(0);
      ++side_by_side.back();
    }
    for (const int64_t positions : side_by_side) {
      const auto full = [this] { return static_cast<int64_t>(stripes_.back().size()) == array_.stripe; };
      if (stripes_.empty() || full()) stripes_.emplace_back();
      stripes_.back().push_back(positions);
    }
  }

  void output_stationary() {
    for (const ColumnStep& step : columns_) {
      read_biases(step);
      for (const auto& stripe : stripes_) {
        for (const int64_t positions : stripe) {
          for (const int64_t rows : rows_) {
            stream(step, rows, positions);
            seen_.weights += rows * step.columns;
            pass(1);
          }
        }
      }
    }
  }

  void weight_stationary() {
    for (const ColumnStep& step : columns_) {
      read_biases(step);
      for (const auto& stripe : stripes_) {
        for (const int64_t rows : rows_) {
          seen_.weights += rows * step.columns;
          for (const int64_t positions : stripe) stream(step, rows, positions);
          stay(static_cast<int64_t>(stripe.size()));
        }
      }
    }
  }

  void input_stationary() {
    for (const auto& stripe : stripes_) {
      for (const ColumnStep& step : columns_) read_biases(step);
      for (const int64_t rows : rows_) {
        int64_t held = -1;  // convolution group whose inputs are in the array
        for (const ColumnStep& step : columns_) {
          if (block_.depthwise || step.group != held) {
            for (const int64_t positions : stripe) stream(step, rows, positions);
          }
          held = step.group;
          seen_.weights += rows * step.columns;
          stay(static_cast<int64_t>(stripe.size()));
        }
      }
    }
  }

  void read_biases(const ColumnStep& step) { seen_.biases += block_.biased ? step.columns : 0; }

  void stream(const ColumnStep& step, int64_t rows, int64_t positions) {
    seen_.inputs += positions * rows * (block_.depthwise ? step.columns : 1);
  }

  /// A step whose weights come with it: so many positions, or until the whole array's weights have entered.
  void pass(int64_t positions) {
    int64_t left = array_.rows * array_.columns * types_.weight_bytes;
    for (int64_t p = 0; p < positions || left > 0; ++p) left -= port(), ++seen_.cycles;
  }

  /// A step whose weights are there: meanwhile the next ones enter, or afterwards if there is no place.
  void stay(int64_t positions) {
    if (array_.shadow_weights) return pass(positions);
    seen_.cycles += positions;
    pass(0);
  }

  int64_t port() const {
    if (array_.weight_bytes_per_cycle > 0) return array_.weight_bytes_per_cycle;
    const int64_t row = array_.columns * types_.weight_bytes;
    return array_.dataflow == Dataflow::output_stationary ? row * array_.rows : row;
  }

  const PeArrayConfig& array_;
  const Datatypes& types_;
  const RowBlock& block_;
  std::vector<ColumnStep> columns_;
  std::vector<int64_t> rows_;                  // in use, per reduction step
  std::vector<std::vector<int64_t>> stripes_;  // positions side by side, one after another
  Walk seen_;
};

int64_t from(std::mt19937_64& random, int64_t least, int64_t most) {
  return least + static_cast<int64_t>(random() % static_cast<uint64_t>(most - least + 1));
}

RowBlock random_block(std::mt19937_64& random) {
  RowBlock block;
  block.positions = from(random, 1, 40);
  block.taps = from(random, 1, 9);
  block.depthwise = from(random, 0, 2) == 0;
  block.group_inputs = block.depthwise ? 1 : from(random, 1, 20);
  block.group_outputs = from(random, 1, 20);
  block.outputs = {from(random, 0, 30), 0};
  block.outputs.last = block.outputs.first + from(random, 1, 40);
  block.biased = from(random, 0, 1) == 1;
  return block;
}

PeArrayConfig random_array(std::mt19937_64& random, Dataflow dataflow) {
  PeArrayConfig array;
  array.rows = from(random, 1, 20);
  array.columns = from(random, 1, 10);
  array.dataflow = dataflow;
  array.fold_taps = from(random, 0, 1) == 1;
  array.depthwise_positions = from(random, 0, 1) == 1;
  array.stripe = from(random, 0, 12);
  array.weight_bytes_per_cycle = from(random, 0, 1) * from(random, 1, 200);
  array.shadow_weights = from(random, 0, 1) == 1;
  return array;
}

TEST(ArrayWalk, CyclesAndAccessesAreThoseOfTheWalk) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 3000; ++i) {
    const RowBlock block = random_block(random);
    Datatypes types;
    types.weight_bytes = from(random, 1, 2);
    for (const auto& [name, dataflow] : kDataflows) {
      const PeArrayConfig array = random_array(random, dataflow);
      const Walk expected = Walker(array, types, block).walk();
      EXPECT_EQ(array_dataflow(dataflow).cycles(array, types, block), expected.cycles) << name;
      const ArrayAccesses moved = array_dataflow(dataflow).accesses(array, block);
      EXPECT_EQ(moved.input_reads, expected.inputs) << name;
      EXPECT_EQ(moved.weight_reads, expected.weights) << name;
      EXPECT_EQ(moved.bias_reads, expected.biases) << name;
    }
  }
}

}  // namespace
}  // namespace fusesim::hw
