#include "fusesim/cost/needed_elements.h"

#include <algorithm>

#include "fusesim/base/ceil_div.h"
#include "fusesim/graph/op_facts.h"
#include "rows/row_window.h"

namespace fusesim {
namespace {

/// Rows or columns of one tensor.
using Marks = std::vector<bool>;

int64_t marked(const Marks& marks) { return std::count(marks.begin(), marks.end(), true); }

/// Rows, or columns, that an op takes for those of its result.
Marks taken(const RowWindow& window, const Marks& result) {
  Marks marks(static_cast<size_t>(window.rows), false);
  for (size_t y = 0; y < result.size(); ++y) {
    if (!result[y]) continue;
    const auto at = static_cast<int64_t>(y);
    for (int64_t row = window.first(at); row < window.end(at); ++row)
      if (window.takes(row, at)) marks[static_cast<size_t>(row)] = true;
    if (window.rule == RowRule::whole || window.rule == RowRule::stream) break;
  }
  return marks;
}

struct Needed {
  Marks rows, columns;
  int64_t channels = 0;

  int64_t elements() const { return marked(rows) * marked(columns) * channels; }
  void set_all(const Shape& shape) {
    rows.assign(static_cast<size_t>(shape.h), true);
    columns.assign(static_cast<size_t>(shape.w), true);
    channels = shape.c;
  }
};

/// Channels of operand `i` that are certain to be taken for so many of the result's.
int64_t taken_channels(const Graph& graph, const Op& op, size_t i, int64_t result) {
  const int64_t in = graph.in_shape(op, i).c;
  const int64_t out = graph.out_shape(op).c;
  switch (op_facts(op).channels) {
    case ChannelUse::own:
    case ChannelUse::broadcast:
    case ChannelUse::shifted:
    case ChannelUse::shuffled:
      return std::min(in, result);
    case ChannelUse::blocked:  // a deep map has several channels of each of the wide one's
      return out > in ? ceil_div(result, out / in) : result;
    case ChannelUse::stacked:
      return std::max<int64_t>(0, result - (out - in));
    case ChannelUse::reducing:
    case ChannelUse::normed:
    case ChannelUse::multiplied:
      return ceil_div(result, out / op.groups) * (in / op.groups);
    case ChannelUse::summed:
    case ChannelUse::paired:
    case ChannelUse::all:
      break;
  }
  return in;
}

/// What an op takes of operand `i` for what is needed of its result.
Needed taken_by(const Graph& graph, const Op& op, size_t i, const Needed& result) {
  Needed needed;
  const Shape& shape = graph.in_shape(op, i);
  if (result.elements() == 0) return needed;
  if (is_opaque(op)) {
    needed.set_all(shape);
    return needed;
  }
  needed.rows = taken(row_window(graph, op, i), result.rows);
  needed.columns = taken(column_window(graph, op, i), result.columns);
  needed.channels = taken_channels(graph, op, i, result.channels);
  return needed;
}

}  // namespace

std::vector<int64_t> needed_elements(const Graph& graph) {
  std::vector<Needed> needed(graph.tensors.size());
  for (const TensorId t : graph.outputs) needed[static_cast<size_t>(t)].set_all(graph.tensor(t).shape);
  for (auto op = graph.ops.rbegin(); op != graph.ops.rend(); ++op) {
    const auto most = std::max_element(op->outputs.begin(), op->outputs.end(), [&](TensorId a, TensorId b) {
      return needed[static_cast<size_t>(a)].elements() < needed[static_cast<size_t>(b)].elements();
    });
    for (size_t i = 0; i < op->inputs.size(); ++i) {
      Needed& known = needed[static_cast<size_t>(op->inputs[i])];
      Needed more = taken_by(graph, *op, i, needed[static_cast<size_t>(*most)]);
      if (more.elements() > known.elements()) known = std::move(more);
    }
  }
  std::vector<int64_t> elements;
  elements.reserve(needed.size());
  for (const Needed& n : needed) elements.push_back(n.elements());
  return elements;
}

}  // namespace fusesim
