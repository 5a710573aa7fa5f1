#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "blocks/scratchpad.h"
#include "fusesim/graph/graph.h"
#include "ops/provenance.h"

namespace fusesim::hw {

/// A ring of rows of one tensor: rows enter in order, several readers release them, and a row leaves when all
/// readers have. Plain state; who waits for what is the engine's affair. Rows are numbered by their place in
/// the tensor.
///
/// A row that all readers have released before it came is dead: it passes through and occupies nothing.
class LineBuffer : public RowSource {
 public:
  /// Asks the scratchpad for rows * row_bytes. `label` names the tensor in messages.
  /// `width`: elements to each channel of a row; 0: no values are computed.
  LineBuffer(std::string label, int64_t channels, int64_t rows, int64_t row_bytes, Scratchpad& scratchpad,
             int64_t width = 0);

  /// From now on a row that is not on chip is read all the same: what lies in its slot.
  void read_blindly() { guarded_ = false; }

  /// A new reader that needs no row before `first`. Call before the first row is opened.
  size_t add_reader(int64_t first);
  /// The reader needs no row before `row` any more; never moves back.
  void release(size_t reader, int64_t row);

  /// The next row is dead or finds a free slot.
  bool can_open() const { return next_is_dead() || pushed_ - released_ < rows_; }
  bool next_is_dead() const { return pushed_ < released_; }
  /// Reserves a slot for the next row and returns where its hashes go; null if the row is dead. Throws
  /// SimulationError (ring_overflow) if the ring is full.
  uint64_t* open();
  /// Where the elements of the row that was opened last go; null without values.
  Value* opened_values() { return values_.empty() ? nullptr : value_slot(pushed_); }
  /// The opened row is there.
  void push();

  /// See RowSource. Throws SimulationError (row_not_resident) for a row that has not come yet or was
  /// released.
  const uint64_t* channels(int64_t y, int64_t c0, int64_t c1) override;
  const Value* values(int64_t y, int64_t c0, int64_t c1) override;

  int64_t pushed() const { return pushed_; }      ///< rows that have come
  int64_t released() const { return released_; }  ///< rows that no reader needs any more, from the top
  int64_t rows() const { return rows_; }
  int64_t row_bytes() const { return row_bytes_; }
  /// "ring holds rows 3 to 5, 3 of 3 slots".
  std::string describe() const;

 private:
  uint64_t* slot(int64_t row) { return slots_.data() + row % rows_ * channels_; }
  Value* value_slot(int64_t row) { return values_.data() + row % rows_ * channels_ * width_; }
  int64_t resident_rows() const { return pushed_ > released_ ? pushed_ - released_ : 0; }

  std::string label_;
  int64_t channels_;
  int64_t rows_;
  int64_t row_bytes_;
  int64_t width_;
  Scratchpad& scratchpad_;
  std::vector<uint64_t> slots_;
  std::vector<Value> values_;
  std::vector<int64_t> readers_;  // first row that each still needs
  int64_t pushed_ = 0;
  int64_t released_ = 0;
  bool open_slot_ = false;
  bool guarded_ = true;
};

}  // namespace fusesim::hw
