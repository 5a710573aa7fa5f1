#include <gtest/gtest.h>

#include "fusesim/base/error.h"
#include "fusesim/config/load.h"
#include "scratch_file.h"

namespace fusesim {
namespace {

/// An override that another file holds at 7:9, its key at 7:3.
YamlEntry placed(const std::string& file, const std::string& key, const std::string& text) {
  YamlEntry entry{key, {file, 7, 3}, {}};
  entry.value.kind = YamlValue::Kind::scalar;
  entry.value.text = text;
  entry.value.place = {file, 7, 9};
  return entry;
}

std::string faults(const std::vector<YamlEntry>& overrides) {
  Diagnostics diagnostics;
  load_config("", overrides, diagnostics);
  try {
    diagnostics.throw_if_any();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(PlacedOverrides, LieOverTheConfiguration) {
  Diagnostics diagnostics;
  EXPECT_EQ(load_config("", {placed("S", "pe.rows", "8")}, diagnostics).pe.rows, 8);
  EXPECT_TRUE(diagnostics.empty());
}

TEST(PlacedOverrides, AreRefusedWhereTheyAreWritten) {
  EXPECT_EQ(faults({placed("S", "pe.rows", "x")}),
            "S:7:9: pe.rows: expected an integer from 1 to 65536, got x");
  EXPECT_EQ(faults({placed("S", "pe.rowz", "1")}),
            "S:7:3: pe.rowz: expected a known key (nearest: pe.rows), got an unknown key");
}

TEST(PlacedOverrides, NameDramFilesRelativeToTheirOwnFile) {
  const ScratchFile part("name: 3 x\n");
  EXPECT_NE(
      faults({placed(part.folder() + "/S", "dram", part.name())}).find(part.path() + ":1:1: channels: "),
      std::string::npos);
}

TEST(Diagnostics, AddsOnlyNewFaults) {
  Diagnostics all, one;
  one.add({"F", 1, 1}, "key", "this", "that");
  all.add_new(one);
  all.add_new(one);
  EXPECT_EQ(all.size(), 1U);
}

}  // namespace
}  // namespace fusesim
