#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "onnx_files.h"
#include "program.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using testing::HasSubstr;

/// What comes from outside: files, names, signals, limits.
class Doors : public RunSimTest {
 protected:
  Doors() {
    write("net.onnx", conv_chain_onnx({1, 3, 16, 16}));
    EXPECT_EQ(::mkfifo((folder() / "pipe").c_str(), 0600), 0);
    EXPECT_EQ(::mkfifo((folder() / "pipe.yaml").c_str(), 0600), 0);
    fs::create_symlink("/dev/zero", folder() / "zero");
    fs::create_symlink("/dev/zero", folder() / "zero.yaml");
  }
  static std::vector<std::string> net(const std::vector<std::string>& more) {
    std::vector<std::string> all = {"--model", "net.onnx", "--fusion", "lbdf", "--search", "exact"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  /// A program of ours after shell commands.
  Finished in_shell(const std::string& before, const std::string& program, const std::string& after) const {
    return run("/bin/sh", {"-c", before + " exec " + (kPrograms / program).string() + " " + after});
  }
  std::vector<std::string> left_behind() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder())) {
      const std::string name = entry.path().filename().string();
      if (entry.path().extension() == ".tmp" || entry.path().extension() == ".part") names.push_back(name);
    }
    return names;
  }
};

TEST_F(Doors, EveryReaderTakesRegularFilesAlone) {
  for (const std::string path : {"pipe", "zero"}) {
    expect_refused({"--model", "net.onnx", "--schedule", path},
                   {path + ": expected a regular file, got a device or pipe"});
    expect_refused(net({"--config", path}), {path + ": expected a readable YAML file, got a device or pipe"});
    expect_refused(net({"--set", "dram=" + path + ".yaml"}), {path, "got a device or pipe"});
    expect_refused(net({"--functional", "--input", path}),
                   {path + ": expected a regular file, got a device or pipe"});
    expect_refused({"--fusion", "lbdf", "--model", path}, {"expected an ONNX file, got a device or pipe"});
  }
}

TEST_F(Doors, TrainedNetworksAreRegularFiles) {
  fs::create_directories(folder() / "data/models/gnn");
  fs::copy(fs::path(FUSESIM_SOURCE_DIR) / "configs", folder() / "data/configs", fs::copy_options::recursive);
  fs::create_symlink("/dev/zero", folder() / "data/models/gnn/lbdf.weights");
  const Finished finished =
      run("/usr/bin/env", {"FUSESIM_DATA_DIR=data", (kPrograms / "run_sim").string(), "--model", "net.onnx",
                           "--fusion", "lbdf", "--search", "local", "--explainer", "rg"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("lbdf.weights: expected a regular file, got a device or pipe"));
}

TEST_F(Doors, NoReaderTakesMoreThanAFileMayHave) {
  write("large.json", "{");
  fs::resize_file(folder() / "large.json", (uintmax_t{256} << 20) + 1);
  expect_refused({"--model", "net.onnx", "--schedule", "large.json"},
                 {"large.json: expected at most 268435456 bytes, got 268435457 bytes"});
}

TEST_F(Doors, PathsThatLeadNowhereAreBadInput) {
  fs::create_symlink("loop", folder() / "loop");
  expect_refused(net({"--config", std::string(5000, 'x')}), {"got an error: File name too long"});
  expect_refused(net({"--config", "loop"}), {"got an error: Too many levels of symbolic links"});
  expect_refused({"--model", "net.onnx", "--schedule", "net.onnx/below"},
                 {"net.onnx/below: cannot read: Not a directory"});
  expect_refused(net({"--config", "a\nb"}), {"a\\x0ab: expected a readable YAML file (or one of default, "});
  expect_refused({"--fusion", "lbdf", "--model", "a\nb.onnx"}, {"a\\x0ab.onnx"});
}

TEST_F(Doors, AForbiddenFolderIsBadInput) {
  if (::geteuid() == 0) GTEST_SKIP() << "the superuser enters every folder";
  fs::create_directories(folder() / "closed");
  fs::permissions(folder() / "closed", fs::perms::none);
  expect_refused(net({"--config", "closed/x.yaml"}), {"got an error: Permission denied"});
  fs::permissions(folder() / "closed", fs::perms::owner_all);
}

TEST_F(Doors, ARemovedFolderIsBadInput) {
  const Finished finished =
      in_shell("mkdir gone && cd gone && rmdir ../gone;", "run_sweep",
               (fs::path(FUSESIM_SOURCE_DIR) / "configs/sweeps/objectives.yaml").string());
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("No such file or directory"));
  EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
}

TEST_F(Doors, NamesMayBeAnyBytes) {
  const std::vector<std::pair<std::string, std::string>> names = {{"a\xff", "a?"},
                                                                  {std::string("a\0b", 3), "a?b"},
                                                                  {"a\nb", "a?b"},
                                                                  {"a\xEF\xBF\xBE", "a?"},
                                                                  {"\xC3\xA4", "\xC3\xA4"}};
  for (const auto& [name, shown] : names) {
    write("named.onnx", named_relu_onnx(name));
    const auto with = [](std::vector<std::string> more) {
      more.insert(more.end(), {"--model", "named.onnx", "--format", "json", "--overwrite"});
      return more;
    };
    const Finished sim = run_sim(with({"--fusion", "lbdf", "--search", "exact", "--out", "o"}));
    ASSERT_EQ(sim.exit_code, 0) << sim.err;
    EXPECT_EQ(ordered_json::parse(sim.out)["groups"][0]["ops"][0]["name"], shown);
    EXPECT_TRUE(ordered_json::accept(read("o/schedule.json")));
    const Finished again = run_sim({"--model", "named.onnx", "--schedule", "o/schedule.json"});
    EXPECT_EQ(again.exit_code, 0) << again.err;
    const Finished search =
        run(kPrograms / "run_search", with({"--fusion", "brr", "--search", "exact", "--out", "s"}));
    EXPECT_EQ(search.exit_code, 0) << search.err;
    EXPECT_TRUE(ordered_json::accept(search.out));
  }
}

TEST_F(Doors, NamesOfFilesMayBeAnyBytes) {
  write("n\xff\n.onnx", conv_chain_onnx({1, 3, 16, 16}));
  const Finished finished = run_sim(
      {"--model", "n\xff\n.onnx", "--fusion", "lbdf", "--search", "exact", "--format", "json", "--out", "o"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(ordered_json::parse(finished.out)["model"]["name"], "n??");
}

/// A NUL does not end a message before its reason.
TEST_F(Doors, MessagesSayTheirReasonWhateverTheNames) {
  write("named.onnx", named_relu_onnx(std::string("a\0b", 3)));
  const Finished finished = run_sim({"--model", "named.onnx", "--fusion", "lbdf", "--buffer", "1"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("op 'a?b': needs 7 bytes, buffer has 1\n"));
}

TEST_F(Doors, LackOfMemoryIsBadInput) {
#ifdef FUSESIM_SANITIZED
  GTEST_SKIP() << "the sanitizer itself needs the address space";
#endif
  write("s.yaml", "name: s\nmodels: [net.onnx]\nset: {fusion: brr}\naxes: {buffer: [64KiB]}\n");
  const std::string net = "--model net.onnx --fusion lbdf --search local --budget 200";
  const std::map<std::string, std::string> calls = {
      {"run_sim", net}, {"run_search", net}, {"run_sweep", "s.yaml --no-page"}};
  for (const auto& [program, arguments] : calls) {
    int started = 0;
    for (int mebibytes = 40; mebibytes <= 160; mebibytes += 20) {
      const std::string limit = "ulimit -v " + std::to_string(1024 * mebibytes) + ";";
      // Below, the loader and the libraries have no room: nothing of ours has run.
      if (in_shell(limit, program, "--version").exit_code != 0) continue;
      ++started;
      const Finished finished = in_shell(limit, program, arguments);
      EXPECT_THAT(finished.exit_code, testing::AnyOf(0, program == "run_sweep" ? 1 : 2, 2))
          << program << " in " << mebibytes << " MiB: " << finished.err;
    }
    EXPECT_GT(started, 0);
  }
}

TEST_F(Doors, FilesAreWholeWhereStandardOutputIsFull) {
  for (const char* program : {"run_sim", "run_search"}) {
    const std::string out = std::string("out_") + program;
    const Finished finished =
        in_shell("", program, "--model net.onnx --fusion lbdf --search exact --out " + out + " > /dev/full");
    EXPECT_EQ(finished.exit_code, 4);
    EXPECT_THAT(finished.err,
                testing::EndsWith("standard output: cannot write: No space left on device (files of --out "
                                  "and other options are written, whole)\n"));
    EXPECT_TRUE(fs::exists(folder() / out / "schedule.json"));
  }
}

TEST_F(Doors, SignalsLeaveNoUnfinishedFiles) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::setpgid(0, 0);
      if (::chdir(folder().c_str()) != 0) ::_exit(126);
      const std::string program = (kPrograms / "run_sim").string();
      ::execl(program.c_str(), program.c_str(), "--model", "resnet18", "--fusion", "lbdf", "--search",
              "unfused", "--no-alternatives", "--format", "csv", "--dram-trace", "trace", "--timeline",
              "line.json", nullptr);
      ::_exit(127);
    }
    while (!fs::exists(folder() / "trace.part") && ::waitpid(child, nullptr, WNOHANG) == 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ::kill(child, signal);
    ::waitpid(child, nullptr, 0);
    EXPECT_THAT(left_behind(), testing::IsEmpty()) << "signal " << signal;
  }
}

}  // namespace
}  // namespace fusesim
