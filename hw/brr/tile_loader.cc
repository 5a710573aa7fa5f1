#include "tile_loader.h"

#include <algorithm>

namespace fusesim::hw {

void BrrTileLoader::fetch_full_tensors(const BrrTile& tile) {
  const BrrTilePlan& plan = tile.plan();
  const bool last = tile.index() + 1 == plan.geometry().tiles();
  for (int t = 0; t < plan.tensors(); ++t) {
    if (!plan.tensor(t).external() || plan.tensor(t).sliced()) continue;
    const int64_t height = plan.tensor(t).shape.h;
    int64_t keep_from = height;
    for (int64_t i = tile.index(); i < plan.geometry().tiles(); ++i) {
      const RowRange rows = plan.geometry().rows(t, i);
      if (!rows.empty()) keep_from = std::min(keep_from, rows.first);
    }
    tile.buffer(t).release({std::max<int64_t>(0, keep_from - height), keep_from}, plan.all_channels(t));
    int64_t& fetched = tile.memory().fetched_rows(t);
    const int64_t read_until = std::max(fetched, tile.made_rows(t).last);
    const int64_t until = last ? height : read_until;
    fetch_rows(tile, t, {fetched, until}, {keep_from, read_until}, plan.all_channels(t));
    fetched = until;
  }
}

void BrrTileLoader::stream(const BrrTile& tile, int t, int reader, const ChannelRange& channels) {
  RowRange needed = tile.stream_rows(t, reader, tile.index());
  if (needed.empty()) return;
  const int64_t tiles = tile.plan().geometry().tiles();
  const auto read_in = [&](int64_t i) { return !tile.stream_rows(t, reader, i).empty(); };
  bool first = true;
  for (int64_t i = 0; i < tile.index() && first; ++i) first = !read_in(i);
  bool last = true;
  for (int64_t i = tile.index() + 1; i < tiles && last; ++i) last = !read_in(i);
  if (machine_.fault == Fault::tile_halo_short && !last) {
    const RowRange next = tile.stream_rows(t, reader, tile.index() + 1);
    if (!next.empty() && next.first < needed.last) --needed.last;
  }
  const int64_t height = tile.plan().tensor(t).shape.h;
  fetch_rows(tile, t, {first ? 0 : needed.first, last ? height : needed.last}, needed, channels);
}

/// Rows outside `kept` are dropped as they come.
void BrrTileLoader::fetch_rows(const BrrTile& tile, int t, const RowRange& rows, const RowRange& kept,
                               const ChannelRange& channels) {
  std::vector<Segment> segments;
  for (int64_t y = rows.first; y < rows.last; ++y) {
    Segment segment;
    segment.kind = TransferKind::ifmap;
    segment.tensor = tile.plan().tensor(t).id;
    segment.row = y;
    segment.c0 = channels.first;
    segment.c1 = channels.last;
    if (y >= kept.first && y < kept.last) {
      segment.hashes = tile.buffer(t).claim(y, channels);
      machine_.counters.buffer_write_bytes += channels.size() * tile.plan().channel_row_bytes(t);
    }
    segments.push_back(segment);
  }
  if (!segments.empty()) machine_.memory.transfer(segments);
}

}  // namespace fusesim::hw
