#pragma once

#include <string>
#include <vector>

namespace fusesim::testing {

/// A reader of files, as programs call it, and what they do next with what it read. `read` may throw Error,
/// for bad input, and nothing else.
struct FileReader {
  const char* name;  ///< of its folder in tests/fuzz/corpus
  void (*read)(const std::string& bytes);
};

const std::vector<FileReader>& file_readers();

/// Runs one reader. Empty: it took the bytes; else the message of its refusal. What else it throws goes
/// through.
std::string refusal_of(const FileReader& reader, const std::string& bytes);

}  // namespace fusesim::testing
