#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "brr/steps.h"
#include "brr/tiled_group.h"
#include "brr/weights.h"
#include "time/array_time.h"
#include "time/dram_bus.h"
#include "time/spent.h"

namespace fusesim {

/// Plays the steps of a group under BRR without double buffers, one after another, against the DRAM: the
/// group waits for what it loads; what it stores leaves meanwhile, and whoever takes that storage waits.
/// Refreshes are left out. What playing takes grows with the transfers: it is for groups of few (may_play).
class BrrPlay {
 public:
  BrrPlay(const Graph& graph, const CostParams& params, const DramTime& time);

  /// Of a group in tiles at the height of the tiling's last run().
  bool may_play(TiledGroup& group, const BrrResidency& residency, int64_t g, bool resident);
  /// Sets the bursts and activates of `spent`, and returns cycles. may_play() has been asked last.
  int64_t tiles(TiledGroup& group, const BrrResidency& residency, bool resident, Spent& spent);

  bool may_play(const Op& op, const WeightPasses& passes) const;
  /// Of one convolution in weight passes.
  int64_t passes(const Op& op, int64_t block_channels, Spent& spent);

 private:
  using Time = int64_t;  ///< kTicksPerCycle per cycle
  enum class Queue : int8_t { loads, stores, weights };
  struct Departure {
    int owner = 0;
    int64_t place = 0;  ///< storage that is free when it has left
  };
  /// Rows [first, end) of a tensor.
  struct Rows {
    int64_t first = 0, end = 0;
  };

  void reset();
  int64_t finish(Spent& spent);
  /// Returns its number.
  int move(Queue queue, const DramBus::Transfer& what);
  int move_rows(Queue queue, TensorId tensor, const Rows& rows, const ChannelSpan& channels);
  void move_weights(OpId op, int64_t offset_bytes, int64_t bytes);
  void wait_for(int transfer);
  void advance_to(Time time);
  void take_place(int64_t place);
  void work(int64_t cycles, bool on_array);

  void load_rows(TiledGroup& group, const BrrResidency& residency, int64_t tile, int64_t tiles);
  void run_step(const TiledGroup& group, const BrrSteps::Step& step, int64_t tile, int64_t tiles);
  Rows streamed_rows(const TiledGroup& group, const BrrSteps::Step& step, int64_t tile, int64_t tiles) const;
  void run_work(const TiledGroup& group, const BrrSteps::Step& step, int64_t tile);
  void fetch_sub_group(const LocalOp& op, const BrrSteps::Step& step);
  int64_t sub_group_bytes(const Op& op, const BrrSteps::Step& step) const;
  ArrayBlock block_of(const LocalOp& op, const BrrSteps::Step& step) const;
  int64_t place_of(const TiledGroup& group, int tensor, int64_t tile) const;

  const Graph& graph_;
  const CostParams& params_;
  ArrayTime array_time_;
  DramPlaces places_;
  DramBus bus_;
  BrrSteps lister_;

  const BrrResidency* residency_ = nullptr;
  const std::vector<BrrSteps::Step>* steps_ = nullptr;
  const std::vector<int64_t>* rows_ = nullptr;  ///< of the tile, by local tensor
  std::vector<int64_t> loaded_rows_;            ///< by external tensor
  std::vector<int64_t> fetched_bytes_;          ///< weights, by local op
  bool resident_ = false, fetches_ = true;

  Time now_ = 0, array_end_ = -1;
  std::vector<char> ended_;  ///< transfers
  std::vector<int> just_ended_;
  std::vector<Departure> departures_;
};

/// What the vector unit takes for channels of an op's result, of a pool those of its input; all rows of a
/// tile together.
struct VectorBlock {
  BlockTime time;
  int64_t ops = 0;
};
VectorBlock vector_block(const Graph& graph, const CostParams& params, const GroupView& view,
                         const BrrResidency& residency, const std::vector<int64_t>& rows, const LocalOp& op,
                         const ChannelSpan& channels);

}  // namespace fusesim
