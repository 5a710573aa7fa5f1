#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "group_view.h"

namespace fusesim {

/// Why a group that reads the output of a GlobalAvgPool is illegal: who reads it, and what it rescales in the
/// end if that is squeeze-and-excite.
std::string pooled_inside_reason(const GroupView& view, const LocalTensor& pooled);

/// Rows of every tensor in every tile, for one tile height (README.md, "Tiles").
class BrrTiling {
 public:
  /// Prepares a group: ratios, sinks and row steps. Returns why the group is illegal, or an empty string.
  std::string prepare(const GroupView& view);
  int64_t max_tile_rows() const { return max_tile_rows_; }
  int64_t tiles(int64_t tile_rows) const;

  /// Rows of every local tensor in the first tile: no more than longest() of the same height. Overwrites
  /// longest().
  const std::vector<int64_t>& first_tile(int64_t tile_rows);
  /// Walks all tiles of one height.
  void run(int64_t tile_rows);
  /// T_u: longest interval of every local tensor.
  const std::vector<int64_t>& longest() const { return longest_; }
  /// Rows that each edge streams if its tensor is an external SLICE, by edge index.
  const std::vector<int64_t>& streamed_rows() const { return streamed_; }
  /// Rows that each edge reads in some tile at the height of the last run, each
  /// once, plus those that pass through above the first and below the last: no
  /// tile height streams fewer.
  const std::vector<int64_t>& covered_rows() const { return covered_; }
  /// Adds to counts[row] how often the edge streams each row at this height; walks the tiles again.
  void count_streamed(int64_t tile_rows, int edge, std::vector<int64_t>& counts);

 private:
  struct Interval {
    int64_t lo = std::numeric_limits<int64_t>::max();
    int64_t hi = 0;
    bool empty() const { return lo >= hi; }
  };
  /// An edge as the walk over a tile meets it: readers first.
  struct Step {
    int64_t stride = 1, pad = 0, extent = 1, rows = 1;
    int tensor = 0, output = 0, edge = 0;
    bool window = true;
  };
  std::string find_ratios();
  std::string find_steps();
  void list_steps();
  /// Fills now_; returns whether every interval is free of clipping, so that the next tiles may be shifted
  /// copies.
  bool tile(int64_t tile_rows, int64_t index);
  /// How many tiles after this unclipped one are copies of it, shifted down.
  int64_t copies(int64_t tile_rows, int64_t index) const;
  int64_t shift(size_t tensor, int64_t tile_rows) const;
  Interval read(const Edge& e) const;
  static Interval rows_read(const Edge& e, Interval out);

  const GroupView* view_ = nullptr;
  std::vector<int64_t> step_;  ///< s_v of every sink, 0 for other tensors
  std::vector<char> remade_;   ///< row-broadcast inputs made inside: whole in every tile
  int64_t max_tile_rows_ = 1;
  bool regular_ = false;        ///< windows only: tiles away from the edges repeat
  std::vector<int64_t> pitch_;  ///< rows that a tensor moves from tile to tile at tile_rows = 1
  std::vector<int64_t> ratio_num_, ratio_den_;
  std::vector<Interval> now_;
  std::vector<Step> walk_;
  std::vector<int> sinks_;
  std::vector<int> streaming_edges_;  ///< from external inputs
  std::vector<int64_t> longest_, streamed_, covered_, last_end_;
};

/// Storage of one (residency, g): a constant, bytes per tile row of every tensor, and the tensors that work
/// in place.
struct BrrStorageTable {
  struct InPlace {
    int tensor = 0, input = 0;
    int64_t row_bytes = 0, input_row_bytes = 0, window_bytes = 0;

    int64_t bytes(const std::vector<int64_t>& longest) const {
      const int64_t own = row_bytes * longest[static_cast<size_t>(tensor)];
      return own > input_row_bytes * longest[static_cast<size_t>(input)] ? own : window_bytes;
    }
  };
  int64_t constant_bytes = 0;
  std::vector<int64_t> row_bytes;
  std::vector<InPlace> in_place;

  int64_t bytes(const std::vector<int64_t>& longest) const {
    int64_t sum = constant_bytes;
    for (size_t t = 0; t < row_bytes.size(); ++t) sum += row_bytes[t] * longest[t];
    for (const InPlace& p : in_place) sum += p.bytes(longest);
    return sum;
  }
  /// No more than bytes() of any rows that are nowhere fewer.
  int64_t least_bytes(const std::vector<int64_t>& rows) const {
    int64_t sum = constant_bytes;
    for (size_t t = 0; t < row_bytes.size(); ++t) sum += row_bytes[t] * rows[t];
    for (const InPlace& p : in_place) {
      sum += std::min(p.window_bytes, p.row_bytes * rows[static_cast<size_t>(p.tensor)]);
    }
    return sum;
  }
};

/// Which tensors are SLICE and what each one stores, for one (start, join); independent of g and h.
class BrrResidency {
 public:
  void run(const GroupView& view, int64_t pe_rows, BrrStart start, BrrJoin join);
  bool slice(size_t tensor) const { return slice_[tensor] != 0; }
  bool same_as(const BrrResidency& other) const { return slice_ == other.slice_; }
  /// M(variant, h) without weights, in bytes; `longest` from BrrTiling.
  int64_t storage_bytes(const Datatypes& types, int64_t g, const std::vector<int64_t>& longest) const;
  /// The same as a table for many tile heights at one g.
  void tabulate(const Datatypes& types, int64_t g, BrrStorageTable& table) const;
  /// What partial sums add to one row of a tensor.
  int64_t partial_sum_row_bytes(size_t tensor, const Datatypes& types, int64_t g) const;
  /// A GlobalAvgPool's sums; 0 for other tensors.
  int64_t accumulator_bytes(size_t tensor, const Datatypes& types) const;
  /// Channels of a tensor that are on chip at a time.
  int64_t channels(size_t tensor, int64_t g) const;

 private:
  enum class Own : uint8_t { tile, vector, in_place, nothing };
  enum class Partial : uint8_t { none, whole, sub_group };
  struct Store {
    Own own = Own::tile;
    Partial partial = Partial::none;
    int input = -1;           ///< in_place: the local tensor whose storage it takes over
    int64_t window_rows = 0;  ///< in_place: rows of its own (0 unless windowed)
  };
  void find_residency(BrrStart start, BrrJoin join);
  void find_storage(int64_t pe_rows);
  bool may_overwrite(const LocalOp& op) const;

  const GroupView* view_ = nullptr;
  std::vector<char> slice_;
  std::vector<char> accumulates_;  ///< by tensor: made by a reduction op from SLICE inputs
  std::vector<Store> stores_;
};

/// Largest weight sub-group of one op: (pe rows input channels) x (g output channels) x kernel, and g biases.
int64_t weight_sub_group_bytes(const Graph& graph, const Op& op, const Datatypes& types, int64_t pe_rows,
                               int64_t g);

/// The other schedule of a group of one convolution: output channels in blocks of k.
struct WeightPasses {
  int64_t passes = 1;
  int64_t footprint_bytes = 0;  ///< weights, ring and one row of the block's output channels
  int64_t ifmap_channels = 0;   ///< input channels fetched, summed over the passes
  int64_t weight_bytes = 0;     ///< of one block
  int64_t ring_rows = 0;
  int64_t ring_channels = 0;
};
WeightPasses weight_passes(const Graph& graph, const Op& op, const Datatypes& types, int64_t block_channels);
bool has_weight_passes(const Op& op);

}  // namespace fusesim
