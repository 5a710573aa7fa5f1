#include "remaining_bound.h"

#include <algorithm>

#include "min_cut.h"
#include "op_bits.h"

namespace fusesim {
namespace {

std::vector<uint64_t> find_ancestors(const Graph& graph, size_t words) {
  std::vector<uint64_t> ancestors(graph.ops.size() * words, 0);
  for (size_t o = 0; o < graph.ops.size(); ++o) {
    uint64_t* own = ancestors.data() + o * words;
    set_op(own, static_cast<OpId>(o));
    for (TensorId t : graph.ops[o].inputs) {
      if (graph.tensor(t).producer < 0) continue;
      const uint64_t* other = ancestors.data() + static_cast<size_t>(graph.tensor(t).producer) * words;
      for (size_t w = 0; w < words; ++w) own[w] |= other[w];
    }
  }
  return ancestors;
}

}  // namespace

RemainingBound::RemainingBound(const Graph& graph, const TrafficFloor& floor, FitBound& fit,
                               const std::vector<int64_t>& single_bytes)
    : graph_(graph),
      floor_(floor),
      words_(words_for(graph.ops.size())),
      ancestors_(find_ancestors(graph, words_)) {
  find_chain();
  find_forced_cuts(fit, single_bytes);
}

RemainingBound::Bytes RemainingBound::bytes(const uint64_t* down_set) const {
  int64_t bytes = 0;
  for (size_t o = 0; o < graph_.ops.size(); ++o) {
    if (!has_op(down_set, static_cast<OpId>(o))) bytes += floor_.op_bytes[o] + floor_.op_extra_bytes[o];
  }
  for (size_t t = 0; t < graph_.tensors.size(); ++t) {
    const Tensor& tensor = graph_.tensors[t];
    const bool made = tensor.producer < 0 || has_op(down_set, tensor.producer);
    if (!made) {
      if (tensor.graph_output) bytes += floor_.tensor_bytes[t];
      continue;
    }
    const bool wanted = std::any_of(tensor.consumers.begin(), tensor.consumers.end(),
                                    [&](OpId reader) { return !has_op(down_set, reader); });
    if (wanted) bytes += floor_.least_fetch_bytes[t];
  }
  const auto next =
      std::find_if(chain_.begin(), chain_.end(), [&](OpId op) { return !has_op(down_set, op); }) -
      chain_.begin();
  const Bytes& forced = forced_bytes_[static_cast<size_t>(next)];
  return {bytes + forced.all, bytes + forced.without_extra};
}

/// Among the ancestors of the op that has most of them: the ops that are comparable with all others.
void RemainingBound::find_chain() {
  const size_t ops = graph_.ops.size();
  std::vector<size_t> ancestor_count(ops, 0);
  for (size_t o = 0; o < ops; ++o) {
    for (size_t a = 0; a <= o; ++a)
      ancestor_count[o] += has_op(&ancestors_[o * words_], static_cast<OpId>(a)) ? 1 : 0;
  }
  const auto last = static_cast<size_t>(std::max_element(ancestor_count.begin(), ancestor_count.end()) -
                                        ancestor_count.begin());
  const uint64_t* main = &ancestors_[last * words_];
  for (size_t o = 0; o <= last; ++o) {
    if (!has_op(main, static_cast<OpId>(o))) continue;
    size_t descendants = 0;
    for (size_t d = o + 1; d <= last; ++d) {
      descendants +=
          has_op(main, static_cast<OpId>(d)) && has_op(&ancestors_[d * words_], static_cast<OpId>(o)) ? 1 : 0;
    }
    if (ancestor_count[o] + descendants == ancestor_count[last]) chain_.push_back(static_cast<OpId>(o));
  }
}

bool RemainingBound::between(OpId op, OpId first, OpId last) const {
  return has_op(&ancestors_[static_cast<size_t>(op) * words_], first) &&
         has_op(&ancestors_[static_cast<size_t>(last) * words_], op);
}

/// Least traffic of a cut between chain ops i and i + 1.
std::vector<int64_t> RemainingBound::cut_bytes() const {
  std::vector<int64_t> costs;
  for (size_t i = 0; i + 1 < chain_.size(); ++i) {
    const OpId first = chain_[i];
    const OpId last = chain_[i + 1];
    const auto node = [&](OpId op) { return static_cast<size_t>(op - first); };
    size_t nodes = node(last) + 1;
    for (OpId o = first; o < last; ++o) nodes += graph_.op(o).outputs.size();
    MinCut network(nodes);
    size_t tensor_node = node(last) + 1;
    for (OpId o = first; o < last; ++o) {
      if (!between(o, first, last)) continue;
      for (TensorId t : graph_.op(o).outputs) {
        const Tensor& tensor = graph_.tensor(t);
        const int64_t write_bytes = tensor.graph_output ? 0 : floor_.tensor_bytes[static_cast<size_t>(t)];
        network.add_edge(node(o), tensor_node,
                         write_bytes + floor_.least_fetch_bytes[static_cast<size_t>(t)]);
        for (OpId reader : tensor.consumers) {
          if (reader > last || !between(reader, first, last)) continue;
          network.add_edge(tensor_node, node(reader), MinCut::kUncuttable);
          network.add_edge(node(reader), node(o), MinCut::kUncuttable);
        }
        ++tensor_node;
      }
    }
    costs.push_back(network.solve(node(first), node(last)));
  }
  return costs;
}

void RemainingBound::find_forced_cuts(FitBound& fit, const std::vector<int64_t>& single_bytes) {
  forced_bytes_.assign(chain_.size() + 1, Bytes{});
  const std::vector<int64_t> cuts = cut_bytes();
  GroupTracker tracker(graph_, floor_);
  for (size_t i = chain_.size(); i-- > 0;) {
    Bytes least = {kNeverFits, kNeverFits};
    for (size_t j = i; j < chain_.size(); ++j) {
      for (OpId o = j == i ? chain_[i] : chain_[j - 1] + 1; o <= chain_[j]; ++o) {
        if (!between(o, chain_[i], chain_[j])) continue;
        fit.push(o);
        tracker.push(o);
      }
      const bool fits = fit.may_fit();
      if (j > i && !fits) break;
      int64_t extra_bytes = fits ? std::max<int64_t>(0, fit.extra_bytes() - tracker.extra_bytes()) : 0;
      if (j == i) {
        const int64_t alone_bytes = single_bytes[static_cast<size_t>(chain_[i])];
        const int64_t alone_extra_bytes = alone_bytes - tracker.floor_bytes() - tracker.extra_bytes();
        extra_bytes = fits ? std::min(extra_bytes, alone_extra_bytes) : alone_extra_bytes;
      }
      const bool ends = j + 1 == chain_.size();
      const Bytes rest = forced_bytes_[j + 1];
      const int64_t cut = ends ? 0 : cuts[j];
      least.all = std::min(least.all, extra_bytes + cut + rest.all);
      least.without_extra = std::min(least.without_extra, cut + rest.without_extra);
    }
    while (!tracker.ops().empty()) {
      fit.pop();
      tracker.pop();
    }
    forced_bytes_[i] = least;
  }
}

}  // namespace fusesim
