#include "fusesim/report/glossary.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "sample.h"

namespace fusesim {
namespace {

TEST(Glossary, ExplainsEveryColumnOfTheCsv) {
  const Sample sample;
  std::istringstream header(to_csv(sample.report()).substr(0, to_csv(sample.report()).find('\n')));
  int columns = 0;
  for (std::string column; std::getline(header, column, ','); ++columns) {
    EXPECT_TRUE(is_explained(column)) << column;
  }
  EXPECT_GT(columns, 30);
}

TEST(Glossary, ExplainsEveryFigureOfTheTotals) {
  const Sample sample;
  const nlohmann::json totals = nlohmann::json::parse(to_json(sample.report()))["totals"];
  for (const auto& [field, value] : totals.items()) {
    EXPECT_TRUE(is_explained(field)) << field;
    if (!value.is_object()) continue;
    for (const auto& [inner, figure] : value.items())
      EXPECT_TRUE(is_explained(inner)) << field << '.' << inner;
  }
}

TEST(Glossary, KnowsNoWordThatIsNotInIt) {
  EXPECT_FALSE(is_explained("nonsense"));
  EXPECT_FALSE(is_explained(""));
  EXPECT_FALSE(is_explained("simulated_nonsense_bytes"));
}

TEST(Glossary, SaysEveryWordOnce) {
  std::set<std::string> words;
  for (const GlossarySection& section : glossary()) {
    for (const GlossaryEntry& entry : section.entries) {
      EXPECT_TRUE(words.insert(std::string(section.title) + entry.word).second) << entry.word;
      EXPECT_STRNE(entry.meaning, "");
    }
  }
}

TEST(Glossary, TextHasShortLines) {
  std::istringstream lines(glossary_text());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 110U) << line;
}

}  // namespace
}  // namespace fusesim
