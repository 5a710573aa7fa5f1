#include "fusesim/base/worker_pool.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

namespace fusesim {
namespace {

TEST(WorkerPool, WorksWithTheThreadsThatItGets) {
#ifdef FUSESIM_SANITIZED
  GTEST_SKIP() << "the sanitizer itself needs the address space";
#endif
  const pid_t pid = ::fork();
  if (pid == 0) {
    // No stack of 8 MiB finds room any more.
    const rlimit none{rlim_t{1} << 20, rlim_t{1} << 20};
    ::setrlimit(RLIMIT_AS, &none);
    WorkerPool pool(4);
    std::atomic<int> done{0};
    pool.run(100, [&](size_t, size_t) { ++done; });
    ::_exit(done == 100 ? 7 : 1);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

}  // namespace
}  // namespace fusesim
