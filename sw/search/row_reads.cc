#include "row_reads.h"

#include <algorithm>

namespace fusesim {
namespace {

Reading reading_of(const Graph& graph, const Op& op, size_t input) {
  switch (op.kind) {
    case OpKind::conv:
    case OpKind::max_pool:
    case OpKind::avg_pool:
    case OpKind::concat:
    case OpKind::channel_slice:
    case OpKind::activation:
      return Reading::window;
    case OpKind::eltwise:
      return is_row_broadcast(graph, op, input) ? Reading::whole : Reading::window;
    case OpKind::global_avg_pool:
      return Reading::whole;
    case OpKind::conv_transpose:
      return Reading::transpose;
    case OpKind::resize:
      return graph.out_shape(op).h >= graph.in_shape(op, input).h ? Reading::together : Reading::unknown;
    case OpKind::opaque:
      break;
  }
  return Reading::unknown;
}

bool has_window(const Op& op) {
  return op.kind == OpKind::conv || op.kind == OpKind::conv_transpose || op.kind == OpKind::max_pool ||
         op.kind == OpKind::avg_pool;
}

}  // namespace

void Rows::cover(const Rows& other) {
  if (other.count() == 0) return;
  const bool empty = count() == 0;
  begin = empty ? other.begin : std::min(begin, other.begin);
  end = empty ? other.end : std::max(end, other.end);
}

Rows RowRead::needed(Rows out) const {
  if (out.count() == 0) return {};
  if (reading == Reading::whole) return {0, rows};
  if (reading != Reading::window) return {};
  while (out.count() > 0 && sees_padding_alone(out.begin)) ++out.begin;
  while (out.count() > 0 && sees_padding_alone(out.end - 1)) --out.end;
  if (out.count() == 0) return {};
  return {std::max<int64_t>(0, out.begin * stride - pad),
          std::min(rows, (out.end - 1) * stride - pad + span)};
}

int64_t RowRead::least_needed(int64_t out_count) const {
  if (out_count == 0) return 0;
  if (reading == Reading::together && out_count == out_rows) return rows;
  if (sees_padding_alone(0) || sees_padding_alone(out_rows - 1)) return 0;
  // The borders of the map clip at one end of the run of rows or at the other.
  return std::min(needed({0, out_count}).count(), needed({out_rows - out_count, out_rows}).count());
}

bool RowRead::sees_padding_alone(int64_t y) const {
  const int64_t first = y * stride - pad;
  return reading == Reading::window && (first + span <= 0 || first >= rows);
}

std::vector<RowRead> row_reads(const Graph& graph, const Op& op) {
  std::vector<RowRead> reads;
  if (op.kind == OpKind::opaque) return reads;
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    const bool repeated = std::any_of(reads.begin(), reads.end(),
                                      [&](const RowRead& other) { return other.tensor == op.inputs[i]; });
    if (repeated) continue;
    RowRead read;
    read.tensor = op.inputs[i];
    read.reading = reading_of(graph, op, i);
    read.rows = graph.in_shape(op, i).h;
    read.out_rows = graph.out_shape(op).h;
    if (has_window(op)) {
      read.stride = op.window.stride_h;
      read.pad = op.window.pad_top;
      read.span = (op.window.kernel_h - 1) * op.window.dilation_h + 1;
    }
    reads.push_back(read);
  }
  return reads;
}

CertainRows::CertainRows(const Graph& graph) {
  for (const Tensor& tensor : graph.tensors) {
    const bool always_outgoing = tensor.graph_output || tensor.consumers.empty();
    rows_.emplace_back(static_cast<size_t>(tensor.shape.h), always_outgoing ? 1 : 0);
  }
  for (size_t o = graph.ops.size(); o-- > 0;) {
    const Op& op = graph.ops[o];
    if (op.kind == OpKind::opaque) {
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
  const RowSet& rows = rows_[static_cast<size_t>(tensor)];
  const auto count = static_cast<int64_t>(rows.size());
  for (int64_t distance = 0; distance <= count; ++distance) {
    for (const int64_t row : {count / 2 - distance, count / 2 + distance}) {
      if (row >= 0 && row < count && rows[static_cast<size_t>(row)] != 0) return row;
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
  switch (read.reading) {
    case Reading::window:
      for (int64_t y = 0; y < read.out_rows; ++y) {
        const Rows rows = computed(y) ? read.needed({y, y + 1}) : Rows{};
        for (int64_t row = rows.begin; row < rows.end; ++row) in[static_cast<size_t>(row)] = 1;
      }
      break;
    case Reading::transpose:
      for (int64_t row = 0; row < read.rows; ++row) {
        const int64_t first = row * read.stride - read.pad;
        const int64_t end = std::min(read.out_rows, first + read.span);
        for (int64_t y = std::max<int64_t>(0, first); y < end; ++y) {
          if (computed(y)) in[static_cast<size_t>(row)] = 1;
        }
      }
      break;
    case Reading::together:
      if (std::count(out.begin(), out.end(), 0) != 0) break;
      std::fill(in.begin(), in.end(), 1);
      break;
    case Reading::whole:
      std::fill(in.begin(), in.end(), 1);
      break;
    case Reading::unknown:
      break;
  }
}

}  // namespace fusesim
