#pragma once

#include <string>

#include "fusesim/config/config.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// What results are of.
struct ResultsOf {
  const std::string& model_name;
  const std::string& model_sha256;
  const Config& config;
  Scheme scheme;
};

/// Throws Error "--out: ..." if the directory has a schedule or a configuration of another model, scheme or
/// machine, saying what differs. A directory without them, or none, is fine.
void refuse_other_results(const std::string& directory, const ResultsOf& mine);
/// Likewise of an explanation, which holds no configuration.
void refuse_other_explanations(const std::string& directory, const ResultsOf& mine);

}  // namespace fusesim
