#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "blocks/engine.h"
#include "buffers.h"
#include "group.h"
#include "transfers.h"
#include "weights.h"

namespace fusesim::hw {

/// Output channels of a pass: k of them, or what is left.
ChannelRange pass_block(const BrrGroup& group, int64_t block_channels, int64_t pass);
/// The blocks of weights of a group of one convolution, one for each pass; none if it has no weights.
std::vector<BrrSubgroup> pass_order(const BrrGroup& group, const Datatypes& types, int64_t block_channels,
                                    int64_t passes);

/// A brr_passes group in progress: one convolution whose output channels are made block by block. The weights
/// of a block stay on chip while the input streams through a ring of rows; a depthwise block streams only the
/// input channels that it reads. It must
/// live until the kernel has stopped or its transfers have ended.
class BrrPassesRun {
 public:
  /// Throws SimulationError (bad_schedule) if the group is not one convolution or the passes do not cover it.
  /// `machine` must outlive it.
  BrrPassesRun(const EngineContext& machine, const GroupSchedule& schedule);
  void execute();

 private:
  ChannelRange block(int64_t pass) const { return pass_block(group_, block_channels_, pass); }
  ChannelRange inputs_of(const ChannelRange& outputs) const;
  void check(const GroupSchedule& schedule) const;
  int64_t row_bytes_of(const BrrTensor& tensor) const;  ///< of one channel
  void allocate(DoubleBuffer double_buffer);
  void run_pass(const ChannelRange& outputs);
  void fetch_rows(const RowRange& rows, int64_t kept_from, const ChannelRange& inputs);
  void make_values(int64_t y, const ChannelRange& outputs, const ChannelRange& inputs);
  void make_row(int64_t y, const ChannelRange& outputs, const ChannelRange& inputs);

  const BrrTensor& input() const { return group_.tensor(group_.op(0).inputs[0]); }
  const BrrTensor& output() const { return group_.tensor(group_.op(0).output); }
  const Op& op() const { return *group_.op(0).op; }

  const EngineContext& machine_;
  BrrGroup group_;
  int64_t block_channels_;
  int64_t passes_;
  BrrTransfers transfers_;
  BrrPools pools_;
  int weight_pool_ = -1;
  int ring_pool_ = -1;
  int row_pool_ = -1;
  int64_t ring_rows_ = 0;
  std::vector<uint64_t> taps_;  // scratch
  std::vector<uint64_t> row_;   // the one row of the output that has room
  std::vector<Value> values_;   // its elements
  bool row_has_left_ = true;
  std::unique_ptr<BrrWeights> weights_;
  std::unique_ptr<TileBuffer> ring_;
};

}  // namespace fusesim::hw
