#pragma once

#include <cstdint>

#include "brr/tiled_group.h"
#include "brr/weights.h"
#include "time/array_time.h"
#include "time/dram_time.h"
#include "time/group_time.h"

namespace fusesim {

/// F_T of BRR schedules: the sum over tiles of what they load, compute and store.
class BrrTimes {
 public:
  BrrTimes(const Graph& graph, const CostParams& params);

  /// Of a group in tiles, at the height of the tiling's last run().
  GroupTime tiles(TiledGroup& group, const BrrResidency& residency, int64_t g, bool resident);
  /// Of one convolution in weight passes.
  GroupTime passes(const Op& op, const WeightPasses& passes, int64_t block_channels);

 private:
  /// What a part of a tile takes.
  struct Part {
    int64_t cycles = 0;
    int64_t blocks = 0;  ///< of the array
  };
  struct Tile {
    const TiledGroup& group;
    const BrrResidency& residency;
    int64_t g;
    const std::vector<int64_t>& rows;
    int64_t count;
  };
  Part op_part(const Tile& tile, const LocalOp& op);
  Part reduction(const Tile& tile, const LocalOp& op, int64_t rows);
  Part depthwise(const Tile& tile, const LocalOp& op, int64_t rows);
  Part on_vector_unit(const Tile& tile, const LocalOp& op, int64_t rows);
  void add_block(const ArrayBlock& block, int64_t times, const Tile& tile, Part& part);
  int64_t runs(const Tile& tile, const LocalOp& op, bool array_before) const;
  double weight_cycles(const TiledGroup& group, const BrrResidency& residency, int64_t g, bool resident,
                       int64_t tiles);
  double feature_cycles(TiledGroup& group, const BrrResidency& residency, int64_t g);

  const Graph& graph_;
  const CostParams& params_;
  ArrayTime array_time_;
  DramTime dram_time_;
  Spent spent_;
};

}  // namespace fusesim
