#include "accumulators.h"

#include <algorithm>
#include <cstddef>

namespace fusesim::testing {

Accumulators::Accumulators(const sc_core::sc_module_name& name, int64_t column)
    : sc_module(name), column_(column) {
  SC_METHOD(add);
  sensitive << clock.pos();
  dont_initialize();
}

void Accumulators::start(const std::vector<Step>& program, int64_t accumulators, const int64_t& cycle) {
  program_ = &program;
  accumulators_.assign(static_cast<size_t>(accumulators), 0);
  cycle_ = &cycle;
  ends_.assign(static_cast<size_t>(program.back().block + 1), {});
}

void Accumulators::add() {
  const Sums& arrived = sums.read();
  wrote_ = false;
  if (arrived.tag.ended >= 0) ends_.at(static_cast<size_t>(arrived.tag.ended)).free = *cycle_;
  if (arrived.tag.step < 0) return;
  const Step& step = program_->at(static_cast<size_t>(arrived.tag.step));
  ends_.at(static_cast<size_t>(step.block)).last_sums = *cycle_;
  if (column_ >= step.outputs) return;
  const int64_t place = arrived.tag.place;
  if (step.takes_bias && place == step.first_place && step.buffer->block().biased)
    bias_ = step.buffer->read_bias(step.first_output + column_);
  for (int64_t i = 0; i < step.positions(place); ++i)
    add(step, arrived, place * step.side_by_side + i, static_cast<size_t>(i));
}

/// Positions side by side have all their products in one step, so that they need no accumulators.
void Accumulators::add(const Step& step, const Sums& arrived, int64_t position, size_t segment) {
  const int64_t output = step.first_output + column_;
  const hw::RowBlock& block = step.buffer->block();
  const auto slot = static_cast<size_t>(step.accumulators + arrived.tag.place - step.first_place);
  int64_t sum = arrived.of_segment[segment];
  if (!step.opens) {
    sum += accumulators_.at(slot);
  } else {
    sum += block.biased ? bias_ : 0;
    if (block.resumes_sums) sum += step.buffer->read_sum(output, position);
  }
  if (!step.closes) {
    accumulators_.at(slot) = sum;
    return;
  }
  step.buffer->write(output, position, sum);
  wrote_ = true;
  written_ = sum;
}

}  // namespace fusesim::testing
