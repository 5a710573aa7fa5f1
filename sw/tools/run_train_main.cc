#include <CLI/CLI.hpp>
#include <iostream>
#include <map>

#include "fusesim/base/error.h"
#include "train_targets.h"

namespace {

using namespace fusesim;

constexpr int kBadInput = 2;
constexpr int kInternalError = 3;

/// One more explainer that is trained: its name and its function.
const std::map<std::string, void (*)(const TrainingRequest&)> kExplainers = {{"pg", train_pg},
                                                                             {"rg", train_rg}};

int parse_and_run(int argc, char** argv) {
  TrainingRequest request;
  CLI::App app(
      "Draws fusion groups, labels them, and trains the network that tells valid groups from invalid, or an "
      "explainer of that network.",
      "run_train");
  app.set_version_flag("--version", "run_train " FUSESIM_VERSION);
  app.add_option("--fusion", request.fusion, "lbdf or brr")
      ->required()
      ->check(CLI::IsMember({"lbdf", "brr"}));
  app.add_option("--explainer", request.explainer, "trained for the shipped network (default: the network)")
      ->check(CLI::IsMember(kExplainers));
  app.add_option("--seed", request.seed, "of groups, split and training; with --explainer: of training")
      ->check(CLI::Range(uint64_t{0}, uint64_t{1'000'000'000'000'000}));
  app.add_option("--epochs", request.epochs, "default: network 50, pg 25, rg 10")
      ->check(CLI::Range(1, 100000));
  app.add_option("--out", request.out, "directory for <fusion>[.<explainer>].weights and .json")
      ->required()
      ->type_name("DIR");
  app.add_option("--weights", request.weights,
                 "measure this network instead of training one; same seed and scale as it had")
      ->type_name("FILE")
      ->excludes("--explainer");
  app.add_option("--scale", request.scale, "multiplies the number of groups (default 1: the paper's)")
      ->check(CLI::Range(0.001, 100.0));
  app.add_option("--learning-rate", request.learning_rate, "of Adam, at the start")
      ->check(CLI::Range(1e-7, 1.0));
  app.add_option("--batch", request.batch, "graphs per step")->check(CLI::Range(1, 100000));
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& text) {  // help or version
    return app.exit(text);
  } catch (const CLI::ParseError& error) {
    std::cerr << "run_train: " << error.what() << '\n';
    return kBadInput;
  }
  (request.explainer.empty() ? train_network : kExplainers.at(request.explainer))(request);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const Error& error) {
    std::cerr << "run_train: " << error.what() << '\n';
    return kBadInput;
  } catch (const std::exception& error) {
    std::cerr << "run_train: internal error: " << error.what() << '\n';
    return kInternalError;
  }
}
