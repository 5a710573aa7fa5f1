#include "fusesim/graph/graph.h"

#include <algorithm>
#include <string>

#include "count_checks.h"
#include "fusesim/base/checked.h"
#include "fusesim/graph/most_images.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/graph/transposed_products.h"
#include "op_checks.h"

namespace fusesim {
namespace {

static_assert(kOpKinds.size() == static_cast<size_t>(OpKind::opaque) + 1 && kOpKinds.back() == OpKind::opaque,
              "kOpKinds lacks a kind");

constexpr int64_t kMaxElements = int64_t{1} << 46;
constexpr int64_t kMaxDimension = int64_t{1} << 31;

[[noreturn]] void fail(const Op& op, const std::string& reason) {
  throw Error("op '" + op.name + "': " + reason);
}

std::string text(const Shape& s) {
  return "(" + std::to_string(s.c) + "," + std::to_string(s.h) + "," + std::to_string(s.w) + ")";
}

void check_shape(const Tensor& t) {
  const Shape& s = t.shape;
  for (const int64_t d : {s.c, s.h, s.w}) {
    if (d < 1 || d > kMaxDimension) {
      throw Error("tensor '" + t.name + "': expected dimensions from 1 to 2^31, got " + text(s));
    }
  }
  if (s.c > kMaxElements / s.h || s.c * s.h > kMaxElements / s.w) {
    throw Error("tensor '" + t.name + "': expected at most 2^46 elements, got shape " + text(s));
  }
}

void fill_links(Graph& g) {
  for (Tensor& t : g.tensors) {
    t.producer = -1;
    t.consumers.clear();
    t.graph_output = false;
  }
  const auto at = [&g](TensorId t, const std::string& who) -> Tensor& {
    if (t < 0 || static_cast<size_t>(t) >= g.tensors.size()) throw Error(who + ": tensor index out of range");
    return g.tensors[static_cast<size_t>(t)];
  };
  for (size_t i = 0; i < g.ops.size(); ++i) {
    const Op& op = g.ops[i];
    for (const TensorId t : op.outputs) {
      Tensor& out = at(t, op.name);
      if (out.producer >= 0) fail(op, "tensor '" + out.name + "' has two producers");
      out.producer = static_cast<OpId>(i);
    }
    for (const TensorId t : op.inputs) {
      Tensor& in = at(t, op.name);
      if (in.consumers.empty() || in.consumers.back() != static_cast<OpId>(i)) {
        in.consumers.push_back(static_cast<OpId>(i));
      }
    }
  }
  for (const TensorId t : g.outputs) at(t, "graph output").graph_output = true;
}

void check_sources(const Graph& g) {
  std::vector<bool> is_input(g.tensors.size(), false);
  for (const TensorId t : g.inputs) {
    if (t < 0 || static_cast<size_t>(t) >= g.tensors.size() || g.tensor(t).producer >= 0) {
      throw Error("graph input is produced by an op or out of range");
    }
    is_input[static_cast<size_t>(t)] = true;
  }
  for (size_t i = 0; i < g.ops.size(); ++i) {
    for (const TensorId t : g.ops[i].inputs) {
      const OpId producer = g.tensor(t).producer;
      if (producer >= static_cast<OpId>(i)) fail(g.ops[i], "is not in topological order");
      if (producer < 0 && !is_input[static_cast<size_t>(t)]) {
        fail(g.ops[i], "reads tensor '" + g.tensor(t).name + "' that nothing produces");
      }
    }
  }
}

int64_t rows_of_weights(const Graph& graph, const Op& op) {
  if (op.kind == OpKind::opaque || op.weights % graph.out_shape(op).c != 0) return 1;
  return graph.out_shape(op).c;
}

}  // namespace

void Graph::finish() {
  fill_links(*this);
  check_sources(*this);
  for (const Tensor& t : tensors) check_shape(t);
  for (size_t o = 0; o < ops.size(); ++o) check_op(*this, static_cast<OpId>(o));
  for (Op& op : ops) op.weight_rows = rows_of_weights(*this, op);
  if (batch < 1 || batch > kMostImages)
    throw Error("expected a batch from 1 to 65536, got " + std::to_string(batch));
  check_counts(*this);
}

const char* to_string(OpKind kind) { return op_facts(kind).name; }

const char* to_string(EltwiseKind kind) {
  switch (kind) {
    case EltwiseKind::add:
      return "add";
    case EltwiseKind::mul:
      return "mul";
    case EltwiseKind::sub:
      return "sub";
    case EltwiseKind::div:
      return "div";
    case EltwiseKind::max:
      return "max";
    case EltwiseKind::normalise:
      return "normalise";
  }
  return "unknown";
}

bool is_depthwise(const Graph& graph, const Op& op) {
  return is_convolution(op) && op.groups == graph.in_shape(op).c;
}

bool is_reduction(const Graph& graph, const Op& op) {
  return is_convolution(op) && op.groups != graph.in_shape(op).c;
}

bool is_row_broadcast(const Graph& graph, const Op& op, size_t input) {
  if (op_facts(op).channels != ChannelUse::broadcast) return false;
  return graph.in_shape(op, input).h == 1 && graph.out_shape(op).h > 1;
}

bool reads_every_row(const Graph& graph, const Op& op, size_t input) {
  if (op_facts(op).channels == ChannelUse::multiplied) return input == 1;
  return is_row_broadcast(graph, op, input);
}

bool reads_every_column(const Graph& graph, const Op& op, size_t input) {
  const ChannelUse channels = op_facts(op).channels;
  if (channels == ChannelUse::multiplied) return input == 1;
  if (channels != ChannelUse::broadcast) return false;
  if (op.eltwise == EltwiseKind::normalise) return input == 1;
  return graph.in_shape(op, input).w == 1 && graph.out_shape(op).w > 1;
}

int64_t shuffled_channel(const Graph& graph, const Op& op, int64_t c) {
  const int64_t block = c / op.channel_block;
  const int64_t per_group = graph.out_shape(op).c / op.groups;
  return block % op.groups * per_group + block / op.groups * op.channel_block + c % op.channel_block;
}

int64_t mac_count(const Graph& graph, const Op& op) {
  if (is_opaque(op)) return 0;
  const Shape& in = graph.in_shape(op);
  const Shape& out = graph.out_shape(op);
  const Window& w = op.window;
  const auto product = [](int64_t a, int64_t b) { return checked_mul(a, b, "multiply-accumulates"); };
  const bool multiplies = op_facts(op).unit == Unit::pe_array;
  const bool pairs = op_facts(op).channels == ChannelUse::paired;
  const int64_t summed = pairs ? op.channel_block : (multiplies ? in.c / op.groups : 1);
  if (op_facts(op).mixes_channels()) return product(out.elements(), summed);
  switch (op_facts(op).rows) {
    case RowUse::window:
      return product(product(out.elements(), summed), w.kernel_h * w.kernel_w);
    case RowUse::transposed:
      return product(
          product(in.c * (out.c / op.groups),
                  transposed_products(in.h, out.h, w.kernel_h, w.stride_h, w.dilation_h, w.pad_top)),
          transposed_products(in.w, out.w, w.kernel_w, w.stride_w, w.dilation_w, w.pad_left));
    case RowUse::pooled:
    case RowUse::whole:
      return in.elements();
    case RowUse::own:
    case RowUse::resized:
      break;
  }
  return out.elements();
}

int64_t model_macs(const Graph& graph, const Op& op) {
  switch (op_facts(op).unit) {
    case Unit::pe_array:
      return mac_count(graph, op);
    case Unit::vector_unit:
      return 0;
    case Unit::none:
      return op.opaque_macs;
  }
  return 0;
}

OpId parameter_owner(const Graph& graph, OpId op) {
  const OpId owner = graph.op(op).parameters_of;
  return owner < 0 ? op : owner;
}

}  // namespace fusesim
