#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "onnx_files.h"
#include "program.h"

namespace fusesim {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;

class BadSchedule : public RunSimTest {
 protected:
  BadSchedule() {
    write("net.onnx", conv_chain_onnx({1, 3, 16, 16}));
    const Finished finished = run_sim({"--model", "net.onnx", "--fusion", "lbdf", "--out", "stored"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    stored_ = read("stored/schedule.json");
  }
  void expect_refused_schedule(const std::string& text, const std::vector<std::string>& parts,
                               std::vector<std::string> options = {}) const {
    write("edited.json", text);
    options.insert(options.begin(), {"--model", "net.onnx", "--schedule", "edited.json"});
    expect_refused(options, parts);
  }
  const std::string& stored() const { return stored_; }

 private:
  std::string stored_;
};

TEST_F(BadSchedule, MissingFile) {
  expect_refused({"--model", "net.onnx", "--schedule", "absent.json"}, {"absent.json"});
}

TEST_F(BadSchedule, EmptyFileAndText) {
  expect_refused_schedule("", {"edited.json"});
  expect_refused_schedule("hello", {"edited.json"});
  expect_refused_schedule(stored().substr(0, stored().size() / 2), {"edited.json"});
}

TEST_F(BadSchedule, OfAnotherModel) {
  write("net.onnx", conv_chain_onnx({1, 3, 16, 16}, 5));
  expect_refused_schedule(stored(), {"edited.json"});
}

TEST_F(BadSchedule, EveryFlippedDigitIsSeen) {
  size_t flipped = 0;
  for (size_t at = stored().find("\"groups\""); at < stored().size() && flipped < 40; ++at) {
    if (stored()[at] < '0' || stored()[at] > '9') continue;
    std::string text = stored();
    text[at] = text[at] == '9' ? '8' : static_cast<char>(text[at] + 1);
    expect_refused_schedule(text, {"edited.json"});
    ++flipped;
  }
  EXPECT_GT(flipped, 5U);
}

TEST_F(BadSchedule, OfAnotherFusionOrBuffer) {
  expect_refused_schedule(stored(), {"edited.json", "scheme", "lbdf"}, {"--fusion", "brr"});
  expect_refused_schedule(stored(), {"edited.json", "buffer", "524288"}, {"--buffer", "512KiB"});
  expect_refused_schedule(stored(), {"edited.json", "datatypes"}, {"--set", "datatypes.weight_bits=16"});
}

TEST_F(BadSchedule, OfAnotherBufferInWhateverWayItIsWritten) {
  write("machine.yaml", "buffer:\n  capacity: 512KiB\n");
  write("same.yaml", "buffer: {capacity: 0.25MiB}\n");
  write("silent.yaml", "pe: {rows: 16}\n");
  for (const std::vector<std::string>& options :
       std::vector<std::vector<std::string>>{{"--set", "buffer={capacity: 512KiB}"},
                                             {"--set", "buffer.capacity=512KiB"},
                                             {"--config", "machine.yaml"},
                                             {"--config", "silent.yaml", "--buffer", "524288"}}) {
    expect_refused_schedule(stored(), {"edited.json", "buffer", "524288", "262144"}, options);
  }
  for (const std::vector<std::string>& options :
       std::vector<std::vector<std::string>>{{"--set", "buffer={capacity: 262144}"},
                                             {"--config", "same.yaml"},
                                             {"--config", "machine.yaml", "--buffer", "256KiB"}}) {
    std::vector<std::string> arguments = {"--model", "net.onnx", "--schedule", "stored/schedule.json"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    EXPECT_EQ(run_sim(arguments).exit_code, 0);
  }
}

TEST_F(BadSchedule, GivesItsBufferToWhoNamesNone) {
  ASSERT_EQ(
      run_sim({"--model", "net.onnx", "--fusion", "lbdf", "--buffer", "512KiB", "--out", "large"}).exit_code,
      0);
  const Finished finished = run_sim({"--model", "net.onnx", "--schedule", "large/schedule.json", "--set",
                                     "pe.rows=16", "--format", "json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const ordered_json report = ordered_json::parse(finished.out);
  EXPECT_EQ(report["config"]["buffer"]["capacity"], "512 KiB");
  EXPECT_EQ(report["config"]["pe"]["rows"], 16);
  expect_refused({"--model", "net.onnx", "--schedule", "large/schedule.json", "--buffer", "256KiB"},
                 {"large/schedule.json", "524288", "262144"});
}

TEST_F(BadSchedule, TogetherWithASearch) {
  expect_refused_schedule(stored(), {"--schedule", "--search"}, {"--search", "exact"});
}

}  // namespace
}  // namespace fusesim
