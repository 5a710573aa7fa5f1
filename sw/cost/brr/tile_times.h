#pragma once

#include <cstdint>
#include <vector>

#include "brr/input_pieces.h"
#include "brr/play.h"
#include "brr/tiled_group.h"
#include "brr/weights.h"
#include "time/array_time.h"
#include "time/dram_time.h"
#include "time/group_time.h"

namespace fusesim {

/// F_T of BRR schedules: what tiles load, compute and store, and what of it runs side by side.
///
/// The array works on one block at a time, and each block needs a weight sub-group. Without double buffers it
/// waits for every transfer but stores; a store shares the bus with what is loaded next. With `weights` the
/// next sub-group comes while a block runs, so that each takes the longer of the two; with `all` so do the
/// next tile's rows and slices, and a tile takes the longer of its blocks and of all that crosses the bus.
class BrrTimes {
 public:
  BrrTimes(const Graph& graph, const CostParams& params);

  /// Of a group in tiles, at the height of the tiling's last run(); of all images.
  GroupTime tiles(TiledGroup& group, const BrrResidency& residency, int64_t g, bool resident) {
    average(group, residency, g, resident);
    return played(group, residency, g, resident);
  }
  /// The same from averages, sooner.
  GroupTime average(TiledGroup& group, const BrrResidency& residency, int64_t g, bool resident);
  /// The same as tiles() of what average() was asked for last.
  GroupTime played(TiledGroup& group, const BrrResidency& residency, int64_t g, bool resident);
  /// Of one convolution in weight passes, of all images; not `played`: from averages.
  GroupTime passes(const Op& op, const WeightPasses& passes, int64_t block_channels,
                   DoubleBuffer double_buffer, bool played = true);

 private:
  GroupTime image(TiledGroup& group, const BrrResidency& residency, int64_t g, bool resident,
                  bool weights_here);
  GroupTime image_in_passes(const Op& op, const WeightPasses& passes, int64_t block_channels,
                            DoubleBuffer double_buffer, bool weights_here, bool played);
  GroupTime all_images() const;
  /// What a part of a tile takes of the units.
  struct Part {
    int64_t cycles = 0;
    int64_t blocks = 0;       ///< of the array
    double with_weights = 0;  ///< while sub-groups come, two at most on chip
  };
  /// Tiles that are alike.
  struct Tile {
    const TiledGroup& group;
    const BrrResidency& residency;
    int64_t g;
    const std::vector<int64_t>& rows;
    int64_t count;
  };
  /// Transfers of a tile, cycles.
  struct Moves {
    double loads = 0, stores = 0, weights = 0;
    double first_weights = 0;  ///< of one sub-group
    double first_loads = 0;    ///< what the first block waits for
  };

  /// What a tile takes of the units, cycles.
  struct TileWork {
    double cycles = 0, with_weights = 0;
    double starts = 0, block_starts = 0;  ///< of the array: as it waits, if before every block
    double awaited = 0;                   ///< of the stores
    double stores_left = 0;               ///< on the bus when the work is done
    double maker_waits = 0;               ///< of a next tile's op, for its rows of this one to leave
    int64_t blocks = 0;
  };

  /// Ops that run together slice by slice; their transfers lie evenly over their work.
  struct Tree {
    int64_t cycles = 0, transfers = 0;  ///< of all tiles
    int64_t loads = 0;                  ///< slices of one tile that come from DRAM
  };
  /// Work between transfers. Every tile begins with one; work before the first of a tree belongs to the pause
  /// of the trees before.
  struct Pauses {
    std::vector<Tree> trees;  ///< by root
    int64_t tiles = 0;
    double work = 0, beside = 0;
  };

  int64_t refreshed(int64_t cycles, int64_t waits) const;
  TileWork tile_work(const Tile& tile);
  static double tile_cycles(DoubleBuffer ahead, const TileWork& work, const Moves& moves, bool fetching);
  static double last_rows(DoubleBuffer ahead, const TileWork& work, const Moves& moves, bool fetching);
  /// What of those transfers crosses the bus while units work.
  static double beside_work(DoubleBuffer ahead, const Moves& moves, bool fetching);
  /// Adds `times` tiles, which have so many cycles of transfers beside their work.
  void add_pauses(const Tile& tile, double beside, bool fetching, int64_t times);
  /// Cycles of their work in which a rank of the DRAM has no open row.
  double closed_in_pauses(const Pauses& pauses) const;
  Part op_part(const Tile& tile, const LocalOp& op);
  Part reduction(const Tile& tile, const LocalOp& op, int64_t rows);
  Part depthwise(const Tile& tile, const LocalOp& op, int64_t rows);
  Part whole_rows(const Tile& tile, const LocalOp& op, int64_t rows);
  Part on_vector_unit(const Tile& tile, const LocalOp& op);
  void add_block(const ArrayBlock& block, int64_t times, const Tile& tile, Part& part);
  /// Blocks whose sub-groups come while the blocks before work.
  double streamed_cycles(int64_t blocks, int64_t block_cycles) const;
  void find_roots(const TiledGroup& group, const BrrResidency& residency);
  int64_t slices(const Tile& tile, int root) const;
  static bool streams(const Tile& tile, const LocalOp& op);
  int64_t array_starts(const Tile& tile) const;
  double awaited_stores(const Tile& tile) const;
  int64_t sub_groups(const LocalOp& op, const BrrResidency& residency, int64_t g);
  double sub_group_cycles(const LocalOp& op, const BrrResidency& residency, int64_t g);
  void move_weights(const TiledGroup& group, const BrrResidency& residency, int64_t g, int64_t times,
                    Moves& moves);
  void move_features(TiledGroup& group, const BrrResidency& residency, int64_t g, int64_t tiles,
                     Moves& moves);

  const Graph& graph_;
  const CostParams& params_;
  ArrayTime array_time_;
  DramTime dram_time_;
  BrrPlay play_;
  Spent spent_;
  std::vector<int> roots_;                ///< by local op
  std::vector<Part> parts_;               ///< of a tile, by local op
  Pauses pauses_[2];                      ///< by whether a tile fetches weights
  std::vector<InputPiece> input_pieces_;  ///< of the op at hand
  std::vector<double> last_stores_;       ///< bus cycles that begin when an op is done, by local op
  bool resident_ = false;                 ///< the weights of the group at hand
  GroupTime first_;                       ///< image of the group and variant that was asked for last
  GroupTime later_;                       ///< each further one, likewise
  int64_t waits_ = 1;                     ///< for transfers, of the first image
  double sub_group_cycles_ = 0;           ///< of the op whose blocks are added
};

}  // namespace fusesim
