#include "brr/storage_floor.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "brr/certain_rows.h"
#include "brr/tile_limits.h"
#include "fusesim/base/ceil_div.h"
#include "fusesim/cost/traffic_floor.h"
#include "fusesim/cost/widths.h"
#include "fusesim/graph/op_facts.h"

namespace fusesim {
namespace {

constexpr int64_t kAnyRows = int64_t{1} << 40;
/// Numbers of tiles [least, most].
struct Tiles {
  int64_t least;
  int64_t most;
};
/// With weights that are streamed in several tiles.
constexpr Tiles kSeveralTiles[] = {{2, 2}, {3, 6}, {7, kAnyTiles}};
/// With weights that stay: ranges that end where sinks of some size end.
constexpr size_t kResidentRanges = 5;

/// All of one range of tiles, weights that stay or not.
class FloorBuilder {
 public:
  FloorBuilder(const Graph& graph, const CostParams& params)
      : graph_(graph),
        params_(params),
        certain_(graph),
        op_bytes_(whole_tensor_floor(graph, params.datatypes).op_bytes),
        limits_(tile_limits(graph)),
        slice_channels_(*std::min_element(params.slice_channels.begin(), params.slice_channels.end())) {
    find_anchors();
    find_gaps();
  }

  StorageFloor build(const Tiles& tiles, bool resident, StorageFloor::Outside outside) const {
    StorageFloor floor;
    floor.has_slices = true;
    floor.outside = outside;
    floor.weight_rounds = resident ? 1 : tiles.least * graph_.batch;
    for (size_t o = 0; o < graph_.ops.size(); ++o) {
      floor.op_bytes.push_back(resident ? op_bytes_[o] : 0);
      add_op(graph_.ops[o], tiles, floor);
    }
    for (size_t t = 0; t < graph_.tensors.size(); ++t) add_tensor(static_cast<TensorId>(t), tiles, floor);
    return floor;
  }

  std::vector<Tiles> resident_ranges() const {
    std::map<int64_t, int64_t> tensors;
    for (const int64_t most : limits_.most_tiles) ++tensors[most];
    tensors.erase(kAnyTiles);
    std::vector<std::pair<int64_t, int64_t>> ends;
    ends.reserve(tensors.size());
    for (const auto& [most, count] : tensors) ends.emplace_back(count, most);
    std::sort(ends.rbegin(), ends.rend());
    ends.resize(std::min(ends.size(), kResidentRanges - 1));
    std::sort(ends.begin(), ends.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    std::vector<Tiles> ranges;
    int64_t least = 1;
    for (const auto& [count, most] : ends) {
      ranges.push_back({least, most});
      least = most + 1;
    }
    ranges.push_back({least, kAnyTiles});
    return ranges;
  }

 private:
  /// In the tile that has the anchor; all that are sure to be computed if there is only one tile.
  int64_t own_rows(TensorId t, const Tiles& tiles) const {
    return tiles.most == 1 ? certain_.count(t) : std::min<int64_t>(1, certain_.count(t));
  }
  /// Rows that are sure to be computed are shared among the tiles, and some tile has what its share of a
  /// reader's is made of. Not the tile that has the anchor, so that nothing else follows from them.
  int64_t least_rows(TensorId t, const Tiles& tiles) const {
    const Tensor& tensor = graph_.tensor(t);
    int64_t least = kAnyRows;
    for (const OpId reader : tensor.consumers) {
      const Op& op = graph_.op(reader);
      if (is_opaque(op)) continue;
      for (const RowRead& read : row_reads(graph_, op)) {
        if (read.tensor != t) continue;
        const int64_t made = ceil_div(certain_.count(op.output()), tiles.most);
        least = std::min(least, op_facts(op).pools_map() ? ceil_div(read.rows, tiles.most)
                                                         : std::max<int64_t>(0, read.least_needed(made)));
      }
    }
    return std::min(least, ceil_div(certain_.count(t), tiles.most));
  }
  /// All rows are computed, and shared among the tiles. The last of n tiles may have fewer than the others;
  /// it begins at (n - 1) / n of the map or below, and so has no row of the upper half, unless all
  /// have as many.
  int64_t leaving_rows(TensorId t, const Tiles& tiles) const {
    const int64_t rows = graph_.tensor(t).shape.h;
    const int64_t anchor = anchors_[static_cast<size_t>(t)];
    const bool full_tile = anchor >= 0 && 2 * anchor <= rows;
    return tiles.most == 1 || full_tile ? ceil_div(rows, tiles.most) : 1;
  }

  /// Rows of an input in the tile that makes so many rows of the output: of those around the anchor, or of
  /// all rows if there is only one tile.
  std::vector<int64_t> rows_for(const Op& op, const RowRead& read, const Tiles& tiles) const {
    const auto out = static_cast<size_t>(op.output());
    const int64_t most = graph_.tensor(op.output()).shape.h;
    std::vector<int64_t> rows = {0};
    if (op_facts(op).pools_map()) {
      rows.assign(static_cast<size_t>(most) + 1, ceil_div(read.rows, tiles.most));
      return rows;
    }
    for (int64_t made = 1; made <= most; ++made) {
      int64_t needed = std::max<int64_t>(0, read.least_needed(made));
      if (tiles.most > 1 && anchors_[out] >= 0) {
        int64_t around = kAnyRows;
        for (int64_t first = std::max<int64_t>(0, anchors_[out] - made + 1);
             first <= anchors_[out] && first + made <= most; ++first)
          around = std::min(around, read.needed({first, first + made}).count());
        needed = std::max(needed, around == kAnyRows ? 0 : around);
      }
      rows.push_back(std::max(rows.back(), needed));
    }
    return rows;
  }

  /// A row of each tensor that is computed in every group that makes it, among those that all of its readers
  /// need for theirs: in one tile, rows around it follow from rows around theirs.
  void find_anchors() {
    std::vector<Rows> common(graph_.tensors.size());
    for (size_t t = 0; t < common.size(); ++t) common[t] = {0, graph_.tensors[t].shape.h};
    anchors_.assign(graph_.tensors.size(), -1);
    for (size_t o = graph_.ops.size(); o-- > 0;) {
      const Op& op = graph_.ops[o];
      if (is_opaque(op)) continue;
      const auto out = static_cast<size_t>(op.output());
      anchors_[out] = certain_.nearest_row(op.output(), limits_.middle[out], common[out]);
      if (op_facts(op).pools_map()) continue;  // each tile takes rows of its own
      for (const RowRead& read : row_reads(graph_, op)) {
        Rows& rows = common[static_cast<size_t>(read.tensor)];
        Rows needed;
        if (anchors_[out] >= 0) needed = read.needed({anchors_[out], anchors_[out] + 1});
        rows = {std::max(rows.begin, needed.begin), std::min(rows.end, needed.end)};
      }
    }
  }

  /// Rows that may lie between those of one tile and those of the next, in no tile at all, whatever the
  /// group: what leaves is parted among the tiles, and windows read on above and below.
  void find_gaps() {
    gaps_.assign(graph_.tensors.size(), 0);
    for (size_t o = graph_.ops.size(); o-- > 0;) {
      const Op& op = graph_.ops[o];
      if (is_opaque(op)) continue;
      const int64_t own = gaps_[static_cast<size_t>(op.output())];
      for (const RowRead& read : row_reads(graph_, op)) {
        int64_t gap = read.reads_whole() || (read.reads_whole_together() && own == 0) ? 0 : kAnyRows;
        if (read.rule == RowRule::window)
          gap = std::min(kAnyRows, std::max<int64_t>(0, (own + 1) * read.stride - read.extent));
        gaps_[static_cast<size_t>(read.tensor)] = std::max(gaps_[static_cast<size_t>(read.tensor)], gap);
        has_blind_rows_ = has_blind_rows_ || read.rule == RowRule::transpose || read.sees_padding_alone(0) ||
                          read.sees_padding_alone(read.out_rows - 1);
      }
    }
  }
  /// Every tensor of the group has rows in so many tiles at least, all of which move by as many rows at the
  /// network's scale: fewer than there are where its map is shorter than others.
  int64_t least_edges(const Tiles& tiles) const {
    constexpr double kRounding = 1e-9;
    if (has_blind_rows_) return 0;
    const double edges = static_cast<double>(tiles.least - 1) * limits_.least_share;
    return static_cast<int64_t>(std::floor(edges + kRounding));
  }
  int64_t again_bytes(const Op& op, const RowRead& read, const Tiles& tiles) const {
    const int64_t edges = least_edges(tiles);
    const int64_t gap = gaps_[static_cast<size_t>(op.output())];
    if (edges == 0 || read.rule == RowRule::stream || gap >= read.out_rows) return 0;
    int64_t rows = kAnyRows;
    for (int64_t y = 1; y + gap < read.out_rows; ++y) {
      const Rows above = read.needed({y - 1, y});
      const Rows below = read.needed({y + gap, y + gap + 1});
      rows = std::min(rows, std::max<int64_t>(0, above.end - below.begin));
    }
    if (rows == kAnyRows) return 0;
    const Tensor& tensor = graph_.tensor(read.tensor);
    return graph_.batch * edges * rows * tensor.shape.c *
           piece_bytes(tensor, tensor.shape.w, params_.datatypes);
  }

  void add_op(const Op& op, const Tiles& tiles, StorageFloor& floor) const {
    floor.may_join.push_back(!is_opaque(op));
    std::vector<StorageFloor::Hold>& holds = floor.holds.emplace_back();
    floor.rules.push_back(ChannelRule::whole);
    if (is_opaque(op)) return;
    const OpFacts facts = op_facts(op);
    for (const RowRead& read : row_reads(graph_, op)) {
      const bool matrix = facts.channels == ChannelUse::multiplied && read.rule == RowRule::whole;
      holds.push_back({read.tensor, 0, matrix, rows_for(op, read, tiles), again_bytes(op, read, tiles)});
    }
    ChannelRule& rule = floor.rules.back();
    if (is_reduction(graph_, op)) {
      rule = ChannelRule::reducing;
    } else if (facts.mixes_channels()) {
      rule = ChannelRule::mixing;
    } else if (!facts.pools_map()) {
      rule = ChannelRule::local;
    }
  }

  bool has_several_parts(const Op& op) const {
    return is_reduction(graph_, op) && graph_.in_shape(op).c / op.groups > params_.pe_rows;
  }

  /// Rows that a tensor made inside has of its own, where it takes over the place of what it is made from.
  int64_t most_rows(const Op& op) const {
    if (op.inputs.size() != 1 || is_reduction(graph_, op) || op_facts(op).pools_map()) return kAnyRows;
    const Tensor& in = graph_.tensor(op.inputs.front());
    if (op.kind == OpKind::concat || in.producer < 0 || in.consumers.size() != 1) return kAnyRows;
    return op.window.kernel_h > 1 ? op.window.pad_top + 1 : 0;
  }

  void add_tensor(TensorId t, const Tiles& tiles, StorageFloor& floor) const {
    const Tensor& tensor = graph_.tensor(t);
    const Datatypes& types = params_.datatypes;
    const int64_t slice = std::min(slice_channels_, tensor.shape.c);
    const int64_t piece = piece_bytes(tensor, tensor.shape.w, types);
    const int64_t sums = sums_piece_bytes(tensor, tensor.shape.w, types);
    const bool made = tensor.producer >= 0 && !is_opaque(graph_.op(tensor.producer));
    const bool doubled = params_.double_buffer == DoubleBuffer::all;
    floor.outside_row_bytes.push_back(tensor.shape.c * piece);
    floor.outside_slice_row_bytes.push_back((doubled ? 2 : 1) * slice * piece);
    const bool parts = made && has_several_parts(graph_.op(tensor.producer));
    const bool pooled = made && op_facts(graph_.op(tensor.producer)).pools_map();
    // A concat takes over what lies as its own result does, unless it holds partial sums.
    const bool taken_over =
        tensor.consumers.size() == 1 && !parts && graph_.op(tensor.consumers.front()).kind == OpKind::concat;
    const int64_t part_bytes = parts ? slice * (sums - piece) : 0;
    floor.inside_row_bytes.push_back(pooled ? tensor.shape.c * sums
                                            : (taken_over ? 0 : tensor.shape.c * piece + part_bytes));
    floor.inside_sums_row_bytes.push_back(tensor.shape.c * (taken_over ? sums - piece : sums));
    floor.inside_slice_row_bytes.push_back(taken_over ? 0 : slice * piece + part_bytes);
    floor.own_rows.push_back(pooled ? 1 : own_rows(t, tiles));
    floor.least_rows.push_back(pooled ? 1 : least_rows(t, tiles));
    floor.leaving_rows.push_back(pooled ? 1 : std::max(own_rows(t, tiles), leaving_rows(t, tiles)));
    floor.may_leave.push_back(pooled || limits_.most_tiles[static_cast<size_t>(t)] >= tiles.least);
    floor.most_rows.push_back(made ? most_rows(graph_.op(tensor.producer)) : kAnyRows);
    floor.fetch_bytes.push_back(0);
    floor.leave_bytes.push_back(0);
    const auto mixes = [&](OpId reader) { return op_facts(graph_.op(reader)).mixes_channels(); };
    floor.may_hold.push_back(tensor.consumers.size() > 1 ||
                             std::any_of(tensor.consumers.begin(), tensor.consumers.end(), mixes));
    floor.ends_group.push_back(pooled);
  }

  const Graph& graph_;
  const CostParams& params_;
  CertainRows certain_;
  std::vector<int64_t> op_bytes_;
  TileLimits limits_;
  int64_t slice_channels_;
  std::vector<int64_t> anchors_;  ///< per tensor; -1: none
  std::vector<int64_t> gaps_;     ///< per tensor
  bool has_blind_rows_ = false;   ///< some row of some map may need no row of what it is made from
};

}  // namespace

std::vector<StorageFloor> brr_storage_floors(const Graph& graph, const CostParams& params) {
  const FloorBuilder builder(graph, params);
  std::vector<StorageFloor> floors;
  for (const StorageFloor::Outside outside : {StorageFloor::Outside::full, StorageFloor::Outside::slice}) {
    for (const Tiles& tiles : builder.resident_ranges())
      floors.push_back(builder.build(tiles, true, outside));
    floors.push_back(builder.build({1, 1}, false, outside));
    floors.back().tells_joins_apart = true;
  }
  for (const Tiles& tiles : kSeveralTiles)
    floors.push_back(builder.build(tiles, false, StorageFloor::Outside::either));
  return floors;
}

}  // namespace fusesim
