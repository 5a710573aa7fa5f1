#include "tile_loader.h"

#include <algorithm>
#include <utility>

namespace fusesim::hw {

BrrTileLoader::BrrTileLoader(const EngineContext& machine, const BrrTilePlan& plan, BrrTileMemory& memory,
                             BrrTransfers& transfers)
    : machine_(machine),
      plan_(plan),
      memory_(memory),
      transfers_(transfers),
      fetched_rows_(plan.group().tensors.size(), 0),
      tile_arrived_(static_cast<size_t>(plan.geometry().tiles()), 0),
      streams_(plan.group().tensors.size()) {
  for (const BrrStep& step : plan.steps()) {
    if (step.kind == BrrStep::Kind::stream) stream_of(step.tensor).slices.push_back({step.op, step.channels});
  }
}

void BrrTileLoader::begin_tile(int64_t tile) {
  drop_rows(tile);
  if (started_tiles_ == tile) start_rows(started_tiles_++);
  if (machine_.fault != Fault::buffer_swapped_early) {
    transfers_.wait_for([&] { return tile_arrived_[static_cast<size_t>(tile)] != 0; }, "rows", Cause::ifmap);
  }
  const bool unbounded = machine_.fault == Fault::prefetch_past_capacity;
  while (ahead() && started_tiles_ < plan_.geometry().tiles() && started_tiles_ - tile <= most_ahead()) {
    if (!unbounded && !rows_fit(started_tiles_)) return;
    start_rows(started_tiles_++);
  }
}

int64_t BrrTileLoader::first_row_kept(int t, int64_t tile) const {
  int64_t first = plan_.tensor(t).shape.h;
  for (int64_t i = tile; i < plan_.geometry().tiles(); ++i) {
    const RowRange rows = plan_.geometry().rows(t, i);
    if (!rows.empty()) first = std::min(first, rows.first);
  }
  return first;
}

void BrrTileLoader::drop_rows(int64_t tile) {
  for (int t = 0; t < plan_.tensors(); ++t) {
    if (!is_full(t)) continue;
    const int64_t first = first_row_kept(t, tile);
    memory_.buffer(t).release({std::max<int64_t>(0, first - plan_.tensor(t).shape.h), first},
                              plan_.all_channels(t));
  }
}

/// Rows that a tile keeps of those that come with it.
RowRange BrrTileLoader::new_rows(int t, int64_t tile) const {
  const int64_t fetched = fetched_rows_[static_cast<size_t>(t)];
  return {std::max(fetched, first_row_kept(t, tile)), std::max(fetched, plan_.made_rows(t, tile).last)};
}

bool BrrTileLoader::rows_fit(int64_t tile) {
  for (int t = 0; t < plan_.tensors(); ++t) {
    if (is_full(t) && !memory_.buffer(t).has_room(new_rows(t, tile), plan_.all_channels(t))) return false;
  }
  return true;
}

/// Every row once over all tiles, in order; rows that nobody reads pass through, the last ones with the last
/// tile.
void BrrTileLoader::start_rows(int64_t tile) {
  std::vector<Segment> segments;
  std::vector<std::pair<int, RowRange>> kept;
  for (int t = 0; t < plan_.tensors(); ++t) {
    if (!is_full(t)) continue;
    const RowRange rows = new_rows(t, tile);
    int64_t& fetched = fetched_rows_[static_cast<size_t>(t)];
    const bool last = tile + 1 == plan_.geometry().tiles();
    const int64_t until = last ? plan_.tensor(t).shape.h : rows.last;
    for (int64_t y = fetched; y < until; ++y) {
      add_row(segments, t, y, y >= rows.first && y < rows.last, plan_.all_channels(t));
    }
    fetched = until;
    kept.emplace_back(t, rows);
  }
  if (segments.empty()) {
    tile_arrived_[static_cast<size_t>(tile)] = 1;
    return;
  }
  transfers_.start(std::move(segments), [this, tile, kept = std::move(kept)] {
    for (const auto& [t, rows] : kept) {
      for (int64_t y = rows.first; y < rows.last; ++y) memory_.buffer(t).arrive(y, plan_.all_channels(t));
    }
    tile_arrived_[static_cast<size_t>(tile)] = 1;
  });
}

void BrrTileLoader::add_row(std::vector<Segment>& segments, int t, int64_t row, bool kept,
                            const ChannelRange& channels) {
  Segment segment;
  segment.kind = TransferKind::ifmap;
  segment.tensor = plan_.tensor(t).id;
  segment.row = row;
  segment.c0 = channels.first;
  segment.c1 = channels.last;
  if (kept) {
    segment.hashes = memory_.buffer(t).expect(row, channels);
    segment.values = memory_.buffer(t).value_place(row, channels.first);
    machine_.counters.buffer_write_bytes += channels.size() * plan_.channel_row_bytes(t);
  }
  segments.push_back(segment);
}

void BrrTileLoader::stream(int t) {
  Stream& stream = stream_of(t);
  const int64_t n = stream.needed++;
  if (stream.started == n) start_slice(t, stream.started++);
  if (machine_.fault != Fault::buffer_swapped_early) {
    transfers_.wait_for([&] { return stream.under_way.count(n) == 0; }, "a slice", Cause::ifmap);
  }
  look_ahead(t);
}

void BrrTileLoader::look_ahead(int t) {
  Stream& stream = stream_of(t);
  const int64_t total = static_cast<int64_t>(stream.slices.size()) * plan_.geometry().tiles();
  const bool unbounded = machine_.fault == Fault::prefetch_past_capacity;
  while (ahead() && stream.started < total && stream.started - stream.needed < most_ahead()) {
    if (!unbounded && !slice_fits(t, stream.started)) return;
    start_slice(t, stream.started++);
  }
}

bool BrrTileLoader::slice_fits(int t, int64_t number) {
  const Stream& stream = stream_of(t);
  const auto per_tile = static_cast<int64_t>(stream.slices.size());
  const Slice& slice = stream.slices[static_cast<size_t>(number % per_tile)];
  return memory_.buffer(t).has_room(plan_.stream_rows(t, slice.reader, number / per_tile), slice.channels);
}

/// Rows that no tile needs pass through with the first and the last tile that need any.
void BrrTileLoader::start_slice(int t, int64_t number) {
  Stream& stream = stream_of(t);
  const auto per_tile = static_cast<int64_t>(stream.slices.size());
  const Slice slice = stream.slices[static_cast<size_t>(number % per_tile)];
  const int64_t tile = number / per_tile;
  RowRange needed = plan_.stream_rows(t, slice.reader, tile);
  if (needed.empty()) return;
  const int64_t tiles = plan_.geometry().tiles();
  const auto read_in = [&](int64_t i) { return !plan_.stream_rows(t, slice.reader, i).empty(); };
  bool first = true;
  for (int64_t i = 0; i < tile && first; ++i) first = !read_in(i);
  bool last = true;
  for (int64_t i = tile + 1; i < tiles && last; ++i) last = !read_in(i);
  if (machine_.fault == Fault::tile_halo_short && !last) {
    const RowRange next = plan_.stream_rows(t, slice.reader, tile + 1);
    if (!next.empty() && next.first < needed.last) --needed.last;
  }
  std::vector<Segment> segments;
  const int64_t until = last ? plan_.tensor(t).shape.h : needed.last;
  for (int64_t y = first ? 0 : needed.first; y < until; ++y) {
    add_row(segments, t, y, y >= needed.first && y < needed.last, slice.channels);
  }
  stream.under_way.insert(number);
  transfers_.start(std::move(segments), [this, t, number, needed, channels = slice.channels] {
    for (int64_t y = needed.first; y < needed.last; ++y) memory_.buffer(t).arrive(y, channels);
    stream_of(t).under_way.erase(number);
  });
}

}  // namespace fusesim::hw
