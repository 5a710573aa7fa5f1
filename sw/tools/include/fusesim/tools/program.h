#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "fusesim/tools/options.h"
#include "fusesim/tools/output_directory.h"
#include "fusesim/tools/progress.h"

namespace fusesim {

inline constexpr int kSuccess = 0;
inline constexpr int kMismatch = 1;
inline constexpr int kBadInput = 2;
inline constexpr int kInternalError = 3;
inline constexpr int kNotPrinted = 4;

/// Standard output takes no more. Files are whole: they are written first.
class PrintError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Writes to standard output. Throws PrintError if it cannot.
void print(const std::string& text);

/// Says on standard error which files were written, and where.
void note_written(const std::vector<Output>& outputs);

/// Runs `body`, whose result is an exit code, and turns exceptions into a message on standard error and an
/// exit code; calls `before_message` first, if there is one.
int run_guarded(const std::string& program, const std::function<int()>& body,
                const std::function<void()>& before_message = {});

/// The main of a program with Options: parses, answers --help, --version, --list-models and --print-config,
/// otherwise calls `run`, and turns exceptions into a message on standard error and an exit code.
int run_program(int argc, char** argv, Program program, int (*run)(const Options&, TerminalProgress&));

}  // namespace fusesim
