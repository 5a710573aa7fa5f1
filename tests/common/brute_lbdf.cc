#include <algorithm>

#include "brute_rows.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/testing/brute_force.h"
#include "fusesim/testing/random.h"

namespace fusesim::testing {
namespace {

/// Rows made and released per tensor, and the rules that tie them together.
class Rings {
 public:
  Rings(const Graph& graph, const Group& group) : graph_(graph), group_(group) {
    tensors_ = tensors_of(graph, group);
    for (TensorId t : tensors_.externals) readers_[t] = readers_inside(graph, group, t);
    for (TensorId t : tensors_.made) readers_[t] = readers_inside(graph, group, t);
  }

  const GroupTensors& tensors() const { return tensors_; }
  const std::map<TensorId, std::vector<OpId>>& readers() const { return readers_; }
  int64_t height(TensorId t) const { return graph_.tensor(t).shape.h; }

  int64_t need(const Op& op, size_t input, int64_t y) const {
    if (pools_whole_map(op)) return graph_.in_shape(op).h;
    return rows_of(graph_, op, input, y).end;
  }

  /// First row of t that some reader inside may still read.
  int64_t low(TensorId t) {
    if (readers_[t].empty()) return made[t];
    int64_t lowest = height(t);
    for (OpId o : readers_[t]) {
      const Op& op = graph_.op(o);
      for (size_t i = 0; i < op.inputs.size(); ++i) {
        if (op.inputs[i] == t) lowest = std::min(lowest, low_of(op, i));
      }
    }
    return lowest;
  }

  std::map<TensorId, int64_t> made;      ///< p
  std::map<TensorId, int64_t> released;  ///< f

 private:
  int64_t low_of(const Op& op, size_t input) {
    const TensorId t = op.inputs[input];
    const int64_t next = made[op.output()];
    if (next == height(op.output())) return height(t);
    if (pools_whole_map(op)) return made[t];
    return rows_of(graph_, op, input, next).begin;
  }

  const Graph& graph_;
  const Group& group_;
  GroupTensors tensors_;
  std::map<TensorId, std::vector<OpId>> readers_;
};

/// The input of an op that may work in its place, made inside and seen by nothing else; but not the sums of a
/// mean.
bool lives_in_its_reader(const Graph& graph, const Group& group, TensorId t) {
  if (!made_inside(graph, group, t)) return false;
  const Tensor& tensor = graph.tensor(t);
  if (pools_whole_map(graph.op(tensor.producer))) return false;
  if (std::find(graph.outputs.begin(), graph.outputs.end(), t) != graph.outputs.end()) return false;
  if (tensor.consumers.size() != 1) return false;
  const std::vector<OpId> inside = readers_inside(graph, group, t);
  return inside.size() == 1 && op_facts(graph.op(inside[0])).in_place == InPlace::own_row;
}

class DemandDriven {
 public:
  DemandDriven(const Graph& graph, const Group& group) : graph_(graph), group_(group), rings_(graph, group) {}

  /// Rows of t that have been made or fetched: those that the outputs need.
  int64_t made(TensorId t) { return rings_.made[t]; }

  std::map<TensorId, int64_t> run() {
    for (const auto& [t, readers] : rings_.readers()) most_live_[t] = 0;
    while (const TensorId* next = least_complete()) advance(*next);
    return most_live_;
  }

 private:
  const TensorId* least_complete() {
    const TensorId* best = nullptr;
    for (const TensorId& t : rings_.tensors().outgoing) {
      if (rings_.made[t] == rings_.height(t)) continue;
      if (best == nullptr || comes_before(t, *best)) best = &t;
    }
    return best;
  }

  bool comes_before(TensorId a, TensorId b) {
    const int64_t share_a = (rings_.made[a] + 1) * rings_.height(b);
    const int64_t share_b = (rings_.made[b] + 1) * rings_.height(a);
    if (share_a != share_b) return share_a < share_b;
    return graph_.tensor(a).producer < graph_.tensor(b).producer;
  }

  void advance(TensorId t) {
    if (!made_inside(graph_, group_, t)) {
      ++rings_.made[t];
      note(t);
      return;
    }
    const Op& op = graph_.op(graph_.tensor(t).producer);
    const int64_t y = rings_.made[t];
    std::vector<size_t> order(op.inputs.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return graph_.tensor(op.inputs[a]).producer > graph_.tensor(op.inputs[b]).producer;
    });
    for (size_t i : order) {
      while (rings_.made[op.inputs[i]] < rings_.need(op, i, y)) advance(op.inputs[i]);
    }
    ++rings_.made[t];
    note(t);
    for (size_t i : order) release(op.inputs[i]);
  }

  void note(TensorId t) {
    most_live_[t] = std::max(most_live_[t], rings_.made[t] - rings_.released[t]);
    release(t);
  }

  void release(TensorId t) { rings_.released[t] = std::max(rings_.released[t], rings_.low(t)); }

  const Graph& graph_;
  const Group& group_;
  Rings rings_;
  std::map<TensorId, int64_t> most_live_;
};

/// Ops and loads that fire whenever their rows are there and their ring has room.
class SelfTimed {
 public:
  SelfTimed(const Graph& graph, const Group& group, const std::map<TensorId, int64_t>& ring_rows)
      : graph_(graph), group_(group), ring_rows_(ring_rows), rings_(graph, group) {}

  bool run(Random& random) {
    while (true) {
      std::vector<TensorId> ready;
      for (TensorId t : rings_.tensors().externals) add_if_ready(t, ready);
      for (TensorId t : rings_.tensors().made) {
        if (ring_rows_.count(t) != 0) add_if_ready(t, ready);
      }
      if (ready.empty()) return complete();
      fire(random.pick(ready));
    }
  }

  int64_t made(TensorId t) { return rings_.made[t]; }

 private:
  void add_if_ready(TensorId t, std::vector<TensorId>& ready) {
    if (rings_.made[t] < rings_.height(t) && has_room(t) && inputs_there(t)) ready.push_back(t);
  }

  bool has_room(TensorId t) {
    return std::max<int64_t>(0, rings_.made[t] - rings_.released[t]) < ring_rows_.at(t) ||
           rings_.released[t] > rings_.made[t];
  }

  /// Rows that the next row of t needs, looking through tensors that own no ring.
  bool inputs_there(TensorId t) {
    if (!made_inside(graph_, group_, t)) return true;
    const Op& op = graph_.op(graph_.tensor(t).producer);
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      const TensorId u = op.inputs[i];
      if (ring_rows_.count(u) == 0) {
        if (!inputs_there(u)) return false;
      } else if (rings_.made[u] < rings_.need(op, i, rings_.made[t])) {
        return false;
      }
    }
    return true;
  }

  void fire(TensorId t) {
    if (made_inside(graph_, group_, t)) {
      const Op& op = graph_.op(graph_.tensor(t).producer);
      for (TensorId u : op.inputs) {
        if (ring_rows_.count(u) == 0) fire(u);
      }
      ++rings_.made[t];
      for (TensorId u : op.inputs) release(u);
    } else {
      ++rings_.made[t];
    }
    release(t);
  }

  void release(TensorId t) { rings_.released[t] = std::max(rings_.released[t], rings_.low(t)); }

  bool complete() {
    for (TensorId t : rings_.tensors().outgoing) {
      if (rings_.made[t] != rings_.height(t)) return false;
    }
    return true;
  }

  const Graph& graph_;
  const Group& group_;
  const std::map<TensorId, int64_t>& ring_rows_;
  Rings rings_;
};

int64_t row_bytes(const Graph& graph, const Group& group, TensorId t, const BruteParams& params) {
  const Tensor& tensor = graph.tensor(t);
  const bool accumulates = made_inside(graph, group, t) && pools_whole_map(graph.op(tensor.producer));
  return tensor.shape.c *
         (accumulates ? channel_sum_bytes(graph, t, params) : channel_bytes(graph, t, params));
}

int64_t whole_bytes(const Graph& graph, TensorId t, const BruteParams& params) {
  const Shape& shape = graph.tensor(t).shape;
  return shape.c * shape.h * channel_bytes(graph, t, params);
}

}  // namespace

BruteLbdf brute_lbdf(const Graph& graph, const Group& group, const BruteParams& params) {
  BruteLbdf result;
  const GroupTensors tensors = tensors_of(graph, group);
  for (OpId o : group) {
    const Op& op = graph.op(o);
    if (!reads_parameters_first(graph, group, o)) continue;
    result.traffic.weight_bytes += parameters_in_bytes(graph, op, params);
  }
  for (TensorId t : tensors.externals) {
    result.traffic.ifmap_bytes += graph.batch * whole_bytes(graph, t, params);
  }
  for (TensorId t : tensors.outgoing) {
    result.traffic.ofmap_bytes += graph.batch * whole_bytes(graph, t, params);
  }
  if (graph.op(group.front()).kind == OpKind::opaque) {
    result.traffic.weight_bytes *= graph.batch;  // nothing stays
    return result;
  }
  result.ring_rows = DemandDriven(graph, group).run();
  result.f_beta_bytes = result.traffic.weight_bytes;
  for (auto it = result.ring_rows.begin(); it != result.ring_rows.end();) {
    it = lives_in_its_reader(graph, group, it->first) ? result.ring_rows.erase(it) : std::next(it);
  }
  for (const auto& [t, rows] : result.ring_rows) {
    result.f_beta_bytes += rows * row_bytes(graph, group, t, params);
  }
  for (TensorId t : tensors.externals) {
    result.f_beta_bytes += params.prefetch_rows * row_bytes(graph, group, t, params);
  }
  return result;
}

std::optional<RowBytes> self_timed_run(const Graph& graph, const Group& group,
                                       const std::map<TensorId, int64_t>& ring_rows, uint64_t seed) {
  Random random(seed);
  SelfTimed run(graph, group, ring_rows);
  if (!run.run(random)) return std::nullopt;
  RowBytes moved;
  const GroupTensors tensors = tensors_of(graph, group);
  DemandDriven needed(graph, group);
  needed.run();
  for (const auto* ids : {&tensors.externals, &tensors.outgoing}) {
    for (TensorId t : *ids) {
      const Shape& s = graph.tensor(t).shape;
      std::vector<int64_t>& rows = moved[t];
      rows.assign(static_cast<size_t>(s.h), 0);
      // Rows that no output needs pass through the rings, which need not be long enough for them.
      const bool rest_passes = !made_inside(graph, group, t) && run.made(t) >= needed.made(t);
      const int64_t moved_rows = rest_passes ? s.h : run.made(t);
      for (int64_t y = 0; y < moved_rows; ++y) rows[static_cast<size_t>(y)] += s.c * s.w;
    }
  }
  return moved;
}

}  // namespace fusesim::testing
