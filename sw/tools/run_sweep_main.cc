#include "fusesim/sweep/run.h"
#include "fusesim/tools/program.h"

namespace {

int parse_and_run(int argc, char** argv) {
  const fusesim::ParsedSweepOptions parsed = fusesim::parse_sweep_options(argc, argv);
  if (!parsed.text) return fusesim::run_sweep(parsed.options);
  fusesim::print(*parsed.text);
  return fusesim::kSuccess;
}

}  // namespace

int main(int argc, char** argv) {
  return fusesim::run_guarded("run_sweep", [&] { return parse_and_run(argc, argv); });
}
