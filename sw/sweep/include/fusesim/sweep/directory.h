#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "fusesim/sweep/sweep.h"

namespace fusesim {

/// An advisory lock on a file, held until the object or the process ends; children do not inherit it.
class FileLock {
 public:
  enum class Mode : uint8_t { shared, exclusive };
  /// Makes the file if it is missing. Nothing: another process holds the lock. Throws Error.
  static std::optional<FileLock> try_lock(const std::filesystem::path& path, Mode mode);
  /// Waits for the lock. Throws Error.
  static FileLock lock(const std::filesystem::path& path, Mode mode);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

/// The directory of a sweep: points/<id>/ for every finished point, there whole or not at all, and .sweep/
/// with what run_sweep needs for itself. Throws Error "--out: 'path': reason" wherever the disk refuses.
class SweepDirectory {
 public:
  /// Makes the directory, takes its lock and removes what killed runs left behind. Processes that name their
  /// `share` of the work may be in one directory together, each share once; else one process has it alone.
  explicit SweepDirectory(const std::string& path, const std::string& share = "");
  /// Removes what was begun and not finished.
  ~SweepDirectory();
  SweepDirectory(const SweepDirectory&) = delete;
  SweepDirectory& operator=(const SweepDirectory&) = delete;

  /// Makes this the directory of `sweep`. Throws Error if it belongs to one with other points, unless
  /// `extend`.
  void adopt(const Sweep& sweep, bool extend);

  const std::filesystem::path& path() const { return path_; }
  /// This process's own folder for what it does not keep.
  const std::filesystem::path& staging() const { return staging_; }
  std::filesystem::path point_path(const Point& point) const { return path_ / "points" / point.id; }
  bool has(const Point& point) const;

  /// An empty folder to run the point in. Files beside it with its name as prefix are the runner's.
  std::filesystem::path begin(const Point& point);
  /// Writes the point's record and moves the folder into place; without `results`, all that the run left
  /// there makes way for the point's configuration.
  void finish(const Point& point, const std::string& point_json, bool results);
  /// Drops a begun point.
  void discard(const Point& point);

 private:
  std::filesystem::path staged(const Point& point) const { return staging_ / point.id; }
  void remove_leftovers() const;

  std::filesystem::path path_;
  std::filesystem::path staging_;
  std::optional<FileLock> lock_, share_lock_, staging_lock_;
};

/// Folder for run_sweep's own files.
inline std::filesystem::path private_folder(const std::filesystem::path& sweep_directory) {
  return sweep_directory / ".sweep";
}

}  // namespace fusesim
