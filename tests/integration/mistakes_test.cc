#include <gmock/gmock.h>

#include <cstdlib>
#include <regex>

#include "onnx_files.h"
#include "program.h"

// What users mistype. Every answer names a remedy, and the remedy works.

namespace fusesim {
namespace {

using testing::HasSubstr;

using Words = std::vector<std::string>;

struct Mistake {
  Words typed;         // after --model net.onnx
  std::string answer;  // a part of it, with the remedy
  Words remedy;        // what to type instead
};

class MistakesTest : public RunSimTest {
 protected:
  MistakesTest() { write("net.onnx", conv_chain_onnx({1, 3, 16, 16})); }

  static Words complete(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  void expect_remedied(const std::string& program, const Words& common,
                       const std::vector<Mistake>& mistakes) const {
    for (const Mistake& mistake : mistakes) {
      std::string typed;
      for (const std::string& word : mistake.typed) typed += " " + word;
      SCOPED_TRACE(program + typed);
      const Finished refused = run(kPrograms / program, complete(common, mistake.typed));
      EXPECT_EQ(refused.exit_code, 2);
      EXPECT_EQ(refused.out, "");
      EXPECT_THAT(refused.err, HasSubstr(mistake.answer));
      const Finished finished = run(kPrograms / program, complete(common, mistake.remedy));
      EXPECT_EQ(finished.exit_code, 0) << finished.err;
    }
  }
};

const Words kQuick = {"--model", "net.onnx", "--search", "unfused", "--no-alternatives"};

TEST_F(MistakesTest, OptionsAndTheirValues) {
  expect_remedied(
      "run_sim", kQuick,
      {{{"--fusion", "lbfd"}, "expected lbdf or brr", {"--fusion", "lbdf"}},
       {{"--fusion", "LBDF"}, "expected lbdf or brr", {"--fusion", "lbdf"}},
       {{}, "--fusion: expected lbdf or brr, got nothing", {"--fusion", "brr"}},
       {{"--fusio", "brr"}, "(nearest: --fusion)", {"--fusion", "brr"}},
       {{"--fusion", "brr", "--bufer", "64KiB"},
        "(nearest: --buffer)",
        {"--fusion", "brr", "--buffer", "64KiB"}},
       {{"--fusion", "brr", "--bufer=64KiB"}, "(nearest: --buffer)", {"--fusion", "brr", "--buffer=64KiB"}},
       {{"--fusion", "brr", "--ouput", "o"},
        "expected an option of run_sim",
        {"--fusion", "brr", "--out", "o"}},
       {{"--fusion", "brr", "64KiB"}, "a word that belongs to none", {"--fusion", "brr"}},
       {{"--fusion", "brr", "--buffer", "512K"},
        "(nearest: 512KiB)",
        {"--fusion", "brr", "--buffer", "512KiB"}},
       {{"--fusion", "brr", "--buffer", "1mb"}, "(nearest: 1MB)", {"--fusion", "brr", "--buffer", "1MB"}},
       {{"--fusion", "brr", "--buffer", "64 kib"},
        "(nearest: 64KiB)",
        {"--fusion", "brr", "--buffer", "64KiB"}},
       {{"--fusion", "brr", "--buffer", "big"},
        "a size such as 262144, 256KiB",
        {"--fusion", "brr", "--buffer", "262144"}},
       {{"--fusion", "brr", "--buffer", "010"},
        "without leading zeros",
        {"--fusion", "brr", "--buffer", "65536"}},
       {{"--fusion", "brr", "--format", "xml"},
        "expected table, json or csv",
        {"--fusion", "brr", "--format", "csv"}},
       {{"--fusion", "brr", "--batch", "0"}, "a whole number from 1 to", {"--fusion", "brr", "--batch", "1"}},
       {{"--fusion", "brr", "--batch", "two"},
        "a whole number from 1 to",
        {"--fusion", "brr", "--batch", "2"}},
       {{"--fusion", "brr", "--overwrite"},
        "expected --out with it",
        {"--fusion", "brr", "--overwrite", "--out", "o"}},
       {{"--fusion", "brr", "--window", "group:0"},
        "expected --timeline or --vcd with it",
        {"--fusion", "brr", "--window", "group:0", "--timeline", "t.json"}}});
}

TEST_F(MistakesTest, AnImportLimitWithoutAUnit) {
#ifdef FUSESIM_SANITIZED
  GTEST_SKIP() << "the address space of such programs says nothing about what they allocate";
#endif
  expect_remedied("run_sim", kQuick,
                  {{{"--fusion", "brr", "--import-limit", "4"},
                    "--import-limit",
                    {"--fusion", "brr", "--import-limit", "4GiB"}}});
}

TEST_F(MistakesTest, SearchesAndWhatGoesWithThem) {
  const Words common = {"--model", "net.onnx", "--fusion", "lbdf"};
  expect_remedied(
      "run_search", common,
      {{{"--search", "best"}, "expected exact, columns, contiguous, unfused", {"--search", "exact"}},
       {{"--search", "exact", "--budget", "10"},
        "expected --search random, local, nsga2 or auto",
        {"--search", "local", "--budget", "10"}},
       {{"--search", "exact", "--explainer", "rg"},
        "expected --search random, local, nsga2 or auto",
        {"--search", "auto", "--budget", "10", "--explainer", "none"}},
       {{"--search", "local", "--max-dram", "1.05x"},
        "expected --search exact",
        {"--search", "exact", "--max-dram", "1.05x"}},
       {{"--search", "exact", "--max-dram", "0.5x"},
        "or 1.05x for that many times",
        {"--search", "exact", "--max-dram", "1.05x"}},
       {{"--objective", "speed"},
        "expected dram, cycles, energy or edp",
        {"--objective", "cycles", "--search", "exact"}},
       {{"--search", "exact", "--front", "dram"},
        "two or three of dram, cycles",
        {"--search", "exact", "--front", "dram,cycles"}},
       {{"--search", "exact", "--max-cycles", "fast"},
        "a number of cycles",
        {"--search", "exact", "--max-cycles", "1x"}}});
}

TEST_F(MistakesTest, KeysOfTheConfiguration) {
  const Words common = complete(kQuick, {"--fusion", "brr"});
  expect_remedied(
      "run_sim", common,
      {{{"--set", "clock=500"}, "(nearest: clock_mhz)", {"--set", "clock_mhz=500"}},
       {{"--set", "buffer=64KiB"}, "such as buffer.capacity", {"--set", "buffer.capacity=64KiB"}},
       {{"--set", "pe.cols=16"}, "(nearest: pe.columns)", {"--set", "pe.columns=16"}},
       {{"--set", "rows=16"}, "(nearest: pe.rows)", {"--set", "pe.rows=16"}},
       {{"--set", "pe.rows"}, "expected key=value", {"--set", "pe.rows=16"}},
       {{"--set", "pe.rows=many"}, "an integer from 1 to 65536", {"--set", "pe.rows=16"}},
       {{"--set", "pe.dataflow=ws"}, "weight_stationary", {"--set", "pe.dataflow=weight_stationary"}},
       {{"--set", "dram=ddr4"}, "ddr4_2400", {"--set", "dram=ddr4_2400"}},
       {{"--set", "datatypes.weight_bits=4"},
        "datatypes.weight_bits: expected",
        {"--set", "datatypes.weight_bits=8"}},
       {{"--config", "ethos_u55"}, "(nearest: ethos_u55_256)", {"--config", "ethos_u55_256"}},
       {{"--config", "nosuch"}, "or one of default", {"--config", "default"}},
       {{"--set", "brr.slice_channels=8"},
        "a list of distinct integers",
        {"--set", "brr.slice_channels=[8]"}}});
}

TEST_F(MistakesTest, ModelsAndOps) {
  const Words quick = {"--search", "unfused", "--no-alternatives", "--fusion", "lbdf"};
  expect_remedied("run_sim", quick,
                  {{{"--model", "resnet1"}, "did you mean resnet18", {"--model", "resnet18"}},
                   {{"--model", "ne.onnx"}, "no such file", {"--model", "net.onnx"}},
                   {{}, "--model: expected a zoo name or an ONNX file", {"--model", "net.onnx"}}});
  const Words explain = {"--model", "net.onnx", "--fusion", "lbdf", "--explainer", "none"};
  expect_remedied("run_explain", explain,
                  {{{"--group", "conv_c"}, "(nearest: conv_a)", {"--group", "conv_a"}},
                   {{"--group", "0..9"}, "--list-ops lists them", {"--group", "0..1"}},
                   {{"--group", "1..0"}, "expected a path from op", {"--group", "0..1"}},
                   {{}, "--group: expected ops, got nothing", {"--group", "0,1"}}});
  expect_remedied("run_sim", {},
                  {{{"--list-ops"}, "--model: expected", {"--list-ops", "--model", "net.onnx"}}});
}

}  // namespace
}  // namespace fusesim
