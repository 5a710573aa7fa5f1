#include "fusesim/testing/brute_strips.h"

#include <set>
#include <utility>

#include "brute_rows.h"

namespace fusesim::testing {
namespace {

Graph with_sides_exchanged(Graph graph) {
  for (Tensor& t : graph.tensors) std::swap(t.shape.h, t.shape.w);
  for (Op& op : graph.ops) {
    Window& w = op.window;
    std::swap(w.kernel_h, w.kernel_w);
    std::swap(w.stride_h, w.stride_w);
    std::swap(w.dilation_h, w.dilation_w);
    std::swap(w.pad_top, w.pad_left);
    std::swap(w.pad_bottom, w.pad_right);
    std::swap(w.output_pad_h, w.output_pad_w);
  }
  return graph;
}

BruteColumns columns_of(const Graph& exchanged, const Group& group, int64_t strip, int64_t strips) {
  std::map<TensorId, Rows> needed;
  const GroupTensors tensors = tensors_of(exchanged, group);
  for (TensorId t : tensors.externals) needed[t] = {};
  for (TensorId t : tensors.made) needed[t] = {};
  for (TensorId t : tensors.outgoing) {
    const int64_t width = exchanged.tensor(t).shape.h;
    needed[t] = {width * strip / strips, width * (strip + 1) / strips};
  }
  for (size_t i = group.size(); i-- > 0;) {
    const Op& op = exchanged.op(group[i]);
    const Rows out = needed[op.output()];
    for (int64_t x = out.begin; x < out.end; ++x) {
      for (size_t k = 0; k < op.inputs.size(); ++k) {
        const bool all = pools_whole_map(op);
        const Rows read = all ? Rows{0, exchanged.in_shape(op).h} : rows_of(exchanged, op, k, x);
        needed[op.inputs[k]] = hull(needed[op.inputs[k]], read);
      }
    }
  }
  BruteColumns columns;
  for (const auto& [t, rows] : needed) columns[t] = {rows.begin, rows.end};
  return columns;
}

}  // namespace

std::vector<BruteColumns> brute_columns(const Graph& graph, const Group& group, int64_t strips) {
  const Graph exchanged = with_sides_exchanged(graph);
  std::vector<BruteColumns> result;
  for (int64_t j = 0; j < strips; ++j) result.push_back(columns_of(exchanged, group, j, strips));
  for (TensorId t : tensors_of(graph, group).externals) {
    std::set<int64_t> missing;
    for (int64_t x = 0; x < graph.tensor(t).shape.w; ++x) missing.insert(x);
    for (BruteColumns& strip : result) {
      auto& [begin, end] = strip[t];
      if (begin >= end) continue;
      if (&strip == &result.back()) end = graph.tensor(t).shape.w;
      if (!missing.empty()) begin = std::min(begin, *missing.begin());
      missing.erase(missing.begin(), missing.lower_bound(end));
    }
  }
  return result;
}

Graph narrowed(const Graph& graph, const BruteColumns& columns) {
  Graph narrow = graph;
  for (const auto& [t, range] : columns)
    narrow.tensors[static_cast<size_t>(t)].shape.w = range.second - range.first;
  return narrow;
}

}  // namespace fusesim::testing
