#include <algorithm>

#include "brr/tile_times.h"
#include "time/op_time.h"

namespace fusesim {

void BrrTimes::add_block(const ArrayBlock& block, int64_t times, const Tile& tile, Part& part) {
  if (times <= 0) return;
  const BlockTime time = array_time_.block(block);
  const int64_t macs = block.positions * block.taps * block.inputs * (block.end_output - block.first_output);
  spent_.add_array(time, macs, times * tile.count);
  part.cycles += time.cycles * times;
  part.blocks += times;
  part.with_weights += streamed_cycles(times, time.cycles);
}

/// A sub-group is asked for when the block two before it is done, and comes after the one before it. An array
/// that had to wait begins anew.
double BrrTimes::streamed_cycles(int64_t blocks, int64_t block_cycles) const {
  const auto work = static_cast<double>(block_cycles);
  if (sub_group_cycles_ <= work) return work * static_cast<double>(blocks);
  constexpr int64_t kHalf = 8;
  constexpr int64_t kPlayed = 2 * kHalf;
  const auto begin = static_cast<double>(array_time_.start_cycles());
  double arrived = 0;
  double done = 0;
  double done_before = 0;
  double half = 0;
  const int64_t played = std::min(blocks, kPlayed);
  for (int64_t i = 0; i < played; ++i) {
    arrived = std::max(arrived, i > 1 ? done_before : 0.0) + sub_group_cycles_;
    done_before = done;
    done = std::max(done, arrived) + work + (arrived > done ? begin : 0.0);
    if (i + 1 == kHalf) half = done;
  }
  if (blocks == played) return done;
  return done + (done - half) / static_cast<double>(kHalf) * static_cast<double>(blocks - played);
}

/// All channels at once, of operands that are on chip.
BrrTimes::Part BrrTimes::whole_rows(const Tile& tile, const LocalOp& local, int64_t rows) {
  Part part;
  add_block(array_block(graph_, *local.op, rows), 1, tile, part);
  return part;
}

}  // namespace fusesim
