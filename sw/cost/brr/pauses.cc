#include <algorithm>

#include "brr/tile_times.h"

namespace fusesim {

/// Ops of a tree work slice by slice, and its transfers lie evenly over their work; what comes before the
/// first of them belongs to the pause of the trees before. A tile begins with a transfer.
double BrrTimes::closed_in_pauses(const Tile& tile, const TileWork& work, double beside, bool fetching) {
  if (work.cycles <= 0) return 0;
  const GroupView& view = tile.group.view();
  const double quiet = std::max(0.0, 1.0 - beside / work.cycles);
  trees_.assign(parts_.size(), {});
  double closed = 0;
  double pause = 0;
  for (size_t o = 0; o < parts_.size(); ++o) {
    Tree& tree = trees_[static_cast<size_t>(roots_[o])];
    tree.cycles += parts_[o].cycles;
    if (fetching) tree.transfers += parts_[o].blocks;
    if (streams(tile, view.ops[o])) tree.streams = true;
    const int64_t slices = this->slices(tile, roots_[o]);
    const bool in_slices = tile.residency.slice(static_cast<size_t>(view.ops[o].output));
    if (last_stores_[o] > 0) tree.transfers += in_slices ? slices : 1;
    if (roots_[o] != static_cast<int>(o)) continue;
    if (tree.streams) tree.transfers += slices;
    const auto transfers = static_cast<double>(tree.transfers);
    const double each = quiet * static_cast<double>(tree.cycles) / std::max(1.0, transfers);
    if (tree.transfers == 0) {
      pause += each;
      continue;
    }
    closed += dram_time_.closed_in_pause(pause) + (transfers - 1.0) * dram_time_.closed_in_pause(each);
    pause = each;
  }
  return closed + dram_time_.closed_in_pause(pause);
}

}  // namespace fusesim
