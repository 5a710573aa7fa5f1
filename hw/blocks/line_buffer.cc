#include "blocks/line_buffer.h"

#include <algorithm>
#include <utility>

#include "fusesim/hw/simulation_error.h"

namespace fusesim::hw {

LineBuffer::LineBuffer(std::string label, int64_t channels, int64_t rows, int64_t row_bytes,
                       Scratchpad& scratchpad, int64_t width)
    : label_(std::move(label)),
      channels_(channels),
      rows_(rows),
      row_bytes_(row_bytes),
      width_(width),
      scratchpad_(scratchpad),
      slots_(static_cast<size_t>(rows * channels)),
      values_(static_cast<size_t>(rows * channels * width)) {
  scratchpad_.allocate("ring of " + label_, rows * row_bytes);
}

size_t LineBuffer::add_reader(int64_t first) {
  readers_.push_back(first);
  released_ = *std::min_element(readers_.begin(), readers_.end());
  return readers_.size() - 1;
}

void LineBuffer::release(size_t reader, int64_t row) {
  readers_[reader] = std::max(readers_[reader], row);
  const int64_t before = resident_rows();
  released_ = *std::min_element(readers_.begin(), readers_.end());
  if (resident_rows() != before) scratchpad_.add_live((resident_rows() - before) * row_bytes_);
}

uint64_t* LineBuffer::open() {
  if (next_is_dead()) return nullptr;
  if (!can_open()) {
    throw SimulationError(SimulationError::Guard::ring_overflow,
                          label_ + ": expected a free slot for row " + std::to_string(pushed_) +
                              ", got a full ring (" + describe() + ")");
  }
  scratchpad_.add_live(row_bytes_);
  open_slot_ = true;
  return slot(pushed_);
}

void LineBuffer::push() {
  // Readers may have let go of the row while it was under way.
  if (open_slot_ && next_is_dead()) scratchpad_.add_live(-row_bytes_);
  open_slot_ = false;
  ++pushed_;
}

const uint64_t* LineBuffer::channels(int64_t y, int64_t c0, int64_t c1) {
  const bool resident = y >= released_ && y < pushed_;
  if ((guarded_ && !resident) || c0 < 0 || c1 > channels_) {
    throw SimulationError(SimulationError::Guard::row_not_resident,
                          label_ + ": expected row " + std::to_string(y) + " on chip, got " + describe());
  }
  return slot(y) + c0;
}

const Value* LineBuffer::values(int64_t y, int64_t c0, int64_t c1) {
  channels(y, c0, c1);
  return value_slot(y) + c0 * width_;
}

std::string LineBuffer::describe() const {
  const std::string slots = std::to_string(resident_rows()) + " of " + std::to_string(rows_) + " slots";
  if (resident_rows() == 0) return "ring is empty after row " + std::to_string(pushed_) + ", " + slots;
  return "ring holds rows " + std::to_string(released_) + " to " + std::to_string(pushed_ - 1) + ", " + slots;
}

}  // namespace fusesim::hw
