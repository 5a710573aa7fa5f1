#include "fusesim/graphviz/graphviz.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

constexpr int kNotFound = 127;

[[noreturn]] void fail(const std::string& reason) { throw Error("dot: " + reason); }

/// A file without a name, gone when it is closed.
class ScratchFile {
 public:
  ScratchFile() : file_(std::tmpfile(), &std::fclose) {
    if (!file_) fail(std::string("cannot make a temporary file: ") + std::strerror(errno));
  }
  int descriptor() const { return ::fileno(file_.get()); }

  void write(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size() || std::fflush(file_.get()) != 0)
      fail(std::string("cannot write a temporary file: ") + std::strerror(errno));
    std::rewind(file_.get());
  }

  std::string read() {
    std::string text;
    char block[4096];
    std::rewind(file_.get());
    while (const size_t count = std::fread(block, 1, sizeof block, file_.get())) text.append(block, count);
    return text;
  }

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

/// Exit code of `dot`; kNotFound if there is no such program.
int run_dot(const std::string& format, const ScratchFile& in, const ScratchFile& out,
            const ScratchFile& err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.descriptor(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.descriptor(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.descriptor(), STDERR_FILENO);
  char program[] = "dot";
  std::string option = "-T" + format;
  char* const arguments[] = {program, option.data(), nullptr};
  pid_t child = -1;
  const int failure = ::posix_spawnp(&child, program, &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure == ENOENT) return kNotFound;
  if (failure != 0) fail(std::string("cannot run: ") + std::strerror(failure));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) fail(std::string("cannot wait: ") + std::strerror(errno));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::string run_graphviz(const std::string& dot, const std::string& format) {
  ScratchFile in, out, err;
  in.write(dot);
  const int code = run_dot(format, in, out, err);
  if (code == kNotFound) fail("expected Graphviz's program, found none (Debian package graphviz)");
  if (code != 0) fail("exit code " + std::to_string(code) + ": " + first_line(err.read()));
  return out.read();
}

}  // namespace fusesim
