#include <gmock/gmock.h>

#include <set>

#include "fusesim/base/error.h"
#include "fusesim/schedule/schedule.h"
#include "fusesim/sweep/sweep.h"
#include "fusesim/testing/scratch_folder.h"
#include "fusesim/testing/words.h"

namespace fusesim {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const Build kBuild{"1.0", "c0ffee", ""};

class LoadSweep : public ::testing::Test {
 protected:
  Sweep load(const std::string& text) { return load_sweep(folder_.write("sweep.yaml", text), kBuild); }
  /// The faults, with the folder cut away.
  std::string faults(const std::string& text) {
    try {
      load(text);
    } catch (const Error& error) {
      std::string message = error.what();
      const std::string prefix = folder_.path().string() + "/";
      for (size_t at = message.find(prefix); at != std::string::npos; at = message.find(prefix))
        message.erase(at, prefix.size());
      return message;
    }
    return "";
  }
  static std::vector<std::string> described(const Sweep& sweep) {
    std::vector<std::string> texts;
    for (const Point& point : sweep.points) texts.push_back(describe(sweep, point));
    return texts;
  }

  ScratchFolder folder_;
};

TEST_F(LoadSweep, GridVariesTheLastAxisFastest) {
  const Sweep sweep = load(
      "name: s\nmodels: [resnet18, vgg16]\naxes:\n  fusion: [lbdf, brr]\n  pe.rows: [8]\n  buffer: [1MiB, "
      "2MiB]\n");
  EXPECT_THAT(described(sweep), ElementsAre("model=resnet18 fusion=lbdf pe.rows=8 buffer=1MiB",
                                            "model=resnet18 fusion=lbdf pe.rows=8 buffer=2MiB",
                                            "model=resnet18 fusion=brr pe.rows=8 buffer=1MiB",
                                            "model=resnet18 fusion=brr pe.rows=8 buffer=2MiB",
                                            "model=vgg16 fusion=lbdf pe.rows=8 buffer=1MiB",
                                            "model=vgg16 fusion=lbdf pe.rows=8 buffer=2MiB",
                                            "model=vgg16 fusion=brr pe.rows=8 buffer=1MiB",
                                            "model=vgg16 fusion=brr pe.rows=8 buffer=2MiB"));
}

TEST_F(LoadSweep, ZippedAxesAdvanceTogetherInThePlaceOfTheFirst) {
  const Sweep sweep = load(
      "name: s\nmodels: [resnet18]\nset: {fusion: brr}\naxes:\n  pe.rows: [8, 16]\n  buffer: [1MiB, 2MiB]\n"
      "  pe.columns: [4, 2]\nzip: [[pe.columns, pe.rows]]\n");
  EXPECT_THAT(described(sweep), ElementsAre("model=resnet18 pe.rows=8 buffer=1MiB pe.columns=4",
                                            "model=resnet18 pe.rows=8 buffer=2MiB pe.columns=4",
                                            "model=resnet18 pe.rows=16 buffer=1MiB pe.columns=2",
                                            "model=resnet18 pe.rows=16 buffer=2MiB pe.columns=2"));
}

TEST_F(LoadSweep, ResolvesSettingsIntoConfigurationAndOptions) {
  const Sweep sweep = load(
      "name: s\nmodels: [resnet18]\nset: {fusion: brr, search: local, budget: 50, brr.slice_channels: [4, "
      "12]}\n"
      "axes:\n  seed: [7]\n  buffer: [64KB]\n");
  const Point& point = sweep.points.at(0);
  EXPECT_EQ(point.buffer_bytes, 64000);
  EXPECT_EQ(point.seed, 7U);
  EXPECT_TRUE(point.threaded);
  EXPECT_THAT(point.config_yaml, HasSubstr("slice_channels: [12, 4]"));
  EXPECT_THAT(point.arguments,
              ElementsAre("--model", "resnet18", "--config", "config.yaml", "--fusion", "brr", "--search",
                          "local", "--budget", "50", "--seed", "7", "--out", "."));
}

TEST_F(LoadSweep, PassesLimitsOfTheImportOn) {
  const Sweep sweep = load(
      "name: s\nmodels: [resnet18]\nset: {fusion: brr, import_limit: \"1GiB,10s\"}\naxes:\n  seed: [7]\n");
  EXPECT_THAT(sweep.points.at(0).arguments,
              ElementsAre("--model", "resnet18", "--config", "config.yaml", "--fusion", "brr", "--seed", "7",
                          "--import-limit", "1GiB,10s", "--out", "."));
}

TEST_F(LoadSweep, VariesTheObjectiveLikeTheSearch) {
  const Sweep sweep = load(
      "name: s\nmodels: [resnet18]\nset: {fusion: brr, search: exact, max_dram: 1.5x}\naxes: "
      "{objective: [dram, edp]}\n");
  ASSERT_EQ(sweep.points.size(), 2U);
  EXPECT_THAT(sweep.points[1].arguments,
              ElementsAre("--model", "resnet18", "--config", "config.yaml", "--fusion", "brr", "--search",
                          "exact", "--objective", "edp", "--max-dram", "1.5x", "--out", "."));
  EXPECT_NE(sweep.points[0].family, sweep.points[1].family);
  EXPECT_THAT(faults("name: s\nmodels: [resnet18]\nset: {fusion: brr}\naxes:\n  objective: [dram, time]\n"),
              HasSubstr("sweep.yaml:5:21: objective: expected dram, cycles, energy or edp, got 'time'"));
}

TEST_F(LoadSweep, FindsFilesBesideTheSweepFile) {
  folder_.write("nets/net.onnx", "not looked into yet");
  folder_.write("acc.yaml", "pe: {rows: 5}\n");
  const Sweep sweep = load("name: s\nconfig: acc.yaml\nmodels: [nets/net.onnx]\nset: {fusion: brr}\n");
  EXPECT_EQ(sweep.points.at(0).arguments.at(1), folder_.path("nets/net.onnx"));
  EXPECT_THAT(sweep.points.at(0).config_yaml, HasSubstr("  rows: 5\n"));
}

TEST_F(LoadSweep, ZooMeansAllModels) {
  EXPECT_EQ(load("name: s\nmodels: zoo\nset: {fusion: brr}\n").points.size(), 16U);
}

TEST_F(LoadSweep, IdsFollowFromWhatDecidesTheResult) {
  folder_.write("net.onnx", "one");
  const std::string text = "name: s\nmodels: [net.onnx]\nset: {fusion: brr, pe.rows: 8}\n";
  const auto id = [&](const std::string& file, const Build& build = kBuild) {
    return load_sweep(folder_.write("sweep.yaml", file), build).points.at(0).id;
  };
  const std::string first = id(text);
  EXPECT_EQ(id("name: other\nmodels: [net.onnx]\naxes: {fusion: [brr]}\nset: {pe.rows: 8}\n"), first);
  std::set<std::string> ids = {first};
  ids.insert(id("name: s\nmodels: [net.onnx]\nset: {fusion: lbdf, pe.rows: 8}\n"));
  ids.insert(id("name: s\nmodels: [net.onnx]\nset: {fusion: brr, pe.rows: 9}\n"));
  ids.insert(id("name: s\nmodels: [net.onnx]\nset: {fusion: brr, pe.rows: 8, seed: 1}\n"));
  ids.insert(id(text, {"1.1", "c0ffee", ""}));
  ids.insert(id(text, {"1.0", "c0ffef", ""}));
  ids.insert(id(text, {"1.0", "c0ffee", "program"}));
  folder_.write("net.onnx", "two");
  ids.insert(id(text));
  EXPECT_EQ(ids.size(), 8U);
}

TEST_F(LoadSweep, TakesNetworksInFoldersOfTheZoo) {
  const Sweep sweep = load("name: s\nmodels: [irregular/randwire_ws]\nset: {fusion: brr}\n");
  ASSERT_EQ(sweep.points.size(), 1U);
  EXPECT_THAT(sweep.points[0].id, HasSubstr("randwire_ws-brr"));
  EXPECT_THAT(sweep.points[0].id, Not(HasSubstr("/")));
}

TEST_F(LoadSweep, FamiliesDifferInBufferAlone) {
  const Sweep sweep =
      load("name: s\nmodels: [resnet18]\naxes: {fusion: [lbdf, brr], buffer: [1MiB, 2MiB]}\n");
  EXPECT_EQ(sweep.points[0].family, sweep.points[1].family);
  EXPECT_EQ(sweep.points[2].family, sweep.points[3].family);
  EXPECT_NE(sweep.points[0].family, sweep.points[2].family);
  const Sweep ports = load(
      "name: s\nmodels: [resnet18]\nset: {fusion: brr}\naxes: {buffer.read_bytes_per_cycle: [32, 64]}\n");
  EXPECT_NE(ports.points[0].family, ports.points[1].family);
}

TEST_F(LoadSweep, ReportsEveryFaultWithItsPlace) {
  const std::string text = faults(
      "name: s\n"
      "models: [resnet18, resnet8]\n"
      "axes:\n"
      "  fusion: [lbdf, brz]\n"
      "  pe.rows: [8, 010]\n"
      "  pe.rowz: [8]\n"
      "  search: [exact]\n"
      "set:\n"
      "  dram: nonsense\n");
  EXPECT_THAT(text,
              AllOf(HasSubstr("sweep.yaml:2:20: model: expected a zoo name or the path of an ONNX file"),
                    HasSubstr("sweep.yaml:4:18: fusion: expected " + testing::any_name_of(all_schemes()) +
                              ", got 'brz'"),
                    HasSubstr("sweep.yaml:5:16: pe.rows: expected an integer from 1 to 65536"),
                    HasSubstr("sweep.yaml:6:3: pe.rowz: expected a known key (nearest: pe.rows)"),
                    HasSubstr("sweep.yaml:9:9: dram: expected a DRAM preset")));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4) << text;
}

TEST_F(LoadSweep, ReportsRulesBetweenKeysOfOnePoint) {
  const std::string text =
      faults("name: s\nmodels: [vgg16]\nset: {fusion: brr}\naxes:\n  dram.rc: [60, 40]\n");
  EXPECT_THAT(text, HasSubstr("sweep.yaml:5:17: dram.rc: expected at least dram.ras + dram.rp"));
  EXPECT_THAT(text, Not(HasSubstr("\n")));
}

TEST_F(LoadSweep, RefusesUnknownAndDuplicateKeys) {
  const std::string body = "name: s\nmodels: [vgg16]\nset: {fusion: brr}\n";
  EXPECT_THAT(faults(body + "axis: {}\n"),
              HasSubstr("sweep.yaml:4:1: axis: expected a known key (nearest: axes)"));
  EXPECT_THAT(faults(body + "name: t\n"), HasSubstr("sweep.yaml:4:1: name: expected each key once"));
  EXPECT_THAT(faults(body + "axes: {fusion: [lbdf]}\n"),
              HasSubstr("sweep.yaml:4:8: axes.fusion: expected each setting once"));
  EXPECT_THAT(faults(body + "axes: {buffer: [1], buffer.capacity: [1]}\n"),
              HasSubstr("axes.buffer.capacity: expected each setting once"));
  EXPECT_THAT(faults(body + "axes: {model: [vgg16]}\n"), HasSubstr("axes.model: expected each setting once"));
  EXPECT_THAT(faults(body + "axes: {sead: [1]}\n"),
              HasSubstr("axes.sead: expected a known key (nearest: seed)"));
  EXPECT_THAT(faults(body + "slurm: {partitoin: a}\n"), HasSubstr("(nearest: slurm.partition)"));
}

TEST_F(LoadSweep, RefusesWhatIsMissingOrEmpty) {
  EXPECT_THAT(faults("models: [vgg16]\nset: {fusion: brr}\n"), HasSubstr("name: expected letters"));
  EXPECT_THAT(faults("name: a/b\nmodels: [vgg16]\nset: {fusion: brr}\n"),
              HasSubstr("name: expected letters"));
  EXPECT_THAT(faults("name: s\nset: {fusion: brr}\n"), HasSubstr("models: expected zoo, or a list"));
  EXPECT_THAT(faults("name: s\nmodels: [vgg16]\n"),
              HasSubstr("fusion: expected " + testing::any_name_of(all_schemes()) + ", got nothing"));
  EXPECT_THAT(faults("name: s\nmodels: [vgg16]\naxes: {fusion: []}\n"),
              HasSubstr("axes.fusion: expected a list of values, got an empty list"));
  EXPECT_THAT(faults("name: s\nmodels: [vgg16]\naxes: {fusion: brr}\n"),
              HasSubstr("axes.fusion: expected a list of values, got brr"));
}

TEST_F(LoadSweep, RefusesZipsThatDoNotFit) {
  const std::string body =
      "name: s\nmodels: [vgg16]\nset: {fusion: brr}\naxes: {pe.rows: [1, 2], pe.columns: [1]}\n";
  EXPECT_THAT(faults(body + "zip: [[pe.rows, pe.columns]]\n"),
              HasSubstr("expected as many values as pe.rows (2), got 1"));
  EXPECT_THAT(faults(body + "zip: [[pe.rows, other]]\n"),
              HasSubstr("sweep.yaml:5:17: zip[0]: expected the name of an axis"));
  EXPECT_THAT(faults(body + "zip: [[pe.rows, pe.rows]]\n"), HasSubstr("expected each axis once"));
  EXPECT_THAT(faults(body + "zip: [[pe.rows]]\n"), HasSubstr("expected a list of two or more axes"));
}

TEST_F(LoadSweep, RefusesTheSameRunTwice) {
  EXPECT_THAT(faults("name: s\nmodels: [vgg16]\nset: {fusion: brr}\naxes: {buffer: [1MiB, 1024KiB]}\n"),
              HasSubstr("expected points that differ, got 'model=vgg16 buffer=1MiB' and 'model=vgg16 "
                        "buffer=1024KiB', which are the same run"));
}

TEST_F(LoadSweep, RefusesOptionsThatDoNotGoTogether) {
  EXPECT_THAT(faults("name: s\nmodels: [vgg16]\nset: {fusion: brr, search: exact}\naxes: {budget: [1]}\n"),
              HasSubstr("sweep.yaml:4:17: budget: expected --search random"));
}

TEST_F(LoadSweep, RefusesTooManyPoints) {
  std::string text = "name: s\nmodels: [vgg16]\nset: {fusion: brr}\naxes:\n";
  for (const char* key : {"pe.rows", "pe.columns", "pe.fill_cycles"}) {
    text += std::string("  ") + key + ": [";
    for (int i = 1; i <= 50; ++i) text += (i > 1 ? ", " : "") + std::to_string(i);
    text += "]\n";
  }
  EXPECT_THAT(faults(text), HasSubstr("axes: expected at most 100000 points"));
}

TEST_F(LoadSweep, RefusesAFaultyAcceleratorFileOnce) {
  folder_.write("acc.yaml", "pe: {rows: 0}\n");
  const std::string text = faults(
      "name: s\nconfig: acc.yaml\nmodels: [vgg16]\nset: {fusion: brr}\naxes: {pe.columns: [1, 2, 3]}\n");
  EXPECT_THAT(text, HasSubstr("acc.yaml:1:12: pe.rows: expected an integer"));
  EXPECT_THAT(text, Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace fusesim
