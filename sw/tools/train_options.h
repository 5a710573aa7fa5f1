#pragma once

#include <optional>
#include <string>

#include "train_targets.h"

namespace fusesim {

/// A parsed request, or text to print on standard output at once (help, version).
struct ParsedTraining {
  TrainingRequest request;
  std::optional<std::string> text;
};

/// The command line of run_train. Throws Error "--option: expected X, got Y".
ParsedTraining parse_training(int argc, const char* const* argv);

}  // namespace fusesim
