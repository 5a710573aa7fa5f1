#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "program.h"

namespace fusesim {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;

/// Drops what depends on the host's clock: all that is given in seconds.
void erase_seconds(ordered_json& json) {
  if (json.is_array()) {
    for (ordered_json& item : json) erase_seconds(item);
  }
  if (!json.is_object()) return;
  std::vector<std::string> timed;
  for (auto& [key, value] : json.items()) {
    if (testing::Matches(testing::EndsWith("seconds"))(key)) timed.push_back(key);
    erase_seconds(value);
  }
  for (const std::string& key : timed) json.erase(key);
}

class Programs : public ProgramTest {
 protected:
  Programs() : ProgramTest("run_search") {}

  /// What a search says, without times.
  ordered_json found(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--format", "json"});
    const Finished finished = run(arguments);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    ordered_json json = ordered_json::parse(finished.out);
    erase_seconds(json);
    return json;
  }
};

TEST_F(Programs, DoNotLoadLibTorch) {
  for (const char* program : {"run_sim", "run_search", "run_explain"}) {
    const Finished libraries = run("/usr/bin/env", {"ldd", (kPrograms / program).string()});
    ASSERT_EQ(libraries.exit_code, 0) << libraries.err;
    EXPECT_THAT(libraries.out, HasSubstr("libsystemc")) << program;
    EXPECT_THAT(libraries.out, Not(HasSubstr("torch"))) << program;
    EXPECT_THAT(libraries.out, Not(HasSubstr("libc10"))) << program;
  }
}

TEST_F(Programs, SeparateThousandsInTheTableOfASearch) {
  const Finished found = run({"--model", "resnet18", "--fusion", "brr", "--search", "exact"});
  ASSERT_EQ(found.exit_code, 0) << found.err;
  EXPECT_THAT(found.out, HasSubstr("buffer 262,144 bytes"));
  EXPECT_THAT(found.out, Not(testing::ContainsRegex("[0-9][0-9][0-9][0-9]"))) << found.out;
}

TEST_F(Programs, EditAsThePaperDoesIfToldTo) {
  const auto queries = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"--model", "mobilenet_v2", "--fusion", "lbdf", "--buffer", "128KiB",
                               "--search", "local", "--budget", "100", "--seed", "5", "--explainer", "none"});
    return found(more)["heuristic"]["f_beta_queries"];
  };
  EXPECT_NE(queries({"--paper-rules"}), queries({}));
}

TEST_F(Programs, FindTheSamePlanAgainWhateverTheThreads) {
  for (const char* explainer : {"none", "gnne", "pg", "rg", "random_edges", "all_edges"}) {
    const auto search = [&](const char* threads) {
      return found({"--model", "mobilenet_v2", "--fusion", "lbdf", "--buffer", "128KiB", "--search", "local",
                    "--budget", "30", "--seed", "5", "--explainer", explainer, "--threads", threads});
    };
    const ordered_json one = search("1");
    EXPECT_GT(one["heuristic"]["split_groups"], 0) << explainer;
    EXPECT_EQ(search("1"), one) << explainer;
    EXPECT_EQ(search("2"), one) << explainer;
    EXPECT_EQ(search("2"), one) << explainer;
  }
}

TEST_F(Programs, SayWhyOpsAreRejected) {
  const std::vector<std::string> arguments = {"--model", "alexnet",  "--fusion",
                                              "lbdf",    "--search", "unfused"};
  const Finished table = run(arguments);
  EXPECT_THAT(table.out, HasSubstr("fit no lbdf group and run alone"));
  EXPECT_THAT(table.out, HasSubstr("(weights "));
  std::vector<std::string> as_json = arguments;
  as_json.insert(as_json.end(), {"--format", "json"});
  const ordered_json searched = ordered_json::parse(run(as_json).out)["unfusable"];
  const ordered_json simulated = ordered_json::parse(run(kPrograms / "run_sim", as_json).out)["unfusable"];
  EXPECT_FALSE(searched.empty());
  EXPECT_EQ(searched, simulated);
  for (const ordered_json& op : searched) {
    EXPECT_EQ(op["rejection"], "too_large");
    EXPECT_EQ(op["needs_bytes"], op["weight_bytes"].get<int64_t>() + op["row_bytes"].get<int64_t>() + 1);
    EXPECT_EQ(op["lacks_bytes"], op["needs_bytes"].get<int64_t>() - int64_t{256} * 1024);
  }
}

}  // namespace
}  // namespace fusesim
