#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "columns/label_sweep.h"
#include "columns/price_floor.h"

namespace fusesim {

/// What a sweep over the ops in one topological order has to know at each of them. A tensor is alive from
/// when it is made (graph inputs: from the start) until its last reader has been passed, and has a slot for
/// that time.
class Frontier {
 public:
  /// `order`: all ops, each after its predecessors. `prices` outlives it.
  Frontier(const PriceFloor& prices, std::vector<OpId> order);

  /// Numbers of rows that a label tells apart per tensor; more of them are rounded.
  static constexpr size_t kLevels = 8;
  /// Readers of alive tensors that a label can know to be out of reach. Not to know only costs labels.
  static constexpr size_t kReaders = 64;
  /// Tensors alive up to which it is worked out what joins two parts of a group.
  static constexpr size_t kMostConnected = 32;

  struct Input {
    size_t slot = 0;
    TensorId tensor = -1;
    int64_t rows = 0;         ///< that the op holds of it
    int64_t rows_inside = 0;  ///< if it was made in the group
    /// If others before it have read it from outside, and hold rows of that level.
    std::array<int64_t, kLevels> rows_fetched = {};
  };
  struct Output {
    int slot = -1;  ///< -1: nobody reads it
    TensorId tensor = -1;
  };
  /// Two ops that are left, one of which cannot be in a group without the other.
  struct Need {
    size_t reader = 0;  ///< index among Step::readers
    int64_t bytes = 0;  ///< that the group occupies more if the reader joins
  };
  /// A tensor that is alive once the step is done.
  struct Alive {
    size_t slot = 0;
    TensorId tensor = -1;
    uint64_t readers = 0;     ///< left, as bits of Step::readers
    uint64_t below = 0;       ///< these and what comes after them
    bool knows_all = false;   ///< `readers` has all that are left
    uint8_t most_level = 0;   ///< no reader that is left holds more
    std::vector<Need> needs;  ///< if the tensor was made in the group: of each reader with all between
  };
  struct Step : SweepStep {
    std::vector<Input> inputs;
    std::vector<Output> outputs;
    std::vector<size_t> freed;  ///< slots of tensors that it is the last to read
    std::vector<Alive> alive;
    std::vector<OpId> readers;          ///< left, of tensors that are alive
    std::vector<uint64_t> below;        ///< per reader: the readers that depend on it, itself included
    std::vector<int64_t> reader_bytes;  ///< per reader: what it adds to a group at least
    std::vector<int64_t>
        connect_bytes;  ///< per pair of `alive`, if both were made in the group: what joins them
  };

  const PriceFloor& prices() const { return prices_; }
  const std::vector<Step>& steps() const { return steps_; }
  size_t slots() const { return slots_; }
  /// Numbers of rows that are told apart, ascending.
  const std::vector<int64_t>& levels(TensorId tensor) const { return levels_[static_cast<size_t>(tensor)]; }
  size_t position(OpId op) const { return position_[static_cast<size_t>(op)]; }
  /// The first level of at least so many rows, or the last.
  uint8_t level_of(TensorId tensor, int64_t rows) const;

 private:
  void find_relations();
  void find_inputs();
  void find_levels();
  void find_rows_fetched();
  int64_t rows_of(OpId reader, TensorId tensor) const;
  int64_t delay_of(TensorId tensor, OpId first, OpId second) const;
  void assign_slots();
  void describe_alive(size_t position, const std::vector<TensorId>& alive);
  void add_needs(size_t position, Alive& alive, const Step& step) const;
  void add_connections(size_t position, Step& step) const;
  int64_t joining_bytes(OpId op) const;
  int64_t bytes_between(size_t position, OpId first, OpId last) const;
  bool depends(OpId op, OpId on) const;

  const PriceFloor& prices_;
  std::vector<OpId> order_;
  std::vector<size_t> position_;
  size_t words_;
  std::vector<uint64_t> ancestors_;    ///< per op a set of ops, itself included
  std::vector<uint64_t> descendants_;  ///< likewise
  std::map<std::tuple<TensorId, OpId, OpId>, int64_t> delays_;
  std::vector<std::vector<Input>> inputs_;  ///< per op, without slots
  std::vector<std::vector<int64_t>> levels_;
  std::vector<int> slot_of_;
  size_t slots_ = 0;
  std::vector<Step> steps_;
};

}  // namespace fusesim
