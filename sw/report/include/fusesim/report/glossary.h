#pragma once

#include <string>
#include <vector>

namespace fusesim {

/// A word of the outputs (tables, CSV columns, JSON fields) and what it means, with its unit.
struct GlossaryEntry {
  const char* word;
  const char* meaning;
};

struct GlossarySection {
  const char* title;
  std::vector<GlossaryEntry> entries;
};

/// Every word that run_sim, run_search, run_explain and run_sweep use in what they print and write.
const std::vector<GlossarySection>& glossary();
/// For people: a section after the other, one word a line.
std::string glossary_text();
/// Whether a column or field is explained: by its name, or as a word with a prefix that is one
/// ("simulated_ifmap_bytes").
bool is_explained(const std::string& word);

}  // namespace fusesim
