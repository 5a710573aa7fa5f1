#include "brr/tiled_group.h"

#include <algorithm>

#include "brr/tile_times.h"
#include "brr/weights.h"
#include "element_widths.h"
#include "fusesim/base/checked.h"

namespace fusesim {

TiledGroup::TiledGroup(const Graph& graph, const CostParams& params)
    : graph_(&graph),
      params_(&params),
      double_buffer_(params.double_buffer),
      view_(graph, element_widths(graph, params.datatypes)) {}

std::string TiledGroup::prepare(const Group& group) {
  view_.build(group);
  std::string reason = tiling_.prepare(view_);
  if (!reason.empty()) return reason;
  variant_count_ = 0;
  size_t pair = 0;
  for (const BrrStart start : kStarts) {
    for (const BrrJoin join : kJoins) {
      Variant& v = variants_[variant_count_];
      v.residency.run(view_, params_->pe_rows, start, join);
      size_t same = 0;
      while (same < variant_count_ && !variants_[same].residency.same_as(v.residency)) ++same;
      if (same == variant_count_) {
        v.start = start;
        v.join = join;
        ++variant_count_;
      }
      variant_of_[pair++] = same;
    }
  }
  weight_bytes_ = view_.weight_bytes;
  used_weight_bytes_ = view_.used_weight_bytes;
  ofmap_bytes_ = 0;
  for (const LocalTensor& t : view_.tensors) {
    if (t.outgoing) ofmap_bytes_ += graph_->batch * t.channels * t.rows * t.piece_bytes;
  }
  for (size_t i = 0; i < variant_count_; ++i) {
    variants_[i].storage.resize(params_->slice_channels.size());
    for (size_t s = 0; s < params_->slice_channels.size(); ++s) {
      variants_[i].residency.tabulate(params_->slice_channels[s], double_buffer_, variants_[i].storage[s]);
    }
  }
  streamed_bytes_.clear();
  least_weight_bytes_.clear();
  for (const int64_t g : params_->slice_channels) {
    streamed_bytes_.push_back(streamed_weight_bytes(g));
    least_weight_bytes_.push_back(least_weight_bytes(g));
  }
  return "";
}

int64_t TiledGroup::largest_sub_group_bytes(int64_t g) const {
  int64_t largest = 0;
  for (const LocalOp& op : view_.ops) {
    largest =
        std::max(largest, weight_sub_group_bytes(*graph_, *op.op, params_->datatypes, params_->pe_rows, g));
  }
  return largest;
}

int64_t TiledGroup::streamed_weight_bytes(int64_t g) const {
  return fusesim::streamed_weight_bytes(largest_sub_group_bytes(g), used_weight_bytes_, double_buffer_);
}

int64_t TiledGroup::least_weight_bytes(int64_t g) const {
  return std::min(streamed_weight_bytes(g), weight_bytes_);
}

int64_t TiledGroup::storage_bytes(const BrrResidency& residency, int64_t g) const {
  BrrStorageTable table;
  residency.tabulate(g, double_buffer_, table);
  return table.bytes(tiling_.longest(), tiling_.added());
}

size_t TiledGroup::find(BrrStart start, BrrJoin join) const {
  return variant_of_[(start == BrrStart::slice ? 2U : 0U) + (join == BrrJoin::any ? 1U : 0U)];
}

int64_t TiledGroup::f_beta_bytes() {
  tiling_.run(1);
  least_feature_bytes_ = ofmap_bytes_;
  for (int t = 0; t < view_.externals; ++t) {
    const LocalTensor& tensor = view_.tensors[static_cast<size_t>(t)];
    int64_t rows = 0;
    for (int r = tensor.readers_begin; r < tensor.readers_end; ++r) {
      rows += tiling_.covered_rows()[static_cast<size_t>(view_.reader_edges[static_cast<size_t>(r)])];
    }
    least_feature_bytes_ +=
        graph_->batch * std::min(rows, tensor.rows) * tensor.channels * tensor.piece_bytes;
  }
  int64_t least = kNeverFits;
  for (size_t i = 0; i < variant_count_; ++i) {
    for (size_t s = 0; s < params_->slice_channels.size(); ++s) {
      const int64_t storage = variants_[i].storage[s].bytes(tiling_.longest(), tiling_.added());
      least = std::min(least, storage + least_weight_bytes_[s]);
    }
  }
  return least;
}

int64_t TiledGroup::ifmap_bytes(const BrrResidency& residency) const {
  int64_t bytes = 0;
  for (int t = 0; t < view_.externals; ++t) {
    const LocalTensor& tensor = view_.tensors[static_cast<size_t>(t)];
    int64_t rows = tensor.rows;
    if (residency.slice(static_cast<size_t>(t))) {
      rows = 0;
      for (int r = tensor.readers_begin; r < tensor.readers_end; ++r) {
        rows += tiling_.streamed_rows()[static_cast<size_t>(view_.reader_edges[static_cast<size_t>(r)])];
      }
    }
    const int64_t image_bytes = rows * tensor.channels * tensor.piece_bytes;
    bytes = checked_add(bytes, checked_mul(graph_->batch, image_bytes, kInputBytes), kInputBytes);
  }
  return bytes;
}

int64_t TiledGroup::weights_in(int64_t rounds) const {
  return checked_mul(weight_bytes_, rounds, kWeightBytes);
}

void TiledGroup::consider(int64_t tile_rows, int64_t buffer_bytes, BrrTimes& times, BrrChoices& choices) {
  const int64_t tiles = tiling_.tiles(tile_rows);
  const int64_t rounds = graph_->batch * tiles;
  const int64_t least_weight_bytes = weights_in(weight_bytes_ < buffer_bytes ? 1 : rounds);
  for (size_t i = 0; i < variant_count_; ++i) {
    const BrrResidency& residency = variants_[i].residency;
    BrrChoice c;
    c.ifmap_bytes = ifmap_bytes(residency);
    const int64_t moved = checked_add(c.ifmap_bytes, ofmap_bytes_, kMovedBytes);
    if (!choices.may_keep(checked_add(moved, least_weight_bytes, kMovedBytes))) continue;
    c.tiles = tiles;
    c.residency = i;
    c.tile_rows = tile_rows;
    for (size_t s = 0; s < params_->slice_channels.size(); ++s) {
      const int64_t storage = variants_[i].storage[s].bytes(tiling_.longest(), tiling_.added());
      c.g = params_->slice_channels[s];
      // For several tiles streamed weights cost traffic, time and energy: only where they do not all fit.
      const bool all_fit = storage + weight_bytes_ < buffer_bytes;
      for (const bool resident : {true, false}) {
        if (resident ? !all_fit : all_fit && rounds > 1) continue;
        c.resident = resident;
        c.buffer_bytes = storage + (resident ? weight_bytes_ : streamed_bytes_[s]);
        if (c.buffer_bytes >= buffer_bytes) continue;
        const int64_t weights =
            resident ? weight_bytes_ : checked_mul(used_weight_bytes_, rounds, kWeightBytes);
        c.bytes = checked_add(moved, weights, kMovedBytes);
        if (!choices.may_keep(c.bytes)) continue;
        const auto set_time = [&](const GroupTime& group_time) {
          const PredictedTime time = predicted_time(params_->machine, group_time);
          c.cycles = time.cycles;
          c.energy_pj = time.energy_pj;
        };
        set_time(times.average(*this, residency, c.g, resident));
        if (choices.keep() != BrrChoices::Keep::front) {
          choices.add(c);
        } else if (choices.worth_playing(c)) {
          set_time(times.played(*this, residency, c.g, resident));
          choices.add(c);
        }
      }
    }
  }
}

bool TiledGroup::may_fit(const std::vector<int64_t>& rows, int64_t buffer_bytes) const {
  for (size_t i = 0; i < variant_count_; ++i) {
    for (size_t s = 0; s < streamed_bytes_.size(); ++s) {
      if (variants_[i].storage[s].least_bytes(rows) + least_weight_bytes_[s] < buffer_bytes) return true;
    }
  }
  return false;
}

void TiledGroup::find(int64_t buffer_bytes, BrrTimes& times, BrrChoices& choices) {
  for (int64_t h = tiling_.max_tile_rows(); h >= 1; --h) {
    const int64_t rounds = graph_->batch * tiling_.tiles(h);
    const int64_t bound =
        checked_add(least_feature_bytes_, weights_in(weight_bytes_ < buffer_bytes ? 1 : rounds), kMovedBytes);
    // Lower heights mean no fewer tiles: from here on nothing is saved any more.
    if (!choices.may_keep(bound)) break;
    if (!may_fit(tiling_.first_tile(h), buffer_bytes)) continue;
    tiling_.run(h);
    consider(h, buffer_bytes, times, choices);
  }
}

}  // namespace fusesim
