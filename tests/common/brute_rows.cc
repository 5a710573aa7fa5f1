#include "brute_rows.h"

#include <algorithm>

namespace fusesim::testing {
namespace {

int64_t round_down(int64_t a, int64_t b) {
  int64_t q = a / b;
  while (q * b > a) --q;
  return q;
}
int64_t round_up(int64_t a, int64_t b) {
  int64_t q = a / b;
  while (q * b < a) ++q;
  return q;
}

Rows clip(Rows rows, int64_t height) {
  return {std::clamp<int64_t>(rows.begin, 0, height), std::clamp<int64_t>(rows.end, 0, height)};
}

/// Source position of output row y as a fraction.
void source(const Resize& r, int64_t in, int64_t out, int64_t y, int64_t& over, int64_t& under) {
  over = 0;
  under = 1;
  if (r.coordinates == ResizeCoordinates::asymmetric) {
    over = y * in;
    under = out;
  } else if (r.coordinates == ResizeCoordinates::align_corners) {
    if (out > 1) {
      over = y * (in - 1);
      under = out - 1;
    }
  } else if (out > 1 || r.coordinates == ResizeCoordinates::half_pixel) {
    over = (2 * y + 1) * in - out;
    under = 2 * out;
  }
}

Rows resize_rows(const Resize& r, int64_t in, int64_t out, int64_t y) {
  int64_t over = 0;
  int64_t under = 1;
  source(r, in, out, y, over, under);
  const auto inside = [in](int64_t row) { return std::clamp<int64_t>(row, 0, in - 1); };
  if (r.mode == ResizeMode::linear) {
    return {inside(round_down(over, under)), inside(round_up(over, under)) + 1};
  }
  int64_t row = 0;
  if (r.rounding == ResizeRounding::floor) row = round_down(over, under);
  if (r.rounding == ResizeRounding::ceil) row = round_up(over, under);
  if (r.rounding == ResizeRounding::round_prefer_ceil) row = round_down(2 * over + under, 2 * under);
  if (r.rounding == ResizeRounding::round_prefer_floor) row = round_up(2 * over - under, 2 * under);
  return {inside(row), inside(row) + 1};
}

}  // namespace

bool pools_whole_map(const Op& op) {
  return op.kind == OpKind::global_avg_pool || op.kind == OpKind::global_max_pool ||
         op.kind == OpKind::moments;
}

bool mixes_channels(const Op& op) {
  for (const OpKind kind : {OpKind::channel_shuffle, OpKind::depth_to_space, OpKind::space_to_depth,
                            OpKind::norm, OpKind::channel_reduce, OpKind::matmul, OpKind::position_matmul}) {
    if (op.kind == kind) return true;
  }
  return false;
}

Rows hull(const Rows& a, const Rows& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

Rows rows_of(const Graph& graph, const Op& op, size_t input, int64_t y) {
  const int64_t height = graph.in_shape(op, input).h;
  const Window& w = op.window;
  const int64_t span = (w.kernel_h - 1) * w.dilation_h + 1;
  switch (op.kind) {
    case OpKind::conv:
    case OpKind::max_pool:
    case OpKind::avg_pool: {
      const int64_t top = y * w.stride_h - w.pad_top;
      return clip({top, top + span}, height);
    }
    case OpKind::conv_transpose: {
      const int64_t bottom = y + w.pad_top;
      return clip({round_up(bottom - span + 1, w.stride_h), round_down(bottom, w.stride_h) + 1}, height);
    }
    case OpKind::resize:
      return resize_rows(op.resize, height, graph.out_shape(op).h, y);
    case OpKind::eltwise:
      if (height == 1 && graph.out_shape(op).h > 1) return {0, 1};
      if (op.eltwise == EltwiseKind::normalise && input == 1) return {0, height};
      break;
    case OpKind::depth_to_space: {
      const int64_t row = round_down(y, op.block.size);
      return {row, row + 1};
    }
    case OpKind::space_to_depth:
      return {y * op.block.size, (y + 1) * op.block.size};
    case OpKind::crop:
      return clip({y * w.stride_h - w.pad_top, y * w.stride_h - w.pad_top + 1}, height);
    case OpKind::matmul:
      if (input == 1) return {0, height};
      break;
    case OpKind::concat:
    case OpKind::channel_slice:
    case OpKind::channel_shuffle:
    case OpKind::norm:
    case OpKind::channel_reduce:
    case OpKind::position_matmul:
    case OpKind::activation:
    case OpKind::global_avg_pool:
    case OpKind::global_max_pool:
    case OpKind::moments:
    case OpKind::opaque:
      break;
  }
  return {y, y + 1};
}

bool made_inside(const Graph& graph, const Group& group, TensorId t) {
  return std::find(group.begin(), group.end(), graph.tensor(t).producer) != group.end();
}

std::vector<OpId> readers_inside(const Graph& graph, const Group& group, TensorId t) {
  std::vector<OpId> result;
  for (OpId o : group) {
    const auto& inputs = graph.op(o).inputs;
    if (std::find(inputs.begin(), inputs.end(), t) != inputs.end()) result.push_back(o);
  }
  return result;
}

GroupTensors tensors_of(const Graph& graph, const Group& group) {
  std::set<TensorId> externals;
  std::set<TensorId> made;
  std::set<TensorId> outgoing;
  for (OpId o : group) {
    for (TensorId t : graph.op(o).inputs) {
      if (!made_inside(graph, group, t)) externals.insert(t);
    }
    for (TensorId t : graph.op(o).outputs) {
      made.insert(t);
      bool leaves = std::find(graph.outputs.begin(), graph.outputs.end(), t) != graph.outputs.end();
      for (size_t other = 0; other < graph.ops.size(); ++other) {
        const auto& inputs = graph.ops[other].inputs;
        const bool reads = std::find(inputs.begin(), inputs.end(), t) != inputs.end();
        const bool inside = std::find(group.begin(), group.end(), static_cast<OpId>(other)) != group.end();
        leaves = leaves || (reads && !inside);
      }
      if (leaves) outgoing.insert(t);
    }
  }
  return {
      {externals.begin(), externals.end()}, {made.begin(), made.end()}, {outgoing.begin(), outgoing.end()}};
}

bool reads_parameters_first(const Graph& graph, const Group& group, OpId o) {
  const auto object = [&graph](OpId op) {
    const OpId other = graph.op(op).parameters_of;
    return other < 0 ? op : other;
  };
  for (OpId before : group) {
    if (before < o && object(before) == object(o)) return false;
  }
  return true;
}

}  // namespace fusesim::testing
