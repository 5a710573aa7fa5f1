#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "fusesim/graph/op_facts.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {
namespace {

constexpr int64_t kMostSliceChannels = 65536;
constexpr int64_t kMostPrefetchRows = 65536;

std::string range_fault(const std::string& place, int64_t value, int64_t least, int64_t most) {
  if (value >= least && value <= most) return "";
  const std::string range =
      least == most ? std::to_string(least) : "from " + std::to_string(least) + " to " + std::to_string(most);
  return place + ": expected " + range + ", got " + std::to_string(value);
}

/// The first of these that is a fault.
std::string first_of(std::initializer_list<std::string> faults) {
  for (const std::string& fault : faults) {
    if (!fault.empty()) return fault;
  }
  return "";
}

/// Checks one group whose ops are legal. Messages start with the member's name.
class GroupCheck {
 public:
  GroupCheck(const Graph& graph, Scheme scheme, const GroupSchedule& group)
      : graph_(graph), scheme_(scheme), group_(group), boundary_(boundary(graph, group.ops)) {
    tensors_ = boundary_.external_inputs;
    for (const OpId o : group.ops) {
      tensors_.insert(tensors_.end(), graph.op(o).outputs.begin(), graph.op(o).outputs.end());
    }
    std::sort(tensors_.begin(), tensors_.end());
  }

  std::string run() const {
    std::string common = first_of({check_mode(), check_outgoing(), check_unused(), check_strips()});
    if (!common.empty()) return common;
    switch (group_.mode) {
      case GroupMode::lbdf:
        return first_of(
            {check_rings(), range_fault("prefetch_rows", group_.prefetch_rows, 0, kMostPrefetchRows)});
      case GroupMode::brr_tiles:
        return check_tiles();
      case GroupMode::brr_passes:
        return check_passes();
      case GroupMode::opaque:
        break;
    }
    return "";
  }

 private:
  std::string name(TensorId t) const {
    if (t < 0 || static_cast<size_t>(t) >= graph_.tensors.size()) return "tensor " + std::to_string(t);
    return "tensor " + std::to_string(t) + " ('" + graph_.tensor(t).name + "')";
  }

  bool single() const { return group_.ops.size() == 1; }
  const Op& first_op() const { return graph_.op(group_.ops.front()); }

  /// "lbdf for a group of several ops", or a list with opaque where the size of the group does not matter.
  std::string expected_modes(const std::vector<GroupMode>& modes) const {
    std::string list;
    for (const GroupMode mode : modes) list += (list.empty() ? "" : ", ") + std::string(to_string(mode));
    if (modes == modes_of(scheme_, !single())) return list + " or opaque";
    return list + (single() ? " for a group of one op" : " for a group of several ops");
  }

  std::string check_mode() const {
    const std::string got = std::string(", got ") + to_string(group_.mode);
    const bool opaque = is_opaque(first_op());
    if (opaque != (group_.mode == GroupMode::opaque)) {
      return std::string("mode: expected ") +
             (opaque ? "opaque for an opaque op" : "opaque for opaque ops only") + got;
    }
    const std::vector<GroupMode>& modes = modes_of(scheme_, single());
    if (!opaque && std::find(modes.begin(), modes.end(), group_.mode) == modes.end()) {
      return "mode: expected " + expected_modes(modes) + " under scheme " + to_string(scheme_) + got;
    }
    if (group_.mode == GroupMode::brr_passes && !(single() && is_convolution(first_op()))) {
      return "mode: expected brr_passes for a group of one convolution only" + got;
    }
    return "";
  }

  std::string check_outgoing() const {
    const std::vector<TensorId>& expected = boundary_.outgoing;
    for (size_t i = 0; i < std::max(expected.size(), group_.outgoing.size()); ++i) {
      const std::string place = "outgoing[" + std::to_string(i) + "]: expected ";
      if (i >= group_.outgoing.size()) return place + name(expected[i]) + ", got nothing";
      if (i >= expected.size()) return place + "nothing more, got " + name(group_.outgoing[i]);
      if (group_.outgoing[i] != expected[i])
        return place + name(expected[i]) + ", got " + name(group_.outgoing[i]);
    }
    return "";
  }

  std::string check_unused() const {
    const std::string mode = to_string(group_.mode);
    if (group_.mode != GroupMode::lbdf && !group_.rings.empty()) {
      return "rings: expected none with mode " + mode + ", got " + std::to_string(group_.rings.size());
    }
    if (group_.mode != GroupMode::lbdf && group_.prefetch_rows != 0) {
      return "prefetch_rows: expected 0 with mode " + mode + ", got " + std::to_string(group_.prefetch_rows);
    }
    if (group_.mode != GroupMode::brr_tiles && !group_.brr.residency.empty()) {
      return "brr.residency: expected none with mode " + mode + ", got " +
             std::to_string(group_.brr.residency.size());
    }
    const bool brr = group_.mode == GroupMode::brr_tiles || group_.mode == GroupMode::brr_passes;
    if (!brr && group_.brr.double_buffer != DoubleBuffer::none) {
      return "brr.double_buffer: expected none with mode " + mode + ", got " +
             to_string(group_.brr.double_buffer);
    }
    return "";
  }

  std::string check_strips() const {
    int64_t most = group_.mode == GroupMode::opaque ? 1 : INT64_MAX;
    for (const TensorId t : boundary_.outgoing) most = std::min(most, graph_.tensor(t).shape.w);
    return range_fault("strips", group_.strips, 1, most);
  }

  /// Made inside and read only by an activation inside: the activation overwrites it and it owns no ring.
  bool works_in_place(TensorId t) const {
    const Tensor& tensor = graph_.tensor(t);
    const auto inside = [this](OpId o) {
      return std::binary_search(group_.ops.begin(), group_.ops.end(), o);
    };
    if (tensor.producer < 0 || !inside(tensor.producer) || tensor.graph_output) return false;
    if (op_facts(graph_.op(tensor.producer)).pools_map()) return false;
    if (tensor.consumers.size() != 1 || !inside(tensor.consumers.front())) return false;
    return op_facts(graph_.op(tensor.consumers.front())).in_place == InPlace::own_row;
  }

  std::string check_rings() const {
    std::vector<TensorId> owners;
    for (const TensorId t : tensors_) {
      if (!works_in_place(t)) owners.push_back(t);
    }
    for (size_t i = 0; i < std::max(owners.size(), group_.rings.size()); ++i) {
      const std::string place = "rings[" + std::to_string(i) + "]";
      if (i >= group_.rings.size()) return place + ": expected " + name(owners[i]) + ", got nothing";
      const Ring& ring = group_.rings[i];
      if (i >= owners.size()) return place + ": expected nothing more, got " + name(ring.tensor);
      if (ring.tensor != owners[i])
        return place + ": expected " + name(owners[i]) + ", got " + name(ring.tensor);
      std::string fault = range_fault(place + ".rows", ring.rows, 1, graph_.tensor(ring.tensor).shape.h);
      if (!fault.empty()) return fault;
    }
    return "";
  }

  std::string check_tiles() const {
    const BrrSchedule& brr = group_.brr;
    int64_t rows = 1;
    for (const TensorId t : tensors_) rows = std::max(rows, graph_.tensor(t).shape.h);
    for (size_t i = 0; i < std::max(tensors_.size(), brr.residency.size()); ++i) {
      const std::string place = "brr.residency[" + std::to_string(i) + "]: expected ";
      if (i >= brr.residency.size()) return place + name(tensors_[i]) + ", got nothing";
      if (i >= tensors_.size()) return place + "nothing more, got " + name(brr.residency[i].tensor);
      if (brr.residency[i].tensor != tensors_[i]) {
        return place + name(tensors_[i]) + ", got " + name(brr.residency[i].tensor);
      }
    }
    return first_of({range_fault("brr.slice_channels", brr.slice_channels, 1, kMostSliceChannels),
                     range_fault("brr.tile_rows", brr.tile_rows, 1, rows),
                     range_fault("brr.tiles", brr.tiles, 1, rows)});
  }

  std::string check_passes() const {
    const BrrSchedule& brr = group_.brr;
    const int64_t channels = graph_.out_shape(graph_.op(group_.ops.front())).c;
    std::string ranges =
        first_of({range_fault("brr.slice_channels", brr.slice_channels, 1, kMostSliceChannels),
                  range_fault("brr.block_channels", brr.block_channels, 1, channels)});
    if (!ranges.empty()) return ranges;
    if (brr.block_channels % brr.slice_channels != 0 && brr.block_channels != channels) {
      return "brr.block_channels: expected a multiple of slice_channels (" +
             std::to_string(brr.slice_channels) + ") or all " + std::to_string(channels) + ", got " +
             std::to_string(brr.block_channels);
    }
    const int64_t passes = (channels + brr.block_channels - 1) / brr.block_channels;
    return range_fault("brr.passes", brr.passes, passes, passes);
  }

  const Graph& graph_;
  Scheme scheme_;
  const GroupSchedule& group_;
  GroupBoundary boundary_;
  std::vector<TensorId> tensors_;  ///< externals included, ascending
};

std::string check_header(const Schedule& schedule) {
  if (schedule.graph == nullptr) return "graph: expected a network, got none";
  const Datatypes& t = schedule.datatypes;
  std::string sizes = first_of(
      {range_fault("datatypes.activation_bits", t.activation_bytes * 8, 8, 64),
       range_fault("datatypes.weight_bits", t.weight_bytes * 8, 8, 64),
       range_fault("datatypes.bias_bits", t.bias_bytes * 8, 8, 64),
       range_fault("datatypes.partial_sum_bits", t.partial_sum_bytes * 8, t.activation_bytes * 8, 64)});
  if (!sizes.empty()) return sizes;
  return range_fault("buffer_bytes", schedule.buffer_bytes, 1, int64_t{1} << 40);
}

}  // namespace

std::string invalid_reason(const Schedule& schedule) {
  std::string header = check_header(schedule);
  if (!header.empty()) return header;
  Plan plan;
  for (const GroupSchedule& group : schedule.groups) plan.push_back(group.ops);
  std::string illegal = illegal_reason(*schedule.graph, plan);
  if (!illegal.empty()) return illegal;
  for (size_t i = 0; i < schedule.groups.size(); ++i) {
    std::string fault = GroupCheck(*schedule.graph, schedule.scheme, schedule.groups[i]).run();
    if (!fault.empty()) return "groups[" + std::to_string(i) + "]." + fault;
  }
  return "";
}

}  // namespace fusesim
