#include "brr/tile_times.h"

#include <algorithm>
#include <numeric>

#include "fusesim/base/ceil_div.h"
#include "fusesim/base/checked.h"
#include "fusesim/cost/widths.h"
#include "fusesim/graph/op_facts.h"
#include "time/op_time.h"

namespace fusesim {

BrrTimes::BrrTimes(const Graph& graph, const CostParams& params)
    : graph_(graph),
      params_(params),
      array_time_(params.machine, params.datatypes),
      dram_time_(params.machine),
      play_(graph, params, dram_time_) {}

/// Blocks of g output channels, and in each the input channels of a convolution group, as many at a time as
/// the array has rows; partial sums in between go through the buffer.
BrrTimes::Part BrrTimes::reduction(const Tile& tile, const LocalOp& local, int64_t rows) {
  const Op& op = *local.op;
  Part part;
  const int64_t outputs = graph_.out_shape(op).c;
  const bool accumulates = tile.residency.accumulates(static_cast<size_t>(local.output));
  cut_inputs(graph_, op, accumulates, tile.g, params_.machine.pe.rows, input_pieces_);
  // Over slices, the output channels of each convolution group are cut by themselves, and input_pieces_ are
  // those of all of them.
  const int64_t span = accumulates ? outputs / op.groups : outputs;
  const auto blocks_of = [&](int64_t first, int64_t width, int64_t times) {
    if (width <= 0 || times <= 0) return;
    for (const InputPiece& piece : input_pieces_) {
      ArrayBlock block = array_block(graph_, op, rows, first, first + width, piece.channels);
      block.resumes_sums = !piece.begins;
      block.leaves_sums = !piece.ends;
      block.biased = block.biased && piece.begins;
      add_block(block, times * piece.count, tile, part);
    }
  };
  const int64_t width = std::min(tile.g, span);
  // Blocks that lie alike over the convolution groups take alike; they lie alike again after `period`.
  const int64_t group_outputs = outputs / op.groups;
  const int64_t period = span > group_outputs ? std::lcm(width, group_outputs) : width;
  const int64_t whole = span / width * width;
  for (int64_t first = 0; first < std::min(period, whole); first += width)
    blocks_of(first, width, ceil_div(whole - first, period));
  blocks_of(whole, span % width, 1);
  return part;
}

BrrTimes::Part BrrTimes::depthwise(const Tile& tile, const LocalOp& local, int64_t rows) {
  const Op& op = *local.op;
  Part part;
  const int64_t outputs = graph_.out_shape(op).c;
  const int64_t width = std::min(tile.g, outputs);
  add_block(array_block(graph_, op, rows, 0, width, 1), outputs / width, tile, part);
  if (outputs % width > 0) add_block(array_block(graph_, op, rows, 0, outputs % width, 1), 1, tile, part);
  return part;
}

BrrTimes::Part BrrTimes::on_vector_unit(const Tile& tile, const LocalOp& local) {
  const int64_t channels = graph_.out_shape(*local.op).c;
  const VectorBlock block =
      vector_block(graph_, params_, tile.group.view(), tile.residency, tile.rows, local, {0, channels});
  spent_.add_vector(block.time, block.ops, tile.count);
  Part part;
  part.cycles = block.time.cycles;
  part.with_weights = static_cast<double>(block.time.cycles);
  return part;
}

BrrTimes::Part BrrTimes::op_part(const Tile& tile, const LocalOp& op) {
  sub_group_cycles_ = sub_group_cycles(op, tile.residency, tile.g);
  const int64_t rows = tile.rows[static_cast<size_t>(op.output)];
  if (op_facts(*op.op).pools_map()) return on_vector_unit(tile, op);
  if (rows == 0) return {};
  if (op.reduction) return reduction(tile, op, rows);
  if (op.depthwise) return depthwise(tile, op, rows);
  if (op_facts(*op.op).unit == Unit::pe_array) return whole_rows(tile, op, rows);
  return on_vector_unit(tile, op);
}

/// Ops that run together slice by slice share a root: the op that their slices end in.
void BrrTimes::find_roots(const TiledGroup& group, const BrrResidency& residency) {
  const GroupView& view = group.view();
  roots_.resize(view.ops.size());
  for (size_t o = view.ops.size(); o-- > 0;) {
    const auto out = static_cast<size_t>(view.ops[o].output);
    const LocalTensor& tensor = view.tensors[out];
    const bool goes_on = residency.slice(out) && tensor.readers_begin != tensor.readers_end;
    roots_[o] = static_cast<int>(o);
    if (!goes_on) continue;
    const int reader =
        view.edges[static_cast<size_t>(view.reader_edges[static_cast<size_t>(tensor.readers_begin)])].op;
    roots_[o] = roots_[static_cast<size_t>(reader)];
  }
}

/// Into how many slices the tree of a root is cut.
int64_t BrrTimes::slices(const Tile& tile, int root) const {
  const GroupView& view = tile.group.view();
  const LocalOp& op = view.ops[static_cast<size_t>(root)];
  const auto in = static_cast<size_t>(view.edges[static_cast<size_t>(op.edges_begin)].tensor);
  const auto out = static_cast<size_t>(op.output);
  const size_t cut = tile.residency.slice(out) ? out : in;
  return tile.residency.slice(cut) ? ceil_div(view.tensors[cut].channels, tile.g) : 1;
}

bool BrrTimes::streams(const Tile& tile, const LocalOp& op) {
  const GroupView& view = tile.group.view();
  for (int k = op.edges_begin; k < op.edges_end; ++k) {
    const int t = view.edges[static_cast<size_t>(k)].tensor;
    if (t < view.externals && tile.residency.slice(static_cast<size_t>(t))) return true;
  }
  return false;
}

/// How many times in a tile the array begins anew if its weights are on chip: after something else has worked
/// or a slice has come.
int64_t BrrTimes::array_starts(const Tile& tile) const {
  int64_t starts = 0;
  bool array_before = false;
  for (size_t o = 0; o < parts_.size(); ++o) {
    if (parts_[o].cycles == 0) continue;
    const bool on_array = parts_[o].blocks > 0;
    const int64_t slices = this->slices(tile, roots_[o]);
    if (on_array) {
      // What works before it within a slice; before the first op of a tree its last, on the slice before.
      bool same_before = slices == 1;
      for (size_t k = 1; k <= parts_.size() && slices > 1; ++k) {
        const size_t other = (o + parts_.size() - k) % parts_.size();
        if (roots_[other] != roots_[o] || parts_[other].cycles == 0) continue;
        same_before = parts_[other].blocks > 0;
        break;
      }
      const bool anew = !same_before || streams(tile, tile.group.view().ops[o]);
      starts += anew ? slices : (array_before ? 0 : 1);
    }
    array_before = on_array;
  }
  return starts;
}

int64_t BrrTimes::sub_groups(const LocalOp& local, const BrrResidency& residency, int64_t g) {
  const Op& op = *local.op;
  const int64_t outputs = graph_.out_shape(op).c;
  if (op_facts(op).mixes_channels()) return 1;
  // What several ops read comes whole, if it is there to stay.
  if (resident_ && local.shares) return 1;
  if (!local.reduction) return std::max<int64_t>(1, ceil_div(outputs, g));
  const bool accumulates = residency.accumulates(static_cast<size_t>(local.output));
  cut_inputs(graph_, op, accumulates, g, params_.machine.pe.rows, input_pieces_);
  int64_t pieces = 0;
  for (const InputPiece& piece : input_pieces_) pieces += piece.count;
  return std::max<int64_t>(1, pieces * ceil_div(accumulates ? outputs / op.groups : outputs, g));
}

/// Of one on a quiet bus.
double BrrTimes::sub_group_cycles(const LocalOp& op, const BrrResidency& residency, int64_t g) {
  const int64_t bytes = weight_bytes(*op.op, params_.datatypes);
  if (bytes == 0 || (resident_ && !op.brings)) return 0;
  return dram_time_.transfer_cycles({1, bytes / sub_groups(op, residency, g), 1});
}

/// Work of a tile, and into parts_ that of each op; move_features has been called.
BrrTimes::TileWork BrrTimes::tile_work(const Tile& tile) {
  TileWork work;
  parts_.clear();
  for (const LocalOp& op : tile.group.view().ops) {
    parts_.push_back(op_part(tile, op));
    work.cycles += static_cast<double>(parts_.back().cycles);
    work.with_weights += parts_.back().with_weights;
    work.blocks += parts_.back().blocks;
  }
  // Stores leave in the order of the ops, beside the work of later ones.
  double worked = 0;
  double stored = 0;
  for (size_t o = 0; o < parts_.size(); ++o) {
    const double before = worked;
    worked += static_cast<double>(parts_[o].cycles);
    if (last_stores_[o] == 0) continue;
    stored = std::max(stored, worked) + last_stores_[o];
    work.stores_left = std::max(0.0, stored - work.cycles);
    work.maker_waits = std::max(work.maker_waits, stored - work.cycles - before);
  }
  const auto begin = static_cast<double>(array_time_.start_cycles());
  work.starts = begin * static_cast<double>(array_starts(tile));
  work.block_starts = begin * static_cast<double>(work.blocks);
  work.awaited = awaited_stores(tile);
  return work;
}

/// Of a tile that fetches its weights, or has them.
double BrrTimes::tile_cycles(DoubleBuffer ahead, const TileWork& work, const Moves& moves, bool fetching) {
  const double weights = fetching ? moves.weights : 0.0;
  const double blocks = (fetching ? work.with_weights : work.cycles) + work.starts + work.awaited;
  switch (ahead) {
    case DoubleBuffer::none:
      return moves.loads + weights + work.cycles + (fetching ? work.block_starts : work.starts) +
             work.awaited;
    case DoubleBuffer::weights:
      return moves.loads + blocks;
    case DoubleBuffer::all:
      break;
  }
  return std::max(blocks, moves.loads + moves.stores + weights);
}

double BrrTimes::beside_work(DoubleBuffer ahead, const Moves& moves, bool fetching) {
  const double weights = fetching ? moves.weights : 0.0;
  switch (ahead) {
    case DoubleBuffer::none:
      return moves.stores;
    case DoubleBuffer::weights:
      return moves.stores + weights;
    case DoubleBuffer::all:
      break;
  }
  return moves.loads + moves.stores + weights;
}

/// A tile's rows leave while the next one loads, and before their maker writes over them.
double BrrTimes::last_rows(DoubleBuffer ahead, const TileWork& work, const Moves& moves, bool fetching) {
  double beside = moves.loads;
  switch (ahead) {
    case DoubleBuffer::none:
      if (fetching) beside += moves.weights;
      break;
    case DoubleBuffer::weights:
      break;
    case DoubleBuffer::all:
      beside = 0.0;
      break;
  }
  return std::max(std::min(work.stores_left, beside), work.maker_waits);
}

/// With what refreshes add on average, of a group that waits so often for transfers.
int64_t BrrTimes::refreshed(int64_t cycles, int64_t waits) const {
  const auto all = static_cast<double>(cycles);
  return checked_round(dram_time_.refreshed(all, spent_.dram_cycles, all / static_cast<double>(waits)),
                       "cycles");
}

GroupTime BrrTimes::all_images() const {
  GroupTime time = first_;
  if (graph_.batch > 1) time.add(later_, graph_.batch - 1);
  return time;
}

GroupTime BrrTimes::average(TiledGroup& group, const BrrResidency& residency, int64_t g, bool resident) {
  if (graph_.batch > 1) later_ = image(group, residency, g, resident, resident);
  first_ = image(group, residency, g, resident, resident && params_.strip.weights_here);
  return all_images();
}

/// `weights_here`: resident ones, from the image or strip before.
GroupTime BrrTimes::image(TiledGroup& group, const BrrResidency& residency, int64_t g, bool resident,
                          bool weights_here) {
  spent_ = {};
  for (Pauses& pauses : pauses_) pauses = {};
  resident_ = resident;
  const DoubleBuffer ahead = group.double_buffer();
  find_roots(group, residency);
  const int64_t tiles = group.tiling().tiles();
  Moves moves;
  if (!weights_here) move_weights(group, residency, g, resident ? 1 : tiles, moves);
  move_features(group, residency, g, tiles, moves);
  double cycles = dram_time_.setup_cycles() + dram_time_.latency_cycles();
  if (ahead != DoubleBuffer::none) cycles += moves.first_weights;
  if (ahead == DoubleBuffer::all) cycles += moves.first_loads;
  int64_t before = 0;
  int64_t waits = tiles;
  double left = 0;
  for (const BrrTiling::Shape& shape : group.tiling().shapes()) {
    const Tile tile{group, residency, g, shape.rows, shape.count};
    const TileWork work = tile_work(tile);
    // Resident weights come with the first tile.
    const int64_t fetching = resident ? (before == 0 && !weights_here ? 1 : 0) : shape.count;
    const auto count = [](int64_t tiles_of_a_kind) { return static_cast<double>(tiles_of_a_kind); };
    for (const bool fetches : {true, false}) {
      const int64_t times = fetches ? fetching : shape.count - fetching;
      if (times == 0) continue;
      cycles += tile_cycles(ahead, work, moves, fetches) * count(times);
      add_pauses(tile, beside_work(ahead, moves, fetches), fetches, times);
    }
    const int64_t after_another = shape.count - (before == 0 ? 1 : 0);
    cycles += last_rows(ahead, work, moves, !resident) * count(after_another);
    waits += work.blocks * fetching;
    before += shape.count;
    left = work.stores_left;
  }
  cycles = std::max(cycles + left, spent_.dram_cycles);
  waits_ = waits;
  spent_.dram_closed = closed_in_pauses(pauses_[0]) + closed_in_pauses(pauses_[1]) +
                       dram_time_.closed_while_moving(spent_.dram_cycles);
  return {refreshed(checked_round(cycles, "cycles"), waits), spent_};
}

GroupTime BrrTimes::played(TiledGroup& group, const BrrResidency& residency, int64_t g, bool resident) {
  if (play_.may_play(group, residency, g, resident)) {
    require_playable(dram_time_, array_time_.start_cycles(), first_.spent);
    const int64_t cycles = play_.tiles(group, residency, resident, first_.spent);
    first_.cycles = refreshed(cycles, waits_);
    // An image that finds its weights on chip is not played.
    if (!resident) later_ = first_;
  }
  return all_images();
}

}  // namespace fusesim
