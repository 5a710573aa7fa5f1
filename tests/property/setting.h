#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "machines.h"

namespace fusesim::testing {

/// Random networks on one machine.
struct Setting {
  const char* name;
  Scheme scheme;
  Machine (*machine)();
  Choice choice;
  uint64_t first_seed;
  bool strips = false;
  int64_t most_images = 1;
  bool widths = false;  ///< those of the file count
};

// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for it
inline void PrintTo(const Setting& s, std::ostream* out) { *out << s.name; }

inline std::string name_of(const ::testing::TestParamInfo<Setting>& info) { return info.param.name; }

/// What is drawn for it on its machine.
inline NetworkOptions networks_of(const Setting& setting, const Machine& machine) {
  NetworkOptions options;
  options.graph = machine.graphs;
  options.choice = setting.choice;
  options.strips = setting.strips;
  options.graph.most_images = setting.most_images;
  options.graph.draw_widths = setting.widths;
  if (options.strips) options.graph.max_width = 14;
  return options;
}

}  // namespace fusesim::testing
