#include "brr/tile_limits.h"

#include <algorithm>
#include <cmath>

#include "fusesim/graph/op_facts.h"
#include "rows/row_read.h"

namespace fusesim {
namespace {

/// Rows of the first tensor for one row of each, over one connected part of the network, along the ways by
/// which rows scale. 0: of another part.
class Scales {
 public:
  explicit Scales(const Graph& graph) : graph_(graph), scale_(graph.tensors.size(), 0.0) {}

  /// False if two ways to one tensor disagree.
  bool spread(size_t root) {
    std::vector<size_t> open = {root};
    scale_[root] = 1.0;
    bool agree = true;
    while (!open.empty()) {
      const size_t t = open.back();
      open.pop_back();
      const auto visit = [&](size_t other, double scale) {
        if (scale_[other] == 0.0) {
          scale_[other] = scale;
          open.push_back(other);
        }
        agree = agree && std::abs(scale_[other] - scale) <= kRounding * scale;
      };
      for (const OpId reader : graph_.tensors[t].consumers) visit_edges(reader, t, visit);
      if (graph_.tensors[t].producer >= 0) visit_edges(graph_.tensors[t].producer, t, visit);
    }
    return agree;
  }
  double of(size_t tensor) const { return scale_[tensor]; }

  static constexpr double kRounding = 1e-9;

 private:
  template <class Visit>
  void visit_edges(OpId op, size_t from, const Visit& visit) const {
    const Op& reader = graph_.op(op);
    if (is_opaque(reader)) return;
    const auto out = static_cast<size_t>(reader.output());
    for (const RowRead& read : row_reads(graph_, reader)) {
      const auto in = static_cast<size_t>(read.tensor);
      double ratio = 0.0;
      switch (read.rule) {
        case RowRule::window:
          ratio = static_cast<double>(read.stride);
          break;
        case RowRule::transpose:
          ratio = 1.0 / static_cast<double>(read.stride);
          break;
        case RowRule::resize:
          ratio = static_cast<double>(read.rows) / static_cast<double>(read.out_rows);
          break;
        case RowRule::whole:
        case RowRule::stream:
          continue;
      }
      if (in == from) visit(out, scale_[from] * ratio);
      if (out == from) visit(in, scale_[from] / ratio);
    }
  }

  const Graph& graph_;
  std::vector<double> scale_;
};

}  // namespace

TileLimits tile_limits(const Graph& graph) {
  TileLimits limits;
  limits.most_tiles.assign(graph.tensors.size(), kAnyTiles);
  for (const Tensor& tensor : graph.tensors) limits.middle.push_back(tensor.shape.h / 2);
  const auto root = std::max_element(graph.tensors.begin(), graph.tensors.end(),
                                     [](const Tensor& a, const Tensor& b) { return a.shape.h < b.shape.h; });
  Scales scales(graph);
  if (!scales.spread(static_cast<size_t>(root - graph.tensors.begin()))) return limits;
  double largest = 0.0;
  double smallest_map = 0.0;
  double place = 0.0;
  bool all_known = true;
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    const int64_t rows = graph.tensors[t].shape.h;
    const double scale = scales.of(t);
    all_known = all_known && (scale > 0.0 || rows == 1);
    largest = std::max(largest, static_cast<double>(rows) * scale);
    if (rows == 1 || scale <= smallest_map) continue;
    smallest_map = scale;
    const int64_t middle = (rows - 1) / 2;
    place = static_cast<double>(middle) * scale;
  }
  double least = largest;
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    const auto rows = static_cast<double>(graph.tensors[t].shape.h);
    if (scales.of(t) > 0.0) least = std::min(least, rows * scales.of(t));
  }
  if (all_known && largest > 0.0) limits.least_share = least / largest;
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    const double scale = scales.of(t);
    if (scale == 0.0) continue;
    if (all_known)
      limits.most_tiles[t] = static_cast<int64_t>(std::ceil(largest / scale - Scales::kRounding));
    const auto row = static_cast<int64_t>(std::floor(place / scale + Scales::kRounding));
    limits.middle[t] = std::min(graph.tensors[t].shape.h - 1, row);
  }
  return limits;
}

}  // namespace fusesim
