#include "columns/sweep_order.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "op_bits.h"

namespace fusesim {
namespace {

/// Down-sets kept per size.
constexpr size_t kBeam = 200;
/// About how many states of a sweep one more tensor multiplies.
constexpr double kStatesPerTensor = 3.0;

/// A down-set on the way: what it has cost, and how it was reached.
struct Partial {
  std::vector<uint64_t> placed;
  double cost = 0.0;
  int width = 0;
  int parent = -1;
  OpId op = -1;
};

class OrderSearch {
 public:
  explicit OrderSearch(const Graph& graph) : graph_(graph), words_(words_for(graph.ops.size())) {
    for (size_t o = 0; o < graph.ops.size(); ++o) {
      std::vector<OpId>& predecessors = predecessors_.emplace_back();
      for (const TensorId t : graph.ops[o].inputs) {
        if (graph.tensor(t).producer >= 0) predecessors.push_back(graph.tensor(t).producer);
      }
    }
  }

  std::vector<OpId> run() {
    Partial empty;
    empty.placed.assign(words_, 0);
    for (const TensorId t : graph_.inputs) empty.width += graph_.tensor(t).consumers.empty() ? 0 : 1;
    levels_.push_back({empty});
    while (levels_.size() <= graph_.ops.size()) advance();
    std::vector<OpId> order;
    int at = 0;
    for (size_t level = graph_.ops.size(); level > 0; --level) {
      order.push_back(levels_[level][static_cast<size_t>(at)].op);
      at = levels_[level][static_cast<size_t>(at)].parent;
    }
    std::reverse(order.begin(), order.end());
    return order;
  }

 private:
  /// Change of width when the op is placed: tensors that it makes, less those that it was the last to read.
  int widening(const Partial& partial, OpId op) const {
    int change = 0;
    for (const TensorId t : graph_.op(op).outputs) change += graph_.tensor(t).consumers.empty() ? 0 : 1;
    std::vector<TensorId> inputs = graph_.op(op).inputs;
    std::sort(inputs.begin(), inputs.end());
    inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
    for (const TensorId t : inputs) {
      const std::vector<OpId>& readers = graph_.tensor(t).consumers;
      change -=
          std::all_of(readers.begin(), readers.end(),
                      [&](OpId reader) { return reader == op || has_op(partial.placed.data(), reader); })
              ? 1
              : 0;
    }
    return change;
  }

  void advance() {
    const std::vector<Partial>& from = levels_.back();
    std::map<std::vector<uint64_t>, Partial> reached;
    for (size_t i = 0; i < from.size(); ++i) {
      for (size_t o = 0; o < graph_.ops.size(); ++o) {
        const auto op = static_cast<OpId>(o);
        const auto placed = [&](OpId other) { return has_op(from[i].placed.data(), other); };
        if (placed(op) || !std::all_of(predecessors_[o].begin(), predecessors_[o].end(), placed)) continue;
        Partial next = from[i];
        next.parent = static_cast<int>(i);
        next.op = op;
        set_op(next.placed.data(), op);
        next.width += widening(from[i], op);
        next.cost += std::pow(kStatesPerTensor, next.width);
        const auto [known, is_new] = reached.try_emplace(next.placed, next);
        if (!is_new && next.cost < known->second.cost) known->second = next;
      }
    }
    std::vector<Partial> kept;
    kept.reserve(reached.size());
    for (auto& [placed, partial] : reached) kept.push_back(std::move(partial));
    std::stable_sort(kept.begin(), kept.end(), [](const Partial& a, const Partial& b) {
      return std::tie(a.cost, a.width) < std::tie(b.cost, b.width);
    });
    kept.resize(std::min(kept.size(), kBeam));
    levels_.push_back(std::move(kept));
  }

  const Graph& graph_;
  size_t words_;
  std::vector<std::vector<OpId>> predecessors_;
  std::vector<std::vector<Partial>> levels_;
};

}  // namespace

std::vector<OpId> narrow_order(const Graph& graph) { return OrderSearch(graph).run(); }

}  // namespace fusesim
