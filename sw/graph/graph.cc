#include "fusesim/graph/graph.h"

#include <algorithm>
#include <string>

#include "fusesim/base/error.h"
#include "fusesim/graph/op_facts.h"

namespace fusesim {
namespace {

static_assert(kOpKinds.size() == static_cast<size_t>(OpKind::opaque) + 1 && kOpKinds.back() == OpKind::opaque,
              "kOpKinds lacks a kind");

constexpr int64_t kMaxElements = int64_t{1} << 46;
constexpr int64_t kMaxDimension = int64_t{1} << 31;

[[noreturn]] void fail(const Op& op, const std::string& reason) {
  throw Error("op '" + op.name + "': " + reason);
}

std::string text(const Shape& s) {
  return "(" + std::to_string(s.c) + "," + std::to_string(s.h) + "," + std::to_string(s.w) + ")";
}

void check_shape(const Tensor& t) {
  const Shape& s = t.shape;
  for (const int64_t d : {s.c, s.h, s.w}) {
    if (d < 1 || d > kMaxDimension) {
      throw Error("tensor '" + t.name + "': expected dimensions from 1 to 2^31, got " + text(s));
    }
  }
  if (s.c > kMaxElements / s.h || s.c * s.h > kMaxElements / s.w) {
    throw Error("tensor '" + t.name + "': expected at most 2^46 elements, got shape " + text(s));
  }
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
  const bool pads = std::min({w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}) >= 0;
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
  const int64_t expected = out.c * (in.c / op.groups) * op.window.kernel_h * op.window.kernel_w;
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
      return expect_output(op, out, {in.c, 1, 1});
  }
}

void check_channel_slice(const Graph& g, const Op& op) {
  const Shape& in = g.in_shape(op);
  const Shape& out = g.out_shape(op);
  if (op.channel_begin < 0 || op.channel_begin + out.c > in.c) fail(op, "channel range outside its input");
  expect_output(op, out, {out.c, in.h, in.w});
}

void check_op(const Graph& g, const Op& op) {
  if (std::min(op.weights, op.biases) < 0 || std::max(op.weights, op.biases) > kMaxElements) {
    fail(op, "expected from 0 to 2^46 weights and biases, got " + std::to_string(op.weights) + " and " +
                 std::to_string(op.biases));
  }
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
    case ChannelUse::all:
      return;
  }
}

void fill_links(Graph& g) {
  for (Tensor& t : g.tensors) {
    t.producer = -1;
    t.consumers.clear();
    t.graph_output = false;
  }
  const auto at = [&g](TensorId t, const std::string& who) -> Tensor& {
    if (t < 0 || static_cast<size_t>(t) >= g.tensors.size()) throw Error(who + ": tensor index out of range");
    return g.tensors[static_cast<size_t>(t)];
  };
  for (size_t i = 0; i < g.ops.size(); ++i) {
    const Op& op = g.ops[i];
    for (const TensorId t : op.outputs) {
      Tensor& out = at(t, op.name);
      if (out.producer >= 0) fail(op, "tensor '" + out.name + "' has two producers");
      out.producer = static_cast<OpId>(i);
    }
    for (const TensorId t : op.inputs) {
      Tensor& in = at(t, op.name);
      if (in.consumers.empty() || in.consumers.back() != static_cast<OpId>(i)) {
        in.consumers.push_back(static_cast<OpId>(i));
      }
    }
  }
  for (const TensorId t : g.outputs) at(t, "graph output").graph_output = true;
}

void check_sources(const Graph& g) {
  std::vector<bool> is_input(g.tensors.size(), false);
  for (const TensorId t : g.inputs) {
    if (t < 0 || static_cast<size_t>(t) >= g.tensors.size() || g.tensor(t).producer >= 0) {
      throw Error("graph input is produced by an op or out of range");
    }
    is_input[static_cast<size_t>(t)] = true;
  }
  for (size_t i = 0; i < g.ops.size(); ++i) {
    for (const TensorId t : g.ops[i].inputs) {
      const OpId producer = g.tensor(t).producer;
      if (producer >= static_cast<OpId>(i)) fail(g.ops[i], "is not in topological order");
      if (producer < 0 && !is_input[static_cast<size_t>(t)]) {
        fail(g.ops[i], "reads tensor '" + g.tensor(t).name + "' that nothing produces");
      }
    }
  }
}

}  // namespace

void Graph::finish() {
  fill_links(*this);
  check_sources(*this);
  for (const Tensor& t : tensors) check_shape(t);
  for (const Op& op : ops) check_op(*this, op);
}

const char* to_string(OpKind kind) { return op_facts(kind).name; }

const char* to_string(EltwiseKind kind) {
  switch (kind) {
    case EltwiseKind::add:
      return "add";
    case EltwiseKind::mul:
      return "mul";
    case EltwiseKind::sub:
      return "sub";
    case EltwiseKind::div:
      return "div";
    case EltwiseKind::max:
      return "max";
  }
  return "unknown";
}

bool is_depthwise(const Graph& graph, const Op& op) {
  return is_convolution(op) && op.groups == graph.in_shape(op).c;
}

bool is_reduction(const Graph& graph, const Op& op) {
  return is_convolution(op) && op.groups != graph.in_shape(op).c;
}

bool is_row_broadcast(const Graph& graph, const Op& op, size_t input) {
  if (op_facts(op).channels != ChannelUse::broadcast) return false;
  return graph.in_shape(op, input).h == 1 && graph.out_shape(op).h > 1;
}

namespace {

/// Products of a transposed convolution along one direction, for one input and one output channel: pairs of
/// input element i and tap k whose output element i * stride + k * dilation - pad lies on the map.
int64_t transposed_products(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t dilation,
                            int64_t pad) {
  int64_t products = 0;
  for (int64_t tap = 0; tap < kernel; ++tap) {
    const int64_t offset = tap * dilation - pad;  // output element of input element 0
    const int64_t before = offset < 0 ? (-offset + stride - 1) / stride : 0;
    const int64_t until = offset < out ? (out - offset + stride - 1) / stride : 0;
    products += std::max<int64_t>(0, std::min(in, until) - before);
  }
  return products;
}

}  // namespace

int64_t mac_count(const Graph& graph, const Op& op) {
  if (is_opaque(op)) return 0;
  const Shape& in = graph.in_shape(op);
  const Shape& out = graph.out_shape(op);
  const Window& w = op.window;
  const int64_t summed = is_convolution(op) ? in.c / op.groups : 1;
  switch (op_facts(op).rows) {
    case RowUse::window:
      return out.elements() * summed * w.kernel_h * w.kernel_w;
    case RowUse::transposed:
      return in.c * (out.c / op.groups) *
             transposed_products(in.h, out.h, w.kernel_h, w.stride_h, w.dilation_h, w.pad_top) *
             transposed_products(in.w, out.w, w.kernel_w, w.stride_w, w.dilation_w, w.pad_left);
    case RowUse::pooled:
    case RowUse::whole:
      return in.elements();
    case RowUse::own:
    case RowUse::resized:
      break;
  }
  return out.elements();
}

}  // namespace fusesim
