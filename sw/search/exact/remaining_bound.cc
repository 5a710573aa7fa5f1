#include "exact/remaining_bound.h"

#include <algorithm>
#include <bitset>
#include <cmath>

#include "fusesim/base/min_cut.h"
#include "fusesim/cost/params.h"
#include "op_bits.h"

namespace fusesim {
namespace {

/// Leaving out chains only weakens the bound. A set of ancestors per op grows with the square of the ops: of
/// so many ops with 32 MiB.
constexpr int kMostChains = 64;
constexpr size_t kMostOpsWithChains = size_t{1} << 14;

/// Ops that groups on a chain are followed to. A fit bound may walk the whole group for every op that joins
/// it, so that ops times the square of this is the work; it reaches over all ops of networks of up to 800.
size_t most_followed(size_t ops) {
  constexpr double kMostSteps = 1 << 29;
  return static_cast<size_t>(std::max(64.0, std::sqrt(kMostSteps / static_cast<double>(ops))));
}

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
    : graph_(graph), floor_(floor), words_(words_for(graph.ops.size())) {
  flatten();
  places_.resize(graph.ops.size());
  counted_.assign(graph.tensors.size(), 0);
  if (graph.ops.empty() || graph.ops.size() > kMostOpsWithChains) return;
  ancestors_ = find_ancestors(graph, words_);
  find_chains(fit, single_bytes);
}

void RemainingBound::flatten() {
  for (size_t o = 0; o < graph_.ops.size(); ++o)
    op_bytes_.push_back(floor_.op_bytes[o] + floor_.op_extra_bytes[o]);
  for (size_t t = 0; t < graph_.tensors.size(); ++t) {
    const Tensor& tensor = graph_.tensors[t];
    const size_t begin = readers_.size();
    readers_.insert(readers_.end(), tensor.consumers.begin(), tensor.consumers.end());
    uses_.push_back({tensor.producer, tensor.graph_output ? floor_.tensor_bytes[t] : 0,
                     floor_.least_fetch_bytes[t], begin, readers_.size()});
  }
}

RemainingBound::Bytes RemainingBound::bytes(const uint64_t* down_set) const {
  int64_t bytes = 0;
  for (size_t o = 0; o < op_bytes_.size(); ++o)
    bytes += has_op(down_set, static_cast<OpId>(o)) ? 0 : op_bytes_[o];
  for (const TensorUse& use : uses_) {
    if (use.producer >= 0 && !has_op(down_set, use.producer)) {
      bytes += use.write_bytes;
      continue;
    }
    const auto left = [down_set](OpId reader) { return !has_op(down_set, reader); };
    const OpId* readers = readers_.data();
    if (std::any_of(readers + use.readers_begin, readers + use.readers_end, left)) bytes += use.fetch_bytes;
  }
  Bytes sum = {bytes, bytes};
  for (const Chain& chain : chains_) {
    size_t next = 0;
    while (next < chain.ops.size() && has_op(down_set, chain.ops[next])) ++next;
    sum.all += chain.forced_bytes[next].all;
    sum.without_extra += chain.forced_bytes[next].without_extra;
  }
  return sum;
}

/// A tensor that was made before had a reader left, or it is not read now.
RemainingBound::Bytes RemainingBound::bytes_after(const Bytes& before, const std::vector<OpId>& placed,
                                                  const uint64_t* down_set) {
  int64_t bytes = 0;
  Bytes chained;
  ++count_;
  const auto fetch_bytes = [&](const TensorUse& use) {
    const OpId* readers = readers_.data();
    const bool left = std::any_of(readers + use.readers_begin, readers + use.readers_end,
                                  [down_set](OpId reader) { return !has_op(down_set, reader); });
    return left ? use.fetch_bytes : 0;
  };
  for (const OpId op : placed) {
    bytes -= op_bytes_[static_cast<size_t>(op)];
    for (const TensorId t : graph_.op(op).outputs) {
      const TensorUse& use = uses_[static_cast<size_t>(t)];
      counted_[static_cast<size_t>(t)] = count_;
      bytes += fetch_bytes(use) - use.write_bytes;
    }
    for (const TensorId t : graph_.op(op).inputs) {
      const TensorUse& use = uses_[static_cast<size_t>(t)];
      if (counted_[static_cast<size_t>(t)] == count_) continue;
      counted_[static_cast<size_t>(t)] = count_;
      bytes += fetch_bytes(use) - use.fetch_bytes;
    }
    const Place place = places_[static_cast<size_t>(op)];
    if (!place.in_chain) continue;
    const Bytes& with = chains_[place.chain].forced_bytes[place.index];
    const Bytes& without = chains_[place.chain].forced_bytes[place.index + 1];
    chained.all += without.all - with.all;
    chained.without_extra += without.without_extra - with.without_extra;
  }
  return {before.all + bytes + chained.all, before.without_extra + bytes + chained.without_extra};
}

void RemainingBound::find_chains(FitBound& fit, const std::vector<int64_t>& single_bytes) {
  std::vector<uint64_t> left(words_, 0);
  for (size_t o = 0; o < graph_.ops.size(); ++o) set_op(left.data(), static_cast<OpId>(o));
  for (int tries = 0; tries < kMostChains; ++tries) {
    Chain chain;
    chain.ops = longest_chain(left);
    if (chain.ops.empty()) return;
    chain.members.assign(words_, 0);
    for (OpId o = chain.ops.front(); o <= chain.ops.back(); ++o) {
      if (!has_op(left.data(), o) || !precedes(chain.ops.front(), o) || !precedes(o, chain.ops.back()))
        continue;
      set_op(chain.members.data(), o);
      clear_op(left.data(), o);
    }
    if (chain.ops.size() == 1) continue;
    chain.forced_bytes = forced_bytes(chain, fit, single_bytes);
    for (size_t i = 0; i < chain.ops.size(); ++i)
      places_[static_cast<size_t>(chain.ops[i])] = {chains_.size(), i, true};
    chains_.push_back(std::move(chain));
  }
}

/// Takes the op of `from` with most ancestors there and these ancestors, and of them the ops that are
/// comparable with all of them: all before such an op are ancestors of it, and it is one of all behind it.
std::vector<OpId> RemainingBound::longest_chain(const std::vector<uint64_t>& from) const {
  const auto in_both = [this](const std::vector<uint64_t>& set, OpId op) {
    const uint64_t* ancestors = ancestors_of(op);
    size_t count = 0;
    for (size_t w = 0; w < words_; ++w) count += std::bitset<64>(set[w] & ancestors[w]).count();
    return count;
  };
  OpId last = -1;
  size_t most = 0;
  for (size_t o = 0; o < graph_.ops.size(); ++o) {
    const auto op = static_cast<OpId>(o);
    const size_t count = has_op(from.data(), op) ? in_both(from, op) : 0;
    if (count > most) last = op;
    most = std::max(most, count);
  }
  std::vector<OpId> chain;
  if (last < 0) return chain;
  std::vector<uint64_t> ops = from;
  for (size_t w = 0; w < words_; ++w) ops[w] &= ancestors_of(last)[w];
  std::vector<uint64_t> common = ops;  // ancestors of all ops behind
  size_t before = most;
  for (OpId op = last; op >= 0; --op) {
    if (!has_op(ops.data(), op)) continue;
    if (has_op(common.data(), op) && in_both(ops, op) == before) chain.push_back(op);
    --before;
    for (size_t w = 0; w < words_; ++w) common[w] &= ancestors_of(op)[w];
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

/// Whether the op is a member that lies between two ops of the chain.
bool RemainingBound::counts(const Chain& chain, OpId op, OpId first, OpId last) const {
  return has_op(chain.members.data(), op) && precedes(first, op) && precedes(op, last);
}

/// Least traffic of a cut between chain ops i and i + 1.
std::vector<int64_t> RemainingBound::cut_bytes(const Chain& chain) const {
  std::vector<int64_t> costs;
  for (size_t i = 0; i + 1 < chain.ops.size(); ++i) {
    const OpId first = chain.ops[i];
    const OpId last = chain.ops[i + 1];
    const auto node = [&](OpId op) { return static_cast<size_t>(op - first); };
    size_t nodes = node(last) + 1;
    for (OpId o = first; o < last; ++o) nodes += graph_.op(o).outputs.size();
    MinCut network(nodes);
    size_t tensor_node = node(last) + 1;
    for (OpId o = first; o < last; ++o) {
      if (!counts(chain, o, first, last)) continue;
      for (TensorId t : graph_.op(o).outputs) {
        const Tensor& tensor = graph_.tensor(t);
        const int64_t write_bytes = tensor.graph_output ? 0 : floor_.tensor_bytes[static_cast<size_t>(t)];
        network.add_edge(node(o), tensor_node,
                         write_bytes + floor_.least_fetch_bytes[static_cast<size_t>(t)]);
        for (OpId reader : tensor.consumers) {
          if (reader > last || !counts(chain, reader, first, last)) continue;
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

std::vector<RemainingBound::Bytes> RemainingBound::forced_bytes(
    const Chain& chain, FitBound& fit, const std::vector<int64_t>& single_bytes) const {
  std::vector<Bytes> forced(chain.ops.size() + 1);
  const std::vector<int64_t> cuts = cut_bytes(chain);
  const size_t followed = most_followed(graph_.ops.size());
  const auto behind = [&](size_t j) {
    const int64_t cut = j + 1 == chain.ops.size() ? 0 : cuts[j];
    return Bytes{cut + forced[j + 1].all, cut + forced[j + 1].without_extra};
  };
  // What lies behind a group that ends at op j or later costs no less.
  std::vector<Bytes> from_here_on(chain.ops.size() + 1, {kNeverFits, kNeverFits});
  const auto take_less = [](Bytes& least, const Bytes& other, int64_t extra_bytes) {
    least.all = std::min(least.all, extra_bytes + other.all);
    least.without_extra = std::min(least.without_extra, other.without_extra);
  };
  GroupTracker tracker(graph_, floor_);
  for (size_t i = chain.ops.size(); i-- > 0;) {
    from_here_on[i] = from_here_on[i + 1];
    take_less(from_here_on[i], behind(i), 0);
    Bytes least = {kNeverFits, kNeverFits};
    for (size_t j = i; j < chain.ops.size(); ++j) {
      if (j > i && tracker.ops().size() >= followed) {
        take_less(least, from_here_on[j], 0);
        break;
      }
      for (OpId o = j == i ? chain.ops[i] : chain.ops[j - 1] + 1; o <= chain.ops[j]; ++o) {
        if (!counts(chain, o, chain.ops[i], chain.ops[j])) continue;
        fit.push(o);
        tracker.push(o);
      }
      const bool fits = fit.may_fit();
      if (j > i && !fits) break;
      int64_t extra_bytes = fits ? std::max<int64_t>(0, fit.extra_bytes() - tracker.extra_bytes()) : 0;
      if (j == i) {
        const int64_t alone_bytes = single_bytes[static_cast<size_t>(chain.ops[i])];
        const int64_t alone_extra_bytes = alone_bytes - tracker.floor_bytes() - tracker.extra_bytes();
        extra_bytes = fits ? std::min(extra_bytes, alone_extra_bytes) : alone_extra_bytes;
      }
      take_less(least, behind(j), extra_bytes);
    }
    while (!tracker.ops().empty()) {
      fit.pop();
      tracker.pop();
    }
    forced[i] = least;
  }
  return forced;
}

}  // namespace fusesim
