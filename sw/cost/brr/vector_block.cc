#include "brr/play.h"
#include "fusesim/base/ceil_div.h"
#include "fusesim/graph/op_facts.h"
#include "time/op_time.h"

namespace fusesim {

VectorBlock vector_block(const Graph& graph, const CostParams& params, const GroupView& view,
                         const BrrResidency& residency, const std::vector<int64_t>& rows,
                         const LocalOp& local, const ChannelSpan& channels) {
  const Op& op = *local.op;
  const bool pools = op_facts(op).pools_map();
  int64_t copied = channels.size();
  int64_t read_bytes = 0;
  int64_t made_rows = rows[static_cast<size_t>(local.output)];
  for (int k = local.edges_begin; k < local.edges_end; ++k) {
    const Edge& e = view.edges[static_cast<size_t>(k)];
    const auto t = static_cast<size_t>(e.tensor);
    const LocalTensor& in = view.tensors[t];
    for (size_t operand = 0; operand < op.inputs.size(); ++operand) {
      if (op.inputs[operand] != in.id) continue;
      const ChannelSpan read = pools ? channels : operand_channels(graph, local, operand, channels);
      if (read.empty()) continue;
      if (residency.zero_copy(t)) {
        copied -= read.size();
      } else {
        read_bytes += rows[t] * read.size() * in.piece_bytes;
      }
    }
    if (pools) made_rows = rows[t];
  }
  VectorBlock block;
  block.ops = copied > 0 ? vector_ops(graph, op, copied) * made_rows : 0;
  const LocalTensor& out = view.tensors[static_cast<size_t>(local.output)];
  const int64_t write_bytes = pools ? 0 : copied * made_rows * out.piece_bytes;
  const int64_t lanes = params.machine.vector_unit.lanes;
  block.time = through_ports(params.machine, ceil_div(block.ops, lanes), read_bytes, write_bytes);
  return block;
}

}  // namespace fusesim
