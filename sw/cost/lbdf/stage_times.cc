#include "lbdf/stage_times.h"

#include <algorithm>

#include "fusesim/base/ceil_div.h"
#include "fusesim/cost/widths.h"
#include "fusesim/graph/op_facts.h"
#include "lbdf/rings.h"
#include "time/op_time.h"

namespace fusesim {

LbdfStageTimes::LbdfStageTimes(const Graph& graph, const CostParams& params, const DramTime& dram_time)
    : graph_(graph), params_(params), dram_time_(dram_time), array_time_(params.machine, params.datatypes) {}

void LbdfStageTimes::run(const GroupView& view, const std::vector<int64_t>& slots, bool weights_here) {
  spent_ = {};
  find_rings(view, slots);
  find_weights(view, weights_here);
  find_stages(view);
}

void LbdfStageTimes::find_rings(const GroupView& view, const std::vector<int64_t>& slots) {
  rings_.clear();
  for (size_t t = 0; t < view.tensors.size(); ++t) {
    const LocalTensor& tensor = view.tensors[t];
    LbdfRingTimes ring;
    ring.slots = slots[t];
    ring.rows = tensor.rows;
    ring.row_bytes = ring_row_bytes(view, static_cast<int>(t));
    ring.external = static_cast<int>(t) < view.externals;
    ring.outgoing = tensor.outgoing;
    const int64_t moved_bytes = tensor.channels * tensor.piece_bytes;
    const Pieces row =
        row_pieces(graph_, params_, tensor.id, 1, tensor.channels, tensor.channels, tensor.width);
    ring.moved_row_bytes = row.count == 1 ? moved_bytes : dram_time_.burst_bytes(row);
    if (ring.external) {
      dram_time_.add_reads(row, tensor.rows, spent_);
      spent_.add_moved(ring.row_bytes, tensor.rows, true);
    }
    if (ring.outgoing) {
      dram_time_.add_writes(row, tensor.rows, spent_);
      spent_.add_moved(ring.row_bytes, tensor.rows, false);
    }
    rings_.push_back(ring);
  }
}

void LbdfStageTimes::find_weights(const GroupView& view, bool weights_here) {
  weights_.clear();
  if (weights_here) return;
  for (size_t o = 0; o < view.ops.size(); ++o) {
    const int64_t bytes = weight_bytes(*view.ops[o].op, params_.datatypes);
    if (bytes == 0 || !view.ops[o].brings) continue;
    // Each op's weights are aligned to bursts.
    const Pieces all{1, bytes, bytes};
    weights_.push_back({static_cast<int>(o), bytes});
    dram_time_.add_reads(all, 1, spent_);
    spent_.add_moved(bytes, 1, true);
  }
}

/// Rows of each tensor that something needs, counted from the top.
std::vector<int64_t> LbdfStageTimes::needed_rows(const GroupView& view) const {
  std::vector<int64_t> needed(view.tensors.size(), 0);
  for (size_t t = 0; t < needed.size(); ++t) {
    if (view.tensors[t].outgoing) needed[t] = view.tensors[t].rows;
  }
  for (size_t o = view.ops.size(); o-- > 0;) {
    const LocalOp& op = view.ops[o];
    const int64_t rows = needed[static_cast<size_t>(op.output)];
    for (int k = op.edges_begin; k < op.edges_end && rows > 0; ++k) {
      const Edge& e = view.edges[static_cast<size_t>(k)];
      int64_t& above = needed[static_cast<size_t>(e.tensor)];
      above = std::max(above, e.rule == RowRule::stream ? e.rows : e.end(rows - 1));
    }
  }
  return needed;
}

void LbdfStageTimes::find_stages(const GroupView& view) {
  stages_.clear();
  const std::vector<int64_t> needed = needed_rows(view);
  const auto weights_until = [this, &view](int reader) {
    const int op = view.ops[static_cast<size_t>(reader)].parameters_of;
    size_t count = 0;
    while (count < weights_.size() && weights_[count].op <= op) ++count;
    return count > 0 && weights_[count - 1].op == op ? count : 0;
  };
  std::vector<char> placed(view.ops.size(), 0);
  for (size_t o = 0; o < view.ops.size(); ++o) {
    if (placed[o] != 0) continue;
    Stage stage;
    stage.op = static_cast<int>(o);
    stage.pools = op_facts(*view.ops[o].op).pools_map();
    for (size_t last = o;;) {
      const LocalOp& op = view.ops[last];
      placed[last] = 1;
      stage.output = op.output;
      stage.rows = needed[static_cast<size_t>(op.output)];
      stage.weights_needed = std::max(stage.weights_needed, weights_until(static_cast<int>(last)));
      stage.steps.push_back(step_of(view, op, stage.rows, last != o));
      if (!works_in_place(view, op.output)) break;
      const LocalTensor& left = view.tensors[static_cast<size_t>(op.output)];
      last = static_cast<size_t>(
          view.edges[static_cast<size_t>(view.reader_edges[static_cast<size_t>(left.readers_begin)])].op);
    }
    stages_.push_back(std::move(stage));
  }
}

LbdfStageTimes::Step LbdfStageTimes::step_of(const GroupView& view, const LocalOp& local, int64_t rows,
                                             bool in_place) {
  const Op& op = *local.op;
  const OpFacts facts = op_facts(op);
  if (facts.unit == Unit::pe_array) {
    const ArrayBlock block = array_block(graph_, op, 1);
    const BlockTime time = array_time_.block(block);
    spent_.add_array(time, 0, rows);
    const int64_t macs = mac_count(graph_, op);
    const int64_t height = graph_.out_shape(op).h;
    spent_.macs += macs / height * rows + macs % height * rows / height;
    return {true, time.cycles};
  }
  const int64_t ops = vector_ops(graph_, op, graph_.out_shape(op).c);
  const int64_t lanes = params_.machine.vector_unit.lanes;
  const int64_t weights = weight_bytes(op, params_.datatypes);
  int64_t read_bytes = weights;
  int64_t write_bytes = ring_row_bytes(view, local.output);
  int64_t times = rows;
  if (in_place) {
    read_bytes += write_bytes;
  } else {
    for (int k = local.edges_begin; k < local.edges_end; ++k) {
      const Edge& e = view.edges[static_cast<size_t>(k)];
      const auto readings =
          std::count(op.inputs.begin(), op.inputs.end(), view.tensors[static_cast<size_t>(e.tensor)].id);
      // An inner row stands for all.
      const int64_t read = facts.pools_map() ? 1 : e.end(rows / 2) - e.first(rows / 2);
      read_bytes += readings * read * rings_[static_cast<size_t>(e.tensor)].row_bytes;
    }
    if (facts.pools_map()) {
      read_bytes += write_bytes;
      times = graph_.in_shape(op).h * rows;
    }
  }
  const BlockTime time = through_ports(params_.machine, ceil_div(ops, lanes), read_bytes, write_bytes);
  spent_.add_vector(time, ops, times);
  return {false, time.cycles};
}

}  // namespace fusesim
