#include "tile_storer.h"

namespace fusesim::hw {

void BrrTileStorer::store(const BrrTile& tile, int t, const ChannelRange& channels) {
  const BrrTilePlan& plan = tile.plan();
  if (!plan.tensor(t).outgoing || held_back_) return;
  const RowRange own = plan.geometry().own_rows(t, tile.index());
  std::vector<Segment> segments;
  for (int64_t y = own.first; y < own.last; ++y) {
    Segment segment;
    segment.kind = TransferKind::ofmap;
    segment.tensor = plan.tensor(t).id;
    segment.row = y;
    segment.c0 = channels.first;
    segment.c1 = channels.last;
    segment.hashes = tile.buffer(t).mutable_channels(y, channels);
    machine_.counters.buffer_read_bytes += channels.size() * plan.channel_row_bytes(t);
    segments.push_back(segment);
  }
  if (!segments.empty()) machine_.memory.transfer(segments);
}

void BrrTileStorer::store_pooled(const BrrTile& tile, int t, std::vector<uint64_t>& hashes) {
  const BrrTensor& tensor = tile.plan().tensor(t);
  if (!tensor.outgoing) return;
  Segment segment;
  segment.kind = TransferKind::ofmap;
  segment.tensor = tensor.id;
  segment.c1 = tensor.shape.c;
  segment.hashes = hashes.data();
  machine_.counters.buffer_read_bytes += segment.c1 * machine_.datatypes.activation_bytes;
  machine_.memory.transfer({segment});
}

}  // namespace fusesim::hw
