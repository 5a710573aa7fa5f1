#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "group_view.h"

namespace fusesim::cost {

/// Rows of every tensor in every tile, for one tile height (README.md, "Tiles").
class BrrTiling {
 public:
  /// Prepares a group: ratios, sinks and row steps. Returns why the group is illegal, or an empty string.
  std::string prepare(const GroupView& view);
  int64_t max_tile_rows() const { return max_tile_rows_; }
  int64_t tiles(int64_t tile_rows) const;

  /// Walks all tiles of one height.
  void run(int64_t tile_rows);
  /// T_u: longest interval of every local tensor.
  const std::vector<int64_t>& longest() const { return longest_; }
  /// Rows that each edge streams if its tensor is an external SLICE, by edge index.
  const std::vector<int64_t>& streamed_rows() const { return streamed_; }
  /// Adds to counts[row] how often the edge streams each row at this height; walks the tiles again.
  void count_streamed(int64_t tile_rows, int edge, std::vector<int64_t>& counts);

 private:
  struct Interval {
    int64_t lo = 0, hi = 0;
    bool empty() const { return lo >= hi; }
  };
  std::string find_ratios();
  std::string find_steps();
  void tile(int64_t tile_rows, int64_t index);
  static void hull(Interval& a, const Interval& b);
  Interval read(const Edge& e) const;

  const GroupView* view_ = nullptr;
  std::vector<int64_t> step_;  ///< s_v of every sink, 0 for other tensors
  std::vector<char> remade_;   ///< row-broadcast inputs made inside: whole in every tile
  int64_t max_tile_rows_ = 1;
  std::vector<int64_t> ratio_num_, ratio_den_;
  std::vector<Interval> now_;
  std::vector<int64_t> longest_, streamed_, last_end_;
};

/// Which tensors are SLICE and what each one stores, for one (start, join); independent of g and h.
class BrrResidency {
 public:
  void run(const GroupView& view, int64_t pe_rows, BrrStart start, BrrJoin join);
  bool slice(size_t tensor) const { return slice_[tensor] != 0; }
  bool same_as(const BrrResidency& other) const { return slice_ == other.slice_; }
  /// M(variant, h) without weights, in bytes; `longest` from BrrTiling.
  int64_t storage_bytes(const Datatypes& types, int64_t g, const std::vector<int64_t>& longest) const;

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
  int64_t channels(size_t tensor, int64_t g) const;

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
  int64_t footprint_bytes = 0;
  int64_t ifmap_passes = 1;  ///< times the input is fetched
};
WeightPasses weight_passes(const Graph& graph, const Op& op, const Datatypes& types, int64_t block_channels);
bool has_weight_passes(const Op& op);

}  // namespace fusesim::cost
