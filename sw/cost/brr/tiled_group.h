#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "brr/choices.h"
#include "brr/residency.h"
#include "brr/tiling.h"
#include "fusesim/cost/params.h"
#include "rows/group_view.h"

namespace fusesim {

class BrrTimes;

inline constexpr std::array<BrrStart, 2> kStarts = {BrrStart::full, BrrStart::slice};
inline constexpr std::array<BrrJoin, 2> kJoins = {BrrJoin::all, BrrJoin::any};

// What is counted, for RangeError.
inline constexpr const char* kInputBytes = "bytes of input maps";
inline constexpr const char* kWeightBytes = "bytes of weights";
inline constexpr const char* kMovedBytes = "bytes moved";

/// A group under BRR tiles with its distinct residencies. Refers to graph and parameters.
class TiledGroup {
 public:
  TiledGroup(const Graph& graph, const CostParams& params);
  /// In place of that of the parameters; before prepare().
  void set_double_buffer(DoubleBuffer double_buffer) { double_buffer_ = double_buffer; }
  DoubleBuffer double_buffer() const { return double_buffer_; }
  /// Returns why the group is illegal, or an empty string.
  std::string prepare(const Group& group);
  const GroupView& view() const { return view_; }

  int64_t f_beta_bytes();
  /// Adds every schedule that fits and may be kept, but for weights streamed to several tiles where all of
  /// them fit: those cost traffic, time and energy. Call after f_beta_bytes() of the same group.
  void find(int64_t buffer_bytes, BrrTimes& times, BrrChoices& choices);

  struct Variant {
    BrrStart start = BrrStart::full;
    BrrJoin join = BrrJoin::all;
    BrrResidency residency;
    std::vector<BrrStorageTable> storage;  ///< by index of slice_channels
  };
  size_t variants() const { return variant_count_; }
  const Variant& variant(size_t i) const { return variants_[i]; }
  /// Index of the variant whose residency equals that of (start, join).
  size_t find(BrrStart start, BrrJoin join) const;

  /// Of all images, at the tile height of the last run().
  int64_t ifmap_bytes(const BrrResidency& residency) const;
  /// Of all weights, those that several ops read once: what is resident.
  int64_t weight_bytes() const { return weight_bytes_; }
  /// What one round of sub-groups fetches: the weights of every op.
  int64_t used_weight_bytes() const { return used_weight_bytes_; }
  int64_t largest_sub_group_bytes(int64_t g) const;
  /// What weights occupy that come in sub-groups.
  int64_t streamed_weight_bytes(int64_t g) const;
  /// The less of that and of all weights.
  int64_t least_weight_bytes(int64_t g) const;
  /// M(variant, h) at the tile height of the last run(), without weights.
  int64_t storage_bytes(const BrrResidency& residency, int64_t g) const;
  BrrTiling& tiling() { return tiling_; }

 private:
  /// False only if no variant fits with these rows or more.
  bool may_fit(const std::vector<int64_t>& rows, int64_t buffer_bytes) const;
  /// Bytes of all weights, fetched so often.
  int64_t weights_in(int64_t rounds) const;
  void consider(int64_t tile_rows, int64_t buffer_bytes, BrrTimes& times, BrrChoices& choices);

  const Graph* graph_;
  const CostParams* params_;
  DoubleBuffer double_buffer_;
  GroupView view_;
  BrrTiling tiling_;
  std::array<Variant, 4> variants_;
  size_t variant_count_ = 0;
  std::array<size_t, 4> variant_of_ = {};
  int64_t weight_bytes_ = 0;
  int64_t used_weight_bytes_ = 0;
  int64_t ofmap_bytes_ = 0;
  int64_t least_feature_bytes_ = 0;          ///< input rows that no tiling can skip, and outgoing tensors
  std::vector<int64_t> streamed_bytes_;      ///< weights that come in sub-groups, by index of slice_channels
  std::vector<int64_t> least_weight_bytes_;  ///< streamed or resident, likewise
};

}  // namespace fusesim
