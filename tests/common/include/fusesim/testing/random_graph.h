#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "fusesim/graph/graph.h"
#include "fusesim/testing/random.h"

namespace fusesim::testing {

/// Limits of random_graph. The defaults give slices of 32, 16 and 8 channels and pe arrays of 32 something to
/// cut; tiny() gives many slices with a pe of 4 x 4.
struct RandomGraphOptions {
  int64_t max_channels = 70;  ///< of one op's result; concats may add up to twice as much
  int64_t max_height = 24;
  int64_t max_width = 6;
  int min_blocks = 1;
  int max_blocks = 6;  ///< a block has 1 to about 10 ops
  bool allow_opaque = true;
  bool allow_mixing = true;  ///< blocks of kinds that mix channels, keep a whole map or cut it

  int64_t most_images = 1;       ///< of a batch
  bool draw_widths = false;      ///< elements, weights and biases of 4 to 32 bits, as a file may store them
  bool share_parameters = true;  ///< in some networks ops with as many weights and biases have the same ones

  static RandomGraphOptions tiny() { return {12, 12, 3, 1, 6, true}; }
};

/// A random legal network: the same for the same seed and options. Passes Graph::finish().
Graph random_graph(uint64_t seed, const RandomGraphOptions& options = {});

/// The same network with ops in another random topological order and tensors renumbered.
Graph shuffled(const Graph& graph, Random& random);

/// A random legal plan, in execution order: groups of 1 to `max_ops` ops. Opaque ops are alone.
Plan random_plan(const Graph& graph, uint64_t seed, int max_ops = 10);

/// One random legal group of at most `max_ops` ops.
Group random_group(const Graph& graph, uint64_t seed, int max_ops = 10);

/// Cuts a legal group of two or more ops at a random place into legal groups, in execution order.
Plan random_split(const Graph& graph, const Group& group, Random& random);

/// One line per op: kind, attributes, shapes.
std::string describe(const Graph& graph);
std::string describe(const Graph& graph, const Group& group);

/// Adds the number of occurrences of every kind and feature that the graph shows ("conv.depthwise_x2",
/// "eltwise.row_broadcast", "tensor.read_twice_by_one_op" ...) to `counts`.
void count_features(const Graph& graph, std::map<std::string, int64_t>& counts);

}  // namespace fusesim::testing
