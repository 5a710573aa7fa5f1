#include "fusesim/testing/random_graph.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include "fusesim/graph/op_facts.h"
#include "random_blocks.h"

namespace fusesim::testing {
namespace {

std::vector<OpId> random_topological_order(const Graph& graph, Random& random) {
  std::vector<OpId> order;
  std::vector<bool> done(graph.ops.size(), false);
  while (order.size() < graph.ops.size()) {
    std::vector<OpId> ready;
    for (size_t o = 0; o < graph.ops.size(); ++o) {
      const auto& inputs = graph.ops[o].inputs;
      const bool inputs_made = std::all_of(inputs.begin(), inputs.end(), [&](TensorId t) {
        const OpId producer = graph.tensor(t).producer;
        return producer < 0 || done[static_cast<size_t>(producer)];
      });
      if (!done[o] && inputs_made) ready.push_back(static_cast<OpId>(o));
    }
    order.push_back(random.pick(ready));
    done[static_cast<size_t>(order.back())] = true;
  }
  return order;
}

/// new id of every tensor
std::vector<TensorId> random_numbering(size_t count, Random& random) {
  std::vector<TensorId> ids(count);
  for (size_t i = 0; i < count; ++i) ids[i] = static_cast<TensorId>(i);
  for (size_t i = count; i > 1; --i) {
    std::swap(ids[i - 1], ids[static_cast<size_t>(random.range(0, static_cast<int64_t>(i) - 1))]);
  }
  return ids;
}

std::string text(const Shape& s) {
  return std::to_string(s.c) + "x" + std::to_string(s.h) + "x" + std::to_string(s.w);
}

void describe_op(const Graph& graph, OpId id, std::ostream& out) {
  const Op& op = graph.op(id);
  out << "  " << id << " " << to_string(op.kind);
  if (op.kind == OpKind::conv || op.kind == OpKind::conv_transpose || op.kind == OpKind::max_pool ||
      op.kind == OpKind::avg_pool) {
    const Window& w = op.window;
    out << " k" << w.kernel_h << "x" << w.kernel_w << " s" << w.stride_h << " d" << w.dilation_h << " p"
        << w.pad_top << "," << w.pad_bottom;
    if (op.groups > 1) out << " groups " << op.groups;
  }
  if (op.kind == OpKind::crop) {
    out << " s" << op.window.stride_h << " p" << op.window.pad_top << "," << op.window.pad_bottom;
  }
  if (op.kind == OpKind::depth_to_space || op.kind == OpKind::space_to_depth)
    out << " of " << op.block.size << (op.block.innermost ? " innermost" : "");
  if (op_facts(op).mixes_channels() && op.groups > 1) out << " groups " << op.groups;
  if (op.kind == OpKind::resize) {
    out << " mode " << int(op.resize.mode) << int(op.resize.coordinates) << int(op.resize.rounding);
  }
  if (op.kind == OpKind::channel_slice) out << " from " << op.channel_begin;
  out << " (";
  for (TensorId t : op.inputs) {
    out << " t" << t << ":" << text(graph.tensor(t).shape) << (graph.tensor(t).producer < 0 ? "*" : "");
  }
  out << " ) ->";
  for (TensorId t : op.outputs) {
    out << " t" << t << ":" << text(graph.tensor(t).shape) << (graph.tensor(t).graph_output ? "!" : "");
  }
  out << " w" << op.weights << " b" << op.biases;
  if (op.parameters_of >= 0) out << " of " << op.parameters_of;
  out << "\n";
}

/// Draws from numbers of its own: networks are the same with and without.
void share_parameters(uint64_t seed, Graph& graph) {
  Random random(~seed);
  if (!random.chance(50)) return;
  std::map<std::pair<int64_t, int64_t>, std::vector<OpId>> owners;
  for (OpId o = 0; o < static_cast<OpId>(graph.ops.size()); ++o) {
    Op& op = graph.ops[static_cast<size_t>(o)];
    if (op.weights + op.biases == 0) continue;
    std::vector<OpId>& alike = owners[{op.weights, op.biases}];
    if (!alike.empty() && random.chance(70)) {
      op.parameters_of = random.pick(alike);
    } else {
      alike.push_back(o);
    }
  }
  graph.finish();
}

void draw_widths(uint64_t seed, Graph& graph) {
  Random random(seed + 1);
  const auto some = [&random] { return static_cast<int32_t>(int64_t{4} << random.range(0, 2)); };
  for (Tensor& tensor : graph.tensors) tensor.bits = random.chance(70) ? some() : 0;
  for (Op& op : graph.ops) {
    if (op.parameters_of >= 0) {
      const Op& owner = graph.op(op.parameters_of);
      op.weight_bits = owner.weight_bits;
      op.bias_bits = owner.bias_bits;
      continue;
    }
    op.weight_bits = random.chance(70) ? some() : 0;
    op.bias_bits = random.chance(50) ? 2 * some() : 0;
  }
}

}  // namespace

Graph shuffled(const Graph& graph, Random& random) {
  const std::vector<TensorId> new_id = random_numbering(graph.tensors.size(), random);
  const auto renumber = [&](std::vector<TensorId> ids) {
    for (TensorId& t : ids) t = new_id[static_cast<size_t>(t)];
    return ids;
  };
  Graph result;
  result.name = graph.name;
  result.tensors.resize(graph.tensors.size());
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    Tensor& tensor = result.tensors[static_cast<size_t>(new_id[t])];
    tensor.name = "t" + std::to_string(new_id[t]);
    tensor.shape = graph.tensors[t].shape;
  }
  std::map<OpId, OpId> owners;  // old -> first new op with the same weights and biases
  for (OpId o : random_topological_order(graph, random)) {
    Op op = graph.op(o);
    const auto id = static_cast<OpId>(result.ops.size());
    const OpId owner = owners.emplace(op.parameters_of < 0 ? o : op.parameters_of, id).first->second;
    op.parameters_of = owner == id ? -1 : owner;
    op.name = std::string(to_string(op.kind)) + "_" + std::to_string(result.ops.size());
    op.nodes = {op.name};
    op.inputs = renumber(op.inputs);
    op.outputs = renumber(op.outputs);
    result.ops.push_back(std::move(op));
  }
  result.batch = graph.batch;
  result.inputs = renumber(graph.inputs);
  result.outputs = renumber(graph.outputs);
  result.finish();
  return result;
}

Graph random_graph(uint64_t seed, const RandomGraphOptions& options) {
  Random random(seed);
  GraphBuilder builder("random_" + std::to_string(seed));
  RandomBlocks blocks(random, builder, options);
  blocks.append_input();
  for (int64_t left = random.range(options.min_blocks, options.max_blocks); left > 0; --left) {
    blocks.append_block();
  }
  for (TensorId t : blocks.maps()) {
    if (builder.reads(t) > 0 && random.chance(10)) builder.output(t);
  }
  Graph graph = builder.finish();
  if (random.chance(50)) graph = shuffled(graph, random);
  if (options.share_parameters) share_parameters(seed, graph);
  graph.batch = Random(seed).range(1, options.most_images);
  if (options.draw_widths) draw_widths(seed, graph);
  return graph;
}

std::string describe(const Graph& graph, const Group& group) {
  std::ostringstream out;
  for (OpId o : group) describe_op(graph, o, out);
  return out.str();
}

std::string describe(const Graph& graph) {
  Group all;
  for (size_t o = 0; o < graph.ops.size(); ++o) all.push_back(static_cast<OpId>(o));
  const std::string images = graph.batch > 1 ? ", " + std::to_string(graph.batch) + " images" : "";
  return graph.name + images + ", * graph input, ! graph output\n" + describe(graph, all);
}

}  // namespace fusesim::testing
