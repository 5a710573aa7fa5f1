#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "fusesim/base/error.h"
#include "fusesim/config/config.h"
#include "fusesim/testing/words.h"
#include "scratch_file.h"

namespace fusesim {
namespace {

std::string message_of(const std::string& path, const std::vector<std::string>& overrides) {
  try {
    load_config(path, overrides);
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

/// The message for a file of this content, its path replaced by "F".
std::string fault(const std::string& yaml) {
  const ScratchFile file(yaml);
  std::string message = message_of(file.path(), {});
  for (size_t at = message.find(file.path()); at != std::string::npos; at = message.find(file.path())) {
    message.replace(at, file.path().size(), "F");
  }
  return message;
}

std::string set_fault(const std::vector<std::string>& overrides) { return message_of("", overrides); }

/// What lies in configs/dram, in order.
std::string dram_parts() {
  std::set<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(FUSESIM_SOURCE_DIR "/configs/dram")) {
    if (file.path().extension() == ".yaml") names.insert(file.path().stem().string());
  }
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

TEST(ConfigErrors, UnknownKeyNamesNearestKey) {
  EXPECT_EQ(fault("pe:\n  colums: 16\n"),
            "F:2:3: pe.colums: expected a known key (nearest: pe.columns), got an unknown key");
}

TEST(ConfigErrors, UnknownSectionNamesNearestSection) {
  EXPECT_EQ(fault("name: a\nbufer:\n  capacity: 1KiB\n"),
            "F:2:1: bufer: expected a known key (nearest: buffer), got an unknown key");
}

TEST(ConfigErrors, KeyWithoutItsSectionIsPointedToIt) {
  EXPECT_EQ(fault("columns: 16\n"),
            "F:1:1: columns: expected a known key (nearest: pe.columns), got an unknown key");
}

TEST(ConfigErrors, UnknownKeyWithoutNeighbour) {
  EXPECT_EQ(fault("telephone: 16\n"), "F:1:1: telephone: expected a known key, got an unknown key");
}

TEST(ConfigErrors, DuplicateKey) {
  EXPECT_EQ(fault("pe:\n  rows: 16\n  columns: 8\n  rows: 16\n"),
            "F:4:3: pe.rows: expected each key once, got it again (first at line 2)");
}

TEST(ConfigErrors, DuplicateSection) {
  EXPECT_EQ(fault("pe:\n  rows: 16\npe:\n  columns: 8\n"),
            "F:3:1: pe: expected each key once, got it again (first at line 1)");
}

TEST(ConfigErrors, OctalLookingInteger) {
  EXPECT_EQ(fault("pe:\n  rows: 010\n"),
            "F:2:9: pe.rows: expected an integer from 1 to 65536, without leading zeros, got 010");
}

TEST(ConfigErrors, OctalLookingSize) {
  EXPECT_EQ(
      fault("buffer: {capacity: 0256KiB}\n"),
      "F:1:20: buffer.capacity: expected a size such as 262144, 256KiB, 1MiB or 64KB, without leading zeros, "
      "got 0256KiB");
}

TEST(ConfigErrors, OctalLookingClock) {
  EXPECT_EQ(fault("clock_mhz: 0700\n"),
            "F:1:12: clock_mhz: expected MHz from 0.001 to 100000 with at most 3 decimals, without leading "
            "zeros, got "
            "0700");
}

TEST(ConfigErrors, IntegersOutOfRange) {
  const std::string expected = "F:2:9: pe.rows: expected an integer from 1 to 65536, got ";
  for (const std::string given : {"0", "-1", "65537", "9223372036854775808", "99999999999999999999999", "1.5",
                                  "0x10", "1e3", "1_000", "many", "true"}) {
    EXPECT_EQ(fault("pe:\n  rows: " + given + "\n"), expected + given);
  }
}

TEST(ConfigErrors, WrongKindOfValue) {
  EXPECT_EQ(fault("pe:\n  rows: \"16\"\n"),
            "F:2:9: pe.rows: expected an integer from 1 to 65536, got the text \"16\"");
  EXPECT_EQ(fault("pe:\n  rows: [16]\n"), "F:2:9: pe.rows: expected an integer from 1 to 65536, got a list");
  EXPECT_EQ(fault("pe:\n  rows: {a: 1}\n"), "F:2:9: pe.rows: expected an integer from 1 to 65536, got a map");
  EXPECT_EQ(fault("pe:\n  rows:\n"), "F:2:3: pe.rows: expected an integer from 1 to 65536, got nothing");
  EXPECT_EQ(fault("pe: 3\n"), "F:1:5: pe: expected a map of keys such as pe.rows, got 3");
  EXPECT_EQ(fault("name: [a]\n"), "F:1:7: name: expected a text of 1 to 100 characters, got a list");
  EXPECT_EQ(fault("graph: {fold_epilogues: yes}\n"),
            "F:1:25: graph.fold_epilogues: expected true or false, got yes");
  EXPECT_EQ(fault("brr: {slice_channels: 8}\n"),
            "F:1:23: brr.slice_channels: expected a list of distinct integers from 1 to 65536, got 8");
}

TEST(ConfigErrors, BitsAreWholeBytes) {
  const std::string expected =
      "F:1:30: datatypes.activation_bits: expected a multiple of 8 from 8 to 64, got ";
  for (const std::string given : {"0", "4", "12", "72"}) {
    EXPECT_EQ(fault("datatypes: {activation_bits: " + given + "}\n"), expected + given);
  }
}

TEST(ConfigErrors, UnknownUnit) {
  EXPECT_EQ(fault("buffer:\n  capacity: 256 kib\n"),
            "F:2:13: buffer.capacity: expected a size in B, KiB, MiB, GiB, KB, MB or GB (nearest: 256KiB), "
            "got \"256 kib\"");
}

TEST(ConfigErrors, SizesThatAreNone) {
  const std::string place = "F:2:13: buffer.capacity: expected ";
  EXPECT_EQ(fault("buffer:\n  capacity: 0\n"), place + "a size from 1 B to 1024 GiB, got 0");
  EXPECT_EQ(fault("buffer:\n  capacity: 2000GiB\n"), place + "a size from 1 B to 1024 GiB, got 2000GiB");
  EXPECT_EQ(fault("buffer:\n  capacity: 0.3KiB\n"),
            place + "a size of a whole number of bytes below 2^63, got 0.3KiB");
  EXPECT_EQ(fault("buffer:\n  capacity: 99999999999999GiB\n"),
            place + "a size of a whole number of bytes below 2^63, got 99999999999999GiB");
  EXPECT_EQ(fault("buffer:\n  capacity: -1KiB\n"),
            place + "a size such as 262144, 256KiB, 1MiB or 64KB, got -1KiB");
}

TEST(ConfigErrors, NumbersThatAreNone) {
  const std::string place = "F:1:18: energy.mac_pj: expected a number from 0 to 1e+06, got ";
  for (const std::string given : {"-1", "nan", "inf", ".inf", "1e400", "2e6", "free"}) {
    EXPECT_EQ(fault("energy: {mac_pj: " + given + "}\n"), place + given);
  }
}

TEST(ConfigErrors, NumbersThatMayBeAuto) {
  for (const std::string given : {"-1", "nan", "1e7", "automatic", "Auto"}) {
    EXPECT_EQ(fault("energy: {buffer_read_byte_pj: " + given + "}\n"),
              "F:1:31: energy.buffer_read_byte_pj: expected auto or a number from 0 to 1e+06, got " + given);
  }
}

TEST(ConfigErrors, SliceListItems) {
  EXPECT_EQ(
      fault("brr:\n  slice_channels: [8, 08, 8, 0]\n"),
      "F:2:23: brr.slice_channels[1]: expected an integer from 1 to 65536, without leading zeros, got 08\n"
      "F:2:27: brr.slice_channels[2]: expected each number once, got 8 again\n"
      "F:2:30: brr.slice_channels[3]: expected an integer from 1 to 65536, got 0");
  EXPECT_EQ(
      fault("brr: {slice_channels: []}\n"),
      "F:1:23: brr.slice_channels: expected a list of distinct integers from 1 to 65536, got an empty list");
}

TEST(ConfigErrors, ChoiceListsItsWords) {
  std::vector<std::string> words;
  words.reserve(std::size(kDataflows));
  for (const auto& [name, dataflow] : kDataflows) words.emplace_back(name);
  EXPECT_EQ(fault("pe: {dataflow: row_stationary}\n"),
            "F:1:16: pe.dataflow: expected " + testing::any_of(words) + ", got row_stationary");
}

TEST(ConfigErrors, PortsStripesAndBanksHaveRanges) {
  EXPECT_EQ(set_fault({"buffer.banks=0"}), "--set: buffer.banks: expected an integer from 1 to 65536, got 0");
  EXPECT_EQ(set_fault({"pe.stripe=-1"}), "--set: pe.stripe: expected an integer from 0 to 16777216, got -1");
  for (const std::string key :
       {"buffer.read_bytes_per_cycle", "buffer.write_bytes_per_cycle", "pe.weight_bytes_per_cycle"}) {
    EXPECT_EQ(set_fault({key + "=1000000001"}),
              "--set: " + key + ": expected an integer from 0 to 1000000000, got 1000000001");
  }
  EXPECT_EQ(fault("pe: {shadow_weights: 2}\n"), "F:1:22: pe.shadow_weights: expected true or false, got 2");
}

TEST(ConfigErrors, DoubleBufferListsItsWords) {
  EXPECT_EQ(fault("brr: {double_buffer: both}\n"),
            "F:1:22: brr.double_buffer: expected none, weights or all, got both");
}

TEST(ConfigErrors, PartialSumsAreNoNarrowerThanActivations) {
  EXPECT_EQ(fault("datatypes:\n  activation_bits: 16\n  partial_sum_bits: 8\n"),
            "F:3:21: datatypes.partial_sum_bits: expected at least datatypes.activation_bits (16), got 8");
}

TEST(ConfigErrors, RuleBetweenKeysIsSilentWhereAKeyIsAlreadyRefused) {
  EXPECT_EQ(fault("datatypes:\n  activation_bits: 16\n  partial_sum_bits: 7\n"),
            "F:3:21: datatypes.partial_sum_bits: expected a multiple of 8 from 8 to 64, got 7");
}

TEST(ConfigErrors, EmptyFile) {
  EXPECT_EQ(fault(""), "F:1:1: expected a map of keys, got an empty file");
  EXPECT_EQ(fault("# nothing but a comment\n"), "F:1:1: expected a map of keys, got an empty file");
}

TEST(ConfigErrors, RootIsNotAMap) {
  EXPECT_EQ(fault("- 1\n- 2\n"), "F:1:1: expected a map of keys, got a list");
  EXPECT_EQ(fault("hello\n"), "F:1:1: expected a map of keys, got hello");
}

TEST(ConfigErrors, BinaryFile) {
  EXPECT_EQ(fault("name: a\nb: \xFF\xFE"),
            "F:2:4: expected YAML in UTF-8 text, got a byte that is not UTF-8");
  EXPECT_EQ(fault(std::string("ab\0c", 4)),
            "F:1:3: expected YAML in UTF-8 text, got the control character \\x00");
  EXPECT_EQ(fault("\xC0\xAF"), "F:1:1: expected YAML in UTF-8 text, got a byte that is not UTF-8");
}

TEST(ConfigErrors, SyntaxError) {
  EXPECT_EQ(fault("pe:\n  rows: [1\n"),
            "F:3:1: expected valid YAML, got a syntax error (end of sequence flow not found)");
  EXPECT_EQ(fault(std::string(5000, '[')), "F:1:1: expected a key, got a list or a map");
  std::string nested;
  for (int depth = 0; depth < 5000; ++depth) nested += "- ";
  EXPECT_EQ(fault(nested), "F:1:1000: expected valid YAML, got nesting that is too deep");
}

TEST(ConfigErrors, YamlFeaturesThatHideValues) {
  EXPECT_EQ(fault("pe: &x {rows: 4}\nbrr: *x\n"), "F:2:6: expected a value written out, got an alias");
  EXPECT_EQ(fault("pe: {rows: !!int 4}\n"),
            "F:1:12: expected a value without a tag, got the tag tag:yaml.org,2002:int");
  EXPECT_EQ(fault("name: a\n---\nname: b\n"), "F:3:1: expected one YAML document, got a second one");
}

TEST(ConfigErrors, MissingFileAndDirectory) {
  EXPECT_EQ(message_of("no/such.yaml", {}), "no/such.yaml: expected a readable YAML file, got no such file");
  EXPECT_EQ(message_of(FUSESIM_SOURCE_DIR, {}),
            std::string(FUSESIM_SOURCE_DIR) + ": expected a readable YAML file, got a directory");
}

TEST(ConfigErrors, AllFaultsTogetherInFileOrder) {
  EXPECT_EQ(fault("lanes: 3\npe:\n  rows: 0\n  cols: 3\nclock_mhz: fast\n"),
            "F:1:1: lanes: expected a known key (nearest: vector_unit.lanes), got an unknown key\n"
            "F:3:9: pe.rows: expected an integer from 1 to 65536, got 0\n"
            "F:4:3: pe.cols: expected a known key (nearest: pe.columns), got an unknown key\n"
            "F:5:12: clock_mhz: expected MHz from 0.001 to 100000 with at most 3 decimals, got fast");
}

TEST(ConfigErrors, MessagesStayOnOneLine) {
  EXPECT_EQ(fault("name: \"a\\nb\"\n"),
            "F:1:7: name: expected a text of 1 to 100 characters, got the text \"a\\x0ab\"");
}

TEST(ConfigErrors, UnknownDramPreset) {
  EXPECT_EQ(fault("dram: ddr9\n"),
            "F:1:7: dram: expected a DRAM preset (" + dram_parts() + ") or a path to a .yaml file, got ddr9");
  EXPECT_EQ(fault("dram: {preset: no/such.yaml}\n"),
            "F:1:16: dram.preset: expected the path of a DRAM file, got no/such.yaml");
}

TEST(ConfigErrors, DramFileMustGiveEveryKey) {
  const ScratchFile dram("name: x\nstandard: DDR4\n");
  const std::string message = fault("dram: " + dram.path() + "\n");
  EXPECT_NE(message.find(dram.path() +
                         ":1:1: cl: expected an integer from 1 to 1000000, got nothing (the key is missing)"),
            std::string::npos)
      << message;
}

TEST(ConfigErrors, DramTimingsAgree) {
  EXPECT_EQ(fault("dram:\n  ras: 50\n"), "F:2:8: dram.rc: expected at least dram.ras + dram.rp (66), got 55");
  EXPECT_EQ(fault("dram: {refi: 100}\n"), "F:1:14: dram.refi: expected more than dram.rfc (420), got 100");
  EXPECT_EQ(fault("dram: {columns: 1000}\n"),
            "F:1:17: dram.columns: expected a power of two from 1 to 65536, got 1000");
}

TEST(ConfigErrors, DramRefreshesLeaveTimeForABurst) {
  // tRFC 420, tRC 55, CL 16, CWL 12, tWR 18, twice 4 cycles of data: 420 + 2 * (55 + 16 + 4 + 12 + 4 + 18)
  const std::string expected =
      "dram.refi: expected at least 638 (dram.rfc and the time that a burst needs between two refreshes), "
      "got ";
  EXPECT_EQ(load_config("", {"dram.refi=638"}).dram.refi, 638);
  EXPECT_EQ(set_fault({"dram.refi=637"}), "--set: " + expected + "637");
  EXPECT_EQ(set_fault({"dram.refi=500"}), "--set: " + expected + "500");
  EXPECT_EQ(fault("dram: {refi: 500}\n"), "F:1:14: " + expected + "500");
}

TEST(ConfigErrors, DramRulesAreReportedWhereTheLastWordWasWritten) {
  EXPECT_EQ(fault("dram: {preset: ddr4_2400, rfc: 9300}\n"),
            "F:1:32: dram.refi: expected at least 9518 (dram.rfc and the time that a burst needs between two "
            "refreshes), got 9360");
  EXPECT_EQ(set_fault({"dram=ddr4_2400", "dram.rfc=9360"}),
            "--set: dram.refi: expected more than dram.rfc (9360), got 9360");
  const ScratchFile file("dram: {rc: 60}\n");
  EXPECT_EQ(message_of(file.path(), {"dram.ras=50"}),
            "--set: dram.rc: expected at least dram.ras + dram.rp (66), got 60");
}

TEST(ConfigErrors, DramLargerThanAnAddress) {
  EXPECT_EQ(fault("dram: {channels: 64, ranks: 16, bank_groups: 64, banks_per_group: 64, rows: 16777216, "
                  "columns: 65536, "
                  "bus_bits: 4096}\n"),
            "F:1:77: dram.rows: expected a DRAM of at most 256 TiB, got more");
}

TEST(ConfigErrors, OverridesAreValidatedAlike) {
  EXPECT_EQ(set_fault({"pe.rows=010"}),
            "--set: pe.rows: expected an integer from 1 to 65536, without leading zeros, got 010");
  EXPECT_EQ(set_fault({"pe.colums=16"}),
            "--set: pe.colums: expected a known key (nearest: pe.columns), got an unknown key");
  EXPECT_EQ(set_fault({"pe.rows="}), "--set: pe.rows: expected an integer from 1 to 65536, got nothing");
  EXPECT_EQ(set_fault({"brr.slice_channels=8,8"}),
            "--set: brr.slice_channels[1]: expected each number once, got 8 again");
  EXPECT_EQ(set_fault({"dram=ddr9"}),
            "--set: dram: expected a DRAM preset (" + dram_parts() + ") or a path to a .yaml file, got ddr9");
  EXPECT_EQ(set_fault({"dram.rp=60"}), "--set: dram.rc: expected at least dram.ras + dram.rp (99), got 55");
}

TEST(ConfigErrors, MalformedOverrides) {
  EXPECT_EQ(set_fault({"pe.rows"}), "--set: expected key=value, got \"pe.rows\"");
  EXPECT_EQ(set_fault({"=4", "pe..rows=3"}),
            "--set: expected key=value, got \"=4\"\n--set: expected key=value, got \"pe..rows=3\"");
  EXPECT_EQ(set_fault({"pe.rows=[1"}), "--set: pe.rows: expected a YAML value, got \"[1\"");
}

TEST(ConfigErrors, OverrideBelowAValueThatIsNoMapIsReportedAtTheFile) {
  const ScratchFile file("pe: 3\n");
  EXPECT_EQ(message_of(file.path(), {"pe.rows=4"}),
            file.path() + ":1:5: pe: expected a map of keys such as pe.rows, got 3");
}

TEST(ParseBytes, NamesItsOptionAndTheFault) {
  const auto refused = [](const std::string& text) -> std::string {
    try {
      parse_bytes(text, "--buffer");
    } catch (const Error& e) {
      return e.what();
    }
    return "no error";
  };
  EXPECT_EQ(refused("256K"),
            "--buffer: expected a size in B, KiB, MiB, GiB, KB, MB or GB (nearest: 256KiB), got \"256K\"");
  EXPECT_EQ(refused(""), "--buffer: expected a size such as 262144, 256KiB, 1MiB or 64KB, got \"\"");
  EXPECT_EQ(refused("-1"), "--buffer: expected a size such as 262144, 256KiB, 1MiB or 64KB, got \"-1\"");
  EXPECT_EQ(refused("1.5"), "--buffer: expected a size of a whole number of bytes below 2^63, got \"1.5\"");
  EXPECT_EQ(refused("1.2.3KiB"),
            "--buffer: expected a size of a whole number of bytes below 2^63, got \"1.2.3KiB\"");
  EXPECT_EQ(refused("9223372036854775808"),
            "--buffer: expected a size of a whole number of bytes below 2^63, got \"9223372036854775808\"");
}

/// As many keys as a file can have: each is looked for among those before it.
TEST(ConfigErrors, OfAFileFullOfKeysAreAllTold) {
  constexpr int kKeys = 80'000;
  std::string text;
  for (int i = 0; i < kKeys; ++i) text += "k" + std::to_string(1'000'000 + i) + ": 1\n";
  text += "k1000007: 2\n";
  const ScratchFile file(text);
  const std::string faults = message_of(file.path(), {});
  EXPECT_EQ(std::count(faults.begin(), faults.end(), '\n'), kKeys);
  EXPECT_THAT(faults, ::testing::HasSubstr(":80000:1: k1079999: expected a known key, got an unknown key"));
  EXPECT_THAT(faults, ::testing::HasSubstr(
                          ":80001:1: k1000007: expected each key once, got it again (first at line 8)"));
}

TEST(ConfigErrors, OfListsThatAreTooLong) {
  std::string list;
  for (int i = 1; i <= 65; ++i) list += (i > 1 ? ", " : "") + std::to_string(i);
  EXPECT_EQ(fault("brr: {slice_channels: [" + list + "]}\n"),
            "F:1:23: brr.slice_channels: expected at most 64 integers, got 65");
}

}  // namespace
}  // namespace fusesim
