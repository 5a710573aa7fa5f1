#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace fusesim {

/// Told how far the work is; the default keeps quiet.
class Progress {
 public:
  virtual ~Progress() = default;
  /// `done` of `total` units of `stage` are finished; total 0: unknown. `note` says more, for people.
  virtual void update(const char* stage, int64_t done, int64_t total, const std::string& note = "") {
    (void)stage, (void)done, (void)total, (void)note;
  }
  /// Makes room for a message.
  virtual void clear() {}
};

/// One line on standard error that is written over, if that is a terminal.
class TerminalProgress : public Progress {
 public:
  TerminalProgress();
  ~TerminalProgress() override { TerminalProgress::clear(); }
  void update(const char* stage, int64_t done, int64_t total, const std::string& note = "") override;
  void clear() override;

 private:
  bool terminal_;
  bool shown_ = false;
  const char* stage_ = nullptr;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace fusesim
