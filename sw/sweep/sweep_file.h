#pragma once

#include <string>
#include <vector>

#include "fusesim/config/diagnostics.h"
#include "fusesim/config/yaml_tree.h"
#include "fusesim/sweep/sweep.h"

namespace fusesim {

/// A sweep file as written: shapes checked, values not yet looked at.
struct SweepFile {
  std::string path;
  std::string name;
  std::string config;  ///< as written
  std::vector<YamlEntry> fixed;
  std::vector<YamlEntry> axes;  ///< `model` first if `models` was given; values are non-empty lists
  std::vector<YamlEntry> zip;   ///< value: list of names of axes
  SlurmSettings slurm;
};

/// Reads the file; faults are reported and what is at fault is left out.
SweepFile read_sweep_file(const std::string& path, Diagnostics& diagnostics);

/// Scalar as written, list as "[a, b]".
std::string flow_text(const YamlValue& value);

/// A setting that run_sim takes as an option, not as a key of the configuration.
struct RunOption {
  const char* setting;
  const char* option;
};
const std::vector<RunOption>& run_options();
/// nullptr: a key of the configuration.
const RunOption* find_run_option(const std::string& setting);

}  // namespace fusesim
