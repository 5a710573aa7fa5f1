#include "layout.h"

#include <algorithm>

namespace fusesim::importer {
namespace {

constexpr int kC = 0;
constexpr int kH = 1;
constexpr int kW = 2;

int64_t size_of(const Shape& map, int axis) { return axis == kC ? map.c : (axis == kH ? map.h : map.w); }

bool is(const Factor& f, int axis, int64_t step, int64_t count) {
  return f.axis == axis && f.step == step && f.count == count;
}

bool same(const Factor& a, const Factor& b) { return is(a, b.axis, b.step, b.count); }

/// Places of the channels of a block among those of the deep map.
struct BlockSteps {
  int64_t row = 0, column = 0, channel = 0;
};

BlockSteps steps_of(const Block& block, int64_t channels) {
  if (block.innermost) return {block.size, 1, block.size * block.size};
  return {block.size * channels, channels, 1};
}

/// Rows and columns are each those of the map and then a part of its channels.
std::optional<Op> widening(const Layout& layout, const Shape& map) {
  const std::vector<Factor>& rows = layout.dim(2);
  const std::vector<Factor>& columns = layout.dim(3);
  if (rows.empty() || columns.empty()) return std::nullopt;
  const int64_t size = rows.back().count;
  if (rows.back().axis != kC || columns.back().axis != kC || columns.back().count != size)
    return std::nullopt;
  const std::vector<Factor> outer_rows(rows.begin(), rows.end() - 1);
  const std::vector<Factor> outer_columns(columns.begin(), columns.end() - 1);
  if (!covers(outer_rows, map, {kH}) || !covers(outer_columns, map, {kW})) return std::nullopt;
  const int64_t channels = map.c / (size * size);
  for (const bool innermost : {false, true}) {
    const Block block{size, innermost};
    const BlockSteps steps = steps_of(block, channels);
    const bool alike = rows.back().step == steps.row && columns.back().step == steps.column;
    const std::vector<Factor> rest{{kC, steps.channel, channels}};
    const std::vector<Factor> wanted = joined(rest);
    const bool fits =
        std::equal(wanted.begin(), wanted.end(), layout.dim(1).begin(), layout.dim(1).end(), same);
    if (!alike || !fits) continue;
    Op op;
    op.kind = OpKind::depth_to_space;
    op.block = block;
    return op;
  }
  return std::nullopt;
}

/// Channels are those of the map and its rows and columns inside a square.
std::optional<Op> deepening(const Layout& layout, const Shape& map) {
  const std::vector<Factor>& rows = layout.dim(2);
  const int64_t size = map.h / count_of(rows);
  if (size < 2 || map.h % size != 0 || map.w % size != 0) return std::nullopt;
  const std::vector<Factor> wanted_rows = joined({{kH, size, map.h / size}});
  const std::vector<Factor> wanted_columns = joined({{kW, size, map.w / size}});
  const auto equal = [](const std::vector<Factor>& a, const std::vector<Factor>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
  };
  if (!equal(rows, wanted_rows) || !equal(layout.dim(3), wanted_columns)) return std::nullopt;
  const Factor row{kH, 1, size};
  const Factor column{kW, 1, size};
  const Factor channel{kC, 1, map.c};
  for (const bool innermost : {false, true}) {
    const std::vector<Factor> order =
        innermost ? std::vector<Factor>{channel, row, column} : std::vector<Factor>{row, column, channel};
    if (!equal(layout.dim(1), joined(order))) continue;
    Op op;
    op.kind = OpKind::space_to_depth;
    op.block = {size, innermost};
    return op;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Factor> joined(const std::vector<Factor>& factors) {
  std::vector<Factor> out;
  for (const Factor& f : factors) {
    if (f.count == 1) continue;
    if (!out.empty() && out.back().axis == f.axis && out.back().step == f.step * f.count) {
      out.back() = {f.axis, f.step, out.back().count * f.count};
    } else {
      out.push_back(f);
    }
  }
  return out;
}

int64_t count_of(const std::vector<Factor>& factors) {
  int64_t count = 1;
  for (const Factor& f : factors) count *= f.count;
  return count;
}

bool covers(const std::vector<Factor>& factors, const Shape& map, std::initializer_list<int> axes) {
  std::vector<Factor> wanted;
  for (const int axis : axes) wanted.push_back({axis, 1, size_of(map, axis)});
  wanted = joined(wanted);
  return std::equal(factors.begin(), factors.end(), wanted.begin(), wanted.end(), same);
}

Layout::Layout(std::vector<std::vector<Factor>> dims) : dims_(std::move(dims)) {
  for (std::vector<Factor>& factors : dims_) factors = joined(factors);
}

Layout Layout::of_map(const Dims& dims, const Shape& shape) {
  std::vector<std::vector<Factor>> all(dims.size());
  all[1] = {{kC, 1, shape.c}};
  if (dims.size() == 4) {
    all[2] = {{kH, 1, shape.h}};
    all[3] = {{kW, 1, shape.w}};
  }
  return Layout(std::move(all));
}

bool Layout::operator==(const Layout& o) const {
  const auto equal = [](const std::vector<Factor>& a, const std::vector<Factor>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
  };
  return begin_ == o.begin_ && std::equal(dims_.begin(), dims_.end(), o.dims_.begin(), o.dims_.end(), equal);
}

std::optional<Layout> Layout::reshaped(const Dims& dims) const {
  std::vector<Factor> left;
  for (const std::vector<Factor>& factors : dims_) left.insert(left.end(), factors.begin(), factors.end());
  left = joined(left);                     // the new dimensions may cut elsewhere than the old ones
  std::reverse(left.begin(), left.end());  // outermost last
  std::vector<std::vector<Factor>> result;
  for (const int64_t size : dims) {
    std::vector<Factor> taken;
    for (int64_t open = size; open > 1;) {
      if (left.empty()) return std::nullopt;
      Factor& f = left.back();
      if (open % f.count == 0) {
        taken.push_back(f);
        open /= f.count;
        left.pop_back();
      } else if (f.count % open == 0) {
        const int64_t inner = f.count / open;
        taken.push_back({f.axis, f.step * inner, open});
        f.count = inner;
        open = 1;
      } else {
        return std::nullopt;
      }
    }
    result.push_back(std::move(taken));
  }
  if (!left.empty()) return std::nullopt;
  Layout made(std::move(result));
  made.begin_ = begin_;
  return made;
}

std::optional<Layout> Layout::transposed(const Dims& permutation) const {
  if (permutation.size() != dims_.size()) return std::nullopt;
  std::vector<std::vector<Factor>> result;
  for (const int64_t axis : permutation) result.push_back(dims_[static_cast<size_t>(axis)]);
  Layout made(std::move(result));
  made.begin_ = begin_;
  return made;
}

std::optional<Layout> Layout::sliced(size_t axis, int64_t begin, int64_t count) const {
  const std::vector<Factor>& factors = dims_[axis];
  if (begin == 0 && count == count_of(factors)) return *this;
  if (factors.empty()) return std::nullopt;
  const int64_t inner = count_of(factors) / factors.front().count;
  if (begin % inner != 0 || count % inner != 0) return std::nullopt;
  Layout made = *this;
  Factor& outer = made.dims_[axis].front();
  made.begin_[static_cast<size_t>(outer.axis)] += begin / inner * outer.step;
  outer.count = count / inner;
  made.dims_[axis] = joined(made.dims_[axis]);
  return made;
}

std::optional<Op> shuffle_of(const std::vector<Factor>& channels, int64_t count) {
  const size_t parts = channels.size();
  if (parts < 2 || parts > 3 || count_of(channels) != count) return std::nullopt;
  const int64_t block = parts == 3 ? channels[2].count : 1;
  if (parts == 3 && channels[2].step != 1) return std::nullopt;
  const Factor& across = channels[0];
  const Factor& groups = channels[1];
  if (across.step != block || groups.step != block * across.count) return std::nullopt;
  Op op;
  op.kind = OpKind::channel_shuffle;
  op.groups = groups.count;
  op.channel_block = block;
  return op;
}

std::optional<Op> rearrangement(const Layout& layout, const Shape& map) {
  if (layout.rank() != 4 && layout.rank() != 2) return std::nullopt;
  if (!layout.dim(0).empty()) return std::nullopt;
  for (const int axis : {kC, kH, kW}) {
    if (layout.begin(axis) != 0) return std::nullopt;
  }
  int64_t elements = 1;
  for (size_t i = 0; i < layout.rank(); ++i) elements *= count_of(layout.dim(i));
  if (elements != map.elements()) return std::nullopt;
  const bool flat = layout.rank() == 2;
  if (flat || (covers(layout.dim(2), map, {kH}) && covers(layout.dim(3), map, {kW}))) {
    if (flat && map.h * map.w > 1) return std::nullopt;
    Op same_map;
    same_map.kind = OpKind::activation;
    if (covers(layout.dim(1), map, {kC})) return same_map;
    return shuffle_of(layout.dim(1), map.c);
  }
  std::optional<Op> op = widening(layout, map);
  return op ? op : deepening(layout, map);
}

}  // namespace fusesim::importer
