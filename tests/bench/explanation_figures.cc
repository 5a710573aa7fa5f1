/// Prints, as JSON, what the labelled groups of a scheme say without any search: per network the share of
/// groups that fit at each buffer size (the paper's figure 3), and how faithful each explainer is to the
/// shipped network on groups of the test set that do not fit.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fusesim/base/error.h"
#include "fusesim/base/random_source.h"
#include "fusesim/config/config.h"
#include "fusesim/explain/explainers.h"
#include "fusesim/explain/fidelity.h"
#include "fusesim/explain/known_answers.h"
#include "fusesim/gnn/checkpoint.h"
#include "fusesim/gnn/dataset.h"
#include "fusesim/gnn/features.h"

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

struct Settings {
  Scheme scheme = Scheme::lbdf;
  uint64_t seed = 1;     ///< of the data set and of explanations
  size_t samples = 400;  ///< that every explainer explains
  double scale = 1.0;    ///< of the data set
};

/// Networks in the order in which groups were drawn, training networks first.
Json validity(const gnn::DataSet& data) {
  std::map<std::string, std::vector<const gnn::LabelledGroup*>> groups_of;
  for (const auto* part : {&data.train, &data.validation, &data.test, &data.unseen})
    for (const gnn::LabelledGroup& group : *part) groups_of[group.model].push_back(&group);
  Json networks = Json::array();
  for (const auto& [network, groups] : groups_of) {
    Json shares = Json::array();
    for (const int64_t buffer_bytes : gnn::kBufferBytes) {
      const auto valid = std::count_if(groups.begin(), groups.end(), [&](const gnn::LabelledGroup* group) {
        return group->label(buffer_bytes) == gnn::kValid;
      });
      shares.push_back(static_cast<double>(valid) / static_cast<double>(groups.size()));
    }
    networks.push_back({{"network", network}, {"groups", groups.size()}, {"valid", shares}});
  }
  return networks;
}

/// Groups of the test set at buffer sizes that they do not fit, drawn at random.
std::vector<gnn::GraphInput> groups_too_large(const gnn::DataSet& data, const Settings& settings) {
  std::vector<gnn::GraphInput> groups;
  for (const gnn::LabelledGroup& group : data.test) {
    for (const int64_t buffer_bytes : gnn::kBufferBytes) {
      if (group.label(buffer_bytes) == gnn::kValid || group.input.edges.empty()) continue;
      groups.push_back(group.input);
      gnn::set_buffer(groups.back(), buffer_bytes);
    }
  }
  RandomSource random(settings.seed);
  random.shuffle(groups);
  groups.resize(std::min(groups.size(), settings.samples));
  return groups;
}

Json to_json(const char* explainer, const Fidelity& f) {
  return {{"explainer", explainer},
          {"graphs", f.graphs},
          {"edges", f.edges},
          {"edge_share", f.edge_share},
          {"all_edges", f.all_edges},
          {"no_edges", f.no_edges},
          {"kept", f.kept},
          {"removed", f.removed},
          {"induced", f.induced},
          {"nodes_alone", f.nodes_alone},
          {"insertion_minus_deletion", f.insertion_minus_deletion}};
}

Json fidelities(const gnn::DataSet& data, const Settings& settings) {
  const std::vector<gnn::GraphInput> groups = groups_too_large(data, settings);
  std::vector<ExplainedGraph> explained;
  explained.reserve(groups.size());
  for (const gnn::GraphInput& group : groups) explained.push_back({&group, gnn::kInvalid});
  const gnn::Network network = gnn::read_group_network(to_string(settings.scheme), data_directory()).network;
  Json figures = Json::array();
  const auto add = [&](GraphExplainer& explainer) {
    figures.push_back(to_json(explainer.name(), fidelity(network, explainer, explained, settings.seed)));
  };
  for (const ExplainerKind kind : explainer_kinds()) {
    if (!needs_network(kind)) continue;
    add(*make_graph_explainer_factory(kind, settings.scheme, data_directory())());
  }
  const GraphExplainerFactory references =
      make_graph_explainer_factory(kDefaultExplainer, settings.scheme, data_directory());
  const std::unique_ptr<GraphExplainer> reference = references();
  RandomEdgeScores random(*reference);
  add(random);
  return figures;
}

void print_figures(const Settings& settings) {
  const gnn::DataSet data =
      gnn::draw_data_set(settings.scheme, settings.seed, settings.scale, data_directory());
  const Json figures = {{"scheme", to_string(settings.scheme)},
                        {"seed", settings.seed},
                        {"data_set", data.sha256},
                        {"buffer_bytes", gnn::kBufferBytes},
                        {"validity", validity(data)},
                        {"fidelity", fidelities(data, settings)}};
  fmt::print("{}\n", figures.dump(2));
}

}  // namespace
}  // namespace fusesim

int main(int argc, char** argv) {
  fusesim::Settings settings;
  CLI::App app("Validity of the labelled groups and fidelity of explanations, as JSON");
  app.add_option("--fusion", settings.scheme, "lbdf or brr")
      ->transform(CLI::CheckedTransformer(std::map<std::string, fusesim::Scheme>{
          {"lbdf", fusesim::Scheme::lbdf}, {"brr", fusesim::Scheme::brr}}));
  app.add_option("--seed", settings.seed, "of the data set, 1: that of the shipped networks");
  app.add_option("--samples", settings.samples, "groups that every explainer explains");
  app.add_option("--scale", settings.scale, "of the data set");
  CLI11_PARSE(app, argc, argv);
  try {
    fusesim::print_figures(settings);
  } catch (const fusesim::Error& error) {
    fmt::print(stderr, "explanation_figures: {}\n", error.what());
    return 2;
  }
  return 0;
}
