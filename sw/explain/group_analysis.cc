#include "fusesim/explain/group_analysis.h"

#include <algorithm>
#include <memory>

#include "fusesim/gnn/checkpoint.h"
#include "fusesim/gnn/features.h"
#include "fusesim/search/exact.h"

namespace fusesim {
namespace {

class Analysis {
 public:
  Analysis(const Graph& graph, const Group& group, Scheme scheme, const Config& config)
      : graph_(graph), config_(config), cost_(graph, cost_params(config)) {
    out_.scheme = scheme;
    out_.group = group;
    out_.buffer_bytes = config.buffer.capacity_bytes;
    out_.needs = buffer_breakdown(graph, group, scheme, cost_params(config));
    for (const GroupEdge& edge : edges_inside(graph, group)) out_.edges.push_back({edge, 0.0, false});
    add_baselines();
  }

  void explain(ExplainerKind kind, const std::string& data_directory, const ExplainerOptions& options) {
    out_.explainer = kind;
    add_verdict(data_directory);
    const auto factory = [&](const ExplainerOptions& o) {
      return make_explainer_factory(kind, graph_, out_.scheme, config_.datatypes, data_directory, o);
    };
    const ExplainerFactory explainers = factory(options);
    const ExplainerFactory rankers = factory({options.seed, std::max<size_t>(1, out_.edges.size())});
    rank(*rankers(), *explainers());
    if (!out_.fits() && out_.group.size() > 1) split(explainers);
  }

  GroupAnalysis take() { return std::move(out_); }

 private:
  bool opaque() const { return graph_.op(out_.group.front()).kind == OpKind::opaque; }

  void add_baselines() {
    int64_t alone = 0;
    bool all_fit = true;
    for (const OpId op : out_.group) {
      const int64_t bytes = group_bytes(cost_, graph_, {op}, out_.scheme, out_.buffer_bytes);
      all_fit = all_fit && bytes != kNeverFits;
      if (all_fit) alone += bytes;
      const int64_t needs = out_.scheme == Scheme::lbdf ? cost_.lbdf_f_beta({op}) : cost_.brr_f_beta({op});
      if (!out_.fits() && needs >= out_.buffer_bytes) out_.lone_misfits.push_back({op, needs});
    }
    if (all_fit) out_.alone_bytes = alone;
    if (out_.scheme == Scheme::lbdf) {
      out_.whole_bytes = cost_.lbdf_traffic(out_.group).total_bytes();
      return;
    }
    const int64_t capacity = out_.fits() ? out_.buffer_bytes : kNeverFits;
    if (const auto whole = cost_.brr(out_.group, capacity)) out_.whole_bytes = whole->traffic.total_bytes();
  }

  void add_verdict(const std::string& data_directory) {
    if (opaque()) return;
    const gnn::Network network = gnn::read_group_network(to_string(out_.scheme), data_directory).network;
    const gnn::GraphInput input = gnn::group_input(graph_, out_.group, config_.datatypes, out_.buffer_bytes);
    out_.p_invalid = gnn::softmax(network.logits(input))[static_cast<size_t>(gnn::kInvalid)];
  }

  void rank(EdgeExplainer& all, EdgeExplainer& asked) {
    std::vector<RankedEdge> ranked;
    for (const BlamedEdge& blamed : all.explain(out_.group, out_.buffer_bytes))
      ranked.push_back({blamed.edge, blamed.importance, false});
    for (const BlamedEdge& blamed : asked.explain(out_.group, out_.buffer_bytes)) {
      for (RankedEdge& edge : ranked) edge.held = edge.held || edge.edge == blamed.edge;
    }
    out_.edges = std::move(ranked);
  }

  void split(const ExplainerFactory& explainers) {
    GroupMemo memo;
    Evaluator evaluator(graph_, out_.scheme, config_, memo);
    Splitter splitter(evaluator, explainers(), std::make_shared<SplitMemo>());
    const SplitOutcome outcome = splitter.outcome(out_.group);
    out_.category = outcome.category;
    for (const Group& part : outcome.groups)
      out_.parts.push_back({part, evaluator.occupied_bytes(part), evaluator.f_d_bytes(part)});
  }

  const Graph& graph_;
  const Config& config_;
  CostModel cost_;
  GroupAnalysis out_;
};

}  // namespace

GroupAnalysis analyse_group(const Graph& graph, const Group& group, Scheme scheme, const Config& config,
                            ExplainerKind explainer, const std::string& data_directory,
                            const ExplainerOptions& options) {
  Analysis analysis(graph, group, scheme, config);
  if (explainer != ExplainerKind::none) analysis.explain(explainer, data_directory, options);
  return analysis.take();
}

}  // namespace fusesim
