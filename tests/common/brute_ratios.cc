#include "brute_ratios.h"

#include <numeric>
#include <set>
#include <vector>

#include "brute_rows.h"

namespace fusesim::testing {
namespace {

/// Rows of one tensor per row of another, in lowest terms.
struct Ratio {
  int64_t over = 1;
  int64_t under = 1;
};

Ratio reduced(int64_t over, int64_t under) {
  const int64_t common = std::gcd(over, under);
  return {over / common, under / common};
}
Ratio operator*(Ratio a, Ratio b) { return reduced(a.over * b.over, a.under * b.under); }
Ratio inverse(Ratio a) { return {a.under, a.over}; }
bool operator!=(Ratio a, Ratio b) { return a.over != b.over || a.under != b.under; }

struct Link {
  TensorId from;
  TensorId to;
  Ratio ratio;  ///< rows of `from` per row of `to`
};

std::vector<Link> links_of(const Graph& graph, const Group& group) {
  std::vector<Link> links;
  for (OpId o : group) {
    const Op& op = graph.op(o);
    if (pools_whole_map(op)) continue;
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      const Shape& in = graph.in_shape(op, i);
      const Shape& out = graph.out_shape(op);
      Ratio ratio;
      if (op.kind == OpKind::eltwise && in.h == 1 && out.h > 1) continue;
      if (op.kind == OpKind::matmul && i == 1) continue;
      if (op.kind == OpKind::conv || op.kind == OpKind::max_pool || op.kind == OpKind::avg_pool) {
        ratio = {op.window.stride_h, 1};
      }
      if (op.kind == OpKind::conv_transpose) ratio = {1, op.window.stride_h};
      if (op.kind == OpKind::crop) ratio = {op.window.stride_h, 1};
      if (op.kind == OpKind::space_to_depth) ratio = {op.block.size, 1};
      if (op.kind == OpKind::depth_to_space) ratio = {1, op.block.size};
      if (op.kind == OpKind::resize) ratio = reduced(in.h, out.h);
      links.push_back({op.inputs[i], op.output(), ratio});
    }
  }
  return links;
}

std::set<TensorId> sinks_of(const Graph& graph, const Group& group) {
  std::set<TensorId> sinks;
  for (TensorId t : tensors_of(graph, group).outgoing) {
    const Op& op = graph.op(graph.tensor(t).producer);
    sinks.insert(pools_whole_map(op) ? op.inputs[0] : t);
  }
  return sinks;
}

/// Cumulative strides of one linked set of tensors, relative to `start`. False if two paths disagree.
bool spread(TensorId start, const std::vector<Link>& links, std::map<TensorId, Ratio>& stride) {
  stride[start] = {1, 1};
  for (bool grew = true; grew;) {
    grew = false;
    for (const Link& link : links) {
      const bool has_from = stride.count(link.from) != 0;
      const bool has_to = stride.count(link.to) != 0;
      if (has_from == has_to) continue;
      if (has_from) stride[link.to] = stride[link.from] * link.ratio;
      if (has_to) stride[link.from] = stride[link.to] * inverse(link.ratio);
      grew = true;
    }
  }
  for (const Link& link : links) {
    if (stride.count(link.from) == 0) continue;
    if (stride[link.to] != stride[link.from] * link.ratio) return false;
  }
  return true;
}

/// Least number that every stride divides a whole number of times.
Ratio least_common_multiple(const std::vector<Ratio>& strides) {
  int64_t over = 1;
  int64_t under = 0;
  for (Ratio s : strides) {
    over = std::lcm(over, s.over);
    under = std::gcd(under, s.under);
  }
  return reduced(over, under);
}

}  // namespace

SinkSteps sink_steps(const Graph& graph, const Group& group) {
  SinkSteps result;
  for (OpId o : group) {
    const Op& op = graph.op(o);
    if (pools_whole_map(op) && !readers_inside(graph, group, op.output()).empty()) {
      result.reason = "a pooled map is read inside";
      return result;
    }
    if (op.kind == OpKind::matmul && made_inside(graph, group, op.inputs[1])) {
      result.reason = "a matrix is made inside";
      return result;
    }
  }
  const std::vector<Link> links = links_of(graph, group);
  std::set<TensorId> waiting = sinks_of(graph, group);
  while (!waiting.empty()) {
    std::map<TensorId, Ratio> stride;
    if (!spread(*waiting.begin(), links, stride)) {
      result.reason = "row ratios disagree";
      return result;
    }
    std::vector<Ratio> strides;
    for (TensorId t : waiting) {
      if (stride.count(t) != 0) strides.push_back(stride[t]);
    }
    const Ratio common = least_common_multiple(strides);
    for (const auto& [t, s] : stride) {
      if (waiting.erase(t) == 0) continue;
      const Ratio step = common * inverse(s);
      result.step[t] = step.over;
    }
  }
  return result;
}

}  // namespace fusesim::testing
