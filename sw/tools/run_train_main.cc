#include "fusesim/tools/program.h"
#include "train_options.h"

namespace {

int parse_and_run(int argc, char** argv) {
  const fusesim::ParsedTraining parsed = fusesim::parse_training(argc, argv);
  if (parsed.text) {
    fusesim::print(*parsed.text);
  } else {
    fusesim::train(parsed.request);
  }
  return fusesim::kSuccess;
}

}  // namespace

int main(int argc, char** argv) {
  return fusesim::run_guarded("run_train", [&] { return parse_and_run(argc, argv); });
}
