#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace fusesim {

/// Most bytes of a file that is read whole where its format sets no other limit: several hundred times our
/// largest schedule or report, and a fraction of what the program itself needs.
inline constexpr int64_t kMostFileBytes = int64_t{256} << 20;

struct FileFault {
  enum class Kind { missing, directory, special, too_large, unreadable };
  Kind kind = Kind::unreadable;
  /// "no such file", "a directory", "a device or pipe", "5 bytes", "Permission denied"
  std::string text;
};

struct FileBytes {
  std::string bytes;
  std::optional<FileFault> fault;
};

/// All bytes of a regular file of at most `most_bytes`, or why there are none. Waits for nobody: pipes,
/// devices and what links to them are faults.
FileBytes try_read_file(const std::string& path, int64_t most_bytes);

/// The same; throws Error "path: cannot read: reason" or "path: expected X, got Y".
std::string read_file(const std::string& path, int64_t most_bytes = kMostFileBytes);

/// `size` bytes from `offset` >= 0 on of a regular file; nothing where it has not so many or cannot be read.
std::optional<std::string> read_file_part(const std::string& path, int64_t offset, int64_t size);

}  // namespace fusesim
