#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"
#include "fusesim/values/network.h"
#include "ops/ranges.h"

namespace fusesim::hw {

/// What the machine knows of the network whose values it computes: the settings and parameters of every op,
/// and which columns of every tensor lie on chip. Shapes, windows and places of columns are those of whole
/// maps, also where a group runs in strips.
class ValueUnit {
 public:
  /// Whole maps. The arguments must outlive it.
  ValueUnit(const Graph& graph, const ValueNetwork& network);

  /// From now on these columns of a tensor lie on chip.
  void hold(TensorId tensor, const RowRange& columns) { columns_[static_cast<size_t>(tensor)] = columns; }
  const RowRange& columns(TensorId tensor) const { return columns_[static_cast<size_t>(tensor)]; }
  /// Elements to each channel of a row.
  int64_t width(TensorId tensor) const { return columns(tensor).size(); }

  const Graph& graph() const { return graph_; }
  const Op& op(OpId o) const { return graph_.op(o); }
  const ValueFormat& format() const { return network_.format; }
  const OpValues& settings(OpId o) const { return network_.ops[static_cast<size_t>(o)]; }
  const std::vector<Value>& table(OpId o) const { return settings(o).table; }

  /// Elements of `channels` channels of a row of op o's result.
  size_t elements(OpId o, int64_t channels) const {
    return static_cast<size_t>(channels * width(op(o).output()));
  }
  /// Throws SimulationError (partial_sum_overflow), naming op, channel, row and column, unless all sums fit
  /// the partial sums. They belong to channels from c0 on of row y, `width` to each.
  void check_sums(OpId o, int64_t c0, int64_t y, int64_t width, const int64_t* sums, size_t count) const;

  /// From what an op made of its operands, cut to the width of a value, to its result.
  Value finished(OpId o, int64_t raw) const {
    const int64_t cut = raw > highest_ ? highest_ : raw < lowest_ ? lowest_ : raw;
    const std::vector<Value>& function = table(o);
    return function.empty() ? static_cast<Value>(cut) : function[static_cast<size_t>(cut - lowest_)];
  }

 private:
  const Graph& graph_;
  const ValueNetwork& network_;
  int64_t highest_;
  int64_t lowest_;
  std::vector<RowRange> columns_;  // per tensor
};

}  // namespace fusesim::hw
