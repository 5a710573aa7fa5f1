#include "program.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace fusesim {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// In the child: no input, output into files, then the program.
[[noreturn]] void become(const fs::path& path, const fs::path& folder, const fs::path& out,
                         const fs::path& err, const std::vector<std::string>& arguments) {
  const int in_fd = ::open("/dev/null", O_RDONLY);
  const int out_fd = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int err_fd = ::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::signal(SIGINT, SIG_DFL);  // whoever runs the tests may ignore it
  std::vector<char*> argv;
  std::string program = path.string();
  argv.push_back(program.data());
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  if (::dup2(in_fd, 0) >= 0 && ::dup2(out_fd, 1) >= 0 && ::dup2(err_fd, 2) >= 0 &&
      ::chdir(folder.c_str()) == 0) {
    ::execv(program.c_str(), argv.data());
  }
  ::_exit(127);
}

/// Without what the address sanitizer says of an exception on the stack of an SC_THREAD, which is none that
/// it knows: three lines.
std::string own_words(std::string text) {
#ifdef FUSESIM_SANITIZED
  const size_t sentence = text.find("WARNING: ASan is ignoring requested __asan_handle_no_return");
  if (sentence == std::string::npos) return text;
  const size_t begin = text.rfind('\n', sentence) + 1;
  size_t end = begin;
  for (int line = 0; line < 3 && end < text.size(); ++line)
    end = std::min(text.size(), text.find('\n', end) + 1);
  text.erase(begin, end - begin);
#endif
  return text;
}

}  // namespace

ProgramTest::ProgramTest(const std::string& program) : program_(kPrograms / program) {
  std::string pattern = (fs::temp_directory_path() / "fusesim-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  folder_ = pattern;
}

ProgramTest::~ProgramTest() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

Finished ProgramTest::run(const fs::path& program, const std::vector<std::string>& arguments,
                          const std::function<void(pid_t)>& meanwhile) const {
  const fs::path out = folder_.string() + ".out";
  const fs::path err = folder_.string() + ".err";
  const pid_t child = ::fork();
  if (child == 0) become(program, folder_, out, err, arguments);
  meanwhile(child);
  int status = 0;
  ::waitpid(child, &status, 0);
  Finished finished;
  finished.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  finished.out = contents(out);
  finished.err = own_words(contents(err));
  fs::remove(out);
  fs::remove(err);
  return finished;
}

void ProgramTest::expect_refused(std::vector<std::string> arguments,
                                 const std::vector<std::string>& parts) const {
  arguments.insert(arguments.end(), {"--out", "results"});
  const Finished finished = run(arguments);
  EXPECT_EQ(finished.exit_code, 2) << finished.err;
  EXPECT_EQ(finished.out, "");
  EXPECT_FALSE(fs::exists(folder_ / "results"));
  for (const std::string& part : parts) EXPECT_THAT(finished.err, testing::HasSubstr(part));
  const bool one_line = !finished.err.empty() && finished.err.find('\n') == finished.err.size() - 1;
  EXPECT_TRUE(one_line) << finished.err;
}

std::string ProgramTest::write(const std::string& name, const std::string& content) const {
  std::ofstream(folder_ / name, std::ios::binary) << content;
  return name;
}

std::string ProgramTest::read(const std::string& name) const { return contents(folder_ / name); }

}  // namespace fusesim
