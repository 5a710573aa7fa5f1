#pragma once

#include <cstdint>
#include <vector>

#include "ops/provenance.h"
#include "values/value_unit.h"

namespace fusesim::hw {

/// Row y of some output channels in the making. `raw` has an element for each, channel by channel; what is
/// put there is cut to the width of a value and goes through the op's table afterwards.
struct LocalRow {
  const ValueUnit& unit;
  OpId id;
  int64_t y;
  const std::vector<RowSource*>& inputs;
  ChannelRange outputs;
  const WeightTile* weights;
  std::vector<int64_t>& raw;

  const Op& op() const { return unit.op(id); }
  const OpValues& settings() const { return unit.settings(id); }
  const Graph& graph() const { return unit.graph(); }
  RowRange columns() const { return unit.columns(op().output()); }
  int64_t* channel(int64_t c) const { return raw.data() + (c - outputs.first) * columns().size(); }
};

/// One channel of a row of an operand, by columns of the whole map. Columns that are not on chip read as 0.
class Channel {
 public:
  Channel(const LocalRow& row, size_t operand, int64_t y, int64_t c)
      : columns_(row.unit.columns(row.op().inputs[operand])),
        values_(row.inputs[operand]->values(y, c, c + 1)) {}
  int64_t operator[](int64_t x) const {
    return x >= columns_.first && x < columns_.last ? values_[x - columns_.first] : 0;
  }
  bool has(int64_t x) const { return x >= columns_.first && x < columns_.last; }

 private:
  RowRange columns_;
  const Value* values_;
};

void pool_window(const LocalRow& row);
void crop_row(const LocalRow& row);
void resize_row(const LocalRow& row);
void combine_operands(const LocalRow& row);
void stack_operands(const LocalRow& row);
/// A channel_slice, a channel_shuffle.
void take_channels(const LocalRow& row);
void apply_function(const LocalRow& row);
void move_squares(const LocalRow& row);
void normalise_positions(const LocalRow& row);
void reduce_channels(const LocalRow& row);
void multiply_matrix(const LocalRow& row);
void multiply_positions(const LocalRow& row);

}  // namespace fusesim::hw
