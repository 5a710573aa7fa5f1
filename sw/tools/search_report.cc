#include "fusesim/tools/search_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "fusesim/base/json_text.h"
#include "fusesim/report/alternatives.h"
#include "fusesim/report/grouped.h"
#include "fusesim/report/rejected_json.h"

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

/// Of the figure that was to be least, and its proven bound.
std::pair<double, double> value_and_bound(const FoundPlan& found) {
  if (found.limited) return {found.limited->value, found.limited->lower_bound};
  if (found.edp) return {found.best.cost.edp(), found.edp->lower_bound};
  return {static_cast<double>(found.best.value), static_cast<double>(found.best.lower_bound)};
}

std::string proof(const FoundPlan& found) {
  const bool optimal = found.edp && !found.limited ? found.edp->optimal : found.best.optimal;
  if (optimal) return "optimal";
  const auto [value, bound] = value_and_bound(found);
  const std::string stopped = found.best.stopped ? "stopped, not certified, " : "";
  if (bound <= 0) return stopped + "no bound";
  return stopped + fmt::format("at most {:.3f} % above the optimum", 100.0 * (value / bound - 1.0));
}

Json curve_json(const HeuristicResult& found) {
  Json json = Json::array();
  for (const CurvePoint& point : found.curve) {
    json.push_back({{"plans", point.plans},
                    {"network_bytes", point.network_bytes},
                    {"fusable_bytes", point.fusable_bytes},
                    {"queries", point.queries},
                    {"cpu_seconds", point.cpu_seconds}});
  }
  return json;
}

Json front_json(const HeuristicResult& found) {
  Json json = Json::array();
  for (const FrontPoint& point : found.front) {
    json.push_back({{"network_bytes", point.network_bytes},
                    {"peak_buffer_bytes", point.peak_buffer_bytes},
                    {"cycles", point.cost.cycles},
                    {"energy_pj", point.cost.energy_pj},
                    {"groups", point.plan}});
  }
  return json;
}

Json supported_json(const std::vector<SearchResult>& front) {
  Json json = Json::array();
  for (const SearchResult& point : front) {
    json.push_back({{"network_bytes", point.cost.dram_bytes},
                    {"peak_buffer_bytes", point.cost.peak_buffer_bytes},
                    {"cycles", point.cost.cycles},
                    {"energy_pj", point.cost.energy_pj},
                    {"optimal", point.optimal},
                    {"groups", point.plan}});
  }
  return json;
}

Json counts_json(const SplitCounts& counts) {
  return {{"groups", counts.groups},
          {"both_fit", counts.both_fit},
          {"one_fits", counts.one_fits},
          {"none_fits", counts.none_fits},
          {"failed", counts.failed},
          {"explained_edges", counts.explained_edges},
          {"inner_edges", counts.inner_edges},
          {"cuts", counts.cuts},
          {"edges_per_group", counts.edges_per_group()},
          {"split_rate", counts.split_rate()},
          {"one_cut_rate", counts.one_cut_rate()}};
}

Json splits_json(const FoundPlan& found) {
  const RectifyCounts& rectified = found.rectified;
  return {{"rectify_rate", rectified.rectify_rate()},
          {"weighted_rectify_rate", rectified.weighted_rectify_rate()},
          {"rectified", rectified.repaired},
          {"undecided", rectified.undecided},
          {"proposed", counts_json(found.splits.proposed)},
          {"weighted", counts_json(found.splits.weighted)},
          {"all", counts_json(found.splits.all)}};
}

Json heuristic_json(const Options& options, const FoundPlan& found) {
  const HeuristicResult& h = *found.heuristic;
  Json json = {{"explainer", to_string(options.explainer)},
               {"plans", h.plans},
               {"seed", h.seed},
               {"network_bytes", h.best.network_bytes},
               {"fusable_bytes", h.best.fusable_bytes},
               {"peak_buffer_bytes", h.peak_buffer_bytes},
               {"f_beta_queries", h.queries.f_beta},
               {"f_d_queries", h.queries.f_d},
               {"split_groups", h.split_groups},
               {"randomly_split", h.randomly_split},
               {"seconds", h.best.seconds},
               {"cpu_seconds", h.cpu_seconds}};
  if (options.explainer != ExplainerKind::none) {
    json["load_cpu_seconds"] = found.load_cpu_seconds;
    json["splits"] = splits_json(found);
  }
  json["curve"] = curve_json(h);
  if (options.algorithm == Algorithm::nsga2) json["front"] = front_json(h);
  return json;
}

std::string front_line(const PlanCost& cost, const char* proof) {
  std::string text = fmt::format("front: {} bytes", grouped(cost.dram_bytes));
  if (cost.cycles > 0)
    text += fmt::format(", {} cycles, {:.3f} mJ", grouped(cost.cycles),
                        static_cast<double>(cost.energy_pj) / 1e9);
  return text + fmt::format(" with a peak of {} buffer bytes{}\n", grouped(cost.peak_buffer_bytes), proof);
}

std::string split_lines(const Options& options, const FoundPlan& found) {
  const HeuristicResult& h = *found.heuristic;
  std::string text = fmt::format("groups that did not fit: {} proposed, {} of them split at random\n",
                                 grouped(h.split_groups), grouped(h.randomly_split));
  if (options.explainer == ExplainerKind::none) return text;
  const SplitCounts& s = found.splits.proposed;
  text += fmt::format(
      "{}: {} different groups proposed, {:.1f} % rectified by their own explanation, {:.1f} % by one cut, "
      "{:.1f} % split\n",
      to_string(options.explainer), grouped(s.groups), 100.0 * found.rectified.rectify_rate(),
      100.0 * s.one_cut_rate(), 100.0 * s.split_rate());
  return text + fmt::format(
                    "categories {} {} {}, failed {}, {:.1f} of {:.1f} edges per group; with their parts {} "
                    "groups\n",
                    grouped(s.both_fit), grouped(s.one_fits), grouped(s.none_fits), grouped(s.failed),
                    s.edges_per_group(),
                    static_cast<double>(s.inner_edges) / static_cast<double>(std::max<int64_t>(1, s.groups)),
                    grouped(found.splits.all.groups));
}

}  // namespace

std::string search_table(const Options& options, const Planned& planned) {
  const FoundPlan& found = planned.found;
  const SearchResult& best = found.best;
  const Graph& graph = *planned.model.graph;
  const std::string rejected =
      rejected_table(rejected_ops(graph, *options.scheme, planned.config), graph, *options.scheme);
  std::string text = fmt::format(
      "{}, {}, buffer {} bytes, search {}\n{} groups, whole network {} bytes, fusable ops {} bytes: {}\n",
      planned.model.name, to_string(*options.scheme), grouped(planned.config.buffer.capacity_bytes),
      to_string(options.algorithm), best.plan.size(), grouped(best.network_bytes),
      grouped(best.fusable_bytes), proof(found));
  const PlanCost predicted = predicted_cost(planned.prediction);
  text += fmt::format("predicted {} cycles, {:.3f} mJ, peak of {} buffer bytes\n", grouped(predicted.cycles),
                      static_cast<double>(predicted.energy_pj) / 1e9, grouped(predicted.peak_buffer_bytes));
  if (!found.heuristic) {
    text += fmt::format("{} groups evaluated in {:.2f} s\n", grouped(best.evaluated), best.seconds);
    for (const SearchResult& point : found.front)
      text += front_line(point.cost, point.optimal ? ", proven" : ", not proven");
    return text + rejected;
  }
  const HeuristicResult& h = *found.heuristic;
  text += fmt::format("seed {}, {} plans proposed, {} F_beta and {} F_D queries, {:.2f} s ({:.2f} s CPU)\n",
                      h.seed, grouped(h.plans), grouped(h.queries.f_beta), grouped(h.queries.f_d),
                      h.best.seconds, h.cpu_seconds);
  if (options.verbose) text += split_lines(options, found);
  if (found.exact) {
    text +=
        fmt::format("local search {} bytes, exact search {} bytes in {:.2f} s\n",
                    grouped(h.best.network_bytes), grouped(found.exact->network_bytes), found.exact->seconds);
  }
  for (const FrontPoint& point : h.front) text += front_line(point.cost, "");
  return text + rejected;
}

std::string search_json(const Options& options, const Planned& planned) {
  const FoundPlan& found = planned.found;
  Json json = {{"format", "fusesim.search/1"},
               {"model", {{"name", planned.model.name}, {"sha256", planned.model.sha256}}},
               {"fusion", to_string(*options.scheme)},
               {"buffer_bytes", planned.config.buffer.capacity_bytes},
               {"algorithm", to_string(options.algorithm)},
               {"objective", to_string(options.goal)},
               {"network_bytes", found.best.network_bytes},
               {"fusable_bytes", found.best.fusable_bytes},
               {"optimal", found.best.optimal},
               {"groups", found.best.plan},
               {"evaluated", found.best.evaluated},
               {"seconds", found.best.seconds}};
  if (found.best.stopped) json["stopped"] = true;
  if (found.best.lower_bound > 0 && options.goal == Goal::dram && !found.limited)
    json["lower_bound_bytes"] = found.best.lower_bound;
  const PlanCost predicted = predicted_cost(planned.prediction);
  json["predicted"] = {{"cycles", predicted.cycles},
                       {"energy_pj", predicted.energy_pj},
                       {"peak_buffer_bytes", predicted.peak_buffer_bytes}};
  const auto [value, bound] = value_and_bound(found);
  if (bound > 0) json["bound_share"] = std::min(1.0, bound / value);
  if (found.exact) {
    json["exact"] = {{"network_bytes", found.exact->network_bytes},
                     {"optimal", found.exact->optimal},
                     {"evaluated", found.exact->evaluated},
                     {"seconds", found.exact->seconds}};
  }
  if (!found.front.empty()) json["front"] = supported_json(found.front);
  if (found.heuristic) json["heuristic"] = heuristic_json(options, found);
  const Graph& graph = *planned.model.graph;
  json["unfusable"] = rejected_json(rejected_ops(graph, *options.scheme, planned.config), graph);
  return dump_json(json, 2) + "\n";
}

std::string curve_csv(const HeuristicResult& found) {
  std::string text = "plans,network_bytes,fusable_bytes,queries,cpu_seconds\n";
  for (const CurvePoint& point : found.curve) {
    text += fmt::format("{},{},{},{},{:.6f}\n", point.plans, point.network_bytes, point.fusable_bytes,
                        point.queries, point.cpu_seconds);
  }
  return text;
}

}  // namespace fusesim
