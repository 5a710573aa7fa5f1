#include "tile_run.h"

#include <algorithm>
#include <utility>

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

bool swappable(const BrrUnit& unit) {
  if (unit.slices.size() < 2) return false;
  const BrrSlice& first = unit.slices[0];
  const BrrSlice& second = unit.slices[1];
  return first.passed_by < 0 && second.passed_by < 0 && first.channels.size() == second.channels.size();
}

/// Rows of the tensor whose channels the unit cuts.
RowRange cut_rows(const BrrTile& tile, const BrrUnit& unit) {
  const bool sums = unit.cut_tensor != tile.plan().op(unit.root).output;
  return sums ? tile.read_rows(unit.root, 0) : tile.rows(unit.cut_tensor);
}

}  // namespace

BrrTileRun::BrrTileRun(const EngineContext& machine, const GroupSchedule& schedule)
    : machine_(machine),
      plan_(machine.graph, machine.datatypes, machine.config.pe.rows, schedule),
      memory_(machine, plan_),
      loader_(machine),
      storer_(machine),
      sums_(machine, storer_),
      compute_(machine, loader_, storer_, sums_) {}

void BrrTileRun::execute() {
  for (int64_t i = 0; i < plan_.geometry().tiles(); ++i) {
    BrrTile tile(plan_, memory_, machine_.fault, i);
    run_tile(tile);
  }
  memory_.weights().drop_all();
}

void BrrTileRun::run_tile(BrrTile& tile) {
  memory_.weights().begin_tile();
  loader_.fetch_full_tensors(tile);
  for (size_t u = 0; u < plan_.units().size(); ++u) {
    run_unit(tile, plan_.units()[u]);
    drop_after(tile, static_cast<int>(u));
  }
  memory_.weights().end_tile();
  tile.drop_slices();
}

void BrrTileRun::run_unit(BrrTile& tile, const BrrUnit& unit) {
  const BrrOp& root = plan_.op(unit.root);
  const bool pools = root.facts.pools_map();
  if (unit.sliced) {
    run_tree(tile, unit);
  } else if (pools) {
    sums_.pool_rows(tile, unit.root, plan_.all_channels(root.output), tile.buffer(root.inputs[0]));
  } else {
    compute_.produce(tile, unit.root, plan_.all_channels(root.output));
  }
  if (plan_.group().accumulates(unit.root)) sums_.finish_reduction(tile, unit.root);
  if (pools) sums_.finish_pool(tile, unit.root);
}

void BrrTileRun::run_tree(BrrTile& tile, const BrrUnit& unit) {
  size_t next = 0;
  if (machine_.fault == Fault::slice_out_of_order && swappable(unit)) {
    run_swapped(tile, unit);
    next = 2;
  }
  for (; next < unit.slices.size(); ++next) {
    const BrrSlice& slice = unit.slices[next];
    slice.passed_by < 0 ? run_slice(tile, unit, slice.channels) : pass_through(tile, slice);
  }
}

/// Channels that a channel slice leaves out.
void BrrTileRun::pass_through(BrrTile& tile, const BrrSlice& slice) {
  compute_.ensure(tile, slice.tensor, slice.passed_by, slice.channels);
  tile.hold_only(slice.tensor, slice.passed_by, {});
}

void BrrTileRun::run_slice(BrrTile& tile, const BrrUnit& unit, const ChannelRange& slice) {
  const BrrOp& root = plan_.op(unit.root);
  if (unit.cut_tensor == root.output) {
    compute_.produce(tile, unit.root, slice);
    if (plan_.tensor(root.output).sliced()) tile.hold_only(root.output, -1, {});
    return;
  }
  compute_.ensure(tile, unit.cut_tensor, unit.root, slice);
  TileBuffer& in = tile.buffer(unit.cut_tensor);
  root.reduction ? sums_.add_slice(tile, unit.root, slice, in) : sums_.pool_rows(tile, unit.root, slice, in);
  tile.hold_only(unit.cut_tensor, unit.root, {});
}

/// Fault: the first two slices change places in the result.
void BrrTileRun::run_swapped(BrrTile& tile, const BrrUnit& unit) {
  const BrrOp& root = plan_.op(unit.root);
  const int t = unit.cut_tensor;
  const RowRange rows = cut_rows(tile, unit);
  std::vector<std::vector<uint64_t>> captured;
  for (size_t i = 0; i < 2; ++i) captured.push_back(capture(tile, unit, unit.slices[i].channels));
  for (size_t i = 0; i < 2; ++i) {
    const ChannelRange slice = unit.slices[i].channels;
    Relabelled in(rows, slice, captured[1 - i]);
    if (t != root.output) {
      root.reduction ? sums_.add_slice(tile, unit.root, slice, in)
                     : sums_.pool_rows(tile, unit.root, slice, in);
      continue;
    }
    const bool sliced = plan_.tensor(t).sliced();
    for (int64_t y = rows.first; y < rows.last; ++y) {
      const uint64_t* row = in.channels(y, slice.first, slice.last);
      uint64_t* place = sliced ? tile.buffer(t).claim(y, slice) : tile.buffer(t).mutable_channels(y, slice);
      std::copy_n(row, slice.size(), place);
    }
    storer_.store(tile, t, slice);
    if (sliced) tile.buffer(t).release(rows, slice);
  }
}

/// Makes a slice of the unit's cut tensor without storing it, and takes it off the chip.
std::vector<uint64_t> BrrTileRun::capture(BrrTile& tile, const BrrUnit& unit, const ChannelRange& slice) {
  const int t = unit.cut_tensor;
  const bool sums = t != plan_.op(unit.root).output;
  storer_.hold_back();
  sums ? compute_.ensure(tile, t, unit.root, slice) : compute_.produce(tile, unit.root, slice);
  storer_.go_on();
  std::vector<uint64_t> hashes;
  const RowRange rows = cut_rows(tile, unit);
  for (int64_t y = rows.first; y < rows.last; ++y) {
    const uint64_t* row = tile.buffer(t).channels(y, slice.first, slice.last);
    hashes.insert(hashes.end(), row, row + slice.size());
  }
  if (plan_.tensor(t).sliced()) tile.hold_only(t, sums ? unit.root : -1, {});
  return hashes;
}

void BrrTileRun::drop_after(const BrrTile& tile, int unit) {
  for (int t = 0; t < plan_.tensors(); ++t) {
    if (plan_.last_unit(t) != unit || plan_.tensor(t).external() || plan_.tensor(t).sliced()) continue;
    tile.buffer(t).release(tile.rows(t), plan_.all_channels(t));
  }
}

}  // namespace fusesim::hw
