#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "readers.h"

// A libFuzzer target for the reader that FUSESIM_READER names; tests/fuzz/README.md has the command.

// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): the sanitizer looks for it
extern "C" const char* __ubsan_default_options() { return "halt_on_error=1:print_stacktrace=1"; }
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): the sanitizer looks for it
extern "C" const char* __asan_default_options() { return "detect_leaks=1"; }

namespace {

const fusesim::testing::FileReader& reader() {
  for (const fusesim::testing::FileReader& one : fusesim::testing::file_readers()) {
    if (std::string(one.name) == FUSESIM_READER) return one;
  }
  std::abort();
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fusesim::testing::FileReader& read = reader();
  const std::string bytes(data, data + size);
  try {
    (void)fusesim::testing::refusal_of(read, bytes);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", FUSESIM_READER, error.what());
    std::abort();
  }
  return 0;
}
