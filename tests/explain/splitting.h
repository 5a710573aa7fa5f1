#pragma once

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "fusesim/explain/splitter.h"
#include "fusesim/testing/cost_model.h"
#include "networks.h"

namespace fusesim::testing {

/// Blames the edges that a function names, in its order, and counts how often it is asked.
class ScriptedExplainer : public EdgeExplainer {
 public:
  using Script = std::function<std::vector<GroupEdge>(const Group&)>;
  ScriptedExplainer(Script script, int& calls) : script_(std::move(script)), calls_(calls) {}
  std::vector<BlamedEdge> explain(const Group& group, int64_t) override {
    ++calls_;
    std::vector<BlamedEdge> blamed;
    for (const GroupEdge& edge : script_(group))
      blamed.push_back({edge, -static_cast<double>(blamed.size())});
    return blamed;
  }

 private:
  Script script_;
  int& calls_;
};

inline int64_t f_beta(const Graph& graph, const Group& group) {
  return CostModel(graph, cost_params(Config{})).lbdf_f_beta(group);
}

/// Bytes that the ops of a group move alone.
inline int64_t alone_bytes(Evaluator& evaluator, const Group& group) {
  int64_t bytes = 0;
  for (const OpId op : group) bytes += evaluator.value({op});
  return bytes;
}

inline bool is_kept(Evaluator& evaluator, const Group& part, SplitRule rule) {
  if (!evaluator.fits(part)) return false;
  return rule == SplitRule::ops || evaluator.value(part) <= alone_bytes(evaluator, part);
}

/// Calls check(evaluator, group) if the group does not fit though each of its ops does.
template <typename Check>
void if_it_does_not_fit(const Graph& graph, const Group& group, Scheme scheme, int64_t buffer_bytes,
                        const Check& check) {
  GroupMemo memo;
  Evaluator evaluator({graph, scheme, config_with(buffer_bytes)}, memo);
  const bool each_fits =
      std::all_of(group.begin(), group.end(), [&](OpId op) { return evaluator.fits({op}); });
  if (each_fits && !evaluator.fits(group)) check(evaluator, group);
}

/// For random groups of up to 24 ops.
template <typename Check>
void for_groups_that_do_not_fit(Scheme scheme, const Check& check, uint64_t graphs = 80) {
  for_random_graphs(1, graphs, [&](const Graph& graph, uint64_t seed) {
    if_it_does_not_fit(graph, random_group(graph, seed, 24), scheme, 2 * least_buffer(graph, scheme), check);
  });
}

}  // namespace fusesim::testing
