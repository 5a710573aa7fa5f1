#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "columns/label_sweep.h"
#include "columns/price_floor.h"

namespace fusesim {

/// What a sweep against the data flow has to know at each op, for groups whose tensors have as many rows as
/// the ops that read them need. A tensor is alive from when the first of its readers has been passed until
/// its producer has been (graph inputs: to the end), and has a slot for that time.
class TileFrontier {
 public:
  /// `order`: all ops, each after its predecessors; the sweep goes backwards. `prices` outlives it.
  TileFrontier(const PriceFloor& prices, std::vector<OpId> order);

  /// Numbers of rows that a label tells apart per tensor; others are rounded down.
  static constexpr size_t kLevels = 128;

  struct Input {
    size_t slot = 0;
    TensorId tensor = -1;
    std::vector<uint8_t> level;    ///< needed, by level of the output
    int64_t stream_value = 0;      ///< if it comes from outside in slices
    bool outside_only = false;     ///< no legal group makes it and reads it here
    bool is_first = true;          ///< reader, against the flow
    bool has_more_readers = true;  ///< after this one
  };
  struct Alive {
    size_t slot = 0;
    TensorId tensor = -1;
    int64_t producer_bytes = 0;    ///< that its producer adds to a group at least, the tensor left out
    int64_t own_bytes = 0;         ///< of the tensor at least, if it is made inside
    bool has_more_readers = true;  ///< that are left
    int64_t saved_if_made = 0;     ///< it is not stored, if all of its readers are in the group
    int64_t saved_if_shared = 0;   ///< it is not fetched by another group
    bool is_input = false;         ///< of the network
  };
  struct Step : SweepStep {
    TensorId output = -1;
    int slot = -1;  ///< of the output; -1: nobody reads it
    ChannelRule rule = ChannelRule::whole;
    uint8_t own_level = 0;      ///< of the output, if the op makes it
    uint8_t leaving_level = 0;  ///< and it leaves the group
    bool may_leave = true;
    std::vector<size_t> other_slots;  ///< of further outputs, which only ops that never join have
    std::vector<Input> inputs;
    std::vector<Alive> alive;  ///< once the step is done
  };

  /// What the group wants of a tensor that it reads.
  enum class Want : uint8_t {
    any,
    full,
    slice,
    several,     ///< ops read it: FULL if it is made inside
    full_alone,  ///< FULL if it comes from outside and no other op of the group reads it
    slice_alone  ///< SLICE if no other op of the group reads it
  };
  static constexpr size_t kWants = 6;

  const PriceFloor& prices() const { return prices_; }
  const std::vector<Step>& steps() const { return steps_; }
  size_t position(OpId op) const { return position_[static_cast<size_t>(op)]; }
  size_t slots() const { return slots_; }
  /// Rows held.
  int64_t rows(TensorId tensor, uint8_t level) const {
    const auto t = static_cast<size_t>(tensor);
    return std::max(levels_[t][level], prices_.storage_floor().least_rows[t]);
  }
  /// Of a row that comes from outside, as it is wanted.
  int64_t outside_row_bytes(TensorId tensor, Want want) const;
  /// Storage of a tensor that is read and so wanted, at least, wherever it comes from.
  int64_t least_bytes(TensorId tensor, Want want, uint8_t level) const {
    return least_bytes_[(static_cast<size_t>(tensor) * kWants + static_cast<size_t>(want)) * kLevels + level];
  }
  /// What it is if it comes from outside and is one of those that are all alike.
  StorageFloor::Outside outside(TensorId tensor) const {
    return may_mix_[static_cast<size_t>(tensor)] ? StorageFloor::Outside::either
                                                 : prices_.storage_floor().outside;
  }
  bool has_no_producer(TensorId tensor) const { return has_no_producer_[static_cast<size_t>(tensor)]; }

 private:
  void find_levels();
  void find_least_bytes();
  void make_steps();
  void describe_alive(const std::vector<TensorId>& alive, const std::vector<size_t>& readers_left,
                      Step& step) const;
  uint8_t level_of(TensorId tensor, int64_t rows) const;
  int64_t joining_bytes(OpId op) const;

  const PriceFloor& prices_;
  std::vector<OpId> order_;
  std::vector<size_t> position_;  ///< per op: when it is passed
  std::vector<std::vector<int64_t>> levels_;
  std::vector<int64_t> least_bytes_;
  std::vector<bool> may_mix_;          ///< per tensor: a mixing op may read it
  std::vector<bool> has_no_producer_;  ///< per tensor: no op that may join makes it
  std::vector<int> slot_of_;
  size_t slots_ = 0;
  std::vector<Step> steps_;
};

}  // namespace fusesim
