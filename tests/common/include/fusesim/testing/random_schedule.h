#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "fusesim/config/config.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/schedule/schedule.h"
#include "fusesim/testing/random_graph.h"

namespace fusesim::testing {

/// A network, how it runs, and what the cost model says of it.
struct ScheduledNetwork {
  uint64_t seed = 0;
  Schedule schedule;  ///< schedule.graph is the network
  Prediction prediction;

  const Graph& graph() const { return *schedule.graph; }
  /// Seed, graph and groups, for failure messages.
  std::string describe() const;
};

/// How random_network picks the schedule of each group.
enum class Choice : uint8_t {
  best,    ///< what make_schedule chooses
  random,  ///< brr: any variant, tile height and weight mode that fits; lbdf: rings up to three rows longer
};

struct NetworkOptions {
  RandomGraphOptions graph;
  int max_group_ops = 10;
  Choice choice = Choice::best;
  bool strips = false;  ///< cuts groups into a random number of strips where that fits
};

/// A random network under a random plan whose groups are split until they fit. Nothing if an op fits in no
/// way.
std::optional<ScheduledNetwork> random_network(uint64_t seed, Scheme scheme, const Config& config,
                                               const NetworkOptions& options);

/// A given network under a given plan, as make_schedule schedules it.
ScheduledNetwork scheduled(Graph graph, const Plan& plan, Scheme scheme, const Config& config);

/// Replaces the schedule of every BRR group by a random one that fits, and lengthens random rings where they
/// fit.
void randomize(Schedule& schedule, const Config& config, Random& random);

/// Runs groups in a random number of strips, about two of three, where that fits.
void cut_into_strips(ScheduledNetwork& network, const Config& config, Random& random);

/// All ops of a graph as one group.
Group whole(const Graph& graph);

}  // namespace fusesim::testing
