#include "columns.h"

#include <string>

#include "fusesim/graph/op_facts.h"
#include "fusesim/hw/simulation_error.h"
#include "ops/labels.h"
#include "ops/provenance.h"
#include "ops/row_window.h"

namespace fusesim::hw {
namespace {

constexpr uint64_t kInputColumn = 6;
constexpr uint64_t kOpColumn = 7;

/// Columns of one operand as an op reads them.
class Reader {
 public:
  Reader(const Graph& graph, OpId op, size_t input, const HeldColumns& held)
      : graph_(graph), op_(op), input_(input), held_(held) {}

  /// H(k, column x)
  uint64_t term(int64_t k, int64_t x) const {
    if (x >= held_.range.first && x < held_.range.last)
      return hash2(static_cast<uint64_t>(k), held_.hashes[static_cast<size_t>(x - held_.range.first)]);
    throw SimulationError(SimulationError::Guard::column_not_resident,
                          op_label(graph_, op_) + ": reads column " + std::to_string(x) + " of " +
                              tensor_label(graph_, graph_.op(op_).inputs[input_]) + ", on chip are columns " +
                              std::to_string(held_.range.first) + " to " +
                              std::to_string(held_.range.last - 1));
  }

 private:
  const Graph& graph_;
  OpId op_;
  size_t input_;
  const HeldColumns& held_;
};

uint64_t window_sum(const Span& w, int64_t width, int64_t x, const Reader& in) {
  uint64_t sum = 0;
  for (int64_t k = 0; k < w.kernel; ++k) {
    const int64_t column = x * w.stride - w.pad + k * w.dilation;
    if (column >= 0 && column < width) sum += in.term(k + 1, column);
  }
  return sum;
}

uint64_t transposed_sum(const Span& w, int64_t width, int64_t x, const Reader& in) {
  uint64_t sum = 0;
  for (int64_t k = 0; k < w.kernel; ++k) {
    const int64_t scaled = x + w.pad - k * w.dilation;
    if (scaled < 0 || scaled % w.stride != 0 || scaled / w.stride >= width) continue;
    sum += in.term(k + 1, scaled / w.stride);
  }
  return sum;
}

/// Columns one after another, numbered on from those of the operands before.
uint64_t sum_of(const ColumnRange& columns, size_t input, int64_t width, const Reader& in) {
  uint64_t sum = 0;
  for (int64_t c = columns.first; c < columns.last; ++c)
    sum += in.term(c - columns.first + 1 + static_cast<int64_t>(input) * width, c);
  return sum;
}

uint64_t operand_sum(const Graph& graph, const Op& op, size_t input, int64_t x, const Reader& in) {
  const int64_t width = graph.in_shape(op, input).w;
  if (reads_every_column(graph, op, input)) return sum_of({0, width}, input, width, in);
  switch (op_facts(op).rows) {
    case RowUse::window:
      return window_sum(horizontal_span(op.window), width, x, in);
    case RowUse::transposed:
      return transposed_sum(horizontal_span(op.window), width, x, in);
    case RowUse::resized:
    case RowUse::pooled:
    case RowUse::whole:
      return sum_of(columns_read(graph, op, input, x), input, width, in);
    case RowUse::own:
      break;
  }
  return in.term(static_cast<int64_t>(input) + 1, x);
}

}  // namespace

ColumnRange columns_read(const Graph& graph, const Op& op, size_t input, int64_t x) {
  const int64_t width = graph.in_shape(op, input).w;
  if (reads_every_column(graph, op, input)) return {0, width};
  return elements_read(op, horizontal_span(op.window), width, graph.out_shape(op).w, x);
}

uint64_t input_column_hash(TensorId t, int64_t x) { return hash2(hash2(kInputColumn, int64_t{t}), x); }

uint64_t column_hash(const Graph& graph, OpId id, size_t j, int64_t x,
                     const std::vector<const HeldColumns*>& operands) {
  const Op& op = graph.op(id);
  uint64_t sum = 0;
  for (size_t i = 0; i < operands.size(); ++i)
    sum += operand_sum(graph, op, i, x, Reader(graph, id, i, *operands[i]));
  return hash2(hash2(hash2(hash2(kOpColumn, int64_t{id}), static_cast<int64_t>(j)), x), sum);
}

}  // namespace fusesim::hw
