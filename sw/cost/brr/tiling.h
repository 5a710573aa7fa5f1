#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "rows/group_view.h"

namespace fusesim {

/// Why a group that reads the output of a GlobalAvgPool is illegal: who reads it, and what it rescales in the
/// end if that is squeeze-and-excite.
std::string pooled_inside_reason(const GroupView& view, const LocalTensor& pooled);

/// Why a group that makes the matrix of a matmul is illegal.
std::string matrix_inside_reason(const Op& matmul);

/// Rows of every tensor in every tile, for one tile height (doc/design.md, 6.2).
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
  /// Of the last run().
  int64_t tiles() const { return tiles_; }
  /// Tiles that are alike: how many, and the rows of every local tensor in each.
  struct Shape {
    int64_t count = 0;
    std::vector<int64_t> rows;
  };
  /// Of the last run(), in order; some may be alike.
  const std::vector<Shape>& shapes() const { return shapes_; }
  /// T_u: longest interval of every local tensor.
  const std::vector<int64_t>& longest() const { return longest_; }
  /// The most rows of every external tensor that a tile reads and the tile before it does not; 0 of tensors
  /// made inside, and if there is one tile.
  const std::vector<int64_t>& added() const { return added_; }
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
  void note_lengths(int64_t index, int64_t tile_rows, int64_t repeats);
  std::string find_steps();
  void find_pitches(int64_t num, int64_t den);
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
  std::vector<Interval> before_;      ///< of the tile before, external tensors
  std::vector<int64_t> longest_, added_, streamed_, covered_, last_end_;
  std::vector<Shape> shapes_;
  int64_t tiles_ = 1;
};

}  // namespace fusesim
