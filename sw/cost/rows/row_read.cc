#include "rows/row_read.h"

#include <algorithm>

#include "fusesim/graph/op_facts.h"

namespace fusesim {

void Rows::cover(const Rows& other) {
  if (other.count() == 0) return;
  const bool empty = count() == 0;
  begin = empty ? other.begin : std::min(begin, other.begin);
  end = empty ? other.end : std::max(end, other.end);
}

int64_t RowRead::least_needed(int64_t out_count) const {
  if (out_count == 0) return 0;
  if (reads_whole_together() && out_count == out_rows) return rows;
  if (sees_padding_alone(0) || sees_padding_alone(out_rows - 1)) return 0;
  // The borders of the map clip at one end of the run of rows or at the other.
  return std::min(needed({0, out_count}).count(), needed({out_rows - out_count, out_rows}).count());
}

std::vector<RowRead> row_reads(const Graph& graph, const Op& op) {
  std::vector<RowRead> reads;
  if (is_opaque(op)) return reads;
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    const bool repeated = std::any_of(reads.begin(), reads.end(),
                                      [&](const RowRead& other) { return other.tensor == op.inputs[i]; });
    if (!repeated) reads.emplace_back(row_window(graph, op, i), op.inputs[i]);
  }
  return reads;
}

}  // namespace fusesim
