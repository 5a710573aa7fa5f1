#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"
#include "fusesim/schedule/schedule.h"
#include "fusesim/testing/brute_force.h"

namespace fusesim::hw {

inline GroupSchedule lbdf_group(const Graph& graph, Group ops, std::vector<Ring> rings) {
  GroupSchedule group;
  group.mode = GroupMode::lbdf;
  group.ops = std::move(ops);
  group.outgoing = boundary(graph, group.ops).outgoing;
  group.rings = std::move(rings);
  return group;
}

/// Rings of the demand-driven schedule, from the brute force of the tests.
inline GroupSchedule lbdf_group(const Graph& graph, const Group& ops) {
  std::vector<Ring> rings;
  for (const auto& [tensor, rows] : testing::brute_lbdf(graph, ops, {}).ring_rows)
    rings.push_back({tensor, rows});
  return lbdf_group(graph, ops, rings);
}

/// A whole LBDF schedule with the rings of the tests' brute force; opaque ops stream.
inline Schedule lbdf_schedule(std::shared_ptr<const Graph> graph, const Plan& plan, const Config& config) {
  Schedule schedule;
  schedule.datatypes = config.datatypes;
  schedule.buffer_bytes = config.buffer.capacity_bytes;
  schedule.scheme = Scheme::lbdf;
  for (const Group& ops : plan) {
    if (graph->op(ops.front()).kind != OpKind::opaque) {
      schedule.groups.push_back(lbdf_group(*graph, ops));
      continue;
    }
    GroupSchedule group;
    group.mode = GroupMode::opaque;
    group.ops = ops;
    group.outgoing = boundary(*graph, ops).outgoing;
    schedule.groups.push_back(group);
  }
  schedule.graph = std::move(graph);
  return schedule;
}

inline Config roomy_config() {
  Config config;
  config.buffer.capacity_bytes = 64 << 20;
  return config;
}

}  // namespace fusesim::hw
