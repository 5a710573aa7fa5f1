#include "strips.h"

#include <algorithm>
#include <string>
#include <utility>

#include "fusesim/graph/op_facts.h"
#include "fusesim/hw/simulation_error.h"
#include "ops/labels.h"

namespace fusesim::hw {
namespace {

void cover(const ColumnRange& more, ColumnRange& range) {
  if (more.empty()) return;
  range =
      range.empty() ? more : ColumnRange{std::min(range.first, more.first), std::max(range.last, more.last)};
}

}  // namespace

Strips::Strips(const Graph& graph, const GroupSchedule& group, Fault fault)
    : graph_(graph), ops_(group.ops), outgoing_(group.outgoing) {
  for (int64_t j = 0; j < group.strips; ++j) strips_.push_back(ranges_of(j, group.strips));
  if (count() == 1) return;
  for (const Ranges& ranges : strips_) {
    for (const auto& [tensor, range] : ranges) {
      if (!range.empty()) continue;
      throw SimulationError(SimulationError::Guard::bad_schedule, tensor_label(graph_, tensor) +
                                                                      ": expected columns in each of " +
                                                                      std::to_string(count()) + " strips");
    }
  }
  for (const TensorId t : boundary(graph, group.ops).external_inputs) close_gaps(t);
  if (fault == Fault::strip_halo_short) shorten();
}

Strips::Ranges Strips::ranges_of(int64_t strip, int64_t count) const {
  Ranges ranges;
  for (const TensorId t : outgoing_) {
    const int64_t width = graph_.tensor(t).shape.w;
    ranges[t] = {strip * width / count, (strip + 1) * width / count};
  }
  for (auto o = ops_.rbegin(); o != ops_.rend(); ++o) {
    const Op& op = graph_.op(*o);
    const ColumnRange out = ranges[op.output()];
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      ColumnRange& in = ranges[op.inputs[i]];
      for (int64_t x = out.first; x < out.last; ++x) cover(columns_read(graph_, op, i, x), in);
    }
  }
  return ranges;
}

/// Every column of an external tensor is fetched: one between what two strips need, with the second of them.
void Strips::close_gaps(TensorId external) {
  strips_.back()[external].last = graph_.tensor(external).shape.w;
  strips_.front()[external].first = 0;
  for (size_t j = 1; j < strips_.size(); ++j) {
    ColumnRange& range = strips_[j][external];
    range.first = std::min(range.first, strips_[j - 1][external].last);
  }
}

/// Fault::strip_halo_short
void Strips::shorten() {
  for (size_t j = 0; j + 1 < strips_.size(); ++j) {
    for (auto& [tensor, range] : strips_[j]) {
      if (range.last > strips_[j + 1].at(tensor).first && range.size() > 1) --range.last;
    }
  }
}

ColumnRange Strips::columns(TensorId tensor, int64_t strip) const {
  return strips_[static_cast<size_t>(strip)].at(tensor);
}

ColumnRange Strips::own_columns(TensorId tensor, int64_t strip) const {
  const int64_t width = graph_.tensor(tensor).shape.w;
  return {strip * width / count(), (strip + 1) * width / count()};
}

Graph Strips::graph_of(int64_t strip) const {
  Graph graph = graph_;
  for (const auto& [tensor, range] : strips_[static_cast<size_t>(strip)])
    graph.tensors[static_cast<size_t>(tensor)].shape.w = range.size();
  for (const OpId o : ops_) {
    Op& op = graph.ops[static_cast<size_t>(o)];
    const int64_t out = columns(op.output(), strip).first;
    const int64_t in = columns(op.inputs.front(), strip).first;
    const bool transposed = op_facts(op).rows == RowUse::transposed;
    op.window.pad_left += transposed ? out - in * op.window.stride_w : in - out * op.window.stride_w;
  }
  return graph;
}

std::vector<Segment> StripPort::pieces(const std::vector<Segment>& segments) const {
  std::vector<Segment> pieces;
  for (const Segment& segment : segments) {
    const bool weights = segment.kind == TransferKind::weight;
    ColumnRange range;
    if (!weights) {
      range = segment.kind == TransferKind::ofmap ? strips_.own_columns(segment.tensor, strip_)
                                                  : strips_.columns(segment.tensor, strip_);
    }
    if (weights || range.size() == whole_.tensor(segment.tensor).shape.w) {
      pieces.push_back(segment);
      continue;
    }
    for (int64_t c = segment.c0; c < segment.c1; ++c) {
      Segment piece = segment;
      piece.c0 = c;
      piece.c1 = c + 1;
      piece.x0 = range.first;
      piece.x1 = range.last;
      if (segment.hashes != nullptr) piece.hashes = segment.hashes + (c - segment.c0);
      if (segment.values != nullptr) {
        const ColumnRange held = strips_.columns(segment.tensor, strip_);
        piece.values = segment.values + (c - segment.c0) * held.size() + (range.first - held.first);
      }
      pieces.push_back(piece);
    }
  }
  return pieces;
}

ColumnTrace::ColumnTrace(const Graph& graph) : graph_(graph), hashes_(graph.tensors.size()) {
  for (const TensorId t : graph.inputs) {
    for (int64_t x = 0; x < graph.tensor(t).shape.w; ++x)
      hashes_[static_cast<size_t>(t)].push_back(input_column_hash(t, x));
  }
}

HeldColumns ColumnTrace::from_dram(TensorId tensor, const ColumnRange& range) const {
  const std::vector<uint64_t>& row = hashes_[static_cast<size_t>(tensor)];
  return {range, {row.begin() + range.first, row.begin() + range.last}};
}

void ColumnTrace::run(const GroupSchedule& group, const Strips& strips, int64_t strip) {
  std::map<TensorId, HeldColumns> held;
  for (const TensorId t : boundary(graph_, group.ops).external_inputs)
    held[t] = from_dram(t, strips.columns(t, strip));
  for (const OpId o : group.ops) {
    const Op& op = graph_.op(o);
    std::vector<const HeldColumns*> operands;
    for (const TensorId t : op.inputs) operands.push_back(&held.at(t));
    HeldColumns made{strips.columns(op.output(), strip), {}};
    for (int64_t x = made.range.first; x < made.range.last; ++x)
      made.hashes.push_back(column_hash(graph_, o, 0, x, operands));
    held[op.output()] = std::move(made);
  }
  for (const TensorId t : group.outgoing) {
    std::vector<uint64_t>& row = hashes_[static_cast<size_t>(t)];
    row.resize(static_cast<size_t>(graph_.tensor(t).shape.w), 0);
    const HeldColumns& columns = held.at(t);
    const ColumnRange own = strips.own_columns(t, strip);
    for (int64_t x = own.first; x < std::min(own.last, columns.range.last); ++x)
      row[static_cast<size_t>(x)] = columns.hashes[static_cast<size_t>(x - columns.range.first)];
  }
}

void ColumnTrace::run_opaque(OpId o) {
  const Op& op = graph_.op(o);
  std::vector<HeldColumns> inputs;
  for (const TensorId t : op.inputs) inputs.push_back(from_dram(t, {0, graph_.tensor(t).shape.w}));
  std::vector<const HeldColumns*> operands;
  operands.reserve(inputs.size());
  for (const HeldColumns& input : inputs) operands.push_back(&input);
  for (size_t j = 0; j < op.outputs.size(); ++j) {
    std::vector<uint64_t>& row = hashes_[static_cast<size_t>(op.outputs[j])];
    for (int64_t x = 0; x < graph_.tensor(op.outputs[j]).shape.w; ++x)
      row.push_back(column_hash(graph_, o, j, x, operands));
  }
}

}  // namespace fusesim::hw
