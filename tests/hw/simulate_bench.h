#pragma once

#include <memory>
#include <utility>

#include "fusesim/testing/brute_force.h"
#include "test_bench.h"

namespace fusesim::hw {

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
