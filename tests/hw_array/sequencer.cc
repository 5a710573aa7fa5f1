#include "sequencer.h"

#include <algorithm>

namespace fusesim::testing {

ArraySequencer::ArraySequencer(const sc_core::sc_module_name& name, const PeArrayConfig& array,
                               const Datatypes& types)
    : sc_module(name),
      inputs("inputs", static_cast<size_t>(array.rows)),
      lanes("lanes", static_cast<size_t>(array.columns)),
      array_(array),
      weight_bytes_(types.weight_bytes),
      port_bytes_(array.weight_port_bytes(types)),
      load_cycles_((array.rows * array.columns * weight_bytes_ + port_bytes_ - 1) / port_bytes_),
      weights_stay_(array.dataflow != Dataflow::output_stationary),
      kept_(static_cast<size_t>(array.rows)) {
  SC_METHOD(drive);
  sensitive << clock.pos();
  dont_initialize();
}

void ArraySequencer::start(const std::vector<Step>& program) {
  program_ = &program;
  step_ = 0;
  cycle_ = 0;
  first_load_ = weights_stay_ && array_.shadow_weights;
}

void ArraySequencer::drive() {
  next_inputs_.assign(inputs.size(), {});
  next_lanes_.assign(lanes.size(), {});
  tag_ = {};
  if (!idle()) advance();
  for (size_t r = 0; r < inputs.size(); ++r) inputs[r].write(next_inputs_[r]);
  for (size_t c = 0; c < lanes.size(); ++c) lanes[c].write(next_lanes_[c]);
  Sums sums;
  sums.tag = tag_;
  header.write(sums);
}

int64_t ArraySequencer::slot_cycles(const Step& step) const {
  if (!weights_stay_) return std::max<int64_t>(1, load_cycles_);
  return array_.shadow_weights ? std::max(step.places, load_cycles_) : load_cycles_ + step.places;
}

void ArraySequencer::advance() {
  if (first_load_) {
    load(0, cycle_);
    if (++cycle_ == load_cycles_) cycle_ = 0, first_load_ = false;
    return;
  }
  const Step& step = (*program_)[step_];
  const int64_t cycles = slot_cycles(step);
  const bool ahead = weights_stay_ && array_.shadow_weights;
  const int64_t first_fed = ahead ? 0 : cycles - step.places;
  if (cycle_ < load_cycles_) load(ahead ? step_ + 1 : step_, cycle_);
  const int64_t fed = cycle_ - first_fed;
  if (fed >= 0 && fed < step.places) feed(step, step.first_place + fed);
  if (++cycle_ < cycles) return;
  if (step.ends_block) tag_.ended = static_cast<int32_t>(step.block);
  cycle_ = 0;
  ++step_;
}

/// The bytes that the port lets in are those of the array from left to right and from top to bottom; a weight
/// is there when its last byte is.
void ArraySequencer::load(size_t step, int64_t cycle) {
  const Step* of = step < steps() ? &(*program_)[step] : nullptr;
  const int64_t cells = array_.rows * array_.columns;
  for (int64_t cell = cycle * port_bytes_ / weight_bytes_; cell < cells; ++cell) {
    const int64_t last_byte = (cell + 1) * weight_bytes_ - 1;
    if (last_byte / port_bytes_ > cycle) return;
    load_cell(of, static_cast<size_t>(cell / array_.columns), static_cast<size_t>(cell % array_.columns));
  }
}

/// Weights that serve several positions side by side are read once, for the first of them.
void ArraySequencer::load_cell(const Step* step, size_t row, size_t column) {
  const auto put = [this, column](size_t r, int32_t weight) {
    next_lanes_[column].of_row[r].loads = true;
    next_lanes_[column].of_row[r].weight = weight;
  };
  if (step == nullptr) return put(row, 0);
  const auto products = static_cast<size_t>(step->products);
  const auto side_by_side = static_cast<size_t>(step->side_by_side);
  if (row >= products * side_by_side) return put(row, 0);
  if (row >= products) return;
  const bool used = static_cast<int64_t>(column) < step->outputs;
  const int32_t weight = used ? step->buffer->read_weight(step->first_output + static_cast<int64_t>(column),
                                                          step->first_product + static_cast<int64_t>(row))
                              : 0;
  for (size_t i = 0; i < side_by_side; ++i) put(row + i * products, weight);
}

void ArraySequencer::feed(const Step& step, int64_t place) {
  tag_.step = static_cast<int32_t>(step_);
  tag_.place = static_cast<int32_t>(place);
  const bool own = step.buffer->block().depthwise;
  if (step.keeps && place == step.first_place) {
    for (auto& row : kept_) row.clear();
  }
  for (size_t r = 0; r < next_inputs_.size(); ++r) {
    Input& input = next_inputs_[r];
    input.first = place == step.first_place;
    input.own = own;
    const auto row = static_cast<int64_t>(r);
    if (step.side_by_side > 1) input.segment = static_cast<int32_t>(row / step.products);
    if (!own && row < step.products) input.value = input_of(step, r, place);
  }
  if (own) feed_columns(step, place);
}

int32_t ArraySequencer::input_of(const Step& step, size_t row, int64_t place) {
  if (step.replays) return kept_[row].at(static_cast<size_t>(place - step.first_place));
  const int32_t value =
      step.buffer->read_input(step.first_output, step.first_product + static_cast<int64_t>(row), place);
  if (step.keeps) kept_[row].push_back(value);
  return value;
}

/// Depthwise: every cell in use has an input of its own.
void ArraySequencer::feed_columns(const Step& step, int64_t place) {
  for (int64_t c = 0; c < step.outputs; ++c) {
    Lanes& lanes_of_column = next_lanes_[static_cast<size_t>(c)];
    for (int64_t i = 0; i < step.positions(place); ++i) {
      for (int64_t k = 0; k < step.products; ++k) {
        lanes_of_column.of_row[static_cast<size_t>(i * step.products + k)].input = step.buffer->read_input(
            step.first_output + c, step.first_product + k, place * step.side_by_side + i);
      }
    }
  }
}

}  // namespace fusesim::testing
