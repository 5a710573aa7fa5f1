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

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const fusesim::testing::FileReader& reader = fusesim::testing::FUSESIM_READER;
  const std::string bytes(data, data + size);
  try {
    (void)fusesim::testing::refusal_of(reader, bytes);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", reader.name, error.what());
    std::abort();
  }
  return 0;
}
