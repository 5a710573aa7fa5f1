#include "product.h"

#include <algorithm>

namespace fusesim::importer {
namespace {

constexpr int kC = 0;
constexpr int kH = 1;
constexpr int kW = 2;

using Factors = std::vector<Factor>;

bool only_channels(const Factors& factors) {
  return std::all_of(factors.begin(), factors.end(), [](const Factor& f) { return f.axis == kC; });
}

/// One operand: leading dimensions, the one that is summed over, and the one that stays.
struct Side {
  const View* view;
  Factors batch, summed, kept;
  Dims batch_counts;
};

Side side_of(const View& view, bool left) {
  const size_t rank = view.layout.rank();
  Side side{&view, {}, view.layout.dim(rank - (left ? 1 : 2)), view.layout.dim(rank - (left ? 2 : 1)), {}};
  for (size_t d = 0; d + 2 < rank; ++d) {
    const Factors& factors = view.layout.dim(d);
    side.batch.insert(side.batch.end(), factors.begin(), factors.end());
    side.batch_counts.push_back(count_of(factors));
  }
  return side;
}

/// Positions stay, channels are summed over.
bool is_rows(const Side& side, const Shape& map) {
  const Layout& layout = side.view->layout;
  return layout.begin(kH) == 0 && layout.begin(kW) == 0 && covers(side.kept, map, {kH, kW}) &&
         only_channels(side.summed) && only_channels(side.batch);
}

/// All positions, and channels that go with the groups.
bool is_matrix(const Side& side, const Shape& map) {
  const Layout& layout = side.view->layout;
  if (layout.begin(kH) != 0 || layout.begin(kW) != 0 || !only_channels(side.batch)) return false;
  const bool across = covers(side.kept, map, {kH, kW}) && only_channels(side.summed);
  const bool along = covers(side.summed, map, {kH, kW}) && only_channels(side.kept);
  return across || along;
}

Factors with_groups(const Side& side) {
  Factors channels = side.batch;
  for (const Factors* factors : {&side.summed, &side.kept}) {
    for (const Factor& f : *factors) {
      if (f.axis == kC) channels.push_back(f);
    }
  }
  return joined(channels);
}

/// Leading dimensions are groups of channels; the kept dimension of the rows is positions, that of the matrix
/// the channels of a group.
Layout result_layout(const Side& rows, const Side& matrix, const Shape& map, bool rows_left) {
  const int64_t width = count_of(matrix.kept);
  std::vector<Factors> dims(rows.batch_counts.size());
  int64_t step = width;
  for (size_t d = dims.size(); d-- > 0;) {
    dims[d] = {{kC, step, rows.batch_counts[d]}};
    step *= rows.batch_counts[d];
  }
  const Factors positions{{kH, 1, map.h}, {kW, 1, map.w}};
  const Factors channels{{kC, 1, width}};
  dims.push_back(rows_left ? positions : channels);
  dims.push_back(rows_left ? channels : positions);
  return Layout(std::move(dims));
}

}  // namespace

std::optional<MapProduct> product_of(const Draft& draft, const View& left, const View& right) {
  if (left.layout.rank() < 2 || left.layout.rank() != right.layout.rank()) return std::nullopt;
  const Side sides[] = {side_of(left, true), side_of(right, false)};
  if (sides[0].batch_counts != sides[1].batch_counts) return std::nullopt;
  for (const bool rows_left : {true, false}) {
    const Side& rows = sides[rows_left ? 0 : 1];
    const Side& matrix = sides[rows_left ? 1 : 0];
    const Shape& map = draft.value(rows.view->base).shape;
    const Shape& other = draft.value(matrix.view->base).shape;
    if (!is_rows(rows, map) || !is_matrix(matrix, other)) continue;
    MapProduct product{*rows.view,
                       *matrix.view,
                       with_groups(rows),
                       with_groups(matrix),
                       1,
                       1,
                       result_layout(rows, matrix, map, rows_left)};
    product.groups = count_of(rows.batch);
    product.channels = product.groups * count_of(matrix.kept);
    return product;
  }
  return std::nullopt;
}

std::optional<Gather> gather_of(const std::vector<Factor>& channels, int64_t begin, int64_t count) {
  const int64_t wanted = count_of(channels);
  if (channels.empty() || (channels.size() == 1 && channels[0].step == 1))
    return Gather{std::nullopt, begin, wanted};
  if (wanted == count) {
    std::optional<Op> shuffle = shuffle_of(channels, count);
    if (!shuffle) return std::nullopt;
    return Gather{shuffle, 0, wanted};
  }
  // Groups of which each has a part: after a shuffle by such parts they lie side by side.
  if (channels.size() != 2 || channels[1].step != 1) return std::nullopt;
  const int64_t part = channels[1].count;
  const int64_t pitch = channels[0].step;
  if (pitch * channels[0].count != count || pitch % part != 0 || begin % part != 0 || begin >= pitch)
    return std::nullopt;
  Op shuffle;
  shuffle.kind = OpKind::channel_shuffle;
  shuffle.groups = channels[0].count;
  shuffle.channel_block = part;
  return Gather{shuffle, begin / part * wanted, wanted};
}

}  // namespace fusesim::importer
