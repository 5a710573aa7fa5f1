/// Trains a network on graphs whose explanation is known, for every seed, and prints how well each explainer
/// finds it: area under the ROC curve, pooled over the edges of test graphs. Exit code 1 if a mean over the
/// seeds is below its floor or a network does not know its graphs.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "fusesim/base/error.h"
#include "fusesim/explain/gnn_explainer.h"
#include "fusesim/explain/known_answers.h"
#include "fusesim/explain/pg_explainer.h"
#include "fusesim/explain/rg_explainer.h"
#include "fusesim/explain/train_pg.h"
#include "fusesim/explain/train_rg.h"
#include "fusesim/gnn/network.h"
#include "fusesim/gnn/train.h"

namespace fusesim {
namespace {

constexpr double kLeastAccuracy = 0.97;
/// Other seeds than those of training.
constexpr uint64_t kFresh = 1000000;

/// What a known answer is asked for with.
struct Task {
  gnn::Network network;
  std::vector<KnownAnswer> train;  ///< of the tested labels
  std::vector<KnownAnswer> validation;
  uint64_t seed = 0;
};

struct KnownSet {
  const char* name;
  std::vector<KnownAnswer> (*make)(size_t count, uint64_t seed);
  gnn::TrainOptions (*training)(uint64_t seed);
  std::vector<int> tested_labels;  ///< kTested graphs of each
};

constexpr size_t kDrawn = 1000;
constexpr size_t kTested = 100;

/// Every graph with all its edges: no explainer of it has a floor.
gnn::TrainOptions training_that_counts(uint64_t seed) {
  gnn::TrainOptions options = ba_2motifs_training(seed);
  options.edge_dropout = 0.0;
  return options;
}

const std::vector<KnownSet> kSets = {
    {"planted", planted_edges, planted_edges_training, {1}},
    {"ba_2motifs", ba_2motifs, ba_2motifs_training, {0, 1}},
    {"ba_2motifs_counted", ba_2motifs, training_that_counts, {0, 1}},
};

/// On graphs that the network was trained on.
std::unique_ptr<GraphExplainer> trained_pg(const Task& task) {
  return std::make_unique<PgExplainer>(
      task.network, train_pg(task.network, explained_graphs(task.train), explained_graphs(task.validation),
                             known_answers_pg(task.seed))
                        .weights);
}

/// With its defaults, on the same graphs.
std::unique_ptr<GraphExplainer> trained_rg(const Task& task) {
  RgTrainOptions options;
  options.seed = task.seed;
  return std::make_unique<RgExplainer>(task.network, train_rg(task.network, explained_graphs(task.train),
                                                              explained_graphs(task.validation), options)
                                                         .weights);
}

struct Contender {
  const char* name;
  std::function<std::unique_ptr<GraphExplainer>(const Task&)> make;
  std::vector<double> floors;  ///< one per set; 0: none
};

/// One more explainer: one more line.
std::vector<Contender> contenders() {
  const auto gnne = [](const GnnExplainerOptions& options) {
    return [options](const Task& task) { return std::make_unique<GnnExplainer>(task.network, options); };
  };
  return {
      {"random", [](const Task&) { return std::make_unique<RandomScores>(); }, {0.45, 0.45, 0.45}},
      {"gnne", gnne({}), {0.95, 0.85, 0.0}},
      {"gnne_original", gnne(original_gnn_explainer()), {0.0, 0.0, 0.0}},
      {"gnne_pyg", gnne(pyg_gnn_explainer()), {0.0, 0.0, 0.0}},
      {"pg", trained_pg, {0.90, 0.85, 0.0}},
      {"rg", trained_rg, {0.85, 0.75, 0.0}},
  };
}

template <typename Named>
std::vector<std::string> names_of(const std::vector<Named>& all) {
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const Named& one : all) names.emplace_back(one.name);
  return names;
}

/// No names: all.
bool is_named(const std::string& name, const std::vector<std::string>& names) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<Contender> named(std::vector<Contender> all, const std::vector<std::string>& names) {
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&names](const Contender& one) { return !is_named(one.name, names); }),
            all.end());
  return all;
}

std::vector<KnownAnswer> with_labels(const std::vector<KnownAnswer>& answers, const std::vector<int>& labels,
                                     size_t most_each) {
  std::vector<KnownAnswer> chosen;
  for (const int label : labels) {
    for (KnownAnswer& answer : with_label(answers, label, most_each)) chosen.push_back(std::move(answer));
  }
  return chosen;
}

Task trained(const KnownSet& set, uint64_t seed) {
  const KnownAnswerSets sets = split(set.make(kDrawn, seed));
  return {gnn::train(samples_of(sets.train), samples_of(sets.validation), set.training(seed)),
          with_labels(sets.train, set.tested_labels, kDrawn),
          with_labels(sets.validation, set.tested_labels, kDrawn), seed};
}

double accuracy(const gnn::Network& network, const std::vector<KnownAnswer>& answers) {
  double right = 0.0;
  for (const KnownAnswer& answer : answers) {
    const std::vector<float> logits = network.logits(answer.graph);
    right += (logits[1] > logits[0] ? 1 : 0) == answer.label ? 1.0 : 0.0;
  }
  return right / static_cast<double>(answers.size());
}

/// Mean P(label 1) of the graphs without their edges: which label needs no reason.
double without_edges(const gnn::Network& network, const std::vector<KnownAnswer>& answers) {
  double sum = 0.0;
  for (const KnownAnswer& answer : answers) {
    gnn::Pass pass(network, answer.graph);
    sum += gnn::softmax(pass.forward(std::vector<float>(answer.graph.edges.size(), 0.0F)))[1];
  }
  return sum / static_cast<double>(answers.size());
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::string row(const std::string& name, const std::vector<double>& values) {
  std::string text = fmt::format("  {:<24}", name);
  for (const double value : values) text += fmt::format(" {:6.3f}", value);
  return text + fmt::format("   mean {:.3f}", mean(values));
}

/// Prints the rows of a set; false if one is below its floor.
bool run(size_t index, const std::vector<Contender>& all, const std::vector<uint64_t>& seeds,
         nlohmann::ordered_json& json) {
  const KnownSet& set = kSets[index];
  std::vector<double> accuracies;
  std::vector<double> bare;
  std::vector<std::vector<double>> areas(all.size());
  for (const uint64_t seed : seeds) {
    const Task task = trained(set, seed);
    const std::vector<KnownAnswer> fresh = set.make(kDrawn, kFresh + seed);
    const std::vector<KnownAnswer> tested = with_labels(fresh, set.tested_labels, kTested);
    accuracies.push_back(accuracy(task.network, fresh));
    bare.push_back(without_edges(task.network, tested));
    for (size_t c = 0; c < all.size(); ++c) {
      areas[c].push_back(pooled_auc(*all[c].make(task), tested, seed * kFresh));
    }
  }
  fmt::print("{}\n{}\n{}\n", set.name, row("network's accuracy", accuracies),
             row("P(label 1 | no edges)", bare));
  bool good = *std::min_element(accuracies.begin(), accuracies.end()) > kLeastAccuracy;
  nlohmann::ordered_json& entry = json["sets"][set.name];
  entry = {{"accuracy", accuracies}, {"label_1_without_edges", bare}};
  for (size_t c = 0; c < all.size(); ++c) {
    const bool reached = mean(areas[c]) >= all[c].floors[index];
    fmt::print("{}{}\n", row(all[c].name, areas[c]),
               reached ? "" : fmt::format("   below {:.2f}", all[c].floors[index]));
    entry["auc"][all[c].name] = {{"seeds", areas[c]}, {"mean", mean(areas[c])}};
    good = good && reached;
  }
  return good;
}

}  // namespace
}  // namespace fusesim

int main(int argc, char** argv) {
  CLI::App app("Explainers on graphs whose explanation is known");
  std::vector<uint64_t> seeds = {1, 2, 3};
  std::vector<std::string> names;
  std::vector<std::string> wanted;
  std::string out;
  app.add_option("--seeds", seeds, "of graphs, training and explainers")->delimiter(',');
  app.add_option("--sets", names, "default: all")
      ->delimiter(',')
      ->check(CLI::IsMember(fusesim::names_of(fusesim::kSets)));
  app.add_option("--explainers", wanted, "default: all")
      ->delimiter(',')
      ->check(CLI::IsMember(fusesim::names_of(fusesim::contenders())));
  app.add_option("--out", out, "JSON file");
  CLI11_PARSE(app, argc, argv);

  try {
    nlohmann::ordered_json json = {{"seeds", seeds}};
    bool good = true;
    const std::vector<fusesim::Contender> chosen = fusesim::named(fusesim::contenders(), wanted);
    for (size_t i = 0; i < fusesim::kSets.size(); ++i) {
      if (!fusesim::is_named(fusesim::kSets[i].name, names)) continue;
      good = fusesim::run(i, chosen, seeds, json) && good;
    }
    if (!out.empty()) {
      std::ofstream file(out);
      file << json.dump(2) << '\n';
      if (!file.flush()) throw fusesim::Error("--out: " + out + ": cannot be written");
    }
    return good ? 0 : 1;
  } catch (const fusesim::Error& error) {
    fmt::print(stderr, "known_answers_bench: {}\n", error.what());
    return 2;
  }
}
