#pragma once

#include <string>

#include "fusesim/tools/pipeline.h"

namespace fusesim {

/// What a search found and how it got there, for people.
std::string search_table(const Options& options, const Planned& planned);
/// JSON `fusesim.search/1` (sw/tools/README.md lists its fields), indented, with a final newline.
std::string search_json(const Options& options, const Planned& planned);
/// Best so far against proposed plans: a header line and one line per improvement, then one for the whole
/// search.
std::string curve_csv(const HeuristicResult& found);

}  // namespace fusesim
