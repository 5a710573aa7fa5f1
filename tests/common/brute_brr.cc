#include <algorithm>
#include <set>

#include "brute_ratios.h"
#include "brute_rows.h"
#include "brute_tiles.h"
#include "fusesim/testing/brute_force.h"

namespace fusesim::testing {
namespace {

bool convolution(const Op& op) { return op.kind == OpKind::conv || op.kind == OpKind::conv_transpose; }

struct Variant {
  bool start_slice;
  bool join_any;
  int64_t slice_channels;
};

class Enumeration {
 public:
  Enumeration(const Graph& graph, const Group& group, const BruteParams& params)
      : graph_(graph), group_(group), params_(params), tensors_(tensors_of(graph, group)) {
    for (OpId o : group_) {
      const Op& op = graph_.op(o);
      const int64_t bytes = parameters_in_bytes(graph_, op, params_);
      used_bytes_ += bytes;
      if (reads_parameters_first(graph_, group_, o)) weight_bytes_ += bytes;
    }
  }

  BruteBrr run() {
    BruteBrr result;
    const Op& first = graph_.op(group_.front());
    if (first.kind == OpKind::opaque) return opaque();
    const SinkSteps sinks = sink_steps(graph_, group_);
    result.illegal_reason = sinks.reason;
    if (!sinks.reason.empty()) return result;
    result.f_beta_bytes = -1;
    int64_t h = 0;
    BruteTiling tiling;
    do {
      tiling = brute_tiling(graph_, group_, sinks.step, ++h);
      for (int64_t g : params_.slice_channels) {
        for (int bits = 0; bits < 4; ++bits) append({bits >= 2, bits % 2 == 1, g}, h, tiling, result);
      }
    } while (tiling.tiles > 1);
    if (group_.size() == 1 && convolution(first)) {
      for (int64_t g : params_.slice_channels) append_passes(g, result);
    }
    return result;
  }

 private:
  const Shape& shape(TensorId t) const { return graph_.tensor(t).shape; }
  const Op& producer(TensorId t) const { return graph_.op(graph_.tensor(t).producer); }
  bool inside(TensorId t) const { return made_inside(graph_, group_, t); }
  bool is_mean(TensorId t) const { return inside(t) && pools_whole_map(producer(t)); }
  bool read_all_at_once(TensorId t) const {
    for (OpId o : readers_inside(graph_, group_, t)) {
      if (mixes_channels(graph_.op(o))) return true;
    }
    return false;
  }
  bool reduces(const Op& op) const { return convolution(op) && op.groups != graph_.in_shape(op).c; }

  BruteBrr opaque() const {
    BruteBrr result;
    BruteBrrCandidate c;
    c.tiles = 1;
    c.weights_resident = true;
    for (TensorId t : tensors_.externals) {
      c.traffic.ifmap_bytes += graph_.batch * whole_bytes(t);
    }
    for (TensorId t : tensors_.outgoing) {
      c.traffic.ofmap_bytes += graph_.batch * whole_bytes(t);
    }
    c.traffic.weight_bytes = graph_.batch * weight_bytes_;
    result.candidates.push_back(c);
    return result;
  }

  // Residency.

  std::map<TensorId, bool> residency(const Variant& v) const {
    std::map<TensorId, bool> sliced;
    for (TensorId t : tensors_.externals) {
      if (starts_a_tree(t) || read_all_at_once(t)) sliced[t] = v.start_slice && !read_all_at_once(t);
    }
    for (OpId o : group_) {
      const Op& op = graph_.op(o);
      settle_other_externals(op, sliced);
      bool any = false;
      bool all = true;
      for (TensorId u : op.inputs) {
        any = any || sliced.at(u);
        all = all && sliced.at(u);
      }
      const TensorId out = op.output();
      sliced[out] = reduces(op) ? !any : (v.join_any ? any : all);
      if (readers_inside(graph_, group_, out).size() >= 2 || is_mean(out)) sliced[out] = false;
      if (read_all_at_once(out)) sliced[out] = false;
    }
    return sliced;
  }

  bool starts_a_tree(TensorId t) const {
    const std::vector<OpId> readers = readers_inside(graph_, group_, t);
    if (readers.size() >= 2) return true;
    const Op& op = graph_.op(readers[0]);
    return reduces(op) ||
           std::none_of(op.inputs.begin(), op.inputs.end(), [&](TensorId u) { return inside(u); });
  }

  void settle_other_externals(const Op& op, std::map<TensorId, bool>& sliced) const {
    bool all = true;
    for (TensorId u : op.inputs) {
      if (inside(u)) all = all && sliced.at(u);
    }
    for (TensorId u : op.inputs) {
      if (sliced.count(u) == 0) sliced[u] = all;
    }
  }

  // Storage.

  struct Storage {
    const Variant& variant;
    const BruteTiling& tiling;
    const std::map<TensorId, bool>& sliced;
  };

  int64_t held_channels(TensorId t, const Storage& s) const {
    return s.sliced.at(t) ? std::min(s.variant.slice_channels, shape(t).c) : shape(t).c;
  }
  int64_t row_bytes(TensorId t, const Storage& s) const {
    return held_channels(t, s) * channel_bytes(graph_, t, params_);
  }
  /// Rows of the held channels; of two slices the rows of both.
  int64_t rows_held(TensorId t, const Storage& s) const {
    const int64_t longest = s.tiling.longest.at(t);
    if (!params_.two_inputs || inside(t)) return longest;
    if (s.sliced.at(t)) return longest + longest;
    return s.tiling.newcomers.count(t) == 0 ? longest : longest + s.tiling.newcomers.at(t);
  }
  /// Room for weights that come in pieces of at most `piece_bytes`.
  int64_t room_for_pieces(int64_t piece_bytes) const {
    return std::min(params_.two_weight_pieces ? piece_bytes + piece_bytes : piece_bytes, used_bytes_);
  }

  bool has_partial_sums(TensorId t, const Storage& s) const {
    if (!inside(t) || !reduces(producer(t))) return false;
    const Op& op = producer(t);
    return s.sliced.at(op.inputs[0]) || graph_.in_shape(op).c / op.groups > params_.pe_rows;
  }

  int64_t partial_sums(TensorId t, const Storage& s) const {
    if (!has_partial_sums(t, s)) return 0;
    const Op& op = producer(t);
    const int64_t extra = channel_sum_bytes(graph_, t, params_) - channel_bytes(graph_, t, params_);
    if (s.sliced.at(op.inputs[0])) return held_channels(t, s) * rows_held(t, s) * extra;
    return std::min(s.variant.slice_channels, shape(t).c) * rows_held(t, s) * extra;
  }

  /// Made inside and seen by `reader` only.
  bool private_to_reader(TensorId t) const {
    return inside(t) && graph_.tensor(t).consumers.size() == 1 &&
           readers_inside(graph_, group_, t).size() == 1;
  }

  /// Output row y may overwrite input rows that no later output row reads: not where the map grows.
  bool row_fits_over_input_row(const Op& op) const {
    const Shape& in = graph_.in_shape(op);
    const Shape& out = graph_.out_shape(op);
    if (op.kind == OpKind::conv_transpose) return false;
    if (channel_bytes(graph_, op.output(), params_) > channel_bytes(graph_, op.inputs[0], params_))
      return false;
    if (op.kind == OpKind::resize && out.h > in.h) return false;
    return op.kind != OpKind::conv || out.c == in.c;
  }

  bool runs_in_place(TensorId t, const Storage& s) const {
    if (!inside(t) || reduces(producer(t))) return false;
    const Op& op = producer(t);
    if (op.kind == OpKind::concat || op.kind == OpKind::crop || pools_whole_map(op)) return false;
    if (mixes_channels(op) && op.kind != OpKind::norm) return false;
    if (op.inputs.size() != 1) return false;
    const TensorId u = op.inputs[0];
    if (!row_fits_over_input_row(op)) return false;
    if (!private_to_reader(u) || s.sliced.at(u) != s.sliced.at(t)) return false;
    return rows_held(t, s) * row_bytes(t, s) <= rows_held(u, s) * row_bytes(u, s);
  }

  bool lies_in_concat(TensorId t, const Storage& s) const {
    if (!private_to_reader(t)) return false;
    const Op& reader = graph_.op(graph_.tensor(t).consumers[0]);
    if (reader.kind != OpKind::concat || has_partial_sums(t, s)) return false;
    if (channel_bytes(graph_, t, params_) != channel_bytes(graph_, reader.output(), params_)) return false;
    return !s.sliced.at(reader.output()) || s.sliced.at(t);
  }

  int64_t storage_bytes(TensorId t, const Storage& s) const {
    if (is_mean(t)) return shape(t).c * channel_sum_bytes(graph_, t, params_);
    if (lies_in_concat(t, s)) return 0;
    if (runs_in_place(t, s)) {
      const Window& w = producer(t).window;
      if ((w.kernel_h - 1) * w.dilation_h + 1 == 1) return 0;
      return (w.pad_top + 1) * row_bytes(t, s);
    }
    return rows_held(t, s) * row_bytes(t, s) + partial_sums(t, s);
  }

  int64_t largest_weight_subgroup(int64_t g) const {
    int64_t largest = 0;
    for (OpId o : group_) {
      const Op& op = graph_.op(o);
      if (op.weights + op.biases == 0) continue;
      const int64_t c_out = graph_.out_shape(op).c;
      const int64_t columns = mixes_channels(op) ? c_out : std::min(g, c_out);
      int64_t row = op.weights / c_out;
      if (convolution(op)) {
        const int64_t rows = std::min(params_.pe_rows, graph_.in_shape(op).c / op.groups);
        row = rows * op.window.kernel_h * op.window.kernel_w;
      }
      largest = std::max(largest, weights_in_rows(op, columns, row, params_) +
                                      biases_in_bytes(op, op.biases / c_out * columns, params_));
    }
    return largest;
  }

  // Traffic.

  std::vector<int64_t> fetched_rows(TensorId t, const Storage& s) const {
    const size_t height = static_cast<size_t>(shape(t).h);
    if (!s.sliced.at(t))
      return std::vector<int64_t>(height, graph_.batch * shape(t).c * channel_bytes(graph_, t, params_));
    std::vector<int64_t> bytes(height, 0);
    for (OpId reader : readers_inside(graph_, group_, t)) {
      std::vector<Rows> reads;
      for (const Rows& r : s.tiling.read_rows.at({reader, t})) {
        if (!r.empty()) reads.push_back(r);
      }
      if (reads.empty()) continue;
      reads.front().begin = 0;
      reads.back().end = shape(t).h;
      for (const Rows& r : reads) {
        for (int64_t y = r.begin; y < r.end; ++y) {
          bytes[static_cast<size_t>(y)] += graph_.batch * shape(t).c * channel_bytes(graph_, t, params_);
        }
      }
    }
    return bytes;
  }

  void append(const Variant& v, int64_t h, const BruteTiling& tiling, BruteBrr& result) const {
    const std::map<TensorId, bool> sliced = residency(v);
    const Storage s{v, tiling, sliced};
    BruteBrrCandidate c;
    c.start_slice = v.start_slice;
    c.join_any = v.join_any;
    c.slice_channels = v.slice_channels;
    c.tile_rows = h;
    c.tiles = tiling.tiles;
    c.sliced = sliced;
    int64_t storage = 0;
    for (const auto& [t, is_slice] : sliced) storage += storage_bytes(t, s);
    for (TensorId t : tensors_.externals) {
      c.fetched[t] = fetched_rows(t, s);
      for (int64_t bytes : c.fetched[t]) c.traffic.ifmap_bytes += bytes;
    }
    c.traffic.ofmap_bytes = outgoing_bytes();
    const int64_t pieces = room_for_pieces(largest_weight_subgroup(v.slice_channels));
    if (h == 1) least(result.f_beta_bytes, storage + std::min(pieces, weight_bytes_));
    c.weights_resident = true;
    c.footprint_bytes = storage + weight_bytes_;
    c.traffic.weight_bytes = weight_bytes_;
    result.candidates.push_back(c);
    c.weights_resident = false;
    c.footprint_bytes = storage + pieces;
    c.traffic.weight_bytes = graph_.batch * used_bytes_ * tiling.tiles;
    result.candidates.push_back(c);
  }

  static void least(int64_t& value, int64_t other) { value = value < 0 ? other : std::min(value, other); }

  int64_t whole_bytes(TensorId t) const {
    return shape(t).c * shape(t).h * channel_bytes(graph_, t, params_);
  }

  int64_t outgoing_bytes() const {
    int64_t bytes = 0;
    for (TensorId t : tensors_.outgoing) bytes += whole_bytes(t);
    return graph_.batch * bytes;
  }

  // Weight passes of a single convolution.

  /// Input channels that output channels [first, end) need: all, but for a depthwise convolution only theirs.
  int64_t block_inputs(const Op& op, int64_t first, int64_t end) const {
    const int64_t c_in = graph_.in_shape(op).c;
    if (op.groups != c_in) return c_in;
    const int64_t multiplier = graph_.out_shape(op).c / c_in;
    std::set<int64_t> channels;
    for (int64_t co = first; co < end; ++co) channels.insert(co / multiplier);
    return static_cast<int64_t>(channels.size());
  }

  void append_passes(int64_t g, BruteBrr& result) const {
    const Op& op = graph_.op(group_[0]);
    const Shape& in = graph_.in_shape(op);
    const Shape& out = graph_.out_shape(op);
    const int64_t span = (op.window.kernel_h - 1) * op.window.dilation_h + 1;
    const int64_t ring_row = channel_bytes(graph_, op.inputs[0], params_);
    for (int64_t k = g;; k += g) {
      const int64_t block = std::min(k, out.c);
      BruteBrrCandidate c;
      c.passes_mode = true;
      c.slice_channels = g;
      c.block_channels = block;
      c.weights_resident = true;
      while (c.tiles * block < out.c) ++c.tiles;
      int64_t most_channels = 0;
      int64_t fetched_channels = 0;
      for (int64_t first = 0; first < out.c; first += block) {
        const int64_t channels = block_inputs(op, first, std::min(first + block, out.c));
        most_channels = std::max(most_channels, channels);
        fetched_channels += channels;
      }
      c.footprint_bytes = room_for_pieces(weights_in_rows(op, block, op.weights / out.c, params_) +
                                          biases_in_bytes(op, op.biases / out.c * block, params_)) +
                          std::min(span, in.h) * most_channels * ring_row +
                          block * channel_bytes(graph_, op.output(), params_);
      c.fetched[op.inputs[0]].assign(static_cast<size_t>(in.h), graph_.batch * fetched_channels * ring_row);
      c.traffic.ifmap_bytes = graph_.batch * in.h * fetched_channels * ring_row;
      c.traffic.ofmap_bytes = outgoing_bytes();
      // One block stays for the next image, several do not.
      c.traffic.weight_bytes = block == out.c ? weight_bytes_ : graph_.batch * weight_bytes_;
      least(result.f_beta_bytes, c.footprint_bytes);
      result.candidates.push_back(c);
      if (block == out.c) return;
    }
  }

  const Graph& graph_;
  const Group& group_;
  const BruteParams& params_;
  GroupTensors tensors_;
  int64_t weight_bytes_ = 0;  ///< on chip once for all that read them
  int64_t used_bytes_ = 0;    ///< of every op its own
};

bool better(const BruteBrrCandidate& a, const BruteBrrCandidate& b) {
  if (a.traffic.total_bytes() != b.traffic.total_bytes())
    return a.traffic.total_bytes() < b.traffic.total_bytes();
  if (a.tiles != b.tiles) return a.tiles < b.tiles;
  return a.footprint_bytes < b.footprint_bytes;
}

}  // namespace

const BruteBrrCandidate* BruteBrr::best(int64_t buffer_bytes) const {
  if (!illegal_reason.empty() || f_beta_bytes >= buffer_bytes) return nullptr;
  const BruteBrrCandidate* found = nullptr;
  for (const BruteBrrCandidate& c : candidates) {
    if (c.footprint_bytes >= buffer_bytes) continue;
    if (found == nullptr || better(c, *found)) found = &c;
  }
  return found;
}

BruteBrr brute_brr(const Graph& graph, const Group& group, const BruteParams& params) {
  return Enumeration(graph, group, params).run();
}

}  // namespace fusesim::testing
