#include "columns/price_floor.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace fusesim {
namespace {

int64_t down(double value) { return static_cast<int64_t>(std::floor(value)); }

/// What one byte and the work of an op count at least, whatever the group.
///
/// A group takes no less than its work and no less than its bytes at the peak rate. The larger of the two
/// does not add up op by op, so one is taken for the whole network: the one that is more if every op ran
/// alone.
struct LinearValue {
  LinearValue(const SearchProblem& problem, const WorkFloor& work, int64_t alone_bytes) : work_(work) {
    const Weights weights = problem.objective.least_weights();
    byte = weights.byte + weights.pj * work.pj_per_byte;
    pj_ = weights.pj;
    cycle_ = weights.cycle + weights.pj * work.pj_per_cycle;
    OpWork sum;
    for (const OpWork& op : work.ops) sum += op;
    array_bound_ = sum.array_cycles >= sum.vector_cycles;
    const auto transfer_cycles = static_cast<double>(alone_bytes) * work.cycles_per_byte;
    bytes_bound_ = transfer_cycles >= static_cast<double>(compute_cycles(sum));
    if (bytes_bound_) byte += cycle_ * work.cycles_per_byte;
  }

  int64_t compute_cycles(const OpWork& op) const {
    if (work_.units_in_turn) return op.array_cycles + op.vector_cycles;
    return array_bound_ ? op.array_cycles : op.vector_cycles;
  }
  double of(const OpWork& op) const {
    const double time = bytes_bound_ ? 0.0 : cycle_ * static_cast<double>(compute_cycles(op));
    return time + pj_ * static_cast<double>(op.energy_pj);
  }

  double byte = 0.0;

 private:
  const WorkFloor& work_;
  double pj_ = 0.0;
  double cycle_ = 0.0;
  bool array_bound_ = true;
  bool bytes_bound_ = true;
};

int64_t bytes_alone(const Graph& graph, const TrafficFloor& floor) {
  int64_t bytes = 0;
  for (size_t o = 0; o < graph.ops.size(); ++o) {
    bytes += floor.op_bytes[o];
    for (const TrafficFloor::Fetch& fetch : floor.fetches[o]) bytes += fetch.bytes;
    for (const TensorId t : graph.ops[o].outputs) bytes += floor.tensor_bytes[static_cast<size_t>(t)];
  }
  return bytes;
}

}  // namespace

PriceFloor::PriceFloor(const SearchProblem& problem, StorageFloor storage, const TrafficFloor& floor,
                       const WorkFloor& work)
    : graph_(problem.graph), storage_(std::move(storage)), buffer_bytes_(problem.buffer_bytes()) {
  const LinearValue linear(problem, work, bytes_alone(graph_, floor));
  const auto value_of = [&](int64_t bytes) { return down(linear.byte * static_cast<double>(bytes)); };
  for (size_t o = 0; o < graph_.ops.size(); ++o) {
    const double bytes = static_cast<double>(floor.op_bytes[o]) * static_cast<double>(storage_.weight_rounds);
    op_value_.push_back(down(linear.byte * bytes + linear.of(work.ops[o])));
    std::vector<std::pair<TensorId, int64_t>>& streams = stream_value_.emplace_back();
    for (const TrafficFloor::Fetch& fetch : floor.fetches[o]) {
      int64_t again = 0;
      for (const StorageFloor::Hold& hold : storage_.holds[o])
        again += hold.tensor == fetch.tensor ? hold.again_bytes : 0;
      streams.emplace_back(fetch.tensor, value_of(fetch.bytes + again));
    }
  }
  for (size_t t = 0; t < graph_.tensors.size(); ++t) {
    const Tensor& tensor = graph_.tensors[t];
    const bool wanted = tensor.graph_output || !tensor.consumers.empty();
    fetch_value_.push_back(value_of(floor.tensor_bytes[t]));
    int64_t least = kNeverFits;
    for (const OpId reader : tensor.consumers)
      least = std::min(least, stream_value(reader, static_cast<TensorId>(t)));
    least_stream_value_.push_back(
        std::max(value_of(floor.least_fetch_bytes[t]), tensor.consumers.empty() ? 0 : least));
    store_value_.push_back(wanted ? value_of(floor.tensor_bytes[t]) : 0);
  }
}

int64_t PriceFloor::stream_value(OpId reader, TensorId tensor) const {
  for (const auto& [streamed, value] : stream_value_[static_cast<size_t>(reader)]) {
    if (streamed == tensor) return value;
  }
  return 0;
}

int64_t PriceFloor::value(const Group& group) const {
  int64_t value = 0;
  std::vector<TensorId> read;
  const auto inside = [&](OpId op) { return std::binary_search(group.begin(), group.end(), op); };
  for (const OpId op : group) {
    value += op_value(op);
    for (const TensorId t : graph_.op(op).inputs) {
      const OpId producer = graph_.tensor(t).producer;
      if (producer < 0 || !inside(producer)) read.push_back(t);
    }
    for (const TensorId t : graph_.op(op).outputs) {
      const Tensor& tensor = graph_.tensor(t);
      const bool leaves =
          tensor.graph_output || !std::all_of(tensor.consumers.begin(), tensor.consumers.end(), inside);
      if (leaves) value += store_value(t);
    }
  }
  std::sort(read.begin(), read.end());
  read.erase(std::unique(read.begin(), read.end()), read.end());
  for (const TensorId t : read) value += std::min(fetch_value(t), least_stream_value(t));
  return value;
}

int64_t PriceFloor::least_value(const Group& group) const {
  int64_t bytes = 0;
  for (const OpId op : group) bytes += storage_.op_bytes[static_cast<size_t>(op)];
  return bytes < buffer_bytes_ ? value(group) : kNeverFits;
}

std::vector<PriceFloor> price_floors(const SearchProblem& problem) {
  const CostParams params = cost_params(problem.config);
  const TrafficFloor traffic = problem.scheme.traffic_floor(problem.graph, problem.config.datatypes);
  const WorkFloor work = problem.scheme.work_floor(problem.graph, params, problem.buffer_bytes());
  std::vector<PriceFloor> floors;
  for (StorageFloor& storage : problem.scheme.storage_floors(problem.graph, params, problem.buffer_bytes()))
    floors.emplace_back(problem, std::move(storage), traffic, work);
  return floors;
}

}  // namespace fusesim
