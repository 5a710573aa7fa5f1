#include "fusesim/testing/random_schedule.h"
#include "fusesim/testing/cost_model.h"

#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

#include "fusesim/base/error.h"
#include "fusesim/testing/brute_force.h"

namespace fusesim::testing {
namespace {

bool fits(const testing::CostModel& model, const Group& group, Scheme scheme, int64_t capacity) {
  if (scheme == Scheme::lbdf && model.lbdf_f_beta(group) < capacity) return true;
  return (scheme == Scheme::brr || group.size() == 1) && model.brr(group, capacity).has_value();
}

/// Splits groups that do not fit. False if a single op does not, unless those run in strips.
bool split_until_it_fits(const Graph& graph, const testing::CostModel& model, Scheme scheme, int64_t capacity,
                         bool strips, Random& random, Plan& plan) {
  std::vector<Group> open(plan.rbegin(), plan.rend());
  plan.clear();
  while (!open.empty()) {
    const Group group = open.back();
    open.pop_back();
    if (graph.op(group.front()).kind == OpKind::opaque || fits(model, group, scheme, capacity)) {
      plan.push_back(group);
      continue;
    }
    if (group.size() == 1 && !strips) return false;
    if (group.size() == 1) {
      plan.push_back(group);
      continue;
    }
    const Plan parts = random_split(graph, group, random);
    open.insert(open.end(), parts.rbegin(), parts.rend());
  }
  return true;
}

BruteParams brute_params(const Config& config) {
  BruteParams p;
  p.activation_bytes = config.datatypes.activation_bytes;
  p.weight_bytes = config.datatypes.weight_bytes;
  p.bias_bytes = config.datatypes.bias_bytes;
  p.partial_sum_bytes = config.datatypes.partial_sum_bytes;
  p.from_file = config.datatypes.from_file;
  p.pe_rows = config.pe.rows;
  p.slice_channels = config.brr.slice_channels;
  p.prefetch_rows = config.lbdf.prefetch_rows;
  p.two_weight_pieces = config.brr.double_buffer != DoubleBuffer::none;
  p.two_inputs = config.brr.double_buffer == DoubleBuffer::all;
  return p;
}

void apply(const BruteBrrCandidate& c, GroupSchedule& group) {
  BrrSchedule s;
  s.slice_channels = c.slice_channels;
  if (c.passes_mode) {
    group.mode = GroupMode::brr_passes;
    s.block_channels = c.block_channels;
    s.passes = c.tiles;
  } else {
    group.mode = GroupMode::brr_tiles;
    s.start = c.start_slice ? BrrStart::slice : BrrStart::full;
    s.join = c.join_any ? BrrJoin::any : BrrJoin::all;
    s.tile_rows = c.tile_rows;
    s.tiles = c.tiles;
    s.weights_resident = c.weights_resident;
    for (const auto& [tensor, is_slice] : c.sliced) {
      s.residency.push_back({tensor, is_slice ? Residency::slice : Residency::full});
    }
  }
  group.brr = s;
}

void lengthen_rings(const Graph& graph, const Config& config, Random& random, GroupSchedule& group) {
  int64_t room = config.buffer.capacity_bytes - 1 -
                 testing::CostModel(graph, cost_params(config)).lbdf_f_beta(group.ops);
  for (Ring& ring : group.rings) {
    const Shape& s = graph.tensor(ring.tensor).shape;
    const int64_t widest =
        std::max({config.datatypes.activation_bytes, config.datatypes.partial_sum_bytes, int64_t{4}});
    const int64_t rows = std::min<int64_t>(random.range(0, 3), s.h - ring.rows);
    const int64_t bytes = rows * s.c * s.w * widest;
    if (rows <= 0 || bytes > room) continue;
    room -= bytes;
    ring.rows += rows;
  }
}

}  // namespace

void randomize(Schedule& schedule, const Config& config, Random& random) {
  const BruteParams params = brute_params(config);
  for (GroupSchedule& group : schedule.groups) {
    if (group.mode == GroupMode::opaque) continue;
    if (group.mode == GroupMode::lbdf) {
      lengthen_rings(*schedule.graph, config, random, group);
      continue;
    }
    const BruteBrr brute = brute_brr(*schedule.graph, group.ops, params);
    std::vector<const BruteBrrCandidate*> possible;
    for (const BruteBrrCandidate& c : brute.candidates) {
      if (c.footprint_bytes < config.buffer.capacity_bytes) possible.push_back(&c);
    }
    if (possible.empty()) continue;
    apply(*random.pick(possible), group);
    group.brr.double_buffer = config.brr.double_buffer;
  }
}

std::optional<ScheduledNetwork> random_network(uint64_t seed, Scheme scheme, const Config& config,
                                               const NetworkOptions& options) {
  Graph graph = random_graph(seed, options.graph);
  Plan plan = random_plan(graph, seed, options.max_group_ops);
  Random random(seed ^ 0x7363686564ULL);
  const testing::CostModel model(graph, cost_params(config));
  PlanGroupModel plans(graph, fusion_scheme(scheme), cost_params(config), config.buffer.capacity_bytes);
  if (options.strips && !plans.misfits().empty()) return std::nullopt;
  if (!split_until_it_fits(graph, model, scheme, config.buffer.capacity_bytes, options.strips, random,
                           plan)) {
    return std::nullopt;
  }
  ScheduledNetwork network = scheduled(std::move(graph), plan, scheme, config);
  network.seed = seed;
  if (options.choice == Choice::random) {
    randomize(network.schedule, config, random);
    network.prediction = predict(network.schedule, config);
  }
  if (options.strips) cut_into_strips(network, config, random);
  return network;
}

void cut_into_strips(ScheduledNetwork& network, const Config& config, Random& random) {
  for (size_t i = 0; i < network.schedule.groups.size(); ++i) {
    GroupSchedule& group = network.schedule.groups[i];
    int64_t most = group.mode == GroupMode::opaque ? 1 : 5;
    for (TensorId t : group.outgoing) most = std::min(most, network.graph().tensor(t).shape.w);
    const int64_t strips = random.range(0, 2) == 0 ? 1 : random.range(1, most);
    if (strips <= group.strips) continue;
    Schedule alone = network.schedule;
    alone.groups = {group};
    alone.groups.front().strips = strips;
    try {
      GroupPrediction prediction = predict(alone, config).groups.front();
      if (prediction.buffer_bytes >= config.buffer.capacity_bytes) continue;
      group.strips = strips;
      network.prediction.groups[i] = std::move(prediction);
    } catch (const Error&) {
      continue;  // a strip would have no columns of a tensor
    }
  }
}

ScheduledNetwork scheduled(Graph graph, const Plan& plan, Scheme scheme, const Config& config) {
  ScheduledNetwork network;
  network.schedule = make_schedule(graph, plan, scheme, config);
  network.schedule.model_name = graph.name;
  network.schedule.graph = std::make_shared<const Graph>(std::move(graph));
  network.prediction = predict(network.schedule, config);
  return network;
}

Group whole(const Graph& graph) {
  Group group;
  for (size_t o = 0; o < graph.ops.size(); ++o) group.push_back(static_cast<OpId>(o));
  return group;
}

std::string ScheduledNetwork::describe() const {
  std::ostringstream out;
  out << "seed " << seed << ", " << fusesim::testing::describe(graph());
  for (const GroupSchedule& group : schedule.groups) {
    out << "  group " << to_string(group.mode) << " [";
    for (OpId o : group.ops) out << " " << o;
    out << " ]";
    if (group.mode == GroupMode::brr_tiles) {
      out << " start " << to_string(group.brr.start) << " join " << to_string(group.brr.join) << " g "
          << group.brr.slice_channels << " h " << group.brr.tile_rows << " tiles " << group.brr.tiles
          << (group.brr.weights_resident ? " resident" : " streamed");
    }
    if (group.mode == GroupMode::brr_passes) {
      out << " block " << group.brr.block_channels << " passes " << group.brr.passes;
    }
    if (group.strips > 1) out << " in " << group.strips << " strips";
    for (const Ring& ring : group.rings) out << " t" << ring.tensor << ":" << ring.rows;
    out << "\n";
  }
  return out.str();
}

}  // namespace fusesim::testing
