/// Searches the zoo exactly and prints, for every model, scheme and buffer size, the traffic, the proven gap
/// and the time. Exit code 1 if a search takes longer than 60 s, proves less than 5 %, or is above the best
/// contiguous cut.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "fusesim/base/error.h"
#include "fusesim/config/config.h"
#include "fusesim/import/import.h"
#include "fusesim/search/exact.h"

namespace {

constexpr double kMostSeconds = 60.0;
constexpr double kMostGap = 0.05;

struct Totals {
  int searches = 0;
  int optimal = 0;
  int failed = 0;
  double seconds = 0.0;
};

void search(const fusesim::ImportedModel& model, fusesim::Scheme scheme, const fusesim::Config& config,
            Totals& totals) {
  using namespace fusesim;
  const Graph& graph = *model.graph;
  const auto kib = static_cast<long long>(config.buffer.capacity_bytes / 1024);
  ++totals.searches;
  try {
    const SearchResult exact = exact_search({graph, scheme, config});
    const SearchResult contiguous = contiguous_search({graph, scheme, config});
    const double gap = static_cast<double>(exact.network_bytes - exact.lower_bound) /
                       static_cast<double>(exact.network_bytes);
    const bool good =
        exact.seconds <= kMostSeconds && gap <= kMostGap && exact.network_bytes <= contiguous.network_bytes;
    totals.optimal += exact.optimal ? 1 : 0;
    totals.failed += good ? 0 : 1;
    totals.seconds += exact.seconds;
    std::printf("%-30s %-4s %6lld %5zu %5zu %12lld %12lld %8.4f%% %-7s %8lld %9.1f %9.1f\n",
                model.name.c_str(), to_string(scheme), kib, graph.ops.size(), exact.plan.size(),
                static_cast<long long>(exact.network_bytes), static_cast<long long>(contiguous.network_bytes),
                100.0 * gap, exact.optimal ? "yes" : "no", static_cast<long long>(exact.evaluated),
                1e3 * exact.seconds, 1e3 * contiguous.seconds);
  } catch (const Error& error) {
    std::printf("%-30s %-4s %6lld %s\n", model.name.c_str(), to_string(scheme), kib, error.what());
  }
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Exact search over the zoo");
  std::vector<std::string> models;
  std::vector<std::string> schemes = {"lbdf", "brr"};
  std::vector<std::string> buffers = {"256KiB"};
  std::vector<std::string> overrides;
  app.add_option("--model", models, "zoo names or ONNX files; default: the whole zoo");
  app.add_option("--fusion", schemes, "lbdf, brr");
  app.add_option("--buffer", buffers, "buffer sizes");
  app.add_option("--set", overrides, "key=value");
  CLI11_PARSE(app, argc, argv);

  try {
    const std::string data = fusesim::data_directory();
    fusesim::Config config = fusesim::load_config("", overrides);
    if (models.empty()) models = fusesim::zoo_models(data);
    std::printf("%-30s %-4s %6s %5s %5s %12s %12s %9s %-7s %8s %9s %9s\n", "model", "", "KiB", "ops", "grps",
                "exact bytes", "contiguous", "gap", "optimal", "evals", "exact ms", "contig ms");
    Totals totals;
    for (const std::string& name : models) {
      fusesim::ImportOptions options;
      options.fold_epilogues = config.graph.fold_epilogues;
      const fusesim::ImportedModel model = fusesim::import_onnx(fusesim::resolve_model(name, data), options);
      for (const std::string& scheme : schemes) {
        for (const std::string& buffer : buffers) {
          config.buffer.capacity_bytes = fusesim::parse_bytes(buffer, "--buffer");
          search(model, scheme == "brr" ? fusesim::Scheme::brr : fusesim::Scheme::lbdf, config, totals);
        }
      }
    }
    std::printf("%d searches, %d optimal, %d out of bounds, %.1f s\n", totals.searches, totals.optimal,
                totals.failed, totals.seconds);
    return totals.failed == 0 ? 0 : 1;
  } catch (const fusesim::Error& error) {
    std::fprintf(stderr, "search_bench: %s\n", error.what());
    return 2;
  }
}
