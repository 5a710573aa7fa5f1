#include <algorithm>

#include "tile_run.h"

namespace fusesim::hw {

/// Rows of a tensor that this tile makes or fetches.
RowRange BrrTileRun::made_rows(int t) const {
  RowRange rows = geometry_.rows(t, tile_);
  if (machine_.fault != Fault::tile_halo_short || tile_ + 1 == geometry_.tiles()) return rows;
  const RowRange next = geometry_.rows(t, tile_ + 1);
  if (!rows.empty() && !next.empty() && next.first < rows.last) --rows.last;
  return rows;
}

RowRange BrrTileRun::stream_rows(int t, int reader, int64_t tile) const {
  return geometry_.read_rows(reader, group_.operand_of(reader, t), tile);
}

/// FULL external tensors: every row once, in order; rows that nobody reads pass through.
void BrrTileRun::fetch_full_tensors() {
  const bool last = tile_ + 1 == geometry_.tiles();
  for (size_t i = 0; i < states_.size(); ++i) {
    const int t = static_cast<int>(i);
    if (!tensor(t).external() || tensor(t).sliced()) continue;
    const int64_t height = tensor(t).shape.h;
    int64_t keep_from = height;
    for (int64_t tile = tile_; tile < geometry_.tiles(); ++tile) {
      if (!geometry_.rows(t, tile).empty()) keep_from = std::min(keep_from, geometry_.rows(t, tile).first);
    }
    buffer(t).release({std::max<int64_t>(0, keep_from - height), keep_from}, all_channels(t));
    int64_t& fetched = state(t).fetched_rows;
    const int64_t until = last ? height : std::max(fetched, made_rows(t).last);
    const int64_t read_until = std::max(fetched, made_rows(t).last);
    fetch_rows(t, {fetched, until}, {keep_from, read_until}, all_channels(t));
    fetched = until;
  }
}

/// Brings rows from DRAM; those outside `kept` are dropped as they come.
void BrrTileRun::fetch_rows(int t, const RowRange& rows, const RowRange& kept, const ChannelRange& channels) {
  std::vector<Segment> segments;
  for (int64_t y = rows.first; y < rows.last; ++y) {
    Segment segment;
    segment.kind = TransferKind::ifmap;
    segment.tensor = tensor(t).id;
    segment.row = y;
    segment.c0 = channels.first;
    segment.c1 = channels.last;
    if (y >= kept.first && y < kept.last) {
      segment.hashes = buffer(t).claim(y, channels);
      machine_.counters.buffer_write_bytes += channels.size() * channel_row_bytes(t);
    }
    segments.push_back(segment);
  }
  if (!segments.empty()) machine_.memory.transfer(segments);
}

BrrTileRun::SliceState& BrrTileRun::slice_state(int t, int reader) {
  if (!tensor(t).external()) return state(t).slices.front();
  const std::vector<int>& readers = tensor(t).readers;
  return state(t)
      .slices[static_cast<size_t>(std::find(readers.begin(), readers.end(), reader) - readers.begin())];
}

/// Brings `needed` channels of a SLICE tensor on chip for its reader; those that are here already stay.
void BrrTileRun::ensure(int t, int reader, const ChannelRange& needed) {
  if (needed.empty()) return;
  const ChannelRange held = slice_state(t, reader).held;
  if (held.first <= needed.first && needed.last <= held.last) return;
  hold_only(t, reader, needed);
  const ChannelRange kept = slice_state(t, reader).held;
  std::vector<ChannelRange> missing{needed};
  if (!kept.empty()) missing = {{needed.first, kept.first}, {kept.last, needed.last}};
  for (const ChannelRange& channels : missing) {
    if (channels.empty()) continue;
    tensor(t).external() ? stream(t, reader, channels) : produce(tensor(t).producer, channels);
  }
  slice_state(t, reader).held = needed;
}

/// A SLICE external tensor: the rows that this reader needs in this tile; rows that no tile needs pass
/// through in its first and last.
void BrrTileRun::stream(int t, int reader, const ChannelRange& channels) {
  std::vector<char>& made = slice_state(t, reader).made;
  std::fill(made.begin() + channels.first, made.begin() + channels.last, 1);
  RowRange needed = stream_rows(t, reader, tile_);
  if (needed.empty()) return;
  const auto read_in = [&](int64_t tile) { return !stream_rows(t, reader, tile).empty(); };
  bool first = true;
  for (int64_t tile = 0; tile < tile_ && first; ++tile) first = !read_in(tile);
  bool last = true;
  for (int64_t tile = tile_ + 1; tile < geometry_.tiles() && last; ++tile) last = !read_in(tile);
  if (machine_.fault == Fault::tile_halo_short && !last) {
    const RowRange next = stream_rows(t, reader, tile_ + 1);
    if (!next.empty() && next.first < needed.last) --needed.last;
  }
  fetch_rows(t, {first ? 0 : needed.first, last ? tensor(t).shape.h : needed.last}, needed, channels);
}

/// Lets go of the held channels of a SLICE tensor outside `kept`.
void BrrTileRun::hold_only(int t, int reader, const ChannelRange& kept) {
  SliceState& mine = slice_state(t, reader);
  const ChannelRange held = mine.held;
  mine.held = {std::max(held.first, kept.first), std::min(held.last, kept.last)};
  if (mine.held.empty()) mine.held = {};
  const RowRange rows = tensor(t).external() ? stream_rows(t, reader, tile_) : geometry_.rows(t, tile_);
  if (mine.held.empty()) return buffer(t).release(rows, held);
  buffer(t).release(rows, {held.first, mine.held.first});
  buffer(t).release(rows, {mine.held.last, held.last});
}

/// SLICE operands of a concat that these channels do not need.
void BrrTileRun::drop_unused_operands(int o, const ChannelRange& channels) {
  const BrrOp& op = group_.op(o);
  if (op.op->kind != OpKind::concat) return;
  for (const int t : op.inputs) {
    bool used = false;
    for (size_t j = 0; j < op.inputs.size(); ++j) {
      used = used || (op.inputs[j] == t && !input_channels(group_, o, j, channels).empty());
    }
    if (!used && tensor(t).sliced()) hold_only(t, o, {});
  }
}

/// After channels `done` of a channel-local op: its SLICE inputs keep only what its other channels will read.
void BrrTileRun::retire_inputs(int o, const ChannelRange& done) {
  const BrrOp& op = group_.op(o);
  const bool complete = channels_left_[static_cast<size_t>(o)] == 0;
  for (size_t j = 0; j < op.inputs.size(); ++j) {
    const int t = op.inputs[j];
    if (!tensor(t).sliced()) continue;
    if (complete) {
      hold_only(t, o, {});
      continue;
    }
    const bool one_for_all = tensor(t).shape.c == 1 && tensor(op.output).shape.c > 1;
    const bool twice = op.op->kind == OpKind::concat && std::count(op.inputs.begin(), op.inputs.end(), t) > 1;
    if (one_for_all || twice) continue;
    const int64_t m = channel_multiplier(group_, o);
    const int64_t begun = done.last / m;
    hold_only(t, o, done.last % m == 0 ? ChannelRange{} : ChannelRange{begun, begun + 1});
  }
}

bool BrrTileRun::over_input(int o) const {
  return storage_.tensors[static_cast<size_t>(group_.op(o).output)].in_place;
}

/// Inputs whose storage the result takes over: rows that later rows of the result do not read are given up.
void BrrTileRun::release_over(int o, int64_t y, const ChannelRange& outputs) {
  const BrrOp& op = group_.op(o);
  const RowRange made = made_rows(op.output);
  for (size_t j = 0; j < op.inputs.size(); ++j) {
    const int t = op.inputs[j];
    if (!over_input(o) && !storage_.tensors[static_cast<size_t>(t)].zero_copy) continue;
    const ChannelRange channels = input_channels(group_, o, j, outputs);
    if (channels.empty()) continue;
    const RowRange rows = geometry_.rows(t, tile_);
    const bool more = y + 1 < made.last;
    const int64_t until = more ? rows_read(machine_.graph, *op.op, j, y + 1).first : rows.last;
    const int64_t since = y == made.first ? rows.first : rows_read(machine_.graph, *op.op, j, y).first;
    const RowRange freed{std::max(rows.first, since), std::min(until, rows.last)};
    const bool twice = std::count(op.inputs.begin(), op.inputs.end(), t) > 1;
    if (twice && tensor(t).sliced()) {
      buffer(t).uncount(freed, channels);
    } else {
      buffer(t).release(freed, channels);
    }
  }
}

/// Own rows of an outgoing tensor go to DRAM; rows made again as halo do not.
void BrrTileRun::store(int t, const ChannelRange& channels) {
  if (!tensor(t).outgoing || !store_results_) return;
  const RowRange own = geometry_.own_rows(t, tile_);
  std::vector<Segment> segments;
  for (int64_t y = own.first; y < own.last; ++y) {
    Segment segment;
    segment.kind = TransferKind::ofmap;
    segment.tensor = tensor(t).id;
    segment.row = y;
    segment.c0 = channels.first;
    segment.c1 = channels.last;
    segment.hashes = buffer(t).mutable_channels(y, channels);
    machine_.counters.buffer_read_bytes += channels.size() * channel_row_bytes(t);
    segments.push_back(segment);
  }
  if (!segments.empty()) machine_.memory.transfer(segments);
}

}  // namespace fusesim::hw
