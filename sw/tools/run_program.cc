#include "fusesim/tools/listings.h"
#include "fusesim/tools/program.h"

namespace fusesim {
namespace {

int dispatch(const ParsedOptions& parsed, TerminalProgress& progress,
             int (*run)(const Options&, TerminalProgress&)) {
  if (parsed.text) {
    print(*parsed.text);
    return kSuccess;
  }
  if (const std::optional<std::string> text = listing(parsed.options, progress)) {
    print(*text);
    return kSuccess;
  }
  return run(parsed.options, progress);
}

}  // namespace

int run_program(int argc, char** argv, Program program, int (*run)(const Options&, TerminalProgress&)) {
  TerminalProgress progress;
  return run_guarded(
      to_string(program), [&] { return dispatch(parse_options(argc, argv, program), progress, run); },
      [&] { progress.clear(); });
}

}  // namespace fusesim
