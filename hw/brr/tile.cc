#include "tile.h"

#include <algorithm>

namespace fusesim::hw {

BrrTile::BrrTile(const BrrTilePlan& plan, BrrTileMemory& memory, Fault fault, int64_t index)
    : plan_(plan),
      memory_(memory),
      fault_(fault),
      index_(index),
      slices_(plan.group().tensors.size()),
      taps_(plan.group().ops.size()),
      sums_(plan.group().ops.size()),
      summed_inputs_(plan.group().ops.size()) {
  for (int t = 0; t < plan.tensors(); ++t) {
    const BrrTensor& tensor = plan.tensor(t);
    if (!tensor.sliced()) continue;
    std::vector<Slice>& mine = slices_[static_cast<size_t>(t)];
    mine.resize(tensor.external() ? tensor.readers.size() : 1);
    if (!tensor.external()) mine.front().made.assign(static_cast<size_t>(tensor.shape.c), 0);
  }
  for (const BrrOp& op : plan.group().ops) channels_left_.push_back(plan.tensor(op.output).shape.c);
}

RowRange BrrTile::made_rows(int t) const {
  RowRange made = rows(t);
  if (fault_ != Fault::tile_halo_short || index_ + 1 == plan_.geometry().tiles()) return made;
  const RowRange next = plan_.geometry().rows(t, index_ + 1);
  if (!made.empty() && !next.empty() && next.first < made.last) --made.last;
  return made;
}

RowRange BrrTile::stream_rows(int t, int reader, int64_t tile) const {
  return plan_.geometry().read_rows(reader, plan_.group().operand_of(reader, t), tile);
}

BrrTile::Slice& BrrTile::slice(int t, int reader) {
  std::vector<Slice>& mine = slices_[static_cast<size_t>(t)];
  if (!plan_.tensor(t).external()) return mine.front();
  const std::vector<int>& readers = plan_.tensor(t).readers;
  return mine[static_cast<size_t>(std::find(readers.begin(), readers.end(), reader) - readers.begin())];
}

void BrrTile::hold_only(int t, int reader, const ChannelRange& kept) {
  Slice& mine = slice(t, reader);
  const ChannelRange before = mine.held;
  mine.held = {std::max(before.first, kept.first), std::min(before.last, kept.last)};
  if (mine.held.empty()) mine.held = {};
  const RowRange on_chip = plan_.tensor(t).external() ? stream_rows(t, reader, index_) : rows(t);
  if (mine.held.empty()) return buffer(t).release(on_chip, before);
  buffer(t).release(on_chip, {before.first, mine.held.first});
  buffer(t).release(on_chip, {mine.held.last, before.last});
}

int64_t BrrTile::make(int t, const ChannelRange& channels) {
  Slice& mine = slices_[static_cast<size_t>(t)].front();
  const auto first = mine.made.begin() + channels.first;
  const int64_t made_before = std::count(first, first + channels.size(), 1);
  std::fill_n(first, channels.size(), 1);
  mine.held = mine.held.empty() ? channels
                                : ChannelRange{std::min(mine.held.first, channels.first),
                                               std::max(mine.held.last, channels.last)};
  return made_before;
}

void BrrTile::drop_slices() {
  for (int t = 0; t < plan_.tensors(); ++t) {
    const BrrTensor& tensor = plan_.tensor(t);
    for (size_t i = 0; i < slices_[static_cast<size_t>(t)].size(); ++i) {
      hold_only(t, tensor.external() ? tensor.readers[i] : -1, {});
    }
  }
}

}  // namespace fusesim::hw
