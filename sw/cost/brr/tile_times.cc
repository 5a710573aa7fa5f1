#include "brr/tile_times.h"

#include <algorithm>
#include <cmath>

#include "fusesim/graph/op_facts.h"
#include "op_traffic.h"
#include "time/op_time.h"

namespace fusesim {
namespace {

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace

BrrTimes::BrrTimes(const Graph& graph, const CostParams& params)
    : graph_(graph),
      params_(params),
      array_time_(params.machine, params.datatypes),
      dram_time_(params.machine) {}

void BrrTimes::add_block(const ArrayBlock& block, int64_t times, const Tile& tile, Part& part) {
  if (times <= 0) return;
  const BlockTime time = array_time_.block(block);
  const int64_t macs = block.positions * block.taps * block.inputs * (block.end_output - block.first_output);
  spent_.add_array(time, macs, times * tile.count);
  part.cycles += time.cycles * times;
  part.blocks += times;
}

/// Blocks of g output channels, and in each the input channels of a convolution group, as many at a time as
/// the array has rows; partial sums in between go through the buffer.
BrrTimes::Part BrrTimes::reduction(const Tile& tile, const LocalOp& local, int64_t rows) {
  const Op& op = *local.op;
  Part part;
  const int64_t outputs = graph_.out_shape(op).c;
  const int64_t depth = graph_.in_shape(op).c / op.groups;
  const bool accumulates = tile.residency.accumulates(static_cast<size_t>(local.output));
  const int64_t pe_rows = params_.machine.pe.rows;
  const int64_t chunk = std::min(depth, accumulates ? std::min(pe_rows, tile.g) : pe_rows);
  const int64_t chunks = ceil_div(depth, chunk);
  // Over slices, the output channels of each convolution group are cut by themselves.
  const int64_t span = accumulates ? outputs / op.groups : outputs;
  const int64_t spans = outputs / span;
  const auto blocks_of = [&](int64_t width, int64_t times) {
    if (width <= 0 || times <= 0) return;
    ArrayBlock block = array_block(graph_, op, rows, 0, width, chunk);
    block.leaves_sums = chunks > 1;
    add_block(block, times, tile, part);
    if (chunks == 1) return;
    block.resumes_sums = true;
    block.biased = false;
    add_block(block, times * (chunks - 2), tile, part);
    block.leaves_sums = false;
    block.inputs = depth - (chunks - 1) * chunk;
    add_block(block, times, tile, part);
  };
  const int64_t width = std::min(tile.g, span);
  blocks_of(width, span / width * spans);
  blocks_of(span % width, spans);
  return part;
}

BrrTimes::Part BrrTimes::depthwise(const Tile& tile, const LocalOp& local, int64_t rows) {
  const Op& op = *local.op;
  Part part;
  const int64_t outputs = graph_.out_shape(op).c;
  const int64_t width = std::min(tile.g, outputs);
  add_block(array_block(graph_, op, rows, 0, width, 1), outputs / width, tile, part);
  if (outputs % width > 0) add_block(array_block(graph_, op, rows, 0, outputs % width, 1), 1, tile, part);
  return part;
}

BrrTimes::Part BrrTimes::on_vector_unit(const Tile& tile, const LocalOp& local, int64_t rows) {
  const Op& op = *local.op;
  const GroupView& view = tile.group.view();
  const bool pools = op_facts(op).pools_map();
  const int64_t e_a = params_.datatypes.activation_bytes;
  int64_t copied = graph_.out_shape(op).c;
  int64_t read_bytes = 0;
  int64_t read_rows = rows;
  for (int k = local.edges_begin; k < local.edges_end; ++k) {
    const Edge& e = view.edges[static_cast<size_t>(k)];
    const auto t = static_cast<size_t>(e.tensor);
    const LocalTensor& in = view.tensors[t];
    if (tile.residency.zero_copy(t)) {
      copied -= in.channels;
      continue;
    }
    // A slice of channels reads its own; a channel slice leaves out the others.
    const int64_t channels = op.kind == OpKind::channel_slice ? copied : in.channels;
    read_bytes += tile.rows[t] * channels * in.width * e_a;
    if (pools) read_rows = tile.rows[t];
  }
  Part part;
  const int64_t row_ops = copied > 0 ? vector_ops(graph_, op, copied) : 0;
  const int64_t ops = row_ops * read_rows;
  const LocalTensor& out = view.tensors[static_cast<size_t>(local.output)];
  const int64_t write_bytes = pools ? 0 : copied * rows * out.width * e_a;
  const int64_t lanes = params_.machine.vector_unit.lanes;
  const BlockTime time = through_ports(params_.machine, ceil_div(ops, lanes), read_bytes, write_bytes);
  spent_.add_vector(time, ops, tile.count);
  part.cycles = time.cycles;
  return part;
}

BrrTimes::Part BrrTimes::op_part(const Tile& tile, const LocalOp& op) {
  const int64_t rows = tile.rows[static_cast<size_t>(op.output)];
  if (op_facts(*op.op).pools_map()) return on_vector_unit(tile, op, rows);
  if (rows == 0) return {};
  if (op.reduction) return reduction(tile, op, rows);
  if (op.depthwise) return depthwise(tile, op, rows);
  return on_vector_unit(tile, op, rows);
}

/// How many times in a tile the array begins anew with an op whose weights are on chip: after something else
/// has worked, or a slice has come, and then once per slice.
int64_t BrrTimes::runs(const Tile& tile, const LocalOp& local, bool array_before) const {
  const GroupView& view = tile.group.view();
  bool streams = false;
  for (int k = local.edges_begin; k < local.edges_end; ++k) {
    const int t = view.edges[static_cast<size_t>(k)].tensor;
    streams = streams || (t < view.externals && tile.residency.slice(static_cast<size_t>(t)));
  }
  if (array_before && !streams) return 0;
  const auto in = static_cast<size_t>(view.edges[static_cast<size_t>(local.edges_begin)].tensor);
  const auto out = static_cast<size_t>(local.output);
  const size_t cut = tile.residency.slice(out) ? out : in;
  if (!tile.residency.slice(cut)) return 1;
  return ceil_div(view.tensors[cut].channels, tile.g);
}

/// Weights come sub-group by sub-group.
double BrrTimes::weight_cycles(const TiledGroup& group, const BrrResidency& residency, int64_t g,
                               bool resident, int64_t tiles) {
  double cycles = 0;
  const int64_t pe_rows = params_.machine.pe.rows;
  for (const LocalOp& local : group.view().ops) {
    const Op& op = *local.op;
    const int64_t bytes = weight_bytes(op, params_.datatypes);
    if (bytes == 0) continue;
    const int64_t outputs = graph_.out_shape(op).c;
    int64_t pieces = ceil_div(outputs, g);
    if (local.reduction) {
      const bool accumulates = residency.accumulates(static_cast<size_t>(local.output));
      const int64_t chunk = accumulates ? std::min(pe_rows, g) : pe_rows;
      pieces *= ceil_div(graph_.in_shape(op).c / op.groups, chunk);
    }
    const Pieces sub_groups{pieces, bytes / pieces, 1};
    const int64_t times = resident ? 1 : tiles;
    dram_time_.add_reads(sub_groups, times, spent_);
    spent_.write_bytes += bytes * times;
    const double each = dram_time_.transfer_cycles({1, bytes / pieces, 1});
    cycles += each * static_cast<double>(pieces * times);
  }
  return cycles;
}

double BrrTimes::feature_cycles(TiledGroup& group, const BrrResidency& residency, int64_t g) {
  const GroupView& view = group.view();
  const int64_t e_a = params_.datatypes.activation_bytes;
  int64_t tiles = 0;
  for (const BrrTiling::Shape& shape : group.tiling().shapes()) tiles += shape.count;
  double cycles = 0;
  const auto move = [&](const LocalTensor& tensor, int64_t rows, bool sliced, bool writes) {
    const int64_t channel_row = tensor.width * e_a;
    const int64_t width = sliced ? std::min(g, tensor.channels) : tensor.channels;
    const int64_t slices = ceil_div(tensor.channels, width);
    const int64_t bytes = tensor.channels * channel_row / slices;
    const Pieces pieces{rows * slices, bytes, width * channel_row};
    const int64_t all_bytes = rows * tensor.channels * channel_row;
    writes ? dram_time_.add_writes(pieces, 1, spent_) : dram_time_.add_reads(pieces, 1, spent_);
    (writes ? spent_.read_bytes : spent_.write_bytes) += all_bytes;
    cycles += dram_time_.bus_cycles(dram_time_.bursts(pieces)) +
              static_cast<double>(tiles * slices) * (dram_time_.setup_cycles() + dram_time_.latency_cycles());
  };
  for (size_t t = 0; t < view.tensors.size(); ++t) {
    const LocalTensor& tensor = view.tensors[t];
    const bool sliced = residency.slice(t);
    if (static_cast<int>(t) < view.externals) {
      int64_t rows = tensor.rows;
      if (sliced) {
        rows = 0;
        for (int r = tensor.readers_begin; r < tensor.readers_end; ++r) {
          rows +=
              group.tiling().streamed_rows()[static_cast<size_t>(view.reader_edges[static_cast<size_t>(r)])];
        }
      }
      move(tensor, rows, sliced, false);
    }
    if (tensor.outgoing) move(tensor, tensor.rows, sliced, true);
  }
  return cycles;
}

GroupTime BrrTimes::tiles(TiledGroup& group, const BrrResidency& residency, int64_t g, bool resident) {
  spent_ = {};
  int64_t tiles = 0;
  int64_t compute = 0;
  int64_t starts = 0;
  for (const BrrTiling::Shape& shape : group.tiling().shapes()) {
    const Tile tile{group, residency, g, shape.rows, shape.count};
    bool array_before = false;
    for (const LocalOp& op : group.view().ops) {
      const Part part = op_part(tile, op);
      compute += part.cycles * shape.count;
      // Behind a transfer the array begins anew.
      const int64_t fetching = resident ? (tiles == 0 ? 1 : 0) : shape.count;
      starts += part.blocks * fetching;
      if (part.blocks > 0) starts += runs(tile, op, array_before) * (shape.count - fetching);
      if (part.cycles > 0) array_before = part.blocks > 0;
    }
    tiles += shape.count;
  }
  const double moving =
      weight_cycles(group, residency, g, resident, tiles) + feature_cycles(group, residency, g);
  GroupTime time;
  time.cycles = compute + starts * array_time_.start_cycles() + std::llround(moving);
  time.spent = spent_;
  return time;
}

GroupTime BrrTimes::passes(const Op& op, const WeightPasses& passes, int64_t block_channels) {
  spent_ = {};
  const Shape& in = graph_.in_shape(op);
  const Shape& out = graph_.out_shape(op);
  const int64_t e_a = params_.datatypes.activation_bytes;
  const int64_t depth = in.c / op.groups;
  double cycles = 0;
  for (int64_t first = 0; first < out.c; first += block_channels) {
    const int64_t width = std::min(block_channels, out.c - first);
    const int64_t weights = weight_bytes(op, params_.datatypes) / out.c * width;
    cycles += dram_time_.transfer_cycles({1, weights, 1});
    dram_time_.add_reads({1, weights, 1}, 1, spent_);
    spent_.write_bytes += weights;
    const int64_t channels = passes.ifmap_channels / passes.passes;
    const Pieces row_in{1, channels * in.w * e_a, channels * in.w * e_a};
    const Pieces row_out{1, width * out.w * e_a, width * out.w * e_a};
    dram_time_.add_reads(row_in, in.h, spent_);
    dram_time_.add_writes(row_out, out.h, spent_);
    spent_.write_bytes += in.h * row_in.bytes;
    spent_.read_bytes += out.h * row_out.bytes;
    const ArrayBlock block = array_block(graph_, op, 1, first, first + width, depth);
    const BlockTime time = array_time_.block(block);
    spent_.add_array(time, block.positions * block.taps * depth * width, out.h);
    cycles += static_cast<double>(out.h * (time.cycles + array_time_.start_cycles()));
    cycles += dram_time_.bus_cycles(dram_time_.bursts(row_in)) * static_cast<double>(in.h) +
              static_cast<double>(out.h) * (dram_time_.setup_cycles() + dram_time_.latency_cycles()) +
              static_cast<double>(out.h) * dram_time_.transfer_cycles(row_out);
  }
  GroupTime result;
  result.cycles = std::llround(cycles);
  result.spent = spent_;
  return result;
}

}  // namespace fusesim
