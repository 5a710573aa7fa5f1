#include "brr/certain_rows.h"

#include <algorithm>

#include "fusesim/graph/op_facts.h"

namespace fusesim {

CertainRows::CertainRows(const Graph& graph) {
  for (const Tensor& tensor : graph.tensors) {
    const bool always_outgoing = tensor.graph_output || tensor.consumers.empty();
    rows_.emplace_back(static_cast<size_t>(tensor.shape.h), always_outgoing ? 1 : 0);
  }
  for (size_t o = graph.ops.size(); o-- > 0;) {
    const Op& op = graph.ops[o];
    if (is_opaque(op)) {
      for (TensorId t : op.inputs)
        std::fill(rows_[static_cast<size_t>(t)].begin(), rows_[static_cast<size_t>(t)].end(), 1);
      continue;
    }
    for (const RowRead& read : row_reads(graph, op)) {
      add_read_rows(read, rows_[static_cast<size_t>(op.output())], rows_[static_cast<size_t>(read.tensor)]);
    }
  }
}

int64_t CertainRows::count(TensorId tensor) const {
  const RowSet& rows = rows_[static_cast<size_t>(tensor)];
  return std::count(rows.begin(), rows.end(), 1);
}

int64_t CertainRows::middle_row(TensorId tensor) const {
  const auto count = static_cast<int64_t>(rows_[static_cast<size_t>(tensor)].size());
  return nearest_row(tensor, count / 2, {0, count});
}

int64_t CertainRows::nearest_row(TensorId tensor, int64_t wanted, const Rows& among) const {
  const RowSet& rows = rows_[static_cast<size_t>(tensor)];
  const auto count = static_cast<int64_t>(rows.size());
  for (int64_t distance = 0; distance <= count; ++distance) {
    for (const int64_t row : {wanted - distance, wanted + distance}) {
      if (row >= among.begin && row < among.end && rows[static_cast<size_t>(row)] != 0) return row;
    }
  }
  return -1;
}

int64_t CertainRows::streamed_rows(const RowRead& read, TensorId output) const {
  RowSet certain(static_cast<size_t>(read.rows), 0);
  add_read_rows(read, rows_[static_cast<size_t>(output)], certain);
  const int64_t read_rows = std::count(certain.begin(), certain.end(), 1);
  if (read_rows == 0) return 0;
  // Rows before the first and after the last that any output row reads are fetched too.
  RowSet possible(certain.size(), 0);
  add_read_rows(read, RowSet(static_cast<size_t>(read.out_rows), 1), possible);
  const auto first = std::find(possible.begin(), possible.end(), 1);
  const auto last = std::find(possible.rbegin(), possible.rend(), 1);
  return read_rows + (first - possible.begin()) + (last - possible.rbegin());
}

void CertainRows::add_read_rows(const RowRead& read, const RowSet& out, RowSet& in) {
  const auto computed = [&](int64_t y) { return out[static_cast<size_t>(y)] != 0; };
  switch (read.rule) {
    case RowRule::window:
      for (int64_t y = 0; y < read.out_rows; ++y) {
        const Rows rows = computed(y) ? read.needed({y, y + 1}) : Rows{};
        for (int64_t row = rows.begin; row < rows.end; ++row) in[static_cast<size_t>(row)] = 1;
      }
      break;
    case RowRule::transpose:
      for (int64_t row = 0; row < read.rows; ++row) {
        const int64_t first = row * read.stride - read.pad;
        const int64_t end = std::min(read.out_rows, first + read.extent);
        for (int64_t y = std::max<int64_t>(0, first); y < end; ++y) {
          if (computed(y)) in[static_cast<size_t>(row)] = 1;
        }
      }
      break;
    case RowRule::resize:
      if (!read.reads_whole_together() || std::count(out.begin(), out.end(), 0) != 0) break;
      std::fill(in.begin(), in.end(), 1);
      break;
    case RowRule::whole:
    case RowRule::stream:
      std::fill(in.begin(), in.end(), 1);
      break;
  }
}

}  // namespace fusesim
