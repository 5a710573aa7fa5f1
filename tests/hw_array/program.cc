#include "program.h"

#include <algorithm>

namespace fusesim::testing {
namespace {

/// A part of the outputs, products or places of a block.
struct Part {
  int64_t first = 0;
  int64_t size = 0;
};

std::vector<Part> cut(Part whole, int64_t most) {
  std::vector<Part> parts;
  for (int64_t at = 0; at < whole.size; at += most)
    parts.push_back({whole.first + at, std::min(most, whole.size - at)});
  return parts;
}

void append(std::vector<Part>& parts, const std::vector<Part>& more) {
  parts.insert(parts.end(), more.begin(), more.end());
}

class Programmer {
 public:
  Programmer(const PeArrayConfig& array, OperandBuffer& buffer, int64_t number)
      : array_(array), buffer_(buffer), block_(buffer.block()), number_(number) {
    cut_columns();
    cut_products();
    if (block_.depthwise && array.depthwise_positions)
      side_by_side_ = std::max<int64_t>(1, array.rows / block_.taps);
    const int64_t places = (block_.positions + side_by_side_ - 1) / side_by_side_;
    stripes_ = cut({0, places}, array.stripe > 0 ? array.stripe : places);
  }

  std::vector<Step> output_stationary() {
    for (const Part& columns : columns_) {
      for (const Part& stripe : stripes_) {
        for (const Part& place : cut(stripe, 1)) {
          for (const Part& products : products_) {
            Step& step = add(columns, products, place);
            step.takes_bias = step.opens && place.first == 0;
          }
        }
      }
    }
    return finish();
  }

  std::vector<Step> weight_stationary() {
    for (const Part& columns : columns_) {
      for (const Part& stripe : stripes_) {
        for (const Part& products : products_) {
          Step& step = add(columns, products, stripe);
          step.takes_bias = step.opens && stripe.first == 0;
        }
      }
    }
    return finish();
  }

  std::vector<Step> input_stationary() {
    for (const Part& stripe : stripes_) {
      for (const Part& products : products_) {
        int64_t kept_group = -1;
        for (size_t n = 0; n < columns_.size(); ++n) {
          const int64_t group = columns_[n].first / block_.group_outputs;
          Step& step = add(columns_[n], products, stripe);
          step.takes_bias = step.opens;
          step.accumulators = static_cast<int64_t>(n) * stripes_.front().size;
          step.keeps = !block_.depthwise && group != kept_group;
          step.replays = !block_.depthwise && group == kept_group;
          kept_group = group;
        }
      }
    }
    return finish();
  }

  int64_t accumulators() const {
    switch (array_.dataflow) {
      case Dataflow::output_stationary:
        return 1;
      case Dataflow::weight_stationary:
        return stripes_.front().size;
      case Dataflow::input_stationary:
        return stripes_.front().size * static_cast<int64_t>(columns_.size());
    }
    return 0;
  }

 private:
  /// A step works on one convolution group, unless no output has company in its group.
  void cut_columns() {
    if (block_.depthwise) {
      columns_ = cut({block_.outputs.first, block_.outputs.size()}, array_.columns);
      return;
    }
    for (int64_t first = block_.outputs.first; first < block_.outputs.last;) {
      const int64_t group_end = (first / block_.group_outputs + 1) * block_.group_outputs;
      const int64_t end = std::min(group_end, block_.outputs.last);
      append(columns_, cut({first, end - first}, array_.columns));
      first = end;
    }
  }

  void cut_products() {
    const Part all{0, block_.taps * block_.group_inputs};
    if (block_.depthwise || array_.fold_taps) {
      products_ = cut(all, array_.rows);
      return;
    }
    for (const Part& tap : cut(all, block_.group_inputs)) append(products_, cut(tap, array_.rows));
  }

  Step& add(const Part& columns, const Part& products, const Part& places) {
    Step step;
    step.buffer = &buffer_;
    step.block = number_;
    step.first_output = columns.first, step.outputs = columns.size;
    step.first_product = products.first, step.products = products.size;
    step.side_by_side = side_by_side_;
    step.first_place = places.first, step.places = places.size;
    step.opens = products.first == 0;
    step.closes = products.first + products.size == block_.taps * block_.group_inputs;
    return steps_.emplace_back(step);
  }

  std::vector<Step> finish() {
    steps_.back().ends_block = true;
    return std::move(steps_);
  }

  const PeArrayConfig& array_;
  OperandBuffer& buffer_;
  const hw::RowBlock& block_;
  int64_t number_;
  int64_t side_by_side_ = 1;
  std::vector<Part> columns_, products_, stripes_;
  std::vector<Step> steps_;
};

}  // namespace

int64_t Step::positions(int64_t place) const {
  return std::min(side_by_side, buffer->block().positions - place * side_by_side);
}

std::vector<Step> steps_of(const PeArrayConfig& array, OperandBuffer& buffer, int64_t block) {
  Programmer programmer(array, buffer, block);
  switch (array.dataflow) {
    case Dataflow::output_stationary:
      return programmer.output_stationary();
    case Dataflow::weight_stationary:
      return programmer.weight_stationary();
    case Dataflow::input_stationary:
      return programmer.input_stationary();
  }
  return {};
}

int64_t accumulators(const PeArrayConfig& array, const OperandBuffer& buffer) {
  OperandBuffer copy = buffer;
  return Programmer(array, copy, 0).accumulators();
}

}  // namespace fusesim::testing
