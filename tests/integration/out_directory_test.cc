#include <gmock/gmock.h>

#include "program.h"

// Results stay until somebody wants them replaced.

namespace fusesim {
namespace {

using testing::HasSubstr;

class OutDirectory : public RunSimTest {
 protected:
  Finished simulate(const std::string& model, const std::vector<std::string>& options = {}) const {
    std::vector<std::string> arguments = {"--model",           model,   "--search", "unfused",
                                          "--no-alternatives", "--out", "results"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return run_sim(arguments);
  }

  /// With these options after a run of squeezenet1_1 under LBDF in 512 KiB.
  void expect_kept(const std::string& model, const std::vector<std::string>& options,
                   const std::string& reason) const {
    ASSERT_EQ(simulate("squeezenet1_1", {"--fusion", "lbdf", "--buffer", "512KiB"}).exit_code, 0);
    const std::string before = read("results/report.json");
    const Finished refused = simulate(model, options);
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr("--out: 'results' has " + reason));
    EXPECT_THAT(refused.err, HasSubstr("or --overwrite"));
    EXPECT_EQ(read("results/report.json"), before);
    std::vector<std::string> anyway = options;
    anyway.emplace_back("--overwrite");
    EXPECT_EQ(simulate(model, anyway).exit_code, 0);
    EXPECT_NE(read("results/report.json"), before);
  }
};

TEST_F(OutDirectory, SaysWhatWasWrittenAndWhere) {
  const Finished finished = simulate("squeezenet1_1", {"--fusion", "lbdf"});
  EXPECT_EQ(finished.err, "wrote report.json, report.csv, schedule.json and config.yaml to results\n");
  const Finished explained = run(kPrograms / "run_explain", {"--model", "squeezenet1_1", "--fusion", "lbdf",
                                                             "--group", "0..4", "--out", "why"});
  EXPECT_EQ(explained.err, "wrote explanation.txt, explanation.json and explanation.dot to why\n");
}

TEST_F(OutDirectory, TakesTheSameAgain) {
  ASSERT_EQ(simulate("squeezenet1_1", {"--fusion", "lbdf"}).exit_code, 0);
  EXPECT_EQ(simulate("squeezenet1_1", {"--fusion", "lbdf", "--objective", "edp"}).exit_code, 0);
  EXPECT_EQ(run_sim({"--model", "squeezenet1_1", "--schedule", "results/schedule.json", "--out", "results",
                     "--no-alternatives"})
                .exit_code,
            0);
}

TEST_F(OutDirectory, KeepsResultsOfAnotherModel) {
  expect_kept("alexnet", {"--fusion", "lbdf", "--buffer", "512KiB"},
              "results of 'squeezenet1_1', not of 'alexnet'");
}

TEST_F(OutDirectory, KeepsResultsOfAnotherScheme) {
  expect_kept("squeezenet1_1", {"--fusion", "brr", "--buffer", "512KiB"},
              "results under lbdf, not under brr");
}

TEST_F(OutDirectory, KeepsResultsOfAnotherMachine) {
  expect_kept("squeezenet1_1", {"--fusion", "lbdf", "--set", "pe.rows=16"},
              "results of another machine (buffer.capacity: 512 KiB, pe.rows: 32)");
}

TEST_F(OutDirectory, KeepsWhatIsNotItsOwn) {
  std::filesystem::create_directory(folder() / "results");
  write("results/schedule.json", "{}");
  const Finished refused = simulate("squeezenet1_1", {"--fusion", "lbdf"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("a schedule.json that is none of this program's"));
  EXPECT_EQ(read("results/schedule.json"), "{}");
}

TEST_F(OutDirectory, OverwritesNothingWithoutOne) {
  const Finished refused = run_sim({"--model", "squeezenet1_1", "--fusion", "lbdf", "--overwrite"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(refused.err, "--overwrite: expected --out with it, got nothing\n");
}

}  // namespace
}  // namespace fusesim
