#include "convolution.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

#include "fusesim/testing/graph_builder.h"

namespace fusesim::testing {
namespace {

void draw_values(std::mt19937_64& random, std::vector<int32_t>& values, int64_t count) {
  values.resize(static_cast<size_t>(count));
  for (int32_t& value : values) value = static_cast<int32_t>(from(random, -128, 127));
}

void draw_values(std::mt19937_64& random, Convolution& c) {
  const int64_t group_inputs = c.in().c / c.op().groups;
  draw_values(random, c.map, c.in().c * c.in().h * c.in().w);
  draw_values(random, c.weights, c.out().c * group_inputs * c.op().window.kernel_h * c.op().window.kernel_w);
  if (c.op().biases > 0) draw_values(random, c.biases, c.out().c);
  if (c.inputs.first == 0) return;
  for (int64_t i = 0; i < c.outputs.size() * c.rows.size() * c.out().w; ++i)
    c.sums.push_back(from(random, -100000, 100000));
}

Window random_window(std::mt19937_64& random) {
  Window w;
  w.kernel_h = from(random, 1, 3), w.kernel_w = from(random, 1, 3);
  w.stride_h = from(random, 1, 2), w.stride_w = from(random, 1, 2);
  w.dilation_h = from(random, 1, 2), w.dilation_w = from(random, 1, 2);
  w.pad_top = from(random, 0, w.kernel_h - 1), w.pad_bottom = from(random, 0, w.kernel_h - 1);
  w.pad_left = from(random, 0, w.kernel_w - 1), w.pad_right = from(random, 0, w.kernel_w - 1);
  return w;
}

struct Channels {
  int64_t inputs, outputs, groups;
};

Channels random_channels(std::mt19937_64& random) {
  const int64_t groups = from(random, 2, 9);
  switch (from(random, 0, 3)) {
    case 0:  // depthwise
      return {groups, groups * from(random, 1, 2), groups};
    case 1: {
      const int64_t few = from(random, 2, 3);
      return {few * from(random, 2, 7), few * from(random, 1, 7), few};
    }
    default:
      return {from(random, 1, 20), from(random, 1, 14), 1};
  }
}

}  // namespace

int64_t from(std::mt19937_64& random, int64_t least, int64_t most) {
  return least + static_cast<int64_t>(random() % static_cast<uint64_t>(most - least + 1));
}

hw::RowBlock Convolution::block() const {
  hw::RowBlock block = hw::row_block(graph, op(), rows, outputs, inputs);
  block.resumes_sums = inputs.first > 0;
  block.leaves_sums = inputs.last < in().c / op().groups;
  return block;
}

Convolution random_convolution(std::mt19937_64& random) {
  const Channels channels = random_channels(random);
  GraphBuilder builder("convolution");
  const TensorId map = builder.input({channels.inputs, from(random, 5, 9), from(random, 5, 12)});
  builder.conv(map, {channels.outputs, random_window(random), channels.groups, from(random, 0, 1) == 1});
  Convolution c;
  c.graph = builder.finish();
  c.rows.first = from(random, 0, c.out().h - 1);
  c.rows.last = from(random, c.rows.first + 1, std::min(c.out().h, c.rows.first + 3));
  c.outputs.first = from(random, 0, c.out().c - 1);
  c.outputs.last = from(random, c.outputs.first + 1, c.out().c);
  const int64_t group_inputs = channels.inputs / channels.groups;
  c.inputs = {0, group_inputs};
  if (from(random, 0, 2) == 0) {  // a part of the reduction
    c.inputs.first = from(random, 0, group_inputs - 1);
    c.inputs.last = from(random, c.inputs.first + 1, group_inputs);
  }
  draw_values(random, c);
  return c;
}

Convolution pointwise_convolution(int64_t channels, int64_t outputs, int64_t width) {
  GraphBuilder builder("pointwise");
  ConvSpec spec;
  spec.channels = outputs;
  spec.bias = false;
  builder.conv(builder.input({channels, 1, width}), spec);
  Convolution c;
  c.graph = builder.finish();
  c.rows = {0, 1};
  c.outputs = {0, outputs};
  c.inputs = {0, channels};
  for (int64_t i = 0; i < channels; ++i) {
    for (int64_t x = 0; x < width; ++x) c.map.push_back(static_cast<int32_t>(1 + (i + x) % 4));
  }
  for (int64_t o = 0; o < outputs; ++o) {
    for (int64_t i = 0; i < channels; ++i) c.weights.push_back(static_cast<int32_t>(1 + (o + i) % 3));
  }
  return c;
}

std::vector<int64_t> plain_results(const Convolution& c) {
  const Window& w = c.op().window;
  const int64_t group_inputs = c.in().c / c.op().groups;
  const int64_t group_outputs = c.out().c / c.op().groups;
  std::vector<int64_t> results;
  for (int64_t o = c.outputs.first; o < c.outputs.last; ++o) {
    for (int64_t y = c.rows.first; y < c.rows.last; ++y) {
      for (int64_t x = 0; x < c.out().w; ++x) {
        int64_t sum = c.sums.empty() ? 0 : c.sums[results.size()];
        if (!c.biases.empty() && c.inputs.first == 0) sum += c.biases[static_cast<size_t>(o)];
        for (int64_t i = c.inputs.first; i < c.inputs.last; ++i) {
          for (int64_t ky = 0; ky < w.kernel_h; ++ky) {
            for (int64_t kx = 0; kx < w.kernel_w; ++kx) {
              const int64_t from_y = y * w.stride_h - w.pad_top + ky * w.dilation_h;
              const int64_t from_x = x * w.stride_w - w.pad_left + kx * w.dilation_w;
              if (from_y < 0 || from_y >= c.in().h || from_x < 0 || from_x >= c.in().w) continue;
              const int64_t channel = o / group_outputs * group_inputs + i;
              const int64_t weight = ((o * group_inputs + i) * w.kernel_h + ky) * w.kernel_w + kx;
              sum += int64_t{c.map[static_cast<size_t>((channel * c.in().h + from_y) * c.in().w + from_x)]} *
                     c.weights[static_cast<size_t>(weight)];
            }
          }
        }
        results.push_back(sum);
      }
    }
  }
  return results;
}

OperandBuffer::OperandBuffer(const Convolution& convolution)
    : convolution_(convolution),
      block_(convolution.block()),
      written_(static_cast<size_t>(block_.outputs.size() * block_.positions)) {}

size_t OperandBuffer::place(int64_t output, int64_t position) const {
  return static_cast<size_t>((output - block_.outputs.first) * block_.positions + position);
}

int32_t OperandBuffer::read_input(int64_t output, int64_t product, int64_t position) {
  ++accesses_.input_reads;
  const Window& w = convolution_.op().window;
  const Shape& in = convolution_.in();
  const int64_t tap = product / block_.group_inputs;
  const int64_t group = output / block_.group_outputs;
  const int64_t channel =
      group * (in.c / convolution_.op().groups) + convolution_.inputs.first + product % block_.group_inputs;
  const int64_t width = convolution_.out().w;
  const int64_t y =
      (convolution_.rows.first + position / width) * w.stride_h + tap / w.kernel_w * w.dilation_h - w.pad_top;
  const int64_t x = position % width * w.stride_w + tap % w.kernel_w * w.dilation_w - w.pad_left;
  const bool inside = y >= 0 && y < in.h && x >= 0 && x < in.w;
  return inside ? convolution_.map.at(static_cast<size_t>((channel * in.h + y) * in.w + x)) : 0;
}

int32_t OperandBuffer::read_weight(int64_t output, int64_t product) {
  ++accesses_.weight_reads;
  const int64_t group_inputs = convolution_.in().c / convolution_.op().groups;
  const int64_t input = convolution_.inputs.first + product % block_.group_inputs;
  const int64_t tap = product / block_.group_inputs;
  return convolution_.weights.at(static_cast<size_t>((output * group_inputs + input) * block_.taps + tap));
}

int32_t OperandBuffer::read_bias(int64_t output) {
  ++accesses_.bias_reads;
  return convolution_.biases.at(static_cast<size_t>(output));
}

int64_t OperandBuffer::read_sum(int64_t output, int64_t position) {
  ++accesses_.sum_reads;
  return convolution_.sums.at(place(output, position));
}

void OperandBuffer::write(int64_t output, int64_t position, int64_t sum) {
  ++(block_.leaves_sums ? accesses_.sum_writes : accesses_.output_writes);
  std::optional<int64_t>& written = written_.at(place(output, position));
  if (written) throw std::logic_error("a result is written twice");
  written = sum;
}

std::vector<int64_t> OperandBuffer::results() const {
  std::vector<int64_t> all;
  for (const std::optional<int64_t>& written : written_) all.push_back(written.value_or(0));
  return all;
}

bool OperandBuffer::complete() const {
  return std::all_of(written_.begin(), written_.end(),
                     [](const auto& written) { return written.has_value(); });
}

}  // namespace fusesim::testing
