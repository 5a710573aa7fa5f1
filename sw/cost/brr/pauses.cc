#include <algorithm>

#include "brr/tile_times.h"

namespace fusesim {

void BrrTimes::add_pauses(const Tile& tile, double beside, bool fetching, int64_t times) {
  const GroupView& view = tile.group.view();
  Pauses& pauses = pauses_[fetching ? 1 : 0];
  pauses.trees.resize(parts_.size());
  pauses.tiles += times;
  for (size_t o = 0; o < parts_.size(); ++o) {
    Tree& tree = pauses.trees[static_cast<size_t>(roots_[o])];
    const int64_t slices = this->slices(tile, roots_[o]);
    tree.cycles += parts_[o].cycles * times;
    pauses.work += static_cast<double>(parts_[o].cycles * times);
    if (fetching) tree.transfers += parts_[o].blocks * times;
    if (streams(tile, view.ops[o])) tree.loads = slices;
    const bool in_slices = tile.residency.slice(static_cast<size_t>(view.ops[o].output));
    if (last_stores_[o] > 0) tree.transfers += (in_slices ? slices : 1) * times;
    if (roots_[o] == static_cast<int>(o)) tree.transfers += tree.loads * times;
  }
  pauses.beside += beside * static_cast<double>(times);
}

/// Tiles count alike, so that how rows are dealt out among them makes no difference.
double BrrTimes::closed_in_pauses(const Pauses& pauses) const {
  if (pauses.work <= 0) return 0;
  const double quiet = std::max(0.0, 1.0 - pauses.beside / pauses.work);
  const auto tiles = static_cast<double>(pauses.tiles);
  double closed = 0;
  double pause = 0;
  for (const Tree& tree : pauses.trees) {
    const double cycles = quiet * static_cast<double>(tree.cycles) / tiles;
    if (tree.transfers == 0) {
      pause += cycles;
      continue;
    }
    const double transfers = static_cast<double>(tree.transfers) / tiles;
    const double each = cycles / std::max(1.0, transfers);
    closed += dram_time_.closed_in_pause(pause) + (transfers - 1.0) * dram_time_.closed_in_pause(each);
    pause = each;
  }
  return tiles * (closed + dram_time_.closed_in_pause(pause));
}

}  // namespace fusesim
