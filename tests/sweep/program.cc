#include "program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <regex>

#include "../integration/onnx_files.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;

/// Without the last two columns of a CSV and the values of "...seconds" in JSON.
std::string without_times(const fs::path& file, const std::string& text) {
  static const std::regex csv_times(",[^,\n]*,[^,\n]*\n");
  static const std::regex json_times("(seconds\": )[0-9.e+-]+");
  if (file.extension() == ".json") return std::regex_replace(text, json_times, "$010");
  return file.filename() == "sweep.csv" ? std::regex_replace(text, csv_times, "\n") : text;
}

}  // namespace

RunSweepTest::RunSweepTest() {
  folder_.write("a.onnx", conv_chain_onnx({1, 3, 16, 16}));
  folder_.write("b.onnx", conv_chain_onnx({1, 3, 24, 24}));
}

pid_t RunSweepTest::start(const std::vector<std::string>& arguments) const {
  const std::string out = folder_.path("stdout"), err = folder_.path("stderr");
  std::string program = FUSESIM_RUN_SWEEP;
  std::vector<std::string> texts = arguments;
  texts.insert(texts.end(), always_.begin(), always_.end());
  std::vector<char*> argv = {program.data()};
  for (std::string& text : texts) argv.push_back(text.data());
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  const int out_fd = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int err_fd = ::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (::dup2(out_fd, 1) >= 0 && ::dup2(err_fd, 2) >= 0 && ::chdir(folder_.path().c_str()) == 0)
    ::execv(program.c_str(), argv.data());
  ::_exit(127);
}

Finished RunSweepTest::wait(pid_t pid) const {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), folder_.read("stdout"),
          folder_.read("stderr")};
}

std::map<std::string, std::string> RunSweepTest::results(const std::string& directory) const {
  std::map<std::string, std::string> files;
  const fs::path root = folder_.path() / directory;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string name = fs::relative(entry.path(), root).string();
    if (!entry.is_regular_file() || name.rfind(".sweep", 0) == 0) continue;
    files[name] = without_times(entry.path(), folder_.read((fs::path(directory) / name).string()));
  }
  return files;
}

std::vector<std::string> RunSweepTest::entries(const std::string& directory) const {
  std::vector<std::string> names;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder_.path() / directory, missing))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace fusesim
