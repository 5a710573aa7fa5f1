#include "tile_run.h"

#include <algorithm>
#include <utility>

namespace fusesim::hw {
namespace {

/// Rows of a captured slice under other channel numbers.
class Relabelled : public RowSource {
 public:
  /// `width`: elements to each channel of a row.
  Relabelled(RowRange rows, ChannelRange channels, const CapturedSlice& slice, int64_t width)
      : rows_(rows), channels_(channels), slice_(slice), width_(width) {}
  const uint64_t* channels(int64_t y, int64_t c0, int64_t) override {
    return slice_.hashes.data() + place(y, c0);
  }
  const Value* values(int64_t y, int64_t c0, int64_t) override {
    return slice_.values.data() + place(y, c0) * width_;
  }

 private:
  int64_t place(int64_t y, int64_t c) const {
    return (y - rows_.first) * channels_.size() + (c - channels_.first);
  }

  RowRange rows_;
  ChannelRange channels_;
  const CapturedSlice& slice_;
  int64_t width_;
};

}  // namespace

BrrTileRun::BrrTileRun(const EngineContext& machine, const GroupSchedule& schedule)
    : machine_(machine),
      plan_(machine.graph, machine.datatypes, machine.config.pe.rows, schedule, machine.fault),
      transfers_(machine.memory, machine.ahead, machine.activity),
      memory_(machine, plan_, transfers_),
      loader_(machine, plan_, memory_, transfers_),
      storer_(machine, transfers_),
      sums_(machine),
      compute_(machine) {}

void BrrTileRun::execute() {
  memory_.weights().open();
  for (int64_t i = 0; i < plan_.geometry().tiles(); ++i) {
    BrrTile tile(plan_, memory_, i);
    memory_.weights().begin_round();
    captured_.clear();
    loader_.begin_tile(i);
    for (const BrrStep& step : plan_.steps()) run_step(tile, step);
    memory_.weights().end_round();
  }
  transfers_.drain();
  memory_.weights().drop_all();
}

void BrrTileRun::run_step(BrrTile& tile, const BrrStep& step) {
  switch (step.kind) {
    case BrrStep::Kind::stream:
      return loader_.stream(step.tensor);
    case BrrStep::Kind::let_go:
      return let_go(tile, step);
    case BrrStep::Kind::reduce:
      return sums_.reduce(tile, step.op, step.channels, step.inputs);
    case BrrStep::Kind::add:
      return add_slice(tile, step);
    case BrrStep::Kind::finish_sums:
      return sums_.finish_reduction(tile, step.op);
    case BrrStep::Kind::local:
      return compute_.make_local(tile, step.op, step.channels);
    case BrrStep::Kind::pool:
      return pool(tile, step);
    case BrrStep::Kind::finish_pool:
      if (sums_.finish_pool(tile, step.op)) storer_.store_pooled(tile, step.op);
      return;
    case BrrStep::Kind::store:
      return storer_.store(tile, step.tensor, step.channels);
    case BrrStep::Kind::end_unit:
      return end_unit(tile, step.unit);
    case BrrStep::Kind::capture:
      return capture(tile, step);
    case BrrStep::Kind::inject:
      return inject(tile, step);
  }
}

void BrrTileRun::add_slice(BrrTile& tile, const BrrStep& step) {
  TileBuffer& buffer = tile.buffer(step.tensor);
  if (step.captured < 0) return sums_.add(tile, step.op, step.channels, step.inputs, buffer);
  Relabelled in(tile.read_rows(step.op, 0), step.passed, captured_[static_cast<size_t>(step.captured)],
                machine_.value_width(plan_.tensor(step.tensor).id));
  sums_.add(tile, step.op, step.channels, step.inputs, in);
}

void BrrTileRun::pool(BrrTile& tile, const BrrStep& step) {
  const int input = plan_.op(step.op).inputs[0];
  if (step.captured < 0) return sums_.pool_rows(tile, step.op, step.channels, tile.buffer(input));
  Relabelled in(tile.read_rows(step.op, 0), step.passed, captured_[static_cast<size_t>(step.captured)],
                machine_.value_width(plan_.tensor(input).id));
  sums_.pool_rows(tile, step.op, step.channels, in);
}

void BrrTileRun::let_go(const BrrTile& tile, const BrrStep& step) {
  tile.buffer(step.tensor).release(tile.held_rows(step.tensor, step.op), step.channels);
  if (plan_.tensor(step.tensor).external()) loader_.after_release(step.tensor);
}

/// FULL tensors made inside that no later unit reads.
void BrrTileRun::end_unit(const BrrTile& tile, int unit) {
  for (int t = 0; t < plan_.tensors(); ++t) {
    if (plan_.last_unit(t) != unit || plan_.tensor(t).external() || plan_.tensor(t).sliced()) continue;
    tile.buffer(t).release(tile.rows(t), plan_.all_channels(t));
  }
}

/// Planted fault: takes a slice aside; `op`: the root that would read it.
void BrrTileRun::capture(const BrrTile& tile, const BrrStep& step) {
  const RowRange rows = step.op < 0 ? tile.rows(step.tensor) : tile.read_rows(step.op, 0);
  CapturedSlice& slice = captured_.emplace_back();
  TileBuffer& buffer = tile.buffer(step.tensor);
  const int64_t width = machine_.value_width(plan_.tensor(step.tensor).id);
  for (int64_t y = rows.first; y < rows.last; ++y) {
    const uint64_t* row = buffer.channels(y, step.channels.first, step.channels.last);
    slice.hashes.insert(slice.hashes.end(), row, row + step.channels.size());
    if (width == 0) continue;
    const Value* values = buffer.value_place(y, step.channels.first);
    slice.values.insert(slice.values.end(), values, values + step.channels.size() * width);
  }
}

/// Planted fault: gives the captured slice the place of another.
void BrrTileRun::inject(const BrrTile& tile, const BrrStep& step) {
  const RowRange rows = tile.rows(step.tensor);
  const int64_t width = machine_.value_width(plan_.tensor(step.tensor).id);
  Relabelled in(rows, step.passed, captured_[static_cast<size_t>(step.captured)], width);
  TileBuffer& buffer = tile.buffer(step.tensor);
  const bool sliced = plan_.tensor(step.tensor).sliced();
  for (int64_t y = rows.first; y < rows.last; ++y) {
    uint64_t* place = sliced ? buffer.claim(y, step.channels) : buffer.mutable_channels(y, step.channels);
    std::copy_n(in.channels(y, step.channels.first, step.channels.last), step.channels.size(), place);
    if (width == 0) continue;
    std::copy_n(in.values(y, step.channels.first, step.channels.last), step.channels.size() * width,
                buffer.value_place(y, step.channels.first));
  }
}

}  // namespace fusesim::hw
