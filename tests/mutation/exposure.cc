#include "exposure.h"

#include <algorithm>

namespace fusesim::testing {
namespace {

bool is_window(const Op& op) {
  return op.kind == OpKind::conv || op.kind == OpKind::max_pool || op.kind == OpKind::avg_pool;
}

/// First and past-last row that output row y of a window op without dilation reads.
struct Span {
  int64_t first;
  int64_t end;
};
Span span(const Graph& graph, const Op& op, int64_t y) {
  const Window& w = op.window;
  const int64_t top = y * w.stride_h - w.pad_top;
  return {std::max<int64_t>(0, top), std::min(graph.in_shape(op).h, top + w.kernel_h)};
}

std::vector<OpId> readers(const Graph& graph, const Group& group, TensorId t) {
  std::vector<OpId> found;
  for (OpId o : graph.tensor(t).consumers) {
    if (std::find(group.begin(), group.end(), o) != group.end()) found.push_back(o);
  }
  return found;
}

/// A window op reads row `first` of output row 1, which it released with output row 0.
bool exposes_early_release(const Graph& graph, const Group& group) {
  return std::any_of(group.begin(), group.end(), [&](OpId o) {
    const Op& op = graph.op(o);
    if (!is_window(op) || op.window.dilation_h != 1 || graph.out_shape(op).h < 2) return false;
    const Span first = span(graph, op, 0);
    const Span second = span(graph, op, 1);
    return readers(graph, group, op.inputs[0]).size() == 1 && first.first < first.end &&
           second.first < second.end;
  });
}

/// A convolution whose result leaves the network and is made of all channels of some row that it reads.
bool tells_all_channels(const Graph& graph, const Op& op) {
  if (op.kind != OpKind::conv || op.groups != 1 || op.window.dilation_h != 1) return false;
  const Span first = span(graph, op, 0);
  return first.first < first.end && graph.tensor(op.output()).graph_output;
}

/// A shuffle that moves a channel, and whose result leaves the network or goes into all that does.
bool exposes_lost_shuffle(const Graph& graph, const Group& group) {
  return std::any_of(group.begin(), group.end(), [&](OpId o) {
    const Op& op = graph.op(o);
    const int64_t blocks = graph.out_shape(op).c / op.channel_block;
    if (op.kind != OpKind::channel_shuffle || op.groups == 1 || op.groups == blocks) return false;
    const Tensor& out = graph.tensor(op.output());
    return out.graph_output || std::any_of(out.consumers.begin(), out.consumers.end(), [&](OpId reader) {
             return tells_all_channels(graph, graph.op(reader));
           });
  });
}

bool has_parameters(const Graph& graph, const Group& group) {
  return std::any_of(group.begin(), group.end(),
                     [&](OpId o) { return graph.op(o).weights + graph.op(o).biases > 0; });
}

/// A single window op whose first two tiles share rows.
bool exposes_short_halo(const Graph& graph, const GroupSchedule& group) {
  const Op& op = graph.op(group.ops.front());
  if (group.ops.size() != 1 || group.brr.tiles < 2 || !is_window(op) || op.window.dilation_h != 1) {
    return false;
  }
  const Span last_of_first = span(graph, op, group.brr.tile_rows - 1);
  const Span first_of_second = span(graph, op, group.brr.tile_rows);
  return last_of_first.first < last_of_first.end && first_of_second.first < first_of_second.end &&
         first_of_second.first < last_of_first.end;
}

/// Whoever makes and whoever reads a tensor in slices may both swap them, so that they lie right again.
bool sliced_once(const Schedule& schedule, TensorId t) {
  int64_t count = 0;
  for (const GroupSchedule& group : schedule.groups) {
    for (const TensorResidency& r : group.brr.residency)
      count += r.tensor == t && r.residency == Residency::slice ? 1 : 0;
  }
  return count == 1;
}

/// A single op, not a concat, one of whose SLICE tensors holds two slices of g channels.
bool exposes_swapped_slices(const Schedule& schedule, const GroupSchedule& group) {
  const Graph& graph = *schedule.graph;
  const Op& op = graph.op(group.ops.front());
  if (group.ops.size() != 1 || op.kind == OpKind::concat || op.kind == OpKind::channel_slice) return false;
  const bool sums = is_reduction(graph, op) || op.kind == OpKind::global_avg_pool ||
                    op.kind == OpKind::global_max_pool || op.kind == OpKind::moments;
  return std::any_of(group.brr.residency.begin(), group.brr.residency.end(), [&](const TensorResidency& r) {
    const bool cut = r.tensor == op.output() || sums;
    return cut && r.residency == Residency::slice && sliced_once(schedule, r.tensor) &&
           graph.tensor(r.tensor).shape.c >= 2 * group.brr.slice_channels;
  });
}

/// A single window op whose first two strips share columns, so that the last column of the first is one that
/// it reads.
bool exposes_short_strips(const Graph& graph, const GroupSchedule& group) {
  const Op& op = graph.op(group.ops.front());
  const Window& w = op.window;
  if (group.ops.size() != 1 || !is_window(op) || w.dilation_w != 1) return false;
  const int64_t cut = graph.out_shape(op).w / group.strips;  // first output column of the second strip
  const int64_t begin = std::max<int64_t>(0, cut * w.stride_w - w.pad_left);
  const int64_t end = std::min(graph.in_shape(op).w, (cut - 1) * w.stride_w - w.pad_left + w.kernel_w);
  return end - begin >= 1 && end >= 2;
}

bool exposes(const Schedule& schedule, const GroupSchedule& group, Fault fault) {
  const Graph& graph = *schedule.graph;
  const bool tiles = group.mode == GroupMode::brr_tiles;
  switch (fault) {
    case Fault::none:
      return false;
    case Fault::channels_unshuffled:
      return exposes_lost_shuffle(graph, group.ops);
    case Fault::early_release:
      return group.mode == GroupMode::lbdf && exposes_early_release(graph, group.ops);
    case Fault::prefetch_past_capacity:  // the third block finds the first two in the room of two
      return group.mode == GroupMode::brr_passes && group.brr.double_buffer != DoubleBuffer::none &&
             group.brr.passes >= 3 && has_parameters(graph, group.ops);
    case Fault::weight_subgroup_twice:
    case Fault::weight_subgroup_skipped:
    case Fault::buffer_swapped_early:
      return (tiles || group.mode == GroupMode::brr_passes) && has_parameters(graph, group.ops);
    case Fault::strip_halo_short:
      return group.strips > 1 && exposes_short_strips(graph, group);
    case Fault::tile_halo_short:
      return tiles && exposes_short_halo(graph, group);
    case Fault::slice_out_of_order:
      return tiles && exposes_swapped_slices(schedule, group);
  }
  return false;
}

}  // namespace

bool certainly_exposes(const Schedule& schedule, Fault fault) {
  return std::any_of(schedule.groups.begin(), schedule.groups.end(),
                     [&](const GroupSchedule& group) { return exposes(schedule, group, fault); });
}

bool too_short_for_a_reader(const Graph& graph, const Group& group, TensorId t, int64_t rows) {
  for (OpId o : readers(graph, group, t)) {
    const Op& op = graph.op(o);
    if (!is_window(op) || op.window.dilation_h != 1) continue;
    for (int64_t y = 0; y < graph.out_shape(op).h; ++y) {
      const Span s = span(graph, op, y);
      if (s.end - s.first > rows) return true;
    }
  }
  return false;
}

}  // namespace fusesim::testing
