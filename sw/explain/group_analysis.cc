#include "fusesim/explain/group_analysis.h"

#include <algorithm>
#include <memory>

#include "fusesim/gnn/checkpoint.h"
#include "fusesim/gnn/features.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/search/search_problem.h"

namespace fusesim {
namespace {

class Analysis {
 public:
  Analysis(const Graph& graph, const Group& group, Scheme scheme, const Config& config)
      : graph_(graph), problem_(graph, scheme, config) {
    out_.scheme = scheme;
    out_.group = group;
    out_.buffer_bytes = config.buffer.capacity_bytes;
    out_.needs = problem_.group_model().fused().breakdown(group);
    for (const GroupEdge& edge : edges_inside(graph, group)) out_.edges.push_back({edge, 0.0, false});
    add_baselines();
  }

  void explain(ExplainerKind kind, const std::string& data_directory, const ExplainerOptions& options) {
    out_.explainer = kind;
    add_verdict(data_directory);
    const auto factory = [&](const ExplainerOptions& o) {
      return make_explainer_factory(kind, graph_, out_.scheme, problem_.config.datatypes, data_directory, o);
    };
    const ExplainerFactory explainers = factory(options);
    const ExplainerFactory rankers = factory({options.seed, std::max<size_t>(1, out_.edges.size())});
    rank(*rankers(), *explainers());
    if (!out_.fits() && out_.group.size() > 1) split(explainers);
  }

  GroupAnalysis take() { return std::move(out_); }

 private:
  bool opaque() const { return is_opaque(graph_.op(out_.group.front())); }

  void add_baselines() {
    PlanGroupModel model = problem_.group_model();
    int64_t alone = 0;
    bool all_fit = true;
    for (const OpId op : out_.group) {
      const std::optional<GroupCost> cost = model.cost({op});
      all_fit = all_fit && cost.has_value();
      if (all_fit) alone += cost->traffic.total_bytes();
      const int64_t needs = model.fused().f_beta_bytes({op});
      if (!out_.fits() && needs >= out_.buffer_bytes) out_.lone_misfits.push_back({op, needs});
    }
    if (all_fit) out_.alone_bytes = alone;
    const int64_t capacity = out_.fits() ? out_.buffer_bytes : kNeverFits;
    if (const auto whole = model.fused().cost(out_.group, capacity))
      out_.whole_bytes = whole->traffic.total_bytes();
  }

  void add_verdict(const std::string& data_directory) {
    if (opaque()) return;
    const gnn::Network network = gnn::read_group_network(to_string(out_.scheme), data_directory).network;
    const gnn::GraphInput input =
        gnn::group_input(graph_, out_.group, problem_.config.datatypes, out_.buffer_bytes);
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
    Evaluator evaluator(problem_, memo);
    Splitter splitter(evaluator, explainers(), std::make_shared<SplitMemo>());
    const SplitOutcome outcome = splitter.outcome(out_.group);
    out_.category = outcome.category;
    for (const Group& part : outcome.groups)
      out_.parts.push_back({part, evaluator.occupied_bytes(part), evaluator.value(part)});
  }

  const Graph& graph_;
  SearchProblem problem_;
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
