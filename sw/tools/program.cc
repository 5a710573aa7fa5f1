#include "fusesim/tools/program.h"

#include <iostream>

#include "fusesim/config/diagnostics.h"
#include "fusesim/tools/command_line.h"
#include "fusesim/tools/listings.h"

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

void print(const std::string& text) {
  std::cout << text << std::flush;
  if (!std::cout) throw Error("standard output: cannot write");
}

void note_written(const std::vector<Output>& outputs) {
  for (const Output& output : outputs) {
    std::vector<std::string> names;
    for (const OutputFile& file : output.files) names.push_back(file.name);
    std::cerr << "wrote " << listed(names, "and") << " to " << printable(output.directory->path()) << '\n';
  }
}

int run_guarded(const std::string& program, const std::function<int()>& body,
                const std::function<void()>& before_message) {
  const auto stop = [&](const std::string& prefix, const std::exception& error, int code) {
    if (before_message) before_message();
    std::cerr << prefix << error.what() << '\n';
    return code;
  };
  try {
    return body();
  } catch (const SimulationError& error) {
    return stop(program + ": simulation: ", error, kMismatch);
  } catch (const Error& error) {
    return stop("", error, kBadInput);
  } catch (const std::exception& error) {
    return stop(program + ": internal error: ", error, kInternalError);
  }
}

int run_program(int argc, char** argv, Program program, int (*run)(const Options&, TerminalProgress&)) {
  TerminalProgress progress;
  return run_guarded(
      to_string(program), [&] { return dispatch(parse_options(argc, argv, program), progress, run); },
      [&] { progress.clear(); });
}

}  // namespace fusesim
