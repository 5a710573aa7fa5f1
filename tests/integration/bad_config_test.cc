#include "onnx_files.h"
#include "program.h"

namespace fusesim {
namespace {

class BadConfig : public RunSimTest {
 protected:
  BadConfig() { write("net.onnx", conv_chain_onnx({1, 3, 8, 8})); }

  void expect_refused_config(const std::string& yaml, const std::vector<std::string>& parts) const {
    write("machine.yaml", yaml);
    expect_refused({"--model", "net.onnx", "--fusion", "lbdf", "--config", "machine.yaml"}, parts);
  }
  void expect_refused_options(std::vector<std::string> options, const std::vector<std::string>& parts) const {
    options.insert(options.begin(), {"--model", "net.onnx", "--fusion", "lbdf"});
    expect_refused(options, parts);
  }
};

TEST_F(BadConfig, MissingFile) { expect_refused_options({"--config", "absent.yaml"}, {"absent.yaml"}); }

TEST_F(BadConfig, EmptyFile) { expect_refused_config("", {"machine.yaml"}); }

TEST_F(BadConfig, UnknownKey) { expect_refused_config("pe:\n  rowz: 32\n", {"machine.yaml:2:3: ", "rowz"}); }

TEST_F(BadConfig, DuplicateKey) {
  expect_refused_config("pe:\n  rows: 32\n  rows: 16\n", {"machine.yaml:3:3: ", "rows"});
}

TEST_F(BadConfig, WrongType) {
  expect_refused_config("pe:\n  rows: many\n", {"machine.yaml:2:9: ", "pe.rows: expected ", "many"});
}

TEST_F(BadConfig, OutOfRange) {
  expect_refused_config("pe:\n  rows: 0\n", {"machine.yaml:2:9: ", "pe.rows: expected ", "got 0"});
}

TEST_F(BadConfig, OctalLooking) {
  expect_refused_config("pe:\n  rows: 010\n", {"machine.yaml:2:9: ", "pe.rows: expected ", "010"});
}

TEST_F(BadConfig, UnknownUnit) {
  expect_refused_config("buffer:\n  capacity: 256QiB\n",
                        {"machine.yaml:2:13: ", "buffer.capacity: expected ", "256QiB"});
}

TEST_F(BadConfig, NotYaml) { expect_refused_config("pe: [1, 2\n", {"machine.yaml:"}); }

TEST_F(BadConfig, OverrideOfAnUnknownKey) {
  expect_refused_options({"--set", "pe.rowz=3"}, {"--set: pe.rowz"});
}

// The unreadable model shows that no search has begun: the configuration is read before it.
TEST_F(BadConfig, DramThatCannotServeABurst) {
  for (const char* model : {"net.onnx", "absent.onnx"}) {
    expect_refused({"--model", model, "--fusion", "lbdf", "--set", "dram.refi=500"},
                   {"--set: dram.refi: expected at least 638 ", "got 500"});
  }
  expect_refused_config("dram:\n  refi: 500\n", {"machine.yaml:2:9: dram.refi: expected at least 638 "});
}

TEST_F(BadConfig, OverrideWithoutValue) {
  expect_refused_options({"--set", "pe.rows"}, {"--set: ", "pe.rows"});
}

TEST_F(BadConfig, BufferThatIsNoSize) {
  for (const char* size : {"256QiB", "-1", "0", "", "KiB", "0x100", "010", "99999999999999999999"}) {
    expect_refused_options({"--buffer", size}, {"expected"});
  }
}

TEST_F(BadConfig, SearchThatDoesNotExistNamesThoseThatDo) {
  expect_refused_options(
      {"--search", "best"},
      {"--search: expected exact, columns, contiguous, unfused, random, local, nsga2 or auto, got 'best'"});
}

TEST_F(BadConfig, UnknownFusionFormatAndSeed) {
  expect_refused({"--model", "net.onnx", "--fusion", "both"}, {"--fusion: expected lbdf", "got 'both'"});
  expect_refused({"--model", "net.onnx"}, {"--fusion: expected lbdf", "got nothing"});
  expect_refused_options({"--format", "xml"}, {"--format: expected table, json or csv, got 'xml'"});
  expect_refused_options({"--seed", "010"}, {"--seed: expected a whole number", "'010'"});
}

TEST_F(BadConfig, UnknownOptionAndMissingModel) {
  expect_refused_options({"--frobnicate"}, {"--frobnicate"});
  expect_refused({"--fusion", "brr"}, {"--model: expected"});
}

TEST_F(BadConfig, UnwritableOutput) {
  write("file", "content");
  for (const char* out : {"file", "file/below", "/proc/results", ""}) {
    const Finished finished = run_sim({"--model", "net.onnx", "--fusion", "lbdf", "--out", out});
    EXPECT_EQ(finished.exit_code, 2) << out;
    EXPECT_EQ(finished.out, "") << out;
    EXPECT_EQ(finished.err.rfind("--out: ", 0), 0U) << finished.err;
    EXPECT_EQ(finished.err.find('\n'), finished.err.size() - 1) << finished.err;
  }
  EXPECT_EQ(read("file"), "content");
}

TEST_F(BadConfig, OutputFileThatIsADirectoryLeavesNoOtherFile) {
  std::filesystem::create_directories(folder() / "results" / "schedule.json");
  const Finished finished = run_sim({"--model", "net.onnx", "--fusion", "lbdf", "--out", "results"});
  EXPECT_EQ(finished.exit_code, 2);
  const std::filesystem::directory_iterator entries(folder() / "results");
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

}  // namespace
}  // namespace fusesim
