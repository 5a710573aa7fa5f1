#include "train_options.h"

#include <fmt/format.h>

#include "fusesim/explain/train_pg.h"
#include "fusesim/explain/train_rg.h"
#include "fusesim/gnn/train.h"
#include "fusesim/tools/shared_options.h"

namespace fusesim {
namespace {

constexpr ProgramText kText = {
    "run_train",
    "Draws fusion groups, labels them, and trains the network that tells valid groups from invalid, or an "
    "explainer of that network.",
    "examples:\n"
    "  run_train --fusion lbdf --out weights\n"
    "  run_train --fusion brr --explainer rg --seed 3 --out weights\n"
    "\n"
    "exit code: 0 trained; 2 bad input (reason on standard error, nothing written); 3 internal error\n"};

constexpr uint64_t kMostSeed = 1'000'000'000'000'000;
constexpr uint64_t kMostSteps = 100'000;

std::vector<ExplainerKind> trained_kinds() {
  std::vector<ExplainerKind> kinds;
  for (const TrainedExplainer& explainer : trained_explainers()) kinds.push_back(explainer.kind);
  return kinds;
}

void declare(CommandLine& line, TrainingRequest& request, std::optional<Scheme>& scheme) {
  declare_fusion(line, scheme)->required();
  CLI::Option* explainer = declare_explainer(line, request.explainer, named(trained_kinds()),
                                             "trained for the shipped network (default: the network)");
  declare_seed(line, request.seed, "groups, split and training; with --explainer: of training", kMostSeed);
  line.whole("--epochs", request.epochs, 1, kMostSteps,
             fmt::format("default: network {}, pg {}, rg {}", gnn::TrainOptions{}.epochs, PgOptions{}.epochs,
                         RgTrainOptions{}.epochs));
  declare_out(line, request.out, "directory for <fusion>[.<explainer>].weights and .json")->required();
  line.text("--weights", request.weights, "a file",
            "measure this network instead of training one; same seed and scale as it had")
      ->type_name("FILE")
      ->excludes(explainer);
  line.real(
      "--scale", [&request](double value) { request.scale = value; }, 0.001, 100.0,
      "multiplies the number of groups (default 1: the paper's)");
  line.real(
      "--learning-rate", [&request](double value) { request.learning_rate = value; }, 1e-7, 1.0,
      "of Adam, at the start");
  line.whole("--batch", request.batch, 1, kMostSteps, "graphs per step");
}

}  // namespace

ParsedTraining parse_training(int argc, const char* const* argv) {
  CommandLine line(kText);
  ParsedTraining parsed;
  std::optional<Scheme> scheme;
  declare(line, parsed.request, scheme);
  parsed.text = line.parse(argc, argv);
  if (scheme) parsed.request.scheme = *scheme;
  return parsed;
}

}  // namespace fusesim
