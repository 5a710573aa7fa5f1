#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"

namespace fusesim {

/// How what an op makes lies on chip, by how its inputs do: all channels of its rows (FULL), or some of them
/// at a time (SLICE). Where a rule allows both, either is possible.
enum class ChannelRule : uint8_t {
  whole,     ///< FULL, whatever the inputs are
  reducing,  ///< SLICE if all inputs are FULL; else FULL, in partial sums
  local,     ///< as an input is
  mixing,    ///< FULL; all inputs have to be
};

/// Bytes on chip of the groups that run in one way (a scheme may have several), as a sum over ops and
/// tensors. Every legal group of two or more ops has, in one of its scheme's ways, an F_beta of at least
///   sum over its ops of op_bytes
///   + sum over its external inputs of fetch_bytes + rows * (outside_row_bytes, or outside_slice_row_bytes)
///   + sum over the tensors that it makes of rows * (inside_row_bytes, inside_sums_row_bytes of what a
///     reducing op makes FULL, or inside_slice_row_bytes), and leave_bytes of those that leave
/// where `rows` is the most that a reader inside holds of the tensor, or two of them by Delay, or own_rows of
/// one made inside, which never counts more than most_rows. With has_slices, `rows` follows from the rows of
/// its readers' outputs by rows_for, inputs from outside are FULL or SLICE to all of their readers, and what
/// a group makes is as the rules say; FULL if several of its ops, or a mixing one, read it. Without, all is
/// FULL.
/// Weaker than a FitBound, but a sweep over the ops can carry it along.
struct StorageFloor {
  struct Hold {
    TensorId tensor = -1;
    int64_t rows = 0;
    bool outside_only = false;  ///< no legal group makes it
    /// has_slices: by rows of the output that one tile makes. `rows` does not count then.
    std::vector<int64_t> rows_for = {};
    /// has_slices: bytes that come again at the edges of tiles at least, if the op streams SLICEs of it from
    /// outside.
    int64_t again_bytes = 0;
  };
  /// A tensor that two ops read, the second of which depends on the first, so that rows wait for it.
  struct Delay {
    TensorId tensor = -1;
    OpId first = -1;
    OpId second = -1;
    int64_t rows = 0;  ///< held in every group with both; kApart: no group that fits has both
  };
  static constexpr int64_t kApart = std::numeric_limits<int64_t>::max();

  /// has_slices: what all inputs from outside are that several ops of the group read, a reducing one does, or
  /// one that reads nothing that the group makes, unless a mixing one reads them too.
  enum class Outside : uint8_t { either, full, slice };

  bool has_slices = false;  ///< false: all is FULL
  Outside outside = Outside::either;
  /// has_slices: inputs of a local op with several of them are followed as FULL or SLICE together. That is
  /// sharper, and takes longer.
  bool tells_joins_apart = false;
  int64_t weight_rounds = 1;  ///< times that weights are fetched at least

  std::vector<int64_t> op_bytes;
  std::vector<std::vector<Hold>> holds;  ///< per op, each distinct input once
  std::vector<Delay> delays;             ///< that hold more than either reader alone
  std::vector<bool> may_join;            ///< per op: some group of several ops may have it
  std::vector<ChannelRule> rules;        ///< per op
  std::vector<int64_t> fetch_bytes;      ///< per tensor, likewise the others
  std::vector<int64_t> outside_row_bytes;
  std::vector<int64_t> outside_slice_row_bytes;
  std::vector<int64_t> inside_row_bytes;
  std::vector<int64_t> inside_sums_row_bytes;
  std::vector<int64_t> inside_slice_row_bytes;
  std::vector<int64_t> own_rows;
  std::vector<int64_t> least_rows;    ///< has_slices: whatever the readers, inside or outside
  std::vector<int64_t> leaving_rows;  ///< has_slices: own rows of one that leaves
  std::vector<bool> may_leave;        ///< has_slices: some group of this way stores it
  std::vector<int64_t> most_rows;
  std::vector<int64_t> leave_bytes;
  std::vector<bool> may_hold;    ///< several ops, or a mixing one, may read it
  std::vector<bool> ends_group;  ///< no reader is in the group that makes the tensor
};

}  // namespace fusesim
