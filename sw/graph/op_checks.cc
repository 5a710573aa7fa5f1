#include "op_checks.h"

#include <algorithm>
#include <string>

#include "fusesim/base/checked.h"
#include "fusesim/graph/op_facts.h"

namespace fusesim {
namespace {

constexpr int64_t kMaxParameters = int64_t{1} << 46;

[[noreturn]] void fail(const Op& op, const std::string& reason) {
  throw Error("op '" + op.name + "': " + reason);
}

std::string text(const Shape& s) {
  return "(" + std::to_string(s.c) + "," + std::to_string(s.h) + "," + std::to_string(s.w) + ")";
}

void expect_output(const Op& op, const Shape& actual, const Shape& expected) {
  if (actual != expected) fail(op, "expected output shape " + text(expected) + ", got " + text(actual));
}

/// Output size of a window along one dimension may be floor or ceil (pools); both are accepted.
bool window_size_fits(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t dilation,
                      int64_t pads) {
  const int64_t span = in + pads - ((kernel - 1) * dilation + 1);
  if (span < 0) return out == 1;
  const int64_t floor_size = span / stride + 1;
  const int64_t ceil_size = (span + stride - 1) / stride + 1;
  return out == floor_size || out == ceil_size;
}

void check_window_numbers(const Op& op) {
  const Window& w = op.window;
  const bool positive =
      std::min({w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h, w.dilation_w}) >= 1;
  const bool cuts = op.kind == OpKind::crop;
  const bool pads = cuts || std::min({w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}) >= 0;
  const bool small = std::max({w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h, w.dilation_w,
                               w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}) <= (int64_t{1} << 24);
  if (!positive || !pads || !small) {
    fail(op, "expected kernel, stride and dilation from 1, pads from 0, all up to 2^24");
  }
}

void check_window(const Graph& g, const Op& op) {
  check_window_numbers(op);
  const Shape& in = g.in_shape(op);
  const Shape& out = g.out_shape(op);
  const Window& w = op.window;
  if (op_facts(op).rows == RowUse::transposed) return;
  if (!window_size_fits(in.h, out.h, w.kernel_h, w.stride_h, w.dilation_h, w.pad_top + w.pad_bottom) ||
      !window_size_fits(in.w, out.w, w.kernel_w, w.stride_w, w.dilation_w, w.pad_left + w.pad_right)) {
    fail(op, "output " + text(out) + " does not follow from input " + text(in) + " and its window");
  }
}

void check_convolution(const Graph& g, const Op& op) {
  check_window(g, op);
  const Shape& in = g.in_shape(op);
  const Shape& out = g.out_shape(op);
  if (op.groups < 1 || in.c % op.groups != 0 || out.c % op.groups != 0) {
    fail(op, "expected groups that divide " + std::to_string(in.c) + " input and " + std::to_string(out.c) +
                 " output channels, got " + std::to_string(op.groups));
  }
  const int64_t expected = named([&op] { return "op '" + op.name + "'"; },
                                 [&] {
                                   return checked_mul(out.c * (in.c / op.groups),
                                                      op.window.kernel_h * op.window.kernel_w, "weights");
                                 });
  if (op.weights != expected) {
    fail(op, "expected " + std::to_string(expected) + " weights, got " + std::to_string(op.weights));
  }
  if (op.biases != 0 && op.biases != out.c) {
    fail(op, "expected 0 or " + std::to_string(out.c) + " biases, got " + std::to_string(op.biases));
  }
}

void check_eltwise(const Graph& g, const Op& op) {
  const Shape& out = g.out_shape(op);
  if (op.inputs.size() < 2) fail(op, "expected two or more operands");
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    const Shape& in = g.in_shape(op, i);
    const bool same = in == out;
    const bool vector = in == Shape{out.c, 1, 1};
    const bool plane = in == Shape{1, out.h, out.w};
    if (op.eltwise == EltwiseKind::normalise && op.inputs.size() == 2) {
      const Shape expected = i == 0 ? out : Shape{out.c, 1, 2};
      if (in != expected) fail(op, "operand " + text(in) + ": expected " + text(expected));
      continue;
    }
    if (!same && !vector && !plane) fail(op, "operand " + text(in) + " does not broadcast to " + text(out));
  }
}

void check_concat(const Graph& g, const Op& op) {
  const Shape& out = g.out_shape(op);
  int64_t channels = 0;
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    const Shape& in = g.in_shape(op, i);
    if (in.h != out.h || in.w != out.w) fail(op, "operand " + text(in) + " does not fit output " + text(out));
    channels += in.c;
  }
  expect_output(op, out, {channels, out.h, out.w});
}

/// Every output channel is made of the input channel at its place.
void check_own_channels(const Graph& g, const Op& op) {
  const Shape& in = g.in_shape(op);
  const Shape& out = g.out_shape(op);
  switch (op_facts(op).rows) {
    case RowUse::own:
      return expect_output(op, out, in);
    case RowUse::window:
    case RowUse::transposed:
      check_window(g, op);
      return expect_output(op, out, {in.c, out.h, out.w});
    case RowUse::resized:
    case RowUse::whole:
      return expect_output(op, out, {in.c, out.h, out.w});
    case RowUse::pooled:
      return expect_output(op, out, {in.c, 1, op.kind == OpKind::moments ? 2 : 1});
  }
}

/// Channels come in Op::groups equal parts.
void check_groups(const Op& op, int64_t channels) {
  if (op.groups < 1 || channels % op.groups != 0) {
    fail(op, "expected groups that divide " + std::to_string(channels) + " channels, got " +
                 std::to_string(op.groups));
  }
}

void check_own_positions(const Graph& g, const Op& op, int64_t channels) {
  const Shape& in = g.in_shape(op);
  check_groups(op, in.c);
  expect_output(op, g.out_shape(op), {channels, in.h, in.w});
}

/// Rows are read as a window or a resize reads them, and nothing is left over.
void check_blocks(const Graph& g, const Op& op) {
  const Shape& in = g.in_shape(op);
  const Shape& out = g.out_shape(op);
  const int64_t size = op.block.size;
  if (size < 1 || size > (int64_t{1} << 15)) fail(op, "expected a block size from 1 to 2^15");
  const bool deepens = op_facts(op).rows == RowUse::window;
  const Shape& deep = deepens ? out : in;
  const Shape& wide = deepens ? in : out;
  if (wide != Shape{deep.c / (size * size), deep.h * size, deep.w * size} || deep.c % (size * size) != 0)
    fail(op, "blocks of " + std::to_string(size) + " do not turn " + text(in) + " into " + text(out));
  const Window& w = op.window;
  const bool strides = w.kernel_h == size && w.kernel_w == size && w.stride_h == size && w.stride_w == size;
  const Resize& r = op.resize;
  const bool repeats = r.mode == ResizeMode::nearest && r.coordinates == ResizeCoordinates::asymmetric &&
                       r.rounding == ResizeRounding::floor;
  if (deepens ? !strides : !repeats) fail(op, "expected rows to be read in blocks");
}

void check_matmul(const Graph& g, const Op& op) {
  if (op.inputs.size() != 2 || op.inputs[0] == op.inputs[1]) fail(op, "expected two different operands");
  const Shape& in = g.in_shape(op);
  const Shape& matrix = g.in_shape(op, 1);
  const Shape& out = g.out_shape(op);
  for (const int64_t channels : {in.c, matrix.c, out.c}) check_groups(op, channels);
  expect_output(op, out, {out.c, in.h, in.w});
  if (matrix.elements() != in.c / op.groups * out.c)
    fail(op, "a matrix of " + text(matrix) + " does not turn " + text(in) + " into " + text(out));
}

/// Per group and position, rows x channel_block times channel_block x columns.
void check_position_matmul(const Graph& g, const Op& op) {
  if (op.inputs.size() != 2) fail(op, "expected two operands");
  const Shape& left = g.in_shape(op);
  const Shape& right = g.in_shape(op, 1);
  const Shape& out = g.out_shape(op);
  for (const int64_t channels : {left.c, right.c, out.c}) check_groups(op, channels);
  const int64_t summed = op.channel_block;
  const int64_t rows = left.c / op.groups;
  const int64_t columns = right.c / op.groups;
  if (summed < 1 || rows % summed != 0 || columns % summed != 0) {
    fail(op, "expected sums that divide " + std::to_string(rows) + " and " + std::to_string(columns) +
                 " channels of a group, got " + std::to_string(summed));
  }
  expect_output(op, right, {right.c, left.h, left.w});
  expect_output(op, out, {op.groups * (rows / summed) * (columns / summed), left.h, left.w});
}

void check_channel_slice(const Graph& g, const Op& op) {
  const Shape& in = g.in_shape(op);
  const Shape& out = g.out_shape(op);
  if (op.channel_begin < 0 || op.channel_begin + out.c > in.c) fail(op, "channel range outside its input");
  expect_output(op, out, {out.c, in.h, in.w});
}

/// Each position by itself, over its channels.
void check_mixing(const Graph& g, const Op& op) {
  switch (op_facts(op).channels) {
    case ChannelUse::shuffled:
      if (op.channel_block < 1 || g.in_shape(op).c % op.channel_block != 0 ||
          g.in_shape(op).c / op.channel_block % std::max<int64_t>(op.groups, 1) != 0)
        fail(op, "expected groups of whole blocks of channels");
      return check_own_positions(g, op, g.in_shape(op).c);
    case ChannelUse::normed:
      return check_own_positions(g, op, g.in_shape(op).c);
    case ChannelUse::summed:
      return check_own_positions(g, op, 1);
    case ChannelUse::blocked:
      return check_blocks(g, op);
    case ChannelUse::multiplied:
      return check_matmul(g, op);
    case ChannelUse::paired:
      return check_position_matmul(g, op);
    case ChannelUse::own:
    case ChannelUse::broadcast:
    case ChannelUse::stacked:
    case ChannelUse::shifted:
    case ChannelUse::reducing:
    case ChannelUse::all:
      return;
  }
}

/// The op that it shares its weights and biases with has as many.
void check_parameters(const Graph& g, OpId o) {
  const Op& op = g.op(o);
  if (std::min(op.weights, op.biases) < 0 || std::max(op.weights, op.biases) > kMaxParameters) {
    fail(op, "expected from 0 to 2^46 weights and biases, got " + std::to_string(op.weights) + " and " +
                 std::to_string(op.biases));
  }
  if (op.parameters_of < 0) return;
  if (op.parameters_of >= o || g.op(op.parameters_of).parameters_of >= 0)
    fail(op, "expected the weights and biases of an earlier op that has its own");
  const Op& owner = g.op(op.parameters_of);
  if (owner.weights != op.weights || owner.biases != op.biases)
    fail(op, "expected as many weights and biases as op '" + owner.name + "' has");
}

}  // namespace

void check_op(const Graph& g, OpId o) {
  const Op& op = g.op(o);
  check_parameters(g, o);
  if (op.opaque_macs < 0) fail(op, "expected multiply-accumulates from 0");
  if (is_opaque(op)) return;
  if (op.inputs.empty() || op.outputs.size() != 1) fail(op, "expected inputs and one output");
  switch (op_facts(op).channels) {
    case ChannelUse::own:
      return check_own_channels(g, op);
    case ChannelUse::broadcast:
      return check_eltwise(g, op);
    case ChannelUse::stacked:
      return check_concat(g, op);
    case ChannelUse::shifted:
      return check_channel_slice(g, op);
    case ChannelUse::reducing:
      return check_convolution(g, op);
    case ChannelUse::shuffled:
    case ChannelUse::blocked:
    case ChannelUse::normed:
    case ChannelUse::summed:
    case ChannelUse::multiplied:
    case ChannelUse::paired:
      return check_mixing(g, op);
    case ChannelUse::all:
      return;
  }
}

}  // namespace fusesim
