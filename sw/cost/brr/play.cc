#include "brr/play.h"

#include <algorithm>

#include "fusesim/base/ceil_div.h"
#include "fusesim/graph/op_facts.h"
#include "op_traffic.h"
#include "time/op_time.h"
#include "time/open_rows.h"

namespace fusesim {
namespace {

/// Turns of the DMA that are played. 95 of 100 groups of random networks are within 7.5 % of the machine with
/// so many, 8.8 % with a quarter and 7.4 % with twice. Exact search by EDP takes 1.7 times as long as with
/// averages alone (inception_v3), with twice as many 3.6 times.
constexpr int64_t kMostTurns = 2048;

}  // namespace

BrrPlay::BrrPlay(const Graph& graph, const CostParams& params, const DramTime& time)
    : graph_(graph),
      params_(params),
      array_time_(params.machine, params.datatypes),
      places_(graph, params.datatypes, params.machine.dram),
      bus_(time, params.machine.dram, false) {}

void BrrPlay::reset() {
  bus_.reset();
  now_ = 0;
  array_end_ = -1;
  ended_.clear();
  departures_.clear();
}

int64_t BrrPlay::finish(Spent& spent) {
  for (size_t i = 0; i < ended_.size(); ++i) wait_for(static_cast<int>(i));
  spent.activates = bus_.activates();
  spent.read_bursts = static_cast<double>(bus_.bursts(false));
  spent.write_bursts = static_cast<double>(bus_.bursts(true));
  return ceil_div(now_, kTicksPerCycle);
}

void BrrPlay::advance_to(Time time) {
  for (Time next = bus_.next(); next <= time; next = bus_.next()) {
    just_ended_.clear();
    bus_.advance(next, just_ended_);
    for (const int i : just_ended_) ended_[static_cast<size_t>(i)] = 1;
  }
}

int BrrPlay::move(Queue queue, const DramBus::Transfer& what) {
  advance_to(now_);
  DramBus::Transfer transfer = what;
  transfer.owner = transfer.rank = static_cast<int>(ended_.size());
  transfer.queue = static_cast<int>(queue);
  ended_.push_back(0);
  bus_.begin(transfer, now_);
  return transfer.owner;
}

int BrrPlay::move_rows(Queue queue, TensorId tensor, const Rows& rows, const ChannelSpan& channels) {
  const Shape& shape = graph_.tensor(tensor).shape;
  const int64_t channel_bytes = piece_bytes(graph_.tensor(tensor), shape.w, params_.datatypes);
  DramBus::Transfer transfer;
  transfer.stride_bytes = shape.c * channel_bytes;
  transfer.address =
      places_.tensor(tensor) + rows.first * transfer.stride_bytes + channels.first * channel_bytes;
  transfer.bytes = channels.size() * channel_bytes;
  transfer.pieces = rows.end - rows.first;
  transfer.writes = queue == Queue::stores;
  return move(queue, transfer);
}

void BrrPlay::move_weights(OpId op, int64_t offset_bytes, int64_t bytes) {
  DramBus::Transfer transfer;
  transfer.address = places_.weights(op) + offset_bytes;
  transfer.bytes = bytes;
  wait_for(move(Queue::weights, transfer));
}

void BrrPlay::wait_for(int transfer) {
  while (ended_[static_cast<size_t>(transfer)] == 0) {
    now_ = std::max(now_, bus_.next());
    advance_to(now_);
  }
}

/// What is on its way out of a storage has left before something else takes the place.
void BrrPlay::take_place(int64_t place) {
  for (const Departure& d : departures_) {
    if (d.place == place) wait_for(d.owner);
  }
  const auto gone = [place](const Departure& d) { return d.place == place; };
  departures_.erase(std::remove_if(departures_.begin(), departures_.end(), gone), departures_.end());
}

void BrrPlay::work(int64_t cycles, bool on_array) {
  if (cycles == 0) return;
  if (on_array && array_end_ != now_) cycles += array_time_.start_cycles();
  now_ += cycles * kTicksPerCycle;
  if (on_array) array_end_ = now_;
}

bool BrrPlay::may_play(TiledGroup& group, const BrrResidency& residency, int64_t g, bool resident) {
  if (group.double_buffer() != DoubleBuffer::none || params_.strip.whole != nullptr) return false;
  const GroupView& view = group.view();
  const int64_t tiles = group.tiling().tiles();
  const int64_t burst_bytes = params_.machine.dram.burst_bytes();
  int64_t turns = resident ? 0 : tiles * static_cast<int64_t>(view.ops.size());
  const auto add = [&](int64_t pieces, int64_t bytes) {
    turns += std::max(pieces, bytes / (burst_bytes * 16));
  };
  add(0, group.weight_bytes() * (resident ? 1 : tiles));
  for (size_t t = 0; t < view.tensors.size() && turns <= kMostTurns; ++t) {
    const LocalTensor& tensor = view.tensors[t];
    const int64_t slices = residency.slice(t) ? ceil_div(tensor.channels, g) : 1;
    const int64_t bytes = tensor.rows * tensor.channels * tensor.piece_bytes;
    if (static_cast<int>(t) < view.externals) add(tensor.rows * slices, bytes);
    if (tensor.outgoing) add(tensor.rows * slices, bytes);
  }
  if (turns > kMostTurns) return false;
  steps_ = &lister_.list(graph_, view, residency, g, params_.machine.pe.rows);
  return static_cast<int64_t>(steps_->size()) * tiles <= kMostTurns;
}

int64_t BrrPlay::tiles(TiledGroup& group, const BrrResidency& residency, bool resident, Spent& spent) {
  reset();
  open_rows_before(group.view(), places_, bus_);
  residency_ = &residency;
  resident_ = resident;
  loaded_rows_.assign(static_cast<size_t>(group.view().externals), 0);
  const int64_t tiles = group.tiling().tiles();
  int64_t tile = 0;
  for (const BrrTiling::Shape& shape : group.tiling().shapes()) {
    rows_ = &shape.rows;
    for (int64_t i = 0; i < shape.count; ++i, ++tile) {
      fetches_ = !resident || tile == 0;
      fetched_bytes_.assign(group.view().ops.size(), 0);
      load_rows(group, residency, tile, tiles);
      for (const BrrSteps::Step& step : *steps_) run_step(group, step, tile, tiles);
    }
  }
  return finish(spent);
}

/// FULL external rows that the tile adds, all tensors in one transfer. Rows after the first tile's are spread
/// evenly.
void BrrPlay::load_rows(TiledGroup& group, const BrrResidency& residency, int64_t tile, int64_t tiles) {
  const GroupView& view = group.view();
  const size_t first = ended_.size();
  for (size_t t = 0; t < static_cast<size_t>(view.externals); ++t) {
    if (residency.slice(t)) continue;
    const LocalTensor& tensor = view.tensors[t];
    int64_t& loaded = loaded_rows_[t];
    int64_t until = tensor.rows;
    if (tile == 0 && tiles > 1) until = std::min(tensor.rows, (*rows_)[t]);
    if (tile > 0) until = loaded + (tensor.rows - loaded) / (tiles - tile);
    if (until > loaded) move_rows(Queue::loads, tensor.id, {loaded, until}, {0, tensor.channels});
    loaded = until;
  }
  for (size_t i = first; i < ended_.size(); ++i) wait_for(static_cast<int>(i));
}

void BrrPlay::run_step(const TiledGroup& group, const BrrSteps::Step& step, int64_t tile, int64_t tiles) {
  const GroupView& view = group.view();
  if (step.what == BrrSteps::What::work) return run_work(group, step, tile);
  const LocalTensor& tensor = view.tensors[static_cast<size_t>(step.tensor)];
  if (step.what == BrrSteps::What::stream) {
    const Rows rows = streamed_rows(group, step, tile, tiles);
    if (rows.first >= rows.end) return;
    return wait_for(move_rows(Queue::loads, tensor.id, rows, step.channels));
  }
  const Rows own{tensor.rows * tile / tiles, tensor.rows * (tile + 1) / tiles};
  if (own.first == own.end) return;
  const int owner = move_rows(Queue::stores, tensor.id, own, step.channels);
  departures_.push_back({owner, place_of(group, step.tensor, tile)});
}

/// Rows above those that the reader takes come with the first tile, those below with the last.
BrrPlay::Rows BrrPlay::streamed_rows(const TiledGroup& group, const BrrSteps::Step& step, int64_t tile,
                                     int64_t tiles) const {
  const GroupView& view = group.view();
  const LocalTensor& tensor = view.tensors[static_cast<size_t>(step.tensor)];
  if (tiles == 1) return {0, tensor.rows};
  const LocalOp& reader = view.ops[static_cast<size_t>(step.op)];
  int64_t first = 0;
  int64_t end = tensor.rows;
  for (int k = reader.edges_begin; k < reader.edges_end; ++k) {
    const Edge& e = view.edges[static_cast<size_t>(k)];
    if (e.tensor != step.tensor) continue;
    first = e.first(0);
    end = e.end(e.out_rows - 1);
  }
  const int64_t rows = (*rows_)[static_cast<size_t>(step.tensor)];
  const int64_t begin = first + (end - first - rows) * tile / (tiles - 1);
  return {tile == 0 ? 0 : begin, tile + 1 == tiles ? tensor.rows : begin + rows};
}

/// Slices take each other's place; whole rows those of the tile before.
int64_t BrrPlay::place_of(const TiledGroup& group, int tensor, int64_t tile) const {
  auto t = static_cast<size_t>(tensor);
  const GroupView& view = group.view();
  for (bool more = true; more;) {
    const size_t root = residency_->storage_root(t);
    const LocalTensor& stored = view.tensors[root];
    more = residency_->zero_copy(root);
    t = more ? static_cast<size_t>(
                   view.ops[static_cast<size_t>(
                                view.edges[static_cast<size_t>(
                                               view.reader_edges[static_cast<size_t>(stored.readers_begin)])]
                                    .op)]
                       .output)
             : root;
  }
  const auto tensors = static_cast<int64_t>(view.tensors.size());
  return static_cast<int64_t>(t) +
         (residency_->slice(static_cast<size_t>(tensor)) ? 0 : tensors * (tile + 1));
}

void BrrPlay::run_work(const TiledGroup& group, const BrrSteps::Step& step, int64_t tile) {
  const GroupView& view = group.view();
  const LocalOp& op = view.ops[static_cast<size_t>(step.op)];
  if (op.op->weights + op.op->biases > 0 && fetches_) fetch_sub_group(op, step);
  const int64_t rows = (*rows_)[static_cast<size_t>(op.output)];
  if (!op_facts(*op.op).pools_map()) {
    if (rows == 0) return;
    const int64_t place = place_of(group, op.output, tile);
    const auto tensors = static_cast<int64_t>(view.tensors.size());
    take_place(place >= tensors ? place - tensors : place);
  }
  if (op_facts(*op.op).unit == Unit::pe_array)
    return work(array_time_.block(block_of(op, step)).cycles, true);
  work(vector_block(graph_, params_, view, *residency_, *rows_, op, step.channels).time.cycles, false);
}

ArrayBlock BrrPlay::block_of(const LocalOp& op, const BrrSteps::Step& step) const {
  const int64_t rows = (*rows_)[static_cast<size_t>(op.output)];
  if (!op.reduction && !op.depthwise) return array_block(graph_, *op.op, rows);
  ArrayBlock block =
      array_block(graph_, *op.op, rows, step.channels.first, step.channels.end, step.inputs.size());
  block.resumes_sums = !step.begins;
  block.leaves_sums = !step.ends;
  block.biased = block.biased && step.begins;
  return block;
}

int64_t BrrPlay::sub_group_bytes(const Op& op, const BrrSteps::Step& step) const {
  if (!is_convolution(op) && op_facts(op).mixes_channels()) return weight_bytes(op, params_.datatypes);
  return weight_part_bytes(graph_, op, params_.datatypes, step.channels, step.inputs, step.begins);
}

/// Weights lie in the order of their use. What several ops read and what is there to stay comes whole with
/// the first of them.
void BrrPlay::fetch_sub_group(const LocalOp& op, const BrrSteps::Step& step) {
  int64_t& fetched = fetched_bytes_[static_cast<size_t>(step.op)];
  const bool whole = resident_ && op.shares;
  if (whole && (!op.brings || fetched > 0)) return;
  const int64_t bytes = whole ? weight_bytes(*op.op, params_.datatypes) : sub_group_bytes(*op.op, step);
  if (bytes == 0) return;
  move_weights(op.id, fetched, bytes);
  fetched += bytes;
}

bool BrrPlay::may_play(const Op& op, const WeightPasses& passes) const {
  if (params_.strip.whole != nullptr) return false;
  const int64_t burst_bytes = params_.machine.dram.burst_bytes();
  const Traffic once = single_transfers(graph_, op, params_.datatypes);
  const int64_t rows = graph_.in_shape(op).h + graph_.out_shape(op).h;
  const int64_t image_bytes = once.total_bytes() / graph_.batch;
  const int64_t turns = passes.passes * rows + image_bytes / (burst_bytes * 16);
  return turns <= kMostTurns;
}

int64_t BrrPlay::passes(const Op& op, int64_t block_channels, Spent& spent) {
  reset();
  const Shape& in = graph_.in_shape(op);
  const Shape& out = graph_.out_shape(op);
  const RowWindow window = row_window(graph_, op, 0);
  const OpId id = graph_.tensor(op.output()).producer;
  if (op.weights + op.biases > 0) bus_.open_up_to(places_.weights(id));
  bus_.open_before(places_.tensor(op.inputs.front()), places_.tensor_bytes(op.inputs.front()));
  bus_.open_up_to(places_.tensor(op.output()));
  const int64_t m = is_depthwise(graph_, op) ? out.c / in.c : 0;
  int64_t offset = 0;
  for (int64_t first = 0; first < out.c; first += block_channels) {
    const ChannelSpan outputs{first, std::min(out.c, first + block_channels)};
    const int64_t bytes = weight_bytes(op, params_.datatypes) / out.c * outputs.size();
    if (bytes > 0) move_weights(id, offset, bytes);
    offset += bytes;
    const ChannelSpan inputs =
        m > 0 ? ChannelSpan{first / m, (outputs.end - 1) / m + 1} : ChannelSpan{0, in.c};
    int64_t loaded = 0;
    const auto load = [&](int64_t until) {
      if (until > loaded) wait_for(move_rows(Queue::loads, op.inputs.front(), {loaded, until}, inputs));
      loaded = std::max(loaded, until);
    };
    for (int64_t y = 0; y < out.h; ++y) {
      load(window.end(y));
      take_place(0);
      const ArrayBlock block = array_block(graph_, op, 1, first, outputs.end, m > 0 ? 1 : in.c / op.groups);
      work(array_time_.block(block).cycles, true);
      departures_.push_back({move_rows(Queue::stores, op.output(), {y, y + 1}, outputs), 0});
    }
    load(in.h);
  }
  return finish(spent);
}

}  // namespace fusesim
