#include "brr/fit_bound.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "brr/fit_needs.h"
#include "brr/weights.h"
#include "fusesim/base/ceil_div.h"

namespace fusesim {
namespace {

/// Storage of the tree of ops that ends in a tensor, if the tensor is FULL or SLICE.
struct Storage {
  int64_t full = 0;
  int64_t slice = 0;

  int64_t least() const { return std::min(full, slice); }
};

/// A tensor and how many of its rows a tile holds.
struct HeldRows {
  TensorId tensor;
  int64_t rows;
};

/// Numbers of tiles that are tried as lower bounds.
constexpr int64_t kTileCounts[] = {1, 2, 3, 4, 6, 8, 12, 16};

/// More than any network has (Graph::finish) and any buffer holds; sums end there.
constexpr int64_t kImpossible = int64_t{1} << 56;

class BrrFitBound : public FitBound {
 public:
  BrrFitBound(const Graph& graph, const CostParams& params, int64_t buffer_bytes);

  void push(OpId op) override;
  void pop() override;
  int64_t bytes() const override { return frames_.empty() ? 0 : frames_.back().bytes; }
  int64_t extra_bytes() override;

 private:
  struct Frame {
    OpId op;
    bool illegal;
    int64_t weight_bytes;
    int64_t part_bytes;
    int64_t storage_bytes;
    int64_t bytes;
    size_t touched;        ///< tensors touched by the ops before
    size_t too_few;        ///< entries of kTileCounts that are proven to be too few tiles
    bool tiles_are_known;  ///< whether too_few has been worked out for this set
  };

  void find_rows();
  void raise_rows_to_tiles(int64_t tiles);
  void follow_middle_row();
  int64_t storage_bytes();
  Storage input_storage(TensorId tensor) const;
  Storage reduction_storage(const OpNeeds& op) const;
  Storage local_storage(const OpNeeds& op) const;
  bool made_inside(TensorId t) const {
    const OpId producer = graph_.tensor(t).producer;
    return producer >= 0 && inside_[static_cast<size_t>(producer)];
  }
  /// Ops inside that read the same weights and biases.
  int32_t& parameter_readers(OpId op) {
    return parameter_readers_[static_cast<size_t>(parameter_owner(graph_, op))];
  }
  /// At least so much do weights occupy, streamed or resident.
  int64_t streamed_bytes(const Frame& frame) const {
    return streamed_weight_bytes(frame.part_bytes, frame.weight_bytes, double_buffer_);
  }
  int64_t rows_of(TensorId t) const { return least_rows_[static_cast<size_t>(t)]; }
  const TensorNeeds& needs(TensorId t) const { return tensors_[static_cast<size_t>(t)]; }
  const OpNeeds& needs_of_op(OpId o) const { return ops_[static_cast<size_t>(o)]; }

  const Graph& graph_;
  DoubleBuffer double_buffer_;
  std::vector<OpNeeds> ops_;
  std::vector<TensorNeeds> tensors_;

  std::vector<Frame> frames_;
  std::vector<bool> inside_;                 ///< per op
  std::vector<int32_t> readers_;             ///< per tensor, inside
  std::vector<int32_t> parameter_readers_;   ///< per op that owns weights and biases, inside
  std::vector<TensorId> touched_;            ///< by the ops inside, each once
  std::vector<int64_t> least_rows_;          ///< per tensor, T_u at least; valid for tensors that are touched
  std::vector<int64_t> lengths_;             ///< per tensor, rows of some tile
  std::vector<std::vector<HeldRows>> held_;  ///< per frame: what the tile with its middle row holds
  std::vector<Rows> now_;                    ///< per tensor, rows of one tile; empty between uses
  std::vector<Storage> trees_;               ///< per tensor
  std::vector<int64_t> counted_;             ///< per tensor: the last count that it was part of
  int64_t count_ = 0;
};

BrrFitBound::BrrFitBound(const Graph& graph, const CostParams& params, int64_t buffer_bytes)
    : FitBound(buffer_bytes),
      graph_(graph),
      double_buffer_(params.double_buffer),
      ops_(needs_of_ops(graph, params)),
      tensors_(needs_of_tensors(graph, params, ops_)),
      inside_(graph.ops.size(), false),
      readers_(graph.tensors.size(), 0),
      parameter_readers_(graph.ops.size(), 0),
      least_rows_(graph.tensors.size(), 0),
      lengths_(graph.tensors.size(), 0),
      now_(graph.tensors.size()),
      trees_(graph.tensors.size()),
      counted_(graph.tensors.size(), 0) {}

void BrrFitBound::push(OpId op) {
  const OpNeeds& needs = needs_of_op(op);
  Frame frame = {op, false, 0, 0, 0, 0, 0, 0, false};
  if (!frames_.empty()) {
    frame = frames_.back();
    frame.op = op;
    frame.tiles_are_known = false;
  }
  frame.touched = touched_.size();
  inside_[static_cast<size_t>(op)] = true;
  if (!needs.opaque && readers_[static_cast<size_t>(needs.output)] == 0) touched_.push_back(needs.output);
  for (const RowRead& input : needs.inputs) {
    if (++readers_[static_cast<size_t>(input.tensor)] == 1 && !made_inside(input.tensor))
      touched_.push_back(input.tensor);
    const bool reads_pool =
        made_inside(input.tensor) && needs_of_op(graph_.tensor(input.tensor).producer).pool;
    const bool makes_matrix = made_inside(input.tensor) && needs.multiplies && input.rule == RowRule::whole;
    frame.illegal = frame.illegal || reads_pool || makes_matrix;
  }
  frame.illegal = frame.illegal || needs.opaque;
  if (parameter_readers(op)++ == 0) frame.weight_bytes += needs.weight_bytes;
  frame.part_bytes = std::max(frame.part_bytes, needs.part_bytes);
  frames_.push_back(frame);
  if (frame.illegal) {
    frames_.back().bytes = kNeverFits;
    return;
  }
  follow_middle_row();
  find_rows();
  frames_.back().storage_bytes = storage_bytes();
  frames_.back().bytes = frames_.back().storage_bytes + streamed_bytes(frame);
}

void BrrFitBound::pop() {
  const OpId op = frames_.back().op;
  touched_.resize(frames_.back().touched);
  frames_.pop_back();
  inside_[static_cast<size_t>(op)] = false;
  --parameter_readers(op);
  for (const RowRead& input : needs_of_op(op).inputs) --readers_[static_cast<size_t>(input.tensor)];
}

/// Follows a row in the middle of what the newest op makes (of what it reads, if it pools the map) back
/// through the ops inside: the tile that holds it holds all of these rows. Later ops do not change that.
void BrrFitBound::follow_middle_row() {
  if (held_.size() < frames_.size()) held_.resize(frames_.size());
  std::vector<HeldRows>& held = held_[frames_.size() - 1];
  held.clear();
  const OpNeeds& newest = needs_of_op(frames_.back().op);
  const TensorId root = newest.pool ? newest.inputs.front().tensor : newest.output;
  const int64_t middle = newest.pool ? newest.inputs.front().rows / 2 : needs(root).middle_row;
  if (middle < 0) return;
  const auto cover = [&](TensorId tensor, const Rows& rows) {
    Rows& now = now_[static_cast<size_t>(tensor)];
    if (now.count() == 0 && rows.count() > 0) held.push_back({tensor, 0});
    now.cover(rows);
  };
  cover(root, {middle, middle + 1});
  for (size_t k = frames_.size(); k-- > 0;) {
    const OpNeeds& op = needs_of_op(frames_[k].op);
    const Rows out = now_[static_cast<size_t>(op.output)];
    if (out.count() == 0 || op.pool) continue;
    for (const RowRead& input : op.inputs) cover(input.tensor, input.needed(out));
  }
  for (HeldRows& some : held) {
    Rows& now = now_[static_cast<size_t>(some.tensor)];
    some.rows = now.count();
    now = {};
  }
}

/// Rows of a tile at least: every tensor that nothing inside reads is made in some tile.
void BrrFitBound::find_rows() {
  for (TensorId t : touched_) least_rows_[static_cast<size_t>(t)] = 0;
  for (size_t i = 0; i < frames_.size(); ++i) {
    if (readers_[static_cast<size_t>(needs_of_op(frames_[i].op).output)] > 0) continue;
    for (const HeldRows& some : held_[i]) {
      int64_t& least = least_rows_[static_cast<size_t>(some.tensor)];
      least = std::max(least, some.rows);
    }
  }
}

/// With few tiles, one of them holds many of the rows of a tensor that nothing inside reads, and what they
/// need.
void BrrFitBound::raise_rows_to_tiles(int64_t tiles) {
  for (TensorId t : touched_) lengths_[static_cast<size_t>(t)] = 0;
  for (size_t k = frames_.size(); k-- > 0;) {
    const OpNeeds& op = needs_of_op(frames_[k].op);
    int64_t& length = lengths_[static_cast<size_t>(op.output)];
    if (readers_[static_cast<size_t>(op.output)] == 0 && !op.pool) {
      length = ceil_div(needs(op.output).certain_rows, tiles);
    }
    for (const RowRead& input : op.inputs) {
      int64_t& needed = lengths_[static_cast<size_t>(input.tensor)];
      needed = std::max(needed, op.pool ? ceil_div(input.rows, tiles) : input.least_needed(length));
    }
  }
  for (TensorId t : touched_) {
    int64_t& least = least_rows_[static_cast<size_t>(t)];
    least = std::max(least, lengths_[static_cast<size_t>(t)]);
  }
}

/// What is too few tiles for a set of ops is too few for its supersets, so that each push goes on from there.
int64_t BrrFitBound::extra_bytes() {
  if (frames_.empty()) return 0;
  Frame& frame = frames_.back();
  if (!may_fit() || frame.storage_bytes + frame.weight_bytes < buffer_bytes()) return 0;
  const int64_t room_bytes = buffer_bytes() - streamed_bytes(frame);
  for (; !frame.tiles_are_known && frame.too_few < std::size(kTileCounts); ++frame.too_few) {
    find_rows();
    raise_rows_to_tiles(kTileCounts[frame.too_few]);
    if (storage_bytes() < room_bytes) break;
  }
  frame.tiles_are_known = true;
  if (frame.too_few == 0) return 0;
  // At least one tile more in every image, and every tile fetches the weights.
  return frame.weight_bytes * (graph_.batch * (kTileCounts[frame.too_few - 1] + 1) - 1);
}

/// Least storage over all ways to call tensors FULL or SLICE that some (start, join) and some surroundings
/// allow. A tensor made inside with several readers inside is FULL, so that what is left are trees.
int64_t BrrFitBound::storage_bytes() {
  int64_t bytes = 0;
  ++count_;
  for (const Frame& frame : frames_) {
    const OpNeeds& op = needs_of_op(frame.op);
    for (const RowRead& input : op.inputs) {
      if (made_inside(input.tensor)) continue;
      const auto t = static_cast<size_t>(input.tensor);
      if (counted_[t] == count_) continue;
      counted_[t] = count_;
      const int64_t rows = std::min(rows_of(input.tensor), tensors_[t].most_owned_rows);
      const int64_t slices = tensors_[t].doubled ? 2 : 1;
      trees_[t] = {rows * tensors_[t].row_bytes, slices * rows * tensors_[t].slice_row_bytes};
      if (readers_[t] > 1) bytes += trees_[t].least();
    }
    Storage& tree = trees_[static_cast<size_t>(op.output)];
    tree = op.reduction ? reduction_storage(op) : local_storage(op);
    tree = {std::min(tree.full, kImpossible), std::min(tree.slice, kImpossible)};
    const int32_t readers = readers_[static_cast<size_t>(op.output)];
    if (readers == 0) bytes += tree.least();
    if (readers > 1) bytes += tree.full;
    bytes = std::min(bytes, kImpossible);
  }
  return bytes;
}

/// An input as seen by one reader: if several read it, its storage counts elsewhere. An external tensor that
/// several read may be either to each of them.
Storage BrrFitBound::input_storage(TensorId tensor) const {
  if (readers_[static_cast<size_t>(tensor)] == 1) return trees_[static_cast<size_t>(tensor)];
  return {0, made_inside(tensor) ? kImpossible : 0};
}

Storage BrrFitBound::reduction_storage(const OpNeeds& op) const {
  const Storage in = input_storage(op.inputs.front().tensor);
  const TensorNeeds& out = needs(op.output);
  const int64_t rows = rows_of(op.output);
  const int64_t part = op.several_parts ? rows * (out.slice_sums_row_bytes - out.slice_row_bytes) : 0;
  const bool zero_copy = out.private_to_concat && !op.several_parts;
  Storage result;
  result.slice = in.full + (zero_copy ? 0 : rows * out.slice_row_bytes + part);
  result.full = in.slice + rows * out.sums_row_bytes;
  if (out.held) result.full = std::min(result.full, in.full + rows * out.row_bytes + part);
  return result;
}

Storage BrrFitBound::local_storage(const OpNeeds& op) const {
  const TensorNeeds& out = needs(op.output);
  int64_t least = 0;
  int64_t to_slice = kImpossible;  // what it costs more that one input is SLICE
  int64_t to_full = kImpossible;
  int64_t held = 0;  // what it costs more that all inputs are FULL
  for (const RowRead& input : op.inputs) {
    const Storage in = input_storage(input.tensor);
    least += in.least();
    to_slice = std::min(to_slice, in.slice - in.least());
    to_full = std::min(to_full, in.full - in.least());
    if (op.mixes) held += in.full - in.least();
  }
  if (op.mixes) {
    to_full = held;
    to_slice = kImpossible;
  }
  if (op.pool) {
    return {least + out.sums_row_bytes, kImpossible};
  }
  if (out.held && !op.mixes) to_full = 0;
  const int64_t rows = std::min(rows_of(op.output), out.most_owned_rows);
  return {least + to_full + rows * out.row_bytes, least + to_slice + rows * out.slice_row_bytes};
}

}  // namespace

std::unique_ptr<FitBound> make_brr_fit_bound(const Graph& graph, const CostParams& params,
                                             int64_t buffer_bytes) {
  return std::make_unique<BrrFitBound>(graph, params, buffer_bytes);
}

}  // namespace fusesim
