#include "lbdf/storage_floor.h"

#include <algorithm>
#include <utility>

#include "fusesim/cost/traffic_floor.h"
#include "fusesim/cost/widths.h"
#include "fusesim/graph/op_facts.h"
#include "op_traffic.h"
#include "rows/row_read.h"
#include "time/op_floor.h"

namespace fusesim {
namespace {

/// While a reader makes an output row, the ring holds all rows that it is made of: it is noted when the last
/// of them arrives, and nothing from the first of them on has been released by then. Of the output, the first
/// `made` rows are certain.
int64_t rows_held(const RowRead& read, int64_t made) {
  int64_t most = 1;
  if (read.rule != RowRule::window) return most;
  for (int64_t y = 0; y < made; ++y) most = std::max(most, read.needed({y, y + 1}).count());
  return most;
}

void add_op(const Graph& graph, const Op& op, int64_t made, StorageFloor& floor) {
  floor.may_join.push_back(!is_opaque(op));
  floor.rules.push_back(ChannelRule::whole);
  std::vector<StorageFloor::Hold>& holds = floor.holds.emplace_back();
  for (const RowRead& read : row_reads(graph, op)) holds.push_back({read.tensor, rows_held(read, made)});
}

void add_tensor(const Graph& graph, const CostParams& params, const Tensor& tensor, StorageFloor& floor) {
  const Datatypes& types = params.datatypes;
  const bool pooled = tensor.producer >= 0 && op_facts(graph.op(tensor.producer)).pools_map();
  const int64_t outside_bytes = tensor.shape.c * piece_bytes(tensor, tensor.shape.w, types);
  const int64_t inside_bytes =
      pooled ? tensor.shape.c * sums_piece_bytes(tensor, tensor.shape.w, types) : outside_bytes;
  // An activation takes the ring of its input over where nothing else reads it, and only where that does not
  // leave the group.
  const bool in_place = tensor.producer >= 0 && !pooled && !tensor.graph_output &&
                        tensor.consumers.size() == 1 &&
                        op_facts(graph.op(tensor.consumers.front())).in_place == InPlace::own_row;
  floor.fetch_bytes.push_back(params.prefetch_rows * outside_bytes);
  floor.outside_row_bytes.push_back(outside_bytes);
  floor.inside_row_bytes.push_back(in_place ? 0 : inside_bytes);
  floor.own_rows.push_back(1);
  floor.most_rows.push_back(tensor.shape.h);
  floor.may_hold.push_back(false);
  floor.leave_bytes.push_back(in_place ? inside_bytes : 0);
  floor.ends_group.push_back(false);
}

/// Finds the rows that wait in a tensor because a reader depends on another one.
///
/// A group with both readers has all ops between them. Before the later reader makes its row y, all that row
/// needs is made, and so all rows of the tensor that the ops between need for it have arrived; when the last
/// of them did, the later reader had made no more than y rows, and so nothing from the first row on that it
/// reads for row y had been released.
class DelaySearch {
 public:
  DelaySearch(const Graph& graph, const StorageFloor& floor, const std::vector<int64_t>& certain,
              int64_t buffer_bytes)
      : graph_(graph), floor_(floor), certain_(certain), buffer_bytes_(buffer_bytes) {
    for (const Op& op : graph.ops) reads_.push_back(row_reads(graph, op));
    upto_.assign(graph.ops.size(), 0);
  }

  std::vector<StorageFloor::Delay> run() {
    for (size_t t = 0; t < graph_.tensors.size(); ++t) {
      const std::vector<OpId>& readers = graph_.tensors[t].consumers;
      for (size_t first = 0; first + 1 < readers.size(); ++first) look(static_cast<TensorId>(t), first);
    }
    return std::move(delays_);
  }

 private:
  /// Later readers of a tensor, from one of its readers on.
  void look(TensorId tensor, size_t first_reader) {
    const std::vector<OpId>& readers = graph_.tensor(tensor).consumers;
    const OpId first = readers[first_reader];
    after_.assign(graph_.ops.size(), false);
    after_[static_cast<size_t>(first)] = true;
    for (auto o = static_cast<size_t>(first) + 1; o <= static_cast<size_t>(readers.back()); ++o) {
      for (const TensorId t : graph_.ops[o].inputs) {
        const OpId producer = graph_.tensor(t).producer;
        after_[o] = after_[o] || (producer >= first && after_[static_cast<size_t>(producer)]);
      }
    }
    for (size_t second = first_reader + 1; second < readers.size(); ++second) {
      if (!after_[static_cast<size_t>(readers[second])]) continue;
      if (!find_between(first, readers[second])) {
        delays_.push_back({tensor, first, readers[second], StorageFloor::kApart});
        continue;
      }
      const int64_t rows = rows_waiting(tensor, first, readers[second]);
      const int64_t most = graph_.tensor(tensor).shape.h;
      if (rows > 1) delays_.push_back({tensor, first, readers[second], std::min(rows, most)});
    }
  }

  /// The ops from the first to the last. False if their weights do not fit, or an opaque op is among them.
  bool find_between(OpId first, OpId last) {
    between_.assign(1, last);
    std::vector<bool> before(static_cast<size_t>(last - first) + 1, false);
    before.back() = true;
    int64_t bytes = 0;
    for (OpId op = last; op >= first; --op) {
      if (!before[static_cast<size_t>(op - first)] || !after_[static_cast<size_t>(op)]) continue;
      if (op != last) between_.push_back(op);
      bytes += floor_.op_bytes[static_cast<size_t>(op)];
      if (bytes >= buffer_bytes_ || !floor_.may_join[static_cast<size_t>(op)]) return false;
      for (const TensorId t : graph_.op(op).inputs) {
        const OpId producer = graph_.tensor(t).producer;
        if (producer >= first) before[static_cast<size_t>(producer - first)] = true;
      }
    }
    return true;
  }

  int64_t rows_waiting(TensorId tensor, OpId first, OpId last) {
    const std::vector<RowRead>& reads = reads_[static_cast<size_t>(last)];
    const auto own = std::find_if(reads.begin(), reads.end(),
                                  [tensor](const RowRead& read) { return read.tensor == tensor; });
    int64_t most = 0;
    if (own->rule != RowRule::window) return most;
    for (int64_t y = 0; y < certain_[static_cast<size_t>(graph_.op(last).output())]; ++y) {
      const Rows held = own->needed({y, y + 1});
      if (held.count() > 0) most = std::max(most, rows_arrived(tensor, first, y + 1) - held.begin);
    }
    return most;
  }

  /// Rows of the tensor that the first reader needs for so many rows of the last op, past other readers.
  int64_t rows_arrived(TensorId tensor, OpId first, int64_t made) {
    for (const OpId op : between_) upto_[static_cast<size_t>(op)] = 0;
    upto_[static_cast<size_t>(between_.front())] = made;
    for (const OpId op : between_) {
      const int64_t rows = upto_[static_cast<size_t>(op)];
      for (const RowRead& read : reads_[static_cast<size_t>(op)]) {
        if (read.tensor == tensor && op == first) return read.needed({0, rows}).end;
        const OpId producer = graph_.tensor(read.tensor).producer;
        if (producer < first) continue;
        int64_t& needed = upto_[static_cast<size_t>(producer)];
        needed = std::max(needed, read.needed({0, rows}).end);
      }
    }
    return 0;
  }

  const Graph& graph_;
  const StorageFloor& floor_;
  const std::vector<int64_t>& certain_;
  int64_t buffer_bytes_;
  std::vector<std::vector<RowRead>> reads_;
  std::vector<bool> after_;    ///< per op: it depends on the first
  std::vector<OpId> between_;  ///< from the last to the first
  std::vector<int64_t> upto_;  ///< per op between: rows made
  std::vector<StorageFloor::Delay> delays_;
};

}  // namespace

StorageFloor lbdf_storage_floor(const Graph& graph, const CostParams& params, int64_t buffer_bytes) {
  StorageFloor floor;
  const std::vector<int64_t> certain = certain_rows_from_top(graph);
  // Of weights that ops share, an equal part each: a group has them once.
  floor.op_bytes = whole_tensor_floor(graph, params.datatypes).op_bytes;
  for (const Op& op : graph.ops) add_op(graph, op, certain[static_cast<size_t>(op.output())], floor);
  for (const Tensor& tensor : graph.tensors) add_tensor(graph, params, tensor, floor);
  floor.outside_slice_row_bytes = floor.outside_row_bytes;
  floor.inside_slice_row_bytes = floor.inside_sums_row_bytes = floor.inside_row_bytes;
  floor.leaving_rows = floor.least_rows = floor.own_rows;
  floor.may_leave.assign(graph.tensors.size(), true);
  floor.delays = DelaySearch(graph, floor, certain, buffer_bytes).run();
  return floor;
}

}  // namespace fusesim
