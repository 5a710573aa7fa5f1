#pragma once

#include <string>

namespace fusesim::testing {

/// A reader of files, as programs call it, and what they do next with what it read. `read` may throw Error,
/// for bad input, and nothing else.
struct FileReader {
  const char* name;  ///< of its folder in tests/fuzz/corpus
  void (*read)(const std::string& bytes);
};

extern const FileReader kConfigReader;    ///< the file of an accelerator
extern const FileReader kOverrideReader;  ///< an argument of --set
extern const FileReader kScheduleReader;
extern const FileReader kWeightsReader;  ///< of a trained network
extern const FileReader kNpyReader;
extern const FileReader kSweepReader;
extern const FileReader kReportReader;  ///< report.json of a sweep's point
extern const FileReader kBaselineReader;

/// Runs one reader. Empty: it took the bytes; else the message of its refusal. What else it throws goes
/// through.
std::string refusal_of(const FileReader& reader, const std::string& bytes);

}  // namespace fusesim::testing
