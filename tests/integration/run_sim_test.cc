#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "onnx_files.h"
#include "program.h"

namespace fusesim {
namespace {

using nlohmann::ordered_json;
using testing::ElementsAre;
using testing::HasSubstr;

class RunSim : public RunSimTest {
 protected:
  RunSim() { write("net.onnx", conv_chain_onnx({1, 3, 16, 16})); }

  std::vector<std::string> files_in(const std::string& name) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder() / name)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  /// The report without what depends on the host's clock.
  ordered_json report(const std::string& folder_name) const {
    ordered_json json = ordered_json::parse(read(folder_name + "/report.json"));
    json["search"].erase("seconds");
    return json;
  }
};

TEST_F(RunSim, ConfirmsAndWritesFourFiles) {
  for (const char* fusion : {"lbdf", "brr"}) {
    const Finished finished = run_sim({"--model", "net.onnx", "--fusion", fusion, "--out", fusion});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(finished.err, "wrote report.json, report.csv, schedule.json and config.yaml to " +
                                std::string(fusion) + "\n");
    EXPECT_THAT(finished.out, HasSubstr("groups confirmed to the byte"));
    EXPECT_THAT(files_in(fusion), ElementsAre("config.yaml", "report.csv", "report.json", "schedule.json"));
    const ordered_json totals = report(fusion)["totals"];
    EXPECT_EQ(totals["mismatched_groups"], 0);
    EXPECT_EQ(totals["analytic"]["total_bytes"], totals["simulated"]["total_bytes"]);
  }
}

/// An hour of refreshes lies between the first row and the last; ticks of the prediction are longer than
/// the DRAM's clock.
TEST_F(RunSim, AtTheSlowestClocks) {
  write("large.onnx", conv_chain_onnx({1, 3, 200, 200}));
  for (const char* clock : {"clock_mhz=0.001", "clock_mhz=0.1", "clock_mhz=1", "clock_mhz=10"}) {
    const Finished finished =
        run_sim({"--model", "large.onnx", "--fusion", "lbdf", "--search", "unfused", "--set", clock});
    EXPECT_EQ(finished.exit_code, 0) << clock << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("\ncycles confirmed"));
  }
}

/// 9400 rows come and go with a million cycles of 1 ms each: more than 109 days.
TEST_F(RunSim, RefusesTimesBeyondThoseOfItsKernel) {
  write("tall.onnx", conv_chain_onnx({1, 3, 9400, 4}));
  std::vector<std::string> run = {"--model", "tall.onnx", "--fusion", "lbdf", "--no-alternatives"};
  for (const char* setting : {"clock_mhz=0.001", "dma.setup_cycles=1000000"})
    run.insert(run.end(), {"--set", setting});
  const std::string who = "the 2 ops from 'conv_a' to 'conv_b': ";
  // Standby of the DRAM alone comes to 4 MJ.
  expect_refused(run, {who + "picojoules: expected at most 2^61 over the number of ops, got "});
  for (const char* setting : {"dram.background_mw=0", "dram.precharged_mw=0", "dram.refresh_pj=0"})
    run.insert(run.end(), {"--set", setting});
  expect_refused(
      run,
      {"group 0 from op 'conv_a': simulated time: expected at most 4611686018 cycles (2^62 ps), got more"});
}

TEST_F(RunSim, FusesTheChainDownToItsCompulsoryTraffic) {
  ASSERT_EQ(run_sim({"--model", "net.onnx", "--fusion", "lbdf", "--out", "fused"}).exit_code, 0);
  ASSERT_EQ(
      run_sim({"--model", "net.onnx", "--fusion", "lbdf", "--search", "unfused", "--out", "alone"}).exit_code,
      0);
  const ordered_json fused = report("fused")["totals"];
  const ordered_json alone = report("alone")["totals"];
  // 3x16x16 in, 4x16x16 out, 4*3*9 + 4*4*9 weights; alone, the 4x16x16 between goes out and comes in again.
  EXPECT_EQ(fused["simulated"]["total_bytes"], 768 + 1024 + 252);
  EXPECT_EQ(fused["compulsory_bytes"], 768 + 1024 + 252);
  EXPECT_EQ(alone["simulated"]["total_bytes"], 768 + 1024 + 252 + 2 * 1024);
  EXPECT_EQ(fused["unfused_bytes"], alone["simulated"]["total_bytes"]);
}

TEST_F(RunSim, CertifiesUnlessToldOtherwise) {
  ASSERT_EQ(run_sim({"--model", "net.onnx", "--fusion", "lbdf", "--out", "default"}).exit_code, 0);
  ASSERT_EQ(
      run_sim({"--model", "net.onnx", "--fusion", "lbdf", "--search", "exact", "--out", "exact"}).exit_code,
      0);
  const ordered_json searched = report("default")["search"];
  EXPECT_EQ(searched["algorithm"], "auto");
  EXPECT_EQ(searched["explainer"], "rg");
  EXPECT_EQ(searched["optimal"], true);
  EXPECT_FALSE(searched.contains("proposed_bytes"))
      << "so small a network is proven before local search begins";
  EXPECT_EQ(searched["exact_bytes"], report("exact")["totals"]["analytic"]["total_bytes"]);
  EXPECT_EQ(report("default")["groups"], report("exact")["groups"]);
}

/// Only a search that is explained needs what is trained.
TEST_F(RunSim, ProvenPlansNeedNoTrainedNetwork) {
  const std::filesystem::path data = folder() / "data";
  std::filesystem::create_directories(data / "configs/accelerators");
  const auto source = std::filesystem::path(FUSESIM_SOURCE_DIR) / "configs";
  std::filesystem::copy(
      source, data / "configs",
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  const std::vector<std::string> arguments = {"FUSESIM_DATA_DIR=" + data.string(),
                                              (kPrograms / "run_sim").string(),
                                              "--model",
                                              "net.onnx",
                                              "--fusion",
                                              "lbdf"};
  const auto with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = arguments;
    all.insert(all.end(), more.begin(), more.end());
    return run("/usr/bin/env", all);
  };
  const Finished exact = with({"--search", "exact"});
  EXPECT_EQ(exact.exit_code, 0) << exact.err;
  EXPECT_EQ(with({}).exit_code, 0) << "proven before anybody proposes";
  const Finished explained = with({"--search", "local", "--explainer", "rg"});
  EXPECT_EQ(explained.exit_code, 2);
  EXPECT_THAT(explained.err, HasSubstr("lbdf.weights: cannot read"));
}

TEST_F(RunSim, PrintsInEveryFormatWhatItWrites) {
  const Finished csv = run_sim({"--model", "net.onnx", "--fusion", "brr", "--format", "csv", "--out", "a"});
  EXPECT_EQ(csv.out, read("a/report.csv"));
  const Finished json = run_sim({"--model", "net.onnx", "--fusion", "brr", "--format", "json", "--out", "b"});
  EXPECT_EQ(json.out, read("b/report.json"));
  EXPECT_EQ(report("a"), report("b"));
}

TEST_F(RunSim, RunsAStoredScheduleAtItsOwnBufferSize) {
  for (const char* fusion : {"lbdf", "brr"}) {
    const std::string out = std::string("first_") + fusion;
    ASSERT_EQ(
        run_sim({"--model", "net.onnx", "--fusion", fusion, "--buffer", "3KiB", "--out", out}).exit_code, 0);
    const Finished again = run_sim(
        {"--model", "net.onnx", "--schedule", out + "/schedule.json", "--out", "again", "--overwrite"});
    EXPECT_EQ(again.exit_code, 0) << again.err;
    ordered_json first = report(out);
    ordered_json second = report("again");
    EXPECT_EQ(second["search"]["algorithm"], "schedule");
    first.erase("search");
    second.erase("search");
    EXPECT_EQ(first, second);
    EXPECT_EQ(read(out + "/schedule.json"), read("again/schedule.json"));
  }
}

TEST_F(RunSim, PredictsAHandEditedScheduleAnew) {
  ASSERT_EQ(run_sim({"--model", "net.onnx", "--fusion", "lbdf", "--out", "a"}).exit_code, 0);
  ordered_json edited = ordered_json::parse(read("a/schedule.json"));
  edited.erase("content_sha256");
  int64_t& rows = edited["groups"][0]["rings"][0]["rows"].get_ref<int64_t&>();
  ++rows;
  write("edited.json", edited.dump(2));
  const Finished finished = run_sim({"--model", "net.onnx", "--schedule", "edited.json", "--out", "b"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const int64_t before = report("a")["groups"][0]["simulated"]["allocated_bytes"];
  EXPECT_EQ(report("b")["groups"][0]["simulated"]["allocated_bytes"], before + int64_t{3} * 16);
}

TEST_F(RunSim, StopsWithExitOneWhereARingIsTooShort) {
  ASSERT_EQ(run_sim({"--model", "net.onnx", "--fusion", "lbdf", "--out", "a"}).exit_code, 0);
  ordered_json edited = ordered_json::parse(read("a/schedule.json"));
  edited.erase("content_sha256");
  int64_t& rows = edited["groups"][0]["rings"][0]["rows"].get_ref<int64_t&>();
  --rows;
  write("edited.json", edited.dump(2));
  const Finished finished = run_sim({"--model", "net.onnx", "--schedule", "edited.json", "--out", "b"});
  EXPECT_EQ(finished.exit_code, 1) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("simulation: "));
  EXPECT_FALSE(std::filesystem::exists(folder() / "b"));
}

/// conv_b has more weights than conv_a: 4x16x16 -> 64x16x16 with 2304 of them, of which a slice of 8
/// channels and the rows of any tile have to fit.
TEST_F(RunSim, RunsWhatFitsAndNamesWhatDoesNot) {
  write("tall.onnx", conv_chain_onnx({1, 3, 16, 1}, 64));
  const std::vector<std::string> arguments = {"--model", "tall.onnx", "--buffer", "300"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), arguments.begin(), arguments.end());
    return run_sim(more);
  };
  for (const char* fusion : {"lbdf", "brr"}) {
    const Finished refused = with({"--fusion", fusion});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr("op 'conv_b': needs "));
    EXPECT_THAT(refused.err, HasSubstr("the whole network runs with a buffer of "));
    const Finished finished = with({"--fusion", fusion, "--skip-misfits", "--out", fusion});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(finished.err,
                HasSubstr("note: op 'conv_b' fits in no way and is an opaque transfer\nwrote "));
    EXPECT_THAT(finished.out,
                HasSubstr("1 op(s) with 36,864 MACs fit in no way and run as opaque transfers"));
    const ordered_json found = report(fusion);
    ASSERT_EQ(found["skipped"].size(), 1U);
    EXPECT_EQ(found["skipped"][0]["op"], "conv_b");
    EXPECT_EQ(found["skipped"][0]["kind"], "conv");
    EXPECT_EQ(found["skipped"][0]["macs"], 16 * 4 * 64 * 9);
    EXPECT_EQ(found["model"]["macs"], 16 * (3 * 4 + 4 * 64) * 9);
    EXPECT_EQ(found["model"]["opaque_macs"], found["skipped"][0]["macs"]);
    EXPECT_THAT(finished.out,
                HasSubstr("1 op with about 36,864 MACs runs as an opaque transfer: 1 conv_b\n"));
    // The misfit moves its input, weights and output once.
    EXPECT_EQ(found["groups"][1]["mode"], "opaque");
    EXPECT_EQ(found["groups"][1]["simulated"]["total_bytes"], 4 * 16 + 64 * 16 + 4 * 64 * 9);
    // The remedy that the refusal names.
    const std::string text = "with a buffer of ";
    const size_t at = refused.err.find(text) + text.size();
    const std::string least = refused.err.substr(at, refused.err.find(' ', at) - at);
    EXPECT_EQ(run_sim({"--model", "tall.onnx", "--fusion", fusion, "--buffer", least}).exit_code, 0);
    // A stored schedule says itself which ops it skips.
    const Finished again = run_sim({"--model", "tall.onnx", "--schedule",
                                    std::string(fusion) + "/schedule.json", "--out", "again", "--overwrite"});
    ASSERT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(report("again")["skipped"], found["skipped"]);
    EXPECT_EQ(report("again")["totals"], found["totals"]);
  }
}

/// A camera's picture on an accelerator for small devices, whose buffer has 262,144 bytes. "mix" reads 64
/// channels of 1920 pixels: three rows alone are 368,640 bytes.
TEST_F(RunSim, RunsWideMapsInStrips) {
  write("text.onnx", text_finder_onnx(1080, 1920, 32));
  const std::string config =
      (std::filesystem::path(FUSESIM_SOURCE_DIR) / "configs/accelerators/ethos_u55_256.yaml").string();
  for (const char* fusion : {"lbdf", "brr"}) {
    const Finished finished = run_sim({"--model", "text.onnx", "--fusion", fusion, "--config", config,
                                       "--search", "exact", "--no-alternatives", "--out", fusion});
    ASSERT_EQ(finished.exit_code, 0) << finished.err << finished.out;
    const ordered_json found = report(fusion);
    EXPECT_EQ(found["totals"]["mismatched_groups"], 0);
    EXPECT_FALSE(found.contains("skipped"));
    for (const ordered_json& group : found["groups"]) {
      if (group["ops"].back()["name"] != "mix") continue;
      EXPECT_GE(group["strips"], 2);
      // Two strips share the two columns of halo of a 3x3 window.
      const int64_t column_bytes = int64_t{64} * 1080;
      const int64_t halo_bytes = group["simulated"]["ifmap_bytes"].get<int64_t>() - 1920 * column_bytes;
      EXPECT_EQ(halo_bytes, 2 * column_bytes * (group["strips"].get<int64_t>() - 1));
    }
  }
}

TEST_F(RunSim, ReplacesOlderResultsAndMakesParentFolders) {
  ASSERT_EQ(run_sim({"--model", "net.onnx", "--fusion", "lbdf", "--out", "p/q/r"}).exit_code, 0);
  ASSERT_EQ(run_sim({"--model", "net.onnx", "--fusion", "brr", "--out", "p/q/r", "--overwrite"}).exit_code,
            0);
  EXPECT_EQ(report("p/q/r")["fusion"], "brr");
  EXPECT_EQ(files_in("p/q/r").size(), 4U);
}

TEST_F(RunSim, TakesShapesForSymbolicInputs) {
  write("symbolic.onnx", conv_chain_onnx({"batch", 3, "height", "width"}));
  const Finished finished = run_sim({"--model", "symbolic.onnx", "--fusion", "lbdf", "--input-shape",
                                     "image=1,3,16,16", "--format", "json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(ordered_json::parse(finished.out)["totals"]["simulated"]["total_bytes"], 768 + 1024 + 252);
}

/// 768 bytes in, 1024 out, 252 of weights, which stay on chip.
TEST_F(RunSim, RunsImagesOneAfterAnother) {
  write("symbolic.onnx", conv_chain_onnx({"batch", 3, 16, 16}));
  write("four.onnx", conv_chain_onnx({4, 3, 16, 16}));
  for (const char* fusion : {"lbdf", "brr"}) {
    for (const char* model : {"net.onnx", "symbolic.onnx", "four.onnx"}) {
      const Finished finished =
          run_sim({"--model", model, "--fusion", fusion, "--batch", "4", "--out", fusion, "--overwrite"});
      ASSERT_EQ(finished.exit_code, 0) << finished.err << finished.out;
      EXPECT_THAT(finished.out, HasSubstr(", 4 images, 2 ops"));
      const ordered_json found = report(fusion);
      EXPECT_EQ(found["totals"]["simulated"]["total_bytes"], 4 * (768 + 1024) + 252);
      EXPECT_EQ(found["totals"]["compulsory_bytes"], 4 * (768 + 1024) + 252);
      EXPECT_EQ(found["model"]["batch"], 4);
      EXPECT_EQ(found["model"]["macs"], 4 * 256 * (4 * 27 + 4 * 36));
      EXPECT_EQ(found["totals"]["mismatched_groups"], 0);
      EXPECT_TRUE(found["totals"]["cycles_confirmed"]);
    }
    EXPECT_EQ(run_sim({"--model", "four.onnx", "--fusion", fusion}).exit_code, 0);
    const std::string stored = std::string(fusion) + "/schedule.json";
    const Finished again =
        run_sim({"--model", "four.onnx", "--schedule", stored, "--out", "again", "--overwrite"});
    ASSERT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(report("again")["totals"], report(fusion)["totals"]);
    EXPECT_THAT(run_sim({"--model", "four.onnx", "--fusion", fusion, "--batch", "3"}).err,
                HasSubstr("--batch: expected 4 as the file has it, got 3: leave it out"));
  }
}

/// A stored schedule has its number of images.
TEST_F(RunSim, AStoredScheduleRunsItsImages) {
  ASSERT_EQ(run_sim({"--model", "net.onnx", "--fusion", "brr", "--batch", "3", "--out", "three"}).exit_code,
            0);
  const Finished again =
      run_sim({"--model", "net.onnx", "--schedule", "three/schedule.json", "--out", "again"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(report("again")["totals"], report("three")["totals"]);
  const Finished refused =
      run_sim({"--model", "net.onnx", "--schedule", "three/schedule.json", "--batch", "2"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("batch: expected 2, got 3"));
}

TEST_F(RunSim, PrintsAConfigurationThatItAcceptsAgain) {
  const Finished first = run_sim({"--print-config", "--set", "pe.rows=16", "--buffer", "1MiB"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  write("printed.yaml", first.out);
  EXPECT_EQ(run_sim({"--print-config", "--config", "printed.yaml"}).out, first.out);
  EXPECT_NE(run_sim({"--print-config"}).out, first.out);
}

TEST_F(RunSim, RecordsTheSeed) {
  const Finished finished = run_sim(
      {"--model", "net.onnx", "--fusion", "lbdf", "--seed", "18446744073709551615", "--format", "json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(ordered_json::parse(finished.out)["search"]["seed"], UINT64_MAX);
}

TEST_F(RunSim, ListsItsModelsAndExplainsItself) {
  const Finished models = run_sim({"--list-models"});
  EXPECT_EQ(models.exit_code, 0);
  EXPECT_THAT(models.out, HasSubstr("resnet152\n"));
  const Finished help = run_sim({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, HasSubstr("run_sim --model resnet152 --fusion brr"));
  const Finished version = run_sim({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out, testing::MatchesRegex("run_sim [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

}  // namespace
}  // namespace fusesim
