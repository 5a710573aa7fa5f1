#include "tile_storer.h"

#include <utility>
#include <vector>

namespace fusesim::hw {

void BrrTileStorer::store(const BrrTile& tile, int t, const ChannelRange& channels) {
  const BrrTilePlan& plan = tile.plan();
  const RowRange own = plan.geometry().own_rows(t, tile.index());
  TileBuffer& buffer = tile.buffer(t);
  std::vector<Segment> segments;
  for (int64_t y = own.first; y < own.last; ++y) {
    Segment segment;
    segment.kind = TransferKind::ofmap;
    segment.tensor = plan.tensor(t).id;
    segment.row = y;
    segment.c0 = channels.first;
    segment.c1 = channels.last;
    segment.hashes = buffer.send(y, channels);
    segment.values = buffer.value_place(y, channels.first);
    machine_.counters.buffer_read_bytes += channels.size() * plan.channel_row_bytes(t);
    segments.push_back(segment);
  }
  if (segments.empty()) return;
  transfers_.start(std::move(segments), [&buffer, own, channels] {
    for (int64_t y = own.first; y < own.last; ++y) buffer.left(y, channels);
  });
}

void BrrTileStorer::store_pooled(const BrrTile& tile, int o) {
  const int t = tile.plan().op(o).output;
  BrrTileMemory& memory = tile.memory();
  Segment segment;
  segment.kind = TransferKind::ofmap;
  segment.tensor = tile.plan().tensor(t).id;
  segment.c1 = tile.plan().tensor(t).shape.c;
  segment.hashes = memory.pooled(o).values.data();
  if (machine_.values != nullptr) segment.values = memory.pooled(o).made.data();
  machine_.counters.buffer_read_bytes += segment.c1 * tile.plan().channel_row_bytes(t);
  const int64_t storage_bytes = segment.c1 * tile.plan().channel_row_sum_bytes(t);
  transfers_.start({segment}, [&memory, t, storage_bytes] { memory.add_live(t, -storage_bytes); });
}

}  // namespace fusesim::hw
