#include <algorithm>

#include "brr/tile_times.h"
#include "fusesim/base/ceil_div.h"
#include "fusesim/cost/widths.h"

namespace fusesim {

/// A slice leaves before the next one takes its place, unless other ops of its tree work that long between.
double BrrTimes::awaited_stores(const Tile& tile) const {
  const GroupView& view = tile.group.view();
  const double begin = dram_time_.setup_cycles() + dram_time_.latency_cycles();
  double awaited = 0;
  for (size_t o = 0; o < view.ops.size(); ++o) {
    const auto out = static_cast<size_t>(view.ops[o].output);
    const LocalTensor& tensor = view.tensors[out];
    if (!tensor.outgoing || !tile.residency.slice(out)) continue;
    const int64_t width = std::min(tile.g, tensor.channels);
    const int64_t slices = ceil_div(tensor.channels, width);
    if (slices == 1) continue;
    // Between two slices its readers work on the first, and what is made before its storage is needed
    // again, on the second.
    const int maker = view.tensors[tile.residency.storage_root(out)].producer;
    int64_t readers = 0, sources = 0, made_channels = 1;
    for (size_t k = 0; k < parts_.size(); ++k) {
      if (k == o || roots_[k] != roots_[o]) continue;
      if (k > o) readers += parts_[k].cycles;
      if (static_cast<int>(k) >= maker) continue;
      sources += parts_[k].cycles;
      made_channels = std::max(made_channels, view.tensors[static_cast<size_t>(view.ops[k].output)].channels);
    }
    const Pieces pieces = row_pieces(graph_, params_, tensor.id, tile.rows[out], width, width, tensor.width);
    const double bus = dram_time_.bus_cycles(dram_time_.bursts(pieces));
    // Of a concat, only some slices are made here.
    const auto channels = static_cast<double>(tensor.channels);
    const double made = std::min(1.0, static_cast<double>(made_channels) / channels);
    const auto wait = [&](int64_t next_width) {
      const double after = bus + begin - static_cast<double>(readers) * static_cast<double>(width) / channels;
      const double before =
          static_cast<double>(sources) * static_cast<double>(next_width) / (channels * made);
      return made * std::max(0.0, after - before) + (1.0 - made) * std::max(0.0, after);
    };
    awaited += wait(width) * static_cast<double>(slices - 2) + wait(tensor.channels - (slices - 1) * width);
  }
  return awaited;
}

/// Of all weights once; they are fetched `times` times.
void BrrTimes::move_weights(const TiledGroup& group, const BrrResidency& residency, int64_t g, int64_t times,
                            Moves& moves) {
  for (const LocalOp& local : group.view().ops) {
    const int64_t bytes = weight_bytes(*local.op, params_.datatypes);
    if (bytes == 0 || (resident_ && !local.brings)) continue;
    const int64_t pieces = sub_groups(local, residency, g);
    dram_time_.add_reads({pieces, bytes / pieces, 1}, times, spent_);
    spent_.add_moved(bytes, times, true);
    const double each = sub_group_cycles(local, residency, g);
    moves.weights += each * static_cast<double>(pieces);
    if (moves.first_weights == 0) moves.first_weights = each;
  }
}

void BrrTimes::move_features(TiledGroup& group, const BrrResidency& residency, int64_t g, int64_t tiles,
                             Moves& moves) {
  const GroupView& view = group.view();
  const double begin = dram_time_.setup_cycles() + dram_time_.latency_cycles();
  double whole_loads = 0;  // of FULL tensors, which share a transfer
  last_stores_.assign(view.ops.size(), 0.0);
  const auto move = [&](const LocalTensor& tensor, int64_t rows, bool sliced, bool writes) {
    const int64_t width = sliced ? std::min(g, tensor.channels) : tensor.channels;
    const int64_t slices = ceil_div(tensor.channels, width);
    const Pieces pieces = row_pieces(graph_, params_, tensor.id, rows, tensor.channels, width, tensor.width);
    const int64_t row_bytes = tensor.channels * tensor.piece_bytes;
    writes ? dram_time_.add_writes(pieces, 1, spent_) : dram_time_.add_reads(pieces, 1, spent_);
    spent_.add_moved(row_bytes, rows, !writes);
    const double bus = dram_time_.bus_cycles(dram_time_.bursts(pieces)) / static_cast<double>(tiles);
    if (writes) {
      moves.stores += bus;
      // Slices but the last leave while their op works.
      last_stores_[static_cast<size_t>(tensor.producer)] += bus / static_cast<double>(slices);
    } else {
      moves.loads += bus;
      moves.first_loads += sliced ? bus / static_cast<double>(slices) : bus;
      // After a store, and into rows that are closed where the slice before ended far away.
      const double turn = dram_time_.turnaround_cycles(false) + dram_time_.reopen_cycles();
      if (sliced) moves.loads += begin * static_cast<double>(slices) + turn * static_cast<double>(slices - 1);
      if (!sliced) whole_loads = begin;
    }
  };
  for (size_t t = 0; t < view.tensors.size(); ++t) {
    const LocalTensor& tensor = view.tensors[t];
    const bool sliced = residency.slice(t);
    if (static_cast<int>(t) < view.externals) {
      int64_t rows = tensor.rows;
      if (sliced) {
        rows = 0;
        for (int r = tensor.readers_begin; r < tensor.readers_end; ++r) {
          rows +=
              group.tiling().streamed_rows()[static_cast<size_t>(view.reader_edges[static_cast<size_t>(r)])];
        }
      }
      move(tensor, rows, sliced, false);
    }
    if (tensor.outgoing) move(tensor, tensor.rows, sliced, true);
  }
  moves.loads += whole_loads;
  if (moves.first_loads > 0) moves.first_loads += begin;
}

}  // namespace fusesim
