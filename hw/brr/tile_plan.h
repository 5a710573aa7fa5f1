#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/hw/fault.h"
#include "fusesim/schedule/schedule.h"
#include "geometry.h"
#include "group.h"
#include "steps.h"
#include "storage.h"
#include "units.h"

namespace fusesim::hw {

/// How a brr_tiles group is laid out on the machine: plain analysis of its schedule, the same for all tiles.
class BrrTilePlan {
 public:
  /// Throws SimulationError (bad_schedule) if the schedule does not fit the group. `graph` must outlive it.
  /// `pe_rows`: input channels of one weight sub-group at most.
  BrrTilePlan(const Graph& graph, const Datatypes& types, int64_t pe_rows, const GroupSchedule& schedule,
              Fault fault = Fault::none);
  BrrTilePlan(const BrrTilePlan&) = delete;
  BrrTilePlan& operator=(const BrrTilePlan&) = delete;

  const BrrGroup& group() const { return group_; }
  const BrrOp& op(int o) const { return group_.op(o); }
  const BrrTensor& tensor(int t) const { return group_.tensor(t); }
  const BrrGeometry& geometry() const { return geometry_; }
  const BrrStorage& storage() const { return storage_; }
  const BrrTensorStorage& storage(int t) const { return storage_.tensors[static_cast<size_t>(t)]; }
  const std::vector<BrrUnit>& units() const { return units_; }
  const std::vector<BrrStep>& steps() const { return steps_; }
  DoubleBuffer double_buffer() const { return double_buffer_; }
  int64_t pe_rows() const { return pe_rows_; }
  bool weights_resident() const { return weights_resident_; }

  int ops() const { return static_cast<int>(group_.ops.size()); }
  int tensors() const { return static_cast<int>(group_.tensors.size()); }
  ChannelRange all_channels(int t) const { return {0, tensor(t).shape.c}; }
  int64_t channel_row_bytes(int t) const { return channel_row_bytes_[static_cast<size_t>(t)]; }
  int64_t channel_row_sum_bytes(int t) const { return channel_row_sum_bytes_[static_cast<size_t>(t)]; }
  /// Rows of a tensor that a tile makes or fetches: all that belong to it, but for a planted fault.
  RowRange made_rows(int tensor, int64_t tile) const;
  /// Rows of a streamed tensor that a reader needs in a tile.
  RowRange stream_rows(int tensor, int reader, int64_t tile) const {
    return geometry_.read_rows(reader, group_.operand_of(reader, tensor), tile);
  }
  /// The unit after which a tile needs the tensor no more.
  int last_unit(int t) const { return last_unit_[static_cast<size_t>(t)]; }

 private:
  BrrGroup group_;
  BrrGeometry geometry_;
  BrrStorage storage_;
  std::vector<BrrUnit> units_;
  std::vector<BrrStep> steps_;
  Fault fault_;
  int64_t pe_rows_;
  std::vector<int64_t> channel_row_bytes_, channel_row_sum_bytes_;  // per tensor
  bool weights_resident_;
  DoubleBuffer double_buffer_;
  std::vector<int> last_unit_;  // per tensor
};

}  // namespace fusesim::hw
