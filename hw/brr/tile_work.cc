#include "tile_work.h"

namespace fusesim::hw {

void run_tile_on_array(const EngineContext& machine, const BrrTile& tile, int o, const ChannelRange& outputs,
                       const ChannelRange& inputs, const BrrSumsOf& sums) {
  const BrrOp& op = tile.plan().op(o);
  const RowRange rows = tile.made_rows(op.output);
  if (rows.empty()) return;
  RowBlock block = row_block(machine.graph, *op.op, rows, outputs, inputs);
  block.resumes_sums = !sums.first;
  block.leaves_sums = !sums.last;
  run_on_array(machine, {op.id, rows, outputs}, block);
}

void run_tile_on_vector_unit(const EngineContext& machine, const BrrTile& tile, int o,
                             const ChannelRange& channels, int64_t rows) {
  if (rows == 0) return;
  const BrrTilePlan& plan = tile.plan();
  const BrrOp& op = plan.op(o);
  int64_t copied = channels.size();
  int64_t read_bytes = 0;
  for (size_t j = 0; j < op.inputs.size(); ++j) {
    const int t = op.inputs[j];
    const ChannelRange in = op.facts.pools_map() ? channels : input_channels(plan.group(), o, j, channels);
    if (plan.storage(t).zero_copy) {
      copied -= in.size();
      continue;
    }
    read_bytes += tile.read_rows(o, j).size() * in.size() * plan.channel_row_bytes(t);
  }
  const int64_t ops = copied > 0 ? vector_ops(machine.graph, *op.op, copied) * rows : 0;
  const RowRange made = op.facts.pools_map() ? tile.read_rows(o, 0) : tile.made_rows(op.output);
  const int64_t write_bytes = copied * rows * plan.channel_row_bytes(op.output);
  run_on_vector_unit(machine, {op.id, made, channels}, {ops, {read_bytes, write_bytes}});
}

}  // namespace fusesim::hw
