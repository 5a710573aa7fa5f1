#include <algorithm>

#include "brr/tile_times.h"
#include "fusesim/base/checked.h"
#include "fusesim/cost/widths.h"
#include "time/op_time.h"

namespace fusesim {

GroupTime BrrTimes::passes(const Op& op, const WeightPasses& passes, int64_t block_channels,
                           DoubleBuffer double_buffer, bool played) {
  const bool here = params_.strip.weights_here;
  GroupTime time = image_in_passes(op, passes, block_channels, double_buffer, here, played);
  if (graph_.batch > 1) {
    const bool stay = passes.passes == 1;
    time.add(image_in_passes(op, passes, block_channels, double_buffer, stay, played), graph_.batch - 1);
  }
  return time;
}

GroupTime BrrTimes::image_in_passes(const Op& op, const WeightPasses& passes, int64_t block_channels,
                                    DoubleBuffer double_buffer, bool weights_here, bool played) {
  spent_ = {};
  const Shape& in = graph_.in_shape(op);
  const Shape& out = graph_.out_shape(op);
  const Datatypes& types = params_.datatypes;
  const int64_t in_piece = piece_bytes(graph_.tensor(op.inputs.front()), in.w, types);
  const int64_t out_piece = piece_bytes(graph_.tensor(op.output()), out.w, types);
  const int64_t depth = in.c / op.groups;
  const double begin = dram_time_.setup_cycles() + dram_time_.latency_cycles();
  double cycles = 0;
  for (int64_t first = 0; first < out.c; first += block_channels) {
    const int64_t width = std::min(block_channels, out.c - first);
    const int64_t bytes = weight_bytes(op, types) / out.c * width;
    const Pieces block_weights{weights_here ? 0 : 1, bytes, 1};
    const double weights = dram_time_.transfer_cycles(block_weights);
    dram_time_.add_reads(block_weights, 1, spent_);
    spent_.add_moved(bytes, block_weights.count, true);
    const int64_t channels = passes.ifmap_channels / passes.passes;
    Pieces row_in = row_pieces(graph_, params_, op.inputs.front(), 1, channels, channels, in.w);
    Pieces row_out = row_pieces(graph_, params_, op.output(), 1, width, width, out.w);
    if (row_in.stride_bytes == 0) row_in.stride_bytes = in.c * in_piece;
    if (row_out.stride_bytes == 0) row_out.stride_bytes = out.c * out_piece;
    dram_time_.add_reads(row_in, in.h, spent_);
    dram_time_.add_writes(row_out, out.h, spent_);
    spent_.add_moved(row_in.count * row_in.bytes, in.h, true);
    spent_.add_moved(row_out.count * row_out.bytes, out.h, false);
    const ArrayBlock block = array_block(graph_, op, 1, first, first + width, depth);
    const BlockTime time = array_time_.block(block);
    spent_.add_array(time, block.positions * block.taps * depth * width, out.h);
    // A row is loaded, worked on, and sent off while the next one is loaded, which has to take its place.
    const auto rows = static_cast<double>(out.h);
    const double load =
        dram_time_.bus_cycles(dram_time_.bursts(row_in)) * static_cast<double>(in.h) / rows + begin;
    const double store = dram_time_.bus_cycles(dram_time_.bursts(row_out));
    const double work = static_cast<double>(time.cycles + array_time_.start_cycles());
    const double row = load + store + work;
    const bool hidden = double_buffer != DoubleBuffer::none && first > 0;
    cycles += row * rows + (hidden ? std::max(0.0, weights - row * rows) : weights);
    spent_.dram_closed += dram_time_.closed_in_pause(work) * rows;
  }
  int64_t all = checked_round(cycles + begin, "cycles");
  if (played && !weights_here && double_buffer == DoubleBuffer::none && play_.may_play(op, passes)) {
    require_playable(dram_time_, array_time_.start_cycles(), spent_);
    all = play_.passes(op, block_channels, spent_);
  }
  GroupTime result;
  result.cycles = refreshed(all, passes.passes * out.h);
  result.spent = spent_;
  result.spent.dram_closed += dram_time_.closed_while_moving(spent_.dram_cycles);
  return result;
}

}  // namespace fusesim
