#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "onnx_files.h"
#include "program.h"
#include "svg_nodes.h"

namespace fusesim {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;

class RunExplain : public ProgramTest {
 protected:
  RunExplain() : ProgramTest("run_explain") {}

  /// Ops 20 to 40 of efficientnet_b0: two squeeze-and-excite blocks, 21 ops, too large for 256 KiB.
  static std::vector<std::string> blocks(const std::string& fusion, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"--model", "efficientnet_b0", "--fusion", fusion,        "--buffer",
                                          "256KiB",  "--group",         "20..40",   "--explainer", "gnne"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
};

TEST_F(RunExplain, SaysWhatALineBufferedGroupNeedsAndHowToSplitIt) {
  const Finished finished = run(blocks("lbdf"));
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.err, "");
  for (const char* part : {"does not fit: needs 527,058 bytes", "P(invalid)", "what needs the buffer",
                           "edges by importance for the class invalid: gnne", "split    category",
                           "every op alone", "the whole group, if it fitted"})
    EXPECT_THAT(finished.out, HasSubstr(part));
}

TEST_F(RunExplain, AddsUpInJson) {
  for (const char* fusion : {"lbdf", "brr"}) {
    const Finished finished = run({"--model", "resnet18", "--fusion", fusion, "--buffer", "64KiB", "--group",
                                   "0..9", "--explainer", "gnne", "--format", "json"});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    const ordered_json json = ordered_json::parse(finished.out);
    int64_t needs = 0;
    for (const ordered_json& part : json["needs"]["parts"]) needs += part["bytes"].get<int64_t>();
    EXPECT_EQ(json["needs"]["f_beta_bytes"], needs);
    EXPECT_EQ(json["fits"], needs < int64_t{64} * 1024);
    EXPECT_EQ(json["ops"].size(), 10U);
    int64_t moved = 0;
    size_t ops = 0;
    for (const ordered_json& part : json["split"]["parts"]) {
      moved += part["f_d_bytes"].get<int64_t>();
      ops += part["ops"].size();
    }
    if (!json["split"]["category"].is_null()) {
      EXPECT_EQ(json["split"]["f_d_bytes"], moved);
      EXPECT_EQ(ops, 10U);
    }
  }
}

TEST_F(RunExplain, SaysWhySqueezeAndExciteIsIllegalUnderBrr) {
  const Finished finished = run(blocks("brr"));
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out,
              HasSubstr("cannot run under BRR at any size: squeeze-and-excite inside the group"));
}

TEST_F(RunExplain, DrawsOneNodePerOp) {
  const Finished svg = run(blocks("lbdf", {"--format", "svg", "--out", "o"}));
  ASSERT_EQ(svg.exit_code, 0) << svg.err;
  EXPECT_EQ(svg_nodes(svg.out), 21);
  EXPECT_EQ(read("o/explanation.svg"), svg.out);
  const Finished dot = run(blocks("lbdf", {"--format", "dot"}));
  EXPECT_EQ(dot.out, read("o/explanation.dot"));
  const Finished drawn = run("/usr/bin/env", {"dot", "-Tsvg", "-o", "again.svg", "o/explanation.dot"});
  EXPECT_EQ(drawn.exit_code, 0) << drawn.err;
  EXPECT_EQ(drawn.err, "");
  EXPECT_EQ(read("again.svg"), svg.out);
}

TEST_F(RunExplain, WritesWhatItPrints) {
  const Finished text = run(blocks("lbdf", {"--out", "o"}));
  EXPECT_EQ(text.out, read("o/explanation.txt"));
  EXPECT_EQ(run(blocks("lbdf", {"--format", "json"})).out, read("o/explanation.json"));
  EXPECT_FALSE(std::filesystem::exists(folder() / "o/explanation.svg"));
}

TEST_F(RunExplain, SaysThatAGroupFits) {
  write("net.onnx", conv_chain_onnx({1, 3, 16, 16}));
  const Finished fits =
      run({"--model", "net.onnx", "--fusion", "lbdf", "--group", "0..1", "--explainer", "gnne"});
  EXPECT_EQ(fits.exit_code, 0) << fits.err;
  EXPECT_THAT(fits.out, HasSubstr("fits: needs"));
  EXPECT_THAT(fits.out, HasSubstr("edges by importance"));
}

TEST_F(RunExplain, AnalysesWithoutAnExplainer) {
  write("net.onnx", conv_chain_onnx({1, 3, 16, 16}));
  const Finished finished = run({"--model", "net.onnx", "--fusion", "brr", "--group", "0,1", "--explainer",
                                 "none", "--format", "json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const ordered_json json = ordered_json::parse(finished.out);
  EXPECT_TRUE(json["p_invalid"].is_null());
  EXPECT_EQ(json["explanation"]["edges"].size(), 1U);
}

TEST_F(RunExplain, RefusesBadGroups) {
  const auto refused = [&](const char* group, const std::vector<std::string>& parts) {
    expect_refused({"--model", "resnet18", "--fusion", "lbdf", "--group", group}, parts);
  };
  refused("nobody", {"--group: expected an op's name", "got 'nobody'"});
  refused("2..nobody\n", {"got 'nobody'"});
  refused("9..2", {"--group: expected a path from op"});
  refused("0,5", {"--group: expected a connected group", "/conv1/Conv"});
  refused("1,4", {"--group: expected a convex group", "comes back through op"});
  refused("", {"--group: expected ops"});
}

TEST_F(RunExplain, NamesThePackageThatDrawsIfItIsMissing) {
  std::vector<std::string> arguments = blocks("lbdf", {"--format", "svg", "--out", "o"});
  arguments.insert(arguments.begin(), {"PATH=/nonexistent", (kPrograms / "run_explain").string()});
  const Finished finished = run("/usr/bin/env", arguments);
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("Debian package graphviz"));
  EXPECT_EQ(finished.out, "");
  EXPECT_FALSE(std::filesystem::exists(folder() / "o"));
}

TEST_F(RunExplain, ListsModelsAndPrintsTheConfiguration) {
  EXPECT_THAT(run({"--list-models"}).out, HasSubstr("resnet152\n"));
  EXPECT_EQ(run({"--print-config", "--buffer", "1MiB"}).out,
            run(kPrograms / "run_sim", {"--print-config", "--buffer", "1MiB"}).out);
  EXPECT_THAT(run({"--help"}).out, HasSubstr("run_explain --model efficientnet_b0"));
  EXPECT_THAT(run({"--version"}).out, testing::MatchesRegex("run_explain [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

}  // namespace
}  // namespace fusesim
