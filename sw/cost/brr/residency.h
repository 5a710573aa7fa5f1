#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/schedule/schedule.h"
#include "rows/group_view.h"

namespace fusesim {

/// Storage of one (residency, g): a constant, bytes per tile row of every tensor, the tensors that work in
/// place, and those that have room for the rows that the next tile adds.
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
  std::vector<int> ahead;

  /// `longest` and `added` from BrrTiling.
  int64_t bytes(const std::vector<int64_t>& longest, const std::vector<int64_t>& added) const {
    int64_t sum = constant_bytes;
    for (size_t t = 0; t < row_bytes.size(); ++t) sum += row_bytes[t] * longest[t];
    for (const InPlace& p : in_place) sum += p.bytes(longest);
    for (const int t : ahead) sum += row_bytes[static_cast<size_t>(t)] * added[static_cast<size_t>(t)];
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
  /// M(variant, h) without weights as a table for many tile heights at one g.
  void tabulate(int64_t g, DoubleBuffer double_buffer, BrrStorageTable& table) const;
  /// What partial sums add to one row of a tensor.
  int64_t partial_sum_row_bytes(size_t tensor, int64_t g) const;
  /// A GlobalAvgPool's sums; 0 for other tensors.
  int64_t accumulator_bytes(size_t tensor) const;
  /// A concat takes the tensor over where it lies.
  bool zero_copy(size_t tensor) const { return stores_[tensor].own == Own::nothing; }
  /// The first tensor in the storage that this one takes over in place; itself if it owns its storage.
  size_t storage_root(size_t tensor) const;
  /// A convolution's partial sums of several blocks of input channels go through the buffer.
  bool accumulates(size_t tensor) const { return accumulates_[tensor] != 0; }
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
  void find_mixed();
  void find_residency(BrrStart start, BrrJoin join);
  void find_storage(int64_t pe_rows);
  bool may_overwrite(const LocalOp& op) const;

  const GroupView* view_ = nullptr;
  std::vector<char> slice_;
  std::vector<char> mixed_;        ///< by tensor: read inside by an op that mixes channels
  std::vector<char> accumulates_;  ///< by tensor: made by a reduction op from SLICE inputs
  std::vector<Store> stores_;
};

}  // namespace fusesim
