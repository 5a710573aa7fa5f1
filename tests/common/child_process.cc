#include "fusesim/testing/child_process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>

namespace fusesim::testing {
namespace {

void write_all(int fd, const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    done += static_cast<size_t>(n);
  }
}

std::string read_all(int fd) {
  std::string text;
  char block[4096];
  while (true) {
    const ssize_t n = read(fd, block, sizeof block);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    text.append(block, static_cast<size_t>(n));
  }
}

[[noreturn]] void child(int fd, const std::function<std::string()>& body) {
  int code = 0;
  try {
    write_all(fd, body());
  } catch (const std::exception& e) {
    write_all(fd, std::string("uncaught: ") + e.what());
    code = 1;
  }
  close(fd);
  _exit(code);
}

}  // namespace

ChildResult run_in_child(const std::function<std::string()>& body) {
  int ends[2];
  if (pipe(ends) != 0) return {false, "pipe failed"};
  fflush(nullptr);
  const pid_t pid = fork();
  if (pid < 0) return {false, "fork failed"};
  if (pid == 0) {
    close(ends[0]);
    child(ends[1], body);
  }
  close(ends[1]);
  ChildResult result;
  result.text = read_all(ends[0]);
  close(ends[0]);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  result.finished = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (WIFSIGNALED(status)) result.text += "killed by signal " + std::to_string(WTERMSIG(status));
  return result;
}

}  // namespace fusesim::testing
