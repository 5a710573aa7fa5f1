#include "tile_run.h"

#include <algorithm>
#include <utility>

#include "fusesim/hw/simulation_error.h"
#include "ops/labels.h"

namespace fusesim::hw {
namespace {

/// Rows of a captured slice under other channel numbers.
class Relabelled : public RowSource {
 public:
  Relabelled(RowRange rows, ChannelRange channels, std::vector<uint64_t> hashes)
      : rows_(rows), channels_(channels), hashes_(std::move(hashes)) {}
  const uint64_t* channels(int64_t y, int64_t c0, int64_t) override {
    return hashes_.data() + (y - rows_.first) * channels_.size() + (c0 - channels_.first);
  }

 private:
  RowRange rows_;
  ChannelRange channels_;
  std::vector<uint64_t> hashes_;
};

std::vector<uint64_t> capture(TileBuffer& buffer, const RowRange& rows, const ChannelRange& channels) {
  std::vector<uint64_t> hashes;
  for (int64_t y = rows.first; y < rows.last; ++y) {
    const uint64_t* row = buffer.channels(y, channels.first, channels.last);
    hashes.insert(hashes.end(), row, row + channels.size());
  }
  return hashes;
}

}  // namespace

BrrTileRun::BrrTileRun(const EngineContext& machine, const GroupSchedule& schedule)
    : machine_(machine),
      group_(view_brr_group(machine.graph, schedule)),
      geometry_(group_, schedule.brr.tile_rows),
      storage_(plan_brr_storage(group_, geometry_, machine.datatypes, machine.config.pe.rows)),
      units_(brr_units(group_)),
      pools_(machine.scratchpad),
      states_(group_.tensors.size()),
      sums_(group_.ops.size()),
      channels_left_(group_.ops.size(), 0),
      pools_of_(group_.tensors.size(), -1) {
  if (geometry_.tiles() != schedule.brr.tiles) {
    throw SimulationError(SimulationError::Guard::bad_schedule,
                          op_label(machine.graph, schedule.ops.front()) + ": expected " +
                              std::to_string(geometry_.tiles()) + " tiles of height " +
                              std::to_string(schedule.brr.tile_rows) + ", got " +
                              std::to_string(schedule.brr.tiles));
  }
  allocate();
  const bool resident = schedule.brr.weights_resident;
  const int pool = pools_.allocate("weights", resident ? storage_.weight_bytes : storage_.subgroup_bytes);
  weights_ = std::make_unique<BrrWeights>(machine_, group_, pools_, pool, resident);
}

void BrrTileRun::allocate() {
  const int count = static_cast<int>(group_.tensors.size());
  for (int t = 0; t < count; ++t) {
    if (storage_.tensors[static_cast<size_t>(t)].pool != t) continue;
    pools_of_[static_cast<size_t>(t)] = pools_.allocate(tensor_label(machine_.graph, tensor(t).id),
                                                        storage_.pool_bytes[static_cast<size_t>(t)]);
  }
  for (int t = 0; t < count; ++t) {
    const int pool = pools_of_[static_cast<size_t>(storage_.tensors[static_cast<size_t>(t)].pool)];
    pools_of_[static_cast<size_t>(t)] = pool;
    TensorState& mine = state(t);
    mine.buffer =
        std::make_unique<TileBuffer>(tensor_label(machine_.graph, tensor(t).id), geometry_.longest_rows(t),
                                     tensor(t).shape.c, channel_row_bytes(t), pools_, pool);
    if (tensor(t).sliced()) {
      mine.slices.resize(tensor(t).external() ? tensor(t).readers.size() : 1);
    }
  }
  for (size_t u = 0; u < units_.size(); ++u) {
    for (const int o : units_[u].ops) {
      state(group_.op(o).output).last_unit = static_cast<int>(u);
      for (const int t : group_.op(o).inputs) state(t).last_unit = static_cast<int>(u);
    }
  }
}

void BrrTileRun::execute() {
  for (tile_ = 0; tile_ < geometry_.tiles(); ++tile_) run_tile();
  weights_->drop_all();
}

void BrrTileRun::run_tile() {
  weights_->begin_tile();
  taps_.assign(group_.ops.size(), {});
  for (size_t o = 0; o < group_.ops.size(); ++o) channels_left_[o] = tensor(group_.ops[o].output).shape.c;
  for (TensorState& mine : states_) {
    for (SliceState& s : mine.slices) s = {};
  }
  for (size_t t = 0; t < states_.size(); ++t) {
    for (SliceState& s : states_[t].slices) s.made.assign(static_cast<size_t>(group_.tensors[t].shape.c), 0);
  }
  fetch_full_tensors();
  for (size_t u = 0; u < units_.size(); ++u) {
    run_unit(units_[u]);
    drop_after(static_cast<int>(u));
  }
  end_tile();
}

void BrrTileRun::run_unit(const BrrUnit& unit) {
  const BrrOp& root = group_.op(unit.root);
  if (unit.sliced) {
    run_tree(unit);
  } else if (root.op->kind == OpKind::global_avg_pool) {
    pool_rows(unit.root, all_channels(root.output), buffer(root.inputs[0]));
  } else {
    produce(unit.root, all_channels(root.output));
  }
  if (group_.accumulates(unit.root)) finish_sums(unit.root);
  if (root.op->kind == OpKind::global_avg_pool) finish_pool(unit.root);
}

void BrrTileRun::run_tree(const BrrUnit& unit) {
  size_t next = 0;
  if (machine_.fault == Fault::slice_out_of_order && swappable(unit)) {
    run_swapped(unit);
    next = 2;
  }
  for (; next < unit.slices.size(); ++next) {
    const BrrSlice& slice = unit.slices[next];
    slice.passed_by < 0 ? run_slice(unit, slice.channels) : pass_through(slice);
  }
}

bool BrrTileRun::swappable(const BrrUnit& unit) const {
  if (unit.slices.size() < 2) return false;
  const BrrSlice& first = unit.slices[0];
  const BrrSlice& second = unit.slices[1];
  return first.passed_by < 0 && second.passed_by < 0 && first.channels.size() == second.channels.size();
}

/// Channels that a channel slice leaves out.
void BrrTileRun::pass_through(const BrrSlice& slice) {
  ensure(slice.tensor, slice.passed_by, slice.channels);
  hold_only(slice.tensor, slice.passed_by, {});
}

void BrrTileRun::run_slice(const BrrUnit& unit, const ChannelRange& slice) {
  const BrrOp& root = group_.op(unit.root);
  if (unit.cut_tensor == root.output) {
    produce(unit.root, slice);
    if (tensor(root.output).sliced()) hold_only(root.output, -1, {});
    return;
  }
  ensure(unit.cut_tensor, unit.root, slice);
  if (root.reduction) {
    add_slice(unit.root, slice, buffer(unit.cut_tensor));
  } else {
    pool_rows(unit.root, slice, buffer(unit.cut_tensor));
  }
  hold_only(unit.cut_tensor, unit.root, {});
}

/// Fault: the first two slices change places in the result.
void BrrTileRun::run_swapped(const BrrUnit& unit) {
  const BrrOp& root = group_.op(unit.root);
  const int t = unit.cut_tensor;
  const bool sums = t != root.output;
  const RowRange rows = sums ? geometry_.read_rows(unit.root, 0, tile_) : geometry_.rows(t, tile_);
  std::vector<std::vector<uint64_t>> captured;
  for (size_t i = 0; i < 2; ++i) {
    const ChannelRange slice = unit.slices[i].channels;
    store_results_ = false;
    if (sums) {
      ensure(t, unit.root, slice);
    } else {
      produce(unit.root, slice);
    }
    store_results_ = true;
    captured.push_back(capture(buffer(t), rows, slice));
    if (tensor(t).sliced()) hold_only(t, sums ? unit.root : -1, {});
  }
  for (size_t i = 0; i < 2; ++i) {
    const ChannelRange slice = unit.slices[i].channels;
    Relabelled in(rows, slice, captured[1 - i]);
    if (sums) {
      root.reduction ? add_slice(unit.root, slice, in) : pool_rows(unit.root, slice, in);
      continue;
    }
    for (int64_t y = rows.first; y < rows.last; ++y) {
      const uint64_t* row = in.channels(y, slice.first, slice.last);
      uint64_t* place = tensor(t).sliced() ? buffer(t).claim(y, slice) : buffer(t).mutable_channels(y, slice);
      std::copy_n(row, slice.size(), place);
    }
    store(t, slice);
    if (tensor(t).sliced()) buffer(t).release(rows, slice);
  }
}

void BrrTileRun::drop_after(int unit) {
  for (size_t t = 0; t < states_.size(); ++t) {
    if (states_[t].last_unit != unit || group_.tensors[t].external() || group_.tensors[t].sliced()) continue;
    const int place = static_cast<int>(t);
    buffer(place).release(geometry_.rows(place, tile_), all_channels(place));
  }
}

void BrrTileRun::end_tile() {
  weights_->end_tile();
  for (size_t t = 0; t < states_.size(); ++t) {
    const int place = static_cast<int>(t);
    for (size_t i = 0; i < states_[t].slices.size(); ++i) {
      hold_only(place, tensor(place).external() ? tensor(place).readers[i] : -1, {});
    }
  }
}

}  // namespace fusesim::hw
