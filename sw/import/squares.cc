#include "squares.h"

#include <algorithm>

namespace fusesim::importer {
namespace {

constexpr int kC = 0;
constexpr int kH = 1;
constexpr int kW = 2;

using Factors = std::vector<Factor>;

/// Elements of the innermost part of an axis, if a view has it as a dimension of its own; else 0.
int64_t inner_count(const Layout& layout, int axis) {
  for (size_t d = 0; d < layout.rank(); ++d) {
    for (const Factor& f : layout.dim(d)) {
      if (f.axis == axis && f.step == 1) return f.count;
    }
  }
  return 0;
}

/// Every `unit`-th of `count` elements that are `step` apart: outer ones on the axis, inner ones elsewhere.
bool cut_at(const Factor& f, int64_t unit, Factor& outer, Factor& inner) {
  outer = inner = f;
  outer.count = inner.count = 1;
  if (f.step >= unit) {
    outer = f;
    return f.step % unit == 0;
  }
  if (f.step * f.count <= unit) {
    inner = f;
    return true;
  }
  if (unit % f.step != 0 || f.step * f.count % unit != 0) return false;
  outer.step = unit;
  outer.count = f.step * f.count / unit;
  inner.count = unit / f.step;
  return true;
}

/// The layout with every factor replaced by several; `split` is false where one cannot be.
template <class Split>
std::optional<Layout> replaced(const Layout& layout, const Split& split) {
  std::vector<Factors> dims(layout.rank());
  for (size_t d = 0; d < layout.rank(); ++d) {
    for (const Factor& f : layout.dim(d)) {
      if (!split(f, dims[d])) return std::nullopt;
    }
  }
  return Layout(std::move(dims));
}

bool is_at_origin(const Layout& layout) {
  return layout.begin(kC) == 0 && layout.begin(kH) == 0 && layout.begin(kW) == 0;
}

Factors of_axis(const Factors& factors, bool channels) {
  Factors kept;
  for (const Factor& f : factors) {
    if ((f.axis == kC) == channels) kept.push_back(f);
  }
  return kept;
}

bool only_channels(const Factors& factors) { return of_axis(factors, false).empty(); }

bool is_whole(const Layout& layout, const Shape& map) {
  int64_t elements = 1;
  for (size_t d = 0; d < layout.rank(); ++d) elements *= count_of(layout.dim(d));
  return is_at_origin(layout) && elements == map.elements();
}

/// Leading dimensions run over the same positions and as many groups; all positions are among them.
bool same_places(const Layout& left, const Layout& right, const Shape& map) {
  Factors positions;
  for (size_t d = 0; d + 2 < left.rank(); ++d) {
    const Factors& a = left.dim(d);
    const Factors& b = right.dim(d);
    const Factors here = of_axis(a, false);
    const Factors there = of_axis(b, false);
    const bool same =
        here.size() == there.size() &&
        std::equal(here.begin(), here.end(), there.begin(), [](const Factor& x, const Factor& y) {
          return x.axis == y.axis && x.step == y.step && x.count == y.count;
        });
    const bool first = only_channels(Factors(a.begin() + static_cast<std::ptrdiff_t>(here.size()), a.end()));
    if (!same || !first || count_of(of_axis(a, true)) != count_of(of_axis(b, true))) return false;
    positions.insert(positions.end(), here.begin(), here.end());
  }
  return covers(joined(positions), map, {kH, kW});
}

/// Dimensions of the result: positions as they were, then channels of the given steps.
Layout product_layout(const Layout& left, int64_t group_step, const Factor& rows, const Factor& columns) {
  std::vector<Factors> dims(left.rank());
  for (size_t d = left.rank() - 2; d-- > 0;) {
    dims[d] = of_axis(left.dim(d), false);
    const int64_t count = count_of(of_axis(left.dim(d), true));
    dims[d].push_back({kC, group_step, count});
    group_step *= count;
  }
  dims[left.rank() - 2] = {rows};
  dims[left.rank() - 1] = {columns};
  return Layout(std::move(dims));
}

}  // namespace

std::optional<int64_t> square_of(const Layout& layout, const Shape& map) {
  const int64_t size = inner_count(layout, kH);
  const bool cut = size > 1 && size < map.h && inner_count(layout, kW) == size && size < map.w;
  if (!cut || map.h % size != 0 || map.w % size != 0) return std::nullopt;
  return size;
}

std::optional<Layout> deepened(const Layout& layout, const Shape& map, int64_t size) {
  if (!is_at_origin(layout)) return std::nullopt;
  return replaced(layout, [&](const Factor& f, Factors& out) {
    if (f.axis == kC) {
      out.push_back(f);
      return true;
    }
    Factor outer;
    Factor inner;
    if (!cut_at(f, size, outer, inner)) return false;
    out.push_back({f.axis, outer.step / size, outer.count});
    out.push_back({kC, inner.step * (f.axis == kH ? size * map.c : map.c), inner.count});
    return true;
  });
}

std::optional<Layout> widened(const Layout& layout, const Shape& deep, int64_t size) {
  const int64_t channels = deep.c / (size * size);
  if (!is_at_origin(layout) || deep.c % (size * size) != 0) return std::nullopt;
  return replaced(layout, [&](const Factor& f, Factors& out) {
    if (f.axis != kC) {
      out.push_back({f.axis, f.step * size, f.count});
      return true;
    }
    Factor places;
    Factor inner;
    Factor row;
    Factor column;
    if (!cut_at(f, channels, places, inner)) return false;
    if (places.count > 1 && !cut_at(places, channels * size, row, column)) return false;
    if (row.count > 1) out.push_back({kH, row.step / (channels * size), row.count});
    if (column.count > 1) out.push_back({kW, column.step / channels, column.count});
    out.push_back(inner);
    return true;
  });
}

std::optional<PositionProduct> position_product(const Layout& left, const Shape& left_map,
                                                const Layout& right, const Shape& right_map,
                                                bool left_outermost) {
  const size_t rank = left.rank();
  if (rank < 3 || right.rank() != rank || left_map.h != right_map.h || left_map.w != right_map.w)
    return std::nullopt;
  if (!is_whole(left, left_map) || !is_whole(right, right_map) || !same_places(left, right, left_map))
    return std::nullopt;
  for (const size_t d : {rank - 2, rank - 1}) {
    if (!only_channels(left.dim(d)) || !only_channels(right.dim(d))) return std::nullopt;
  }
  const int64_t summed = count_of(left.dim(rank - 1));
  const int64_t rows = count_of(left.dim(rank - 2));
  const int64_t columns = count_of(right.dim(rank - 1));
  if (count_of(right.dim(rank - 2)) != summed) return std::nullopt;
  const int64_t groups = left_map.c / (rows * summed);
  const int64_t inner = left_outermost ? columns : rows;
  const Factor row{kC, left_outermost ? groups * columns : 1, rows};
  const Factor column{kC, left_outermost ? 1 : groups * rows, columns};
  return PositionProduct{groups, summed, groups * rows * columns, product_layout(left, inner, row, column)};
}

}  // namespace fusesim::importer
