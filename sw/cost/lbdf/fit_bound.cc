#include "lbdf/fit_bound.h"

#include <algorithm>
#include <vector>

#include "fusesim/cost/widths.h"
#include "fusesim/graph/op_facts.h"
#include "rows/row_read.h"
#include "time/op_floor.h"

namespace fusesim {
namespace {

/// Rows of an input that an op holds while it makes one row of its output, at the row where it needs most of
/// the first `made`, which it makes in every group.
/// The ring of the input holds at least these: it is noted when the last of them arrives, and nothing from
/// the first of them on has been released by then, because this op is a consumer that still reads it.
int64_t rows_held(const RowRead& read, int64_t made) {
  int64_t most = 1;
  if (read.rule != RowRule::window) return most;
  for (int64_t y = 0; y < std::min(made, read.out_rows); ++y)
    most = std::max(most, read.needed({y, y + 1}).count());
  return most;
}

/// An activation that may work in place: in some group its input owns no ring.
bool may_own_nothing(const Graph& graph, TensorId t) {
  const Tensor& tensor = graph.tensor(t);
  return tensor.producer >= 0 && tensor.consumers.size() == 1 &&
         op_facts(graph.op(tensor.consumers.front())).in_place == InPlace::own_row;
}

struct RowsOfTensor {
  TensorId tensor;
  int64_t rows;
};

/// An op that multiplies a map with a vector pooled from the whole of it: squeeze and excite.
struct Rescale {
  OpId pool;
  TensorId map;
};

/// The global pool from which operand `vector` of an op is made out of `map`, or -1. It follows single inputs
/// only.
OpId pool_of(const Graph& graph, TensorId vector, TensorId map) {
  while (graph.tensor(vector).producer >= 0) {
    const OpId producer = graph.tensor(vector).producer;
    const Op& op = graph.op(producer);
    if (is_opaque(op) || op.inputs.empty()) return -1;
    if (op_facts(op).pools_map()) return op.inputs.front() == map ? producer : -1;
    vector = op.inputs.front();
  }
  return -1;
}

class LbdfFitBound : public FitBound {
 public:
  LbdfFitBound(const Graph& graph, const CostParams& params, int64_t buffer_bytes)
      : FitBound(buffer_bytes),
        graph_(graph),
        touches_(graph.ops.size()),
        rescales_(graph.ops.size()),
        weight_bytes_(graph.ops.size()),
        readers_(graph.ops.size(), 0),
        row_bytes_(graph.tensors.size()),
        rows_(graph.tensors.size(), 0),
        pushed_(graph.ops.size(), false) {
    const Datatypes& types = params.datatypes;
    for (size_t t = 0; t < graph.tensors.size(); ++t) {
      const Tensor& tensor = graph.tensors[t];
      const auto id = static_cast<TensorId>(t);
      row_bytes_[t] =
          may_own_nothing(graph, id) ? 0 : tensor.shape.c * piece_bytes(tensor, tensor.shape.w, types);
    }
    const std::vector<int64_t> made = certain_rows_from_top(graph);
    for (size_t o = 0; o < graph.ops.size(); ++o) {
      const Op& op = graph.ops[o];
      weight_bytes_[o] = weight_bytes(op, types);
      if (is_opaque(op)) continue;
      const int64_t rows = made[static_cast<size_t>(op.output())];
      for (const RowRead& read : row_reads(graph, op))
        touches_[o].push_back({read.tensor, rows_held(read, rows)});
      touches_[o].push_back({op.output(), 1});
      add_rescales(op, rescales_[o]);
    }
  }

  void push(OpId op) override {
    const auto o = static_cast<size_t>(op);
    frames_.push_back({op, undo_.size(), bytes_, opaque_});
    opaque_ = opaque_ || is_opaque(graph_.op(op));
    if (readers_of(op)++ == 0) bytes_ += weight_bytes_[o];
    pushed_[o] = true;
    for (const RowsOfTensor& touch : touches_[o]) raise(touch.tensor, touch.rows);
    for (const Rescale& rescale : rescales_[o]) {
      if (pushed_[static_cast<size_t>(rescale.pool)]) raise(rescale.map, graph_.tensor(rescale.map).shape.h);
    }
  }

  void pop() override {
    const Frame frame = frames_.back();
    frames_.pop_back();
    for (; undo_.size() > frame.undo; undo_.pop_back()) {
      rows_[static_cast<size_t>(undo_.back().tensor)] = undo_.back().rows;
    }
    pushed_[static_cast<size_t>(frame.op)] = false;
    --readers_of(frame.op);
    bytes_ = frame.bytes;
    opaque_ = frame.opaque;
  }

  int64_t bytes() const override { return opaque_ ? kNeverFits : bytes_; }

 private:
  /// Ops pushed that read the same weights and biases.
  int& readers_of(OpId op) { return readers_[static_cast<size_t>(parameter_owner(graph_, op))]; }

  struct Frame {
    OpId op;
    size_t undo;
    int64_t bytes;
    bool opaque;
  };

  void add_rescales(const Op& op, std::vector<Rescale>& rescales) const {
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      if (!is_row_broadcast(graph_, op, i)) continue;
      for (TensorId map : op.inputs) {
        const OpId pool = map == op.inputs[i] ? -1 : pool_of(graph_, op.inputs[i], map);
        if (pool >= 0) rescales.push_back({pool, map});
      }
    }
  }

  void raise(TensorId tensor, int64_t rows) {
    int64_t& now = rows_[static_cast<size_t>(tensor)];
    if (rows <= now) return;
    undo_.push_back({tensor, now});
    bytes_ += (rows - now) * row_bytes_[static_cast<size_t>(tensor)];
    now = rows;
  }

  const Graph& graph_;
  std::vector<std::vector<RowsOfTensor>> touches_;
  std::vector<std::vector<Rescale>> rescales_;
  std::vector<int64_t> weight_bytes_;
  std::vector<int> readers_;  ///< by op that owns weights and biases
  std::vector<int64_t> row_bytes_;
  std::vector<int64_t> rows_;
  std::vector<bool> pushed_;
  std::vector<RowsOfTensor> undo_;
  std::vector<Frame> frames_;
  int64_t bytes_ = 0;
  bool opaque_ = false;
};

}  // namespace

std::unique_ptr<FitBound> make_lbdf_fit_bound(const Graph& graph, const CostParams& params,
                                              int64_t buffer_bytes) {
  return std::make_unique<LbdfFitBound>(graph, params, buffer_bytes);
}

}  // namespace fusesim
